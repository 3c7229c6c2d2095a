"""Where the list gets its rows: windows of the register by their place, or by ids where the order is computed."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from muniadmin.billing.reads import (
    ComputedSort,
    Register,
    RegisterColumnSort,
    RegisterCount,
    RegisterFilter,
    RegisterOrder,
    RegisterRow,
)
from muniadmin.desktop.widgets.row_source import Summary, Window
from muniadmin.kernel.errors import UserError

COMPUTED = frozenset({"balance", "standing", "objects"})

Failed = Callable[[UserError], None]


class RegisterSource:
    """Windows of the register for one filter. ``read`` is the page's own."""

    def __init__(self, read: Callable[..., None], wanted: RegisterFilter) -> None:
        self.filter = wanted
        self._read = read
        #: The ids of all rows in the order last asked for, where it must be computed.
        self._order: tuple[str, bool, tuple[int, ...]] | None = None

    def summary(self, first: Window, then: Callable[[Summary], None], failed: Failed) -> None:
        """Counts the rows; what they owe in all is asked apart, because it takes longer."""
        self._order = None
        self._read(RegisterCount(filter=self.filter), then=lambda count: then(Summary(count)), failed=failed)

    def rows(self, window: Window, then: Callable[[Sequence[RegisterRow]], None], failed: Failed) -> None:
        """One window."""
        if window.sort not in COMPUTED:
            anchor: RegisterRow | None = window.anchor
            query = Register(
                filter=self.filter,
                sort=cast("RegisterColumnSort", window.sort or "name"),
                descending=window.descending,
                after=None if anchor is None else anchor.place,
                skip=window.skip,
                from_end=window.from_end,
                limit=window.limit,
            )
            self._read(query, then=then, failed=failed)
        elif self._order is not None and self._order[:2] == (window.sort, window.descending):
            self._by_ids(self._order[2], window, then, failed)
        else:
            order = RegisterOrder(
                filter=self.filter, sort=cast("ComputedSort", window.sort), descending=window.descending
            )

            def ordered(ids: tuple[int, ...]) -> None:
                self._order = (window.sort, window.descending, ids)
                self._by_ids(ids, window, then, failed)

            self._read(order, then=ordered, failed=failed)

    def _by_ids(
        self, ids: tuple[int, ...], window: Window, then: Callable[[Any], None], failed: Failed
    ) -> None:
        self._read(Register(ids=ids[window.offset : window.offset + window.limit]), then=then, failed=failed)
