"""Where this computer keeps what belongs to its user: local databases and the program's log.

The folders are those Qt gives a program of this name, so that the command line and the desktop meet there.
"""

import os
import sys
from pathlib import Path

_ORGANISATION = _PROGRAM = "MuniAdmin"


def data_folder() -> Path:
    """Where local databases are kept; made when it is not there."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return _made(base / _ORGANISATION / _PROGRAM)


def log_file() -> Path:
    """The program's log; its folder is made when it is not there."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        return _made(base / _ORGANISATION / _PROGRAM) / "muniadmin.log"
    return data_folder() / "muniadmin.log"


def default_database() -> str:
    """The address of the local database when no other is named: MUNIADMIN_URL, else the one in the data folder."""
    return os.environ.get("MUNIADMIN_URL") or f"sqlite:///{(data_folder() / 'municipality.db').as_posix()}"


def demonstration_database() -> str:
    """The address of the demonstration town of this computer."""
    return f"sqlite:///{(data_folder() / 'demonstration.db').as_posix()}"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
