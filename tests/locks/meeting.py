"""Two desks that meet: the second sends its order while the first has carried out its own, all but the commit.

Nothing sleeps until it may have happened: the second desk's order is under way once the server says that it waits.
Whoever does not wait at all is told at once, for then the lock that the test is about is not there.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import text

from muniadmin.app import App
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from tests.builders import everything

T = TypeVar("T")

Order = Callable[[UnitOfWork], T]

_PATIENCE = 60
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
)


@contextmanager
def under_way(app: App, who: Actor | None = None) -> Iterator[UnitOfWork]:
    """An order of the first desk; it is committed when the block ends, and the locks it took are held until then."""
    with unit_of_work(
        app.database, actor=who or everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        yield uow


class OtherDesks:
    """Whoever works at the same time, each on a connection of their own."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._desks = ThreadPoolExecutor(4)
        self._sent: list[Future[Any]] = []

    def send(self, order: Order[T], who: Actor | None = None) -> "Future[T]":
        """Has an order carried out, and comes back when it waits for somebody. It is run once: who is ended by the
        server because two wait for each other is told."""
        return self.do(partial(self._carry_out, order, who))

    def do(self, work: Callable[[], T]) -> "Future[T]":
        """The same for work that makes its own transactions, such as a roll."""
        sent = self._desks.submit(work)
        self._sent.append(sent)
        give_up = monotonic() + _PATIENCE
        while self._waiting() < sum(not one.done() for one in self._sent):
            assert monotonic() < give_up, "the second order neither waits nor ends"
            if wait([sent], timeout=0.01).done:
                raise AssertionError(f"it did not wait, and came to {_end_of(sent)!r}")
        assert not sent.done(), f"it did not wait, and came to {_end_of(sent)!r}"
        return sent

    def go_home(self) -> None:
        """Waits until everybody is done."""
        self._desks.shutdown()

    def _carry_out(self, order: Order[T], who: Actor | None) -> T:
        with under_way(self._app, who) as uow:
            return order(uow)

    def _waiting(self) -> int:
        # Anew each time: within a transaction the view shows what it showed first.
        with self._app.database.connect_to_read() as connection:
            return int(connection.scalar(_WAITING) or 0)


def end_of(sent: "Future[Any]") -> Any:
    """What came of an order once nobody held it up any more: its outcome or its refusal."""
    wait([sent], timeout=_PATIENCE)
    assert sent.done(), "it still waits"
    return _end_of(sent)


def _end_of(sent: "Future[Any]") -> Any:
    return sent.exception() or sent.result()
