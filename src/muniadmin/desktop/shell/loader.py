"""Slow work of the first minutes, before there is anybody signed in and operations to run it."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from muniadmin.kernel.errors import UserError


class Loader(QObject):
    """Does slow things on a thread of its own and tells the GUI thread."""

    _done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._under_way = 0
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._under_way > 0

    def _deliver(self, answer: Callable[[], object]) -> None:
        self._under_way -= 1
        answer()

    def load(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], object],
        failed: Callable[[UserError], object],
        crashed: Callable[[BaseException], object],
    ) -> None:
        """Runs ``work``, then one of the three on the GUI thread."""

        def run() -> None:
            answer: Callable[[], object]
            try:
                result = work()
            except UserError as problem:
                refusal = problem
                answer = lambda: failed(refusal)  # noqa: E731
            except BaseException as error:  # noqa: BLE001 - shown as an incident
                incident = error
                answer = lambda: crashed(incident)  # noqa: E731
            else:
                answer = lambda: then(result)  # noqa: E731
            self._done.emit(answer)

        self._under_way += 1
        threading.Thread(target=run, name="loader", daemon=True).start()
