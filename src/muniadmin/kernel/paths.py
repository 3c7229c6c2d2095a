"""Names of files and folders as people type them. Python has an error of its own for some: names longer than any
disk takes, and ``~somebody`` where nobody is called so. They are simply not there; whoever writes there is told why."""

import os
from pathlib import Path


def is_there(path: str | Path) -> bool:
    """Whether a file or a folder has this name."""
    return os.path.exists(path)  # noqa: PTH110 - answers for every name


def is_file(path: str | Path) -> bool:
    """Whether a file has this name."""
    return os.path.isfile(path)  # noqa: PTH113 - answers for every name


def is_folder(path: str | Path) -> bool:
    """Whether a folder has this name."""
    return os.path.isdir(path)  # noqa: PTH112 - answers for every name


def typed_path(text: str) -> Path:
    """The path a person typed, with ``~`` for their home."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - answers for every name


def as_file_name(text: str) -> str:
    """A text as the name of a file, on whatever system: what stands for a folder or a drive becomes a blank."""
    return "".join(" " if sign in '<>:"/\\|?*' else sign for sign in text)
