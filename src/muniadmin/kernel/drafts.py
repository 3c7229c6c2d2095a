"""Where a file is written before it takes its place."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_numbers = count(1)


def draft_of(path: Path) -> Path:
    """A hidden file beside ``path`` that is nobody else's: of this process, new each time, and short enough wherever
    the file's own name is."""
    return path.parent / f".{os.getpid()}-{next(_numbers)}.part"


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """Where to write what is to stand at ``path``. It takes its place when all of it was written; whatever is raised
    before, what stood there stays, and no part of a file is left."""
    draft = draft_of(path)
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
