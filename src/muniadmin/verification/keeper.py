"""Remembers the chains' last rows after the orders of this workstation, beside the work and never in its way."""

import logging
import threading
from typing import TYPE_CHECKING

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.requests import PROGRAM_NAME, Actor
from muniadmin.storage.unit_of_work import read_unit
from muniadmin.verification.workstation import remember

if TYPE_CHECKING:
    from muniadmin.app import App

#: Orders that follow each other within this time are remembered together.
_PAUSE_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Keeper:
    """Writes down what was written, at most twice a second and once at the end. What goes wrong here is told in the log
    and tried again after the next order: an older memory is still true."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._wanted = threading.Event()
        self._ended = threading.Event()
        self._told = ""
        self._thread = threading.Thread(target=self._go_on, name="heads", daemon=True)
        app.after_order = self._wanted.set
        app.before_close = self.end
        self._wanted.set()
        self._thread.start()

    def end(self) -> None:
        """Writes down what is not yet, and stops."""
        self._ended.set()
        self._wanted.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._ended.is_set():
            self._wanted.wait()
            self._ended.wait(_PAUSE_SECONDS)
            self._wanted.clear()
            self._keep()

    def _keep(self) -> None:
        app = self._app
        try:
            with read_unit(
                app.database,
                actor=Actor(None, "", PROGRAM_NAME, frozenset(), ""),
                now=app.clock.now(),
                municipality=app.municipality,
            ) as reading:
                remember(reading)
        except Exception as error:  # noqa: BLE001 - the work goes on whatever becomes of the file
            said = error.sentence() if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            if said != self._told:
                _log.warning("the chains' last rows could not be remembered: %s", said)
            self._told = said
        else:
            self._told = ""
