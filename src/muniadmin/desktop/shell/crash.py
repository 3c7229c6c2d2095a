"""What happens when something fails that is nobody's refusal: it is written down, told, and the program goes on."""

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from muniadmin import __version__


def start_log() -> None:
    """Writes what happens to the log file, a few megabytes of it at most. Called after the first picture."""
    import logging
    from logging.handlers import RotatingFileHandler

    from muniadmin.kernel.places import log_file

    handler = RotatingFileHandler(log_file(), maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("muniadmin")
    root.addHandler(handler)
    root.setLevel(logging.INFO)


class Incidents(QObject):
    """Takes exceptions from everywhere, logs each under its number, and says so on the GUI thread."""

    happened = Signal(str, str)
    """The incident's number, and the details to copy for support."""

    def report(self, error: BaseException) -> str:
        """Logs an exception; its number."""
        import logging
        import platform
        import traceback
        from datetime import UTC, datetime

        from muniadmin.kernel.incidents import incident_number

        number = incident_number(datetime.now(UTC))
        trace = "".join(traceback.format_exception(error))
        logging.getLogger("muniadmin.desktop").error("incident %s\n%s", number, trace)
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
