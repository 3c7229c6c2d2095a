"""What happens when something fails that is nobody's refusal: it is written down, told, and the program goes on."""

import logging
import platform
import secrets
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QStandardPaths, Signal

from muniadmin import __version__

log = logging.getLogger("muniadmin.desktop")


def log_file() -> Path:
    """The program's log on this workstation."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))
    return folder / "muniadmin.log"


def start_log() -> None:
    """Writes what happens to the log file, a few megabytes of it at most."""
    path = log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("muniadmin")
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def incident_number(now: datetime) -> str:
    """What the user tells the support, and the support finds in the log: ``20261122-1204-7F3A``."""
    return f"{now:%Y%m%d-%H%M}-{secrets.token_hex(2).upper()}"


class Incidents(QObject):
    """Takes exceptions from everywhere, logs each under its number, and says so on the GUI thread."""

    happened = Signal(str, str)
    """The incident's number, and the details to copy for support."""

    def report(self, error: BaseException) -> str:
        """Logs an exception; its number."""
        number = incident_number(datetime.now(UTC))
        trace = "".join(traceback.format_exception(error))
        log.error("incident %s\n%s", number, trace)
        details = (
            f"{number} · MuniAdmin {__version__} · Python {platform.python_version()} · {platform.platform()}"
        )
        self.happened.emit(number, f"{details}\n\n{trace}")
        return number

    def install(self) -> Callable[[], None]:
        """Catches what nothing else caught, on every thread; the answer takes the hooks out again."""
        before, before_thread = sys.excepthook, threading.excepthook

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if isinstance(error, KeyboardInterrupt):
                before(kind, error, trace)
            else:
                self.report(error)

        def thread_hook(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None:
                self.report(args.exc_value)

        def uninstall() -> None:
            sys.excepthook, threading.excepthook = before, before_thread

        sys.excepthook, threading.excepthook = hook, thread_hook
        return uninstall
