"""Where a file is written before it takes its place."""

import os
from itertools import count
from pathlib import Path

_numbers = count(1)


def draft_of(path: Path) -> Path:
    """A hidden file beside ``path`` that is nobody else's: of this process, new each time, and short enough wherever
    the file's own name is."""
    return path.parent / f".{os.getpid()}-{next(_numbers)}.part"
