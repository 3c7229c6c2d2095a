"""Rows that a page has all of: short lists, searched and sorted here by what their columns say."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from muniadmin.desktop.widgets.row_model import Column
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.kernel.folding import fold
from muniadmin.kernel.money import Money, total

R = TypeVar("R")


def given_rows(
    rows: Sequence[R],
    columns: Sequence[Column[R]],
    text: str = "",
    *,
    sums: Sequence[tuple[str, Callable[[R], Money]]] = (),
    write_sum: Callable[[Money], str] = str,
) -> ListSource[R]:
    """The rows of which some column says every word of ``text``, with the sums of those."""
    words = fold(text).split()
    found = [one for one in rows if _says(columns, one, words)] if words else rows
    return ListSource(
        found,
        keys={column.sort: _order_of(column) for column in columns if column.sort},
        totals=[(label, write_sum(total(amount(one) for one in found))) for label, amount in sums],
    )


def _says(columns: Sequence[Column[R]], row: R, words: Sequence[str]) -> bool:
    said = fold(" ".join(column.whole(row) for column in columns))
    return all(word in said for word in words)


def _order_of(column: Column[R]) -> Callable[[R], Any]:
    value = column.value
    return value if value is not None else lambda row: fold(column.text(row))
