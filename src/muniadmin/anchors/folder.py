"""The folder outside the database (a share, a stick): one small text file for each anchor, never overwritten."""

import os
import re
import uuid
from pathlib import Path

from muniadmin.anchors.errors import FileSaysOtherwise, FolderGone, FolderUnusable


def file_name(municipality: str, number: int) -> str:
    """What an anchor's file is called."""
    return f"{municipality}-anchor-{number:06}.txt"


def missing_in(folder: Path, municipality: str, last: int) -> list[int]:
    """The numbers from 1 to ``last`` of which the folder has no file. Raises FolderUnusable."""
    written = re.compile(rf"{re.escape(municipality)}-anchor-(\d+)\.txt")
    try:
        with os.scandir(folder) as entries:
            there = {int(found[1]) for one in entries if (found := written.fullmatch(one.name)) is not None}
    except OSError as error:
        raise _unusable(folder, error) from error
    return [number for number in range(1, last + 1) if number not in there]


def write_anchor(folder: Path, municipality: str, number: int, line: str) -> None:
    """Writes one anchor's file, whole or not at all; one that another desk has written meanwhile stays. Raises
    FolderUnusable, or FileSaysOtherwise where a file of this name holds something else."""
    path = folder / file_name(municipality, number)
    half = folder / f".{path.name}.{uuid.uuid4().hex[:8]}"
    content = f"{line}\n".encode()
    try:
        try:
            with half.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # a stick may be pulled out
            if path.exists():
                if path.read_bytes() != content:
                    raise FileSaysOtherwise(file=path)
            else:
                # Whoever comes between these lines writes the same: a number has one line.
                half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: OSError) -> FolderUnusable:
    if not folder.is_dir():
        return FolderGone(folder=folder)
    return FolderUnusable(folder=folder, reason=error.strerror or error)
