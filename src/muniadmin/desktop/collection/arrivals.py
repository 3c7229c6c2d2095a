"""What was scanned or chosen at the counter and is being looked up."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from muniadmin.desktop.shell.navigation import Page
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.requests import Query

T = TypeVar("T")
_KEY = "arrival"


@dataclass(frozen=True)
class _Arrival:
    called: str
    question: Query[Any]
    then: Callable[[Any], object]


class Arrivals:
    """One thing after the other, in the order in which it came: each is looked up when the one before is dealt with, so
    that no answer overtakes another. While a payment is being taken all of it waits.

    ``looking_up(called)`` when the turn of something comes; ``missed(called, problem)`` when it is not to be had.
    """

    def __init__(
        self,
        page: Page,
        *,
        looking_up: Callable[[str], object],
        missed: Callable[[str, UserError], object],
    ) -> None:
        self._page, self._looking_up, self._missed = page, looking_up, missed
        self._waiting: deque[_Arrival] = deque()
        self._asked = False
        self._held = False

    def add(self, called: str, question: Query[T], then: Callable[[T], object]) -> None:
        """Looks something up; ``then`` gets what it is."""
        self._waiting.append(_Arrival(called, question, then))
        self._next()

    @property
    def expected(self) -> bool:
        """Whether something is on its way."""
        return bool(self._waiting)

    def hold(self) -> None:
        """A payment is being taken: what comes meanwhile waits."""
        self._held = True

    def let_through(self) -> None:
        """The payment is done, or came to nothing."""
        self._held = False
        self._next()

    def forget(self) -> None:
        """Nobody waits for any of it any more."""
        self._waiting.clear()
        self._asked = False
        self._page.drop(_KEY)

    def _next(self) -> None:
        if self._asked or self._held or not self._waiting:
            return
        one = self._waiting[0]
        self._asked = True
        self._looking_up(one.called)
        self._page.read(
            one.question,
            then=partial(self._answered, one),
            failed=partial(self._refused, one),
            undone=self._undone,
            key=_KEY,
        )

    def _answered(self, one: _Arrival, answer: Any) -> None:
        self._over()
        one.then(answer)
        self._next()

    def _refused(self, one: _Arrival, problem: UserError) -> None:
        self._over()
        self._missed(one.called, problem)
        self._next()

    def _undone(self) -> None:
        """An incident was shown in place of it: what came after it is looked up."""
        self._over()
        self._next()

    def _over(self) -> None:
        self._waiting.popleft()
        self._asked = False
