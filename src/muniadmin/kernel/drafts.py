"""Where a file is written before it takes its place."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

_numbers = count(1)
_DRAFT = re.compile(r"\.\d+-\d+\.part")
#: After so many seconds nobody is at work on a draft any more.
_DAY = 24 * 60 * 60


def draft_of(path: Path) -> Path:
    """A hidden file beside ``path`` that is nobody else's: of this process, new each time, and short enough wherever
    the file's own name is."""
    return path.parent / f".{os.getpid()}-{next(_numbers)}.part"


def ensure_place(path: Path) -> None:
    """Raises OSError where no file can take this place: before anything is done for it."""
    with suppress(FileNotFoundError), path.open("r+b"):
        pass


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """Where to write what is to stand at ``path``. It takes its place when all of it was written; whatever is raised
    before, what stood there stays, and no part of a file is left. What a program that was killed had left in the folder
    goes, too: half a list of people is nothing to be found there."""
    _throw_away_old_ones(path.parent)
    draft = draft_of(path)
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _throw_away_old_ones(folder: Path) -> None:
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208 - a path of each of ten thousand files takes longer
            if _DRAFT.fullmatch(name):
                _throw_away_if_old(folder / name)


def _throw_away_if_old(draft: Path) -> None:
    with suppress(OSError):  # somebody else's, or gone meanwhile
        if time.time() - draft.stat().st_mtime > _DAY:
            draft.unlink()
