"""Where the rejected lines of an import are offered to go."""

import tempfile
from itertools import count
from pathlib import Path

from PySide6.QtCore import QStandardPaths


def place_for_rejects(source: Path) -> Path:
    """Beside the source, else among the user's documents, under a name nothing has yet: a file of rejected lines
    that somebody is correcting is never written over."""
    folders = (source.parent, _documents(), Path.home())
    folder = next((folder for folder in folders if _can_write_into(folder)), source.parent)
    name = source.name.split(".")[0]
    names = (f"{name}-rejects.csv" if n == 1 else f"{name}-rejects-{n}.csv" for n in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


def _can_write_into(folder: Path) -> bool:
    """By trying: neither rights nor a network drive tell beforehand."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
