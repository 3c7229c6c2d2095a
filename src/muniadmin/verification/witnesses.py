"""Reads the files that were kept outside a database: anchors, and what workstations remember."""

from collections.abc import Sequence
from pathlib import Path

from muniadmin.verification.commands import Witness
from muniadmin.verification.errors import WitnessGone, WitnessUnreadable


def witnesses(paths: Sequence[str]) -> tuple[Witness, ...]:
    """The files to compare a database with; of a folder, each file in it. Raises WitnessGone, WitnessUnreadable."""
    found = []
    for name in paths:
        path = Path(name)
        try:
            files = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
        except OSError as error:
            raise WitnessUnreadable(path=path, reason=error.strerror) from error
        for file in files:
            try:
                raw = file.read_bytes()
            except FileNotFoundError as error:
                raise WitnessGone(path=file) from error
            except OSError as error:
                raise WitnessUnreadable(path=file, reason=error.strerror) from error
            # What is no text is no anchor either; the file is found damaged, and the rest is verified.
            text = raw.decode("utf-8-sig", "replace").replace("\0", "\ufffd")
            found.append(Witness(name=str(file), text=text))
    return tuple(found)
