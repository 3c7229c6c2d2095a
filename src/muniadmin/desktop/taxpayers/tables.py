"""How taxpayers are listed: the columns of the register, and where it gets its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from muniadmin.billing.names import VIEW_BILLS
from muniadmin.billing.reads import (
    ComputedSort,
    Register,
    RegisterColumnSort,
    RegisterCount,
    RegisterFilter,
    RegisterOrder,
    RegisterRow,
)
from muniadmin.desktop.lists.columns import amount_column, count_column
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.taxpayers.words import KINDS, standing_tone, standing_word
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import Ask, Summary, Window
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _, pick
from muniadmin.taxpayers.rules import phone_as_dialled

_COMPUTED = frozenset({"balance", "standing", "objects"})
_AT_ONCE = 1_000

Failed = Callable[[UserError], None]


def taxpayer_columns(shell: Shell) -> list[Column[RegisterRow]]:
    """The columns of the register; those of debts are for whoever may see bills."""
    sees_debts, country = shell.actor.may(VIEW_BILLS), shell.municipality.country
    columns: list[Column[RegisterRow]] = [
        Column(
            "number", _("Number"), lambda row: row.number, width=112, look="muted", sort="number", leaves=1, exact=True
        ),
        Column("name", _("Name"), lambda row: row.name, width=170, stretch=True, look="strong", sort="name"),
        Column("name_arabic", _("Name in Arabic"), lambda row: row.name_arabic, width=140, hidden=True),
        Column("kind", _("Person type"), lambda row: _(KINDS[row.kind]), width=100, look="muted", hidden=True),
        Column(
            "zone", _("Zone"), lambda row: pick(row.zone_names), width=112, stretch=True, sort="zone", leaves=2
        ),
        Column("address", _("Address"), lambda row: row.address, width=170, hidden=True),
        Column(
            "phone", _("Phone"), lambda row: phone_as_dialled(row.phone, country), width=116, look="muted",
            hidden=True, exact=True,
        ),
        count_column("objects", _("Objects"), lambda row: row.objects, sort="objects", leaves=3),
        Column(
            "standing", _("State"), lambda row: standing_word(row.standing), width=112,
            pill=lambda row: standing_tone(row.standing), sort="standing" if sees_debts else "",
        ),
    ]  # fmt: skip
    return columns + _debt_columns(shell) if sees_debts else columns


def _debt_columns(shell: Shell) -> list[Column[RegisterRow]]:
    beside: dict[str, Any] = {"look": "muted", "hidden": True}
    return [
        amount_column(
            shell, "overdue", _("Overdue"), lambda row: row.overdue,
            look=lambda row: "bad" if row.overdue else "muted", hidden=True,
        ),
        amount_column(shell, "accrued", _("Penalty accrued"), lambda row: row.accrued, **beside),
        amount_column(shell, "suspended", _("Suspended"), lambda row: row.suspended, **beside),
        amount_column(shell, "credit", _("Credit held"), lambda row: row.credit, **beside),
        amount_column(shell, "balance", _("Balance"), lambda row: row.balance, width=116, sort="balance"),
    ]  # fmt: skip


class RegisterSource:
    """Windows of the register for one filter, by their place, or by ids where the order is computed.

    ``read`` is the page's own.
    """

    def __init__(self, read: Callable[..., None], wanted: RegisterFilter) -> None:
        self.filter = wanted
        self._read = read
        #: The ids of all rows in the order last asked for, where it must be computed.
        self._order: tuple[str, bool, tuple[int, ...]] | None = None

    def summary(self, first: Window, then: Callable[[Summary], None], failed: Failed) -> None:
        """Counts the rows, and asks the first of them at the same time unless their order must be computed; what they
        owe in all is asked apart, because it takes longer."""
        self._order = None
        count: list[int] = []
        rows: list[Sequence[RegisterRow] | None] = []

        def answered(into: list[Any], answer: Any) -> None:
            into.append(answer)
            if count and rows:
                then(Summary(count[0], first=rows[0]))

        self._read(RegisterCount(filter=self.filter), then=partial(answered, count), failed=failed)
        if first.sort in _COMPUTED:
            rows.append(None)
        else:
            self.rows(first, partial(answered, rows), failed)

    def rows(self, window: Window, then: Callable[[Sequence[RegisterRow]], None], failed: Failed) -> None:
        """One window."""
        if window.sort not in _COMPUTED:
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

    def everything(self, ask: Ask, sort: str, descending: bool) -> Iterator[Sequence[RegisterRow]]:
        """All rows, by their places or by the ids in order."""
        if sort in _COMPUTED:
            ids = ask(
                RegisterOrder(filter=self.filter, sort=cast("ComputedSort", sort), descending=descending)
            )
            for start in range(0, len(ids), _AT_ONCE):
                yield ask(Register(ids=ids[start : start + _AT_ONCE]))
            return
        column = cast("RegisterColumnSort", sort or "name")
        page = Register(filter=self.filter, sort=column, descending=descending, limit=_AT_ONCE)
        while rows := ask(page):
            yield rows
            page = replace(page, after=rows[-1].place)
