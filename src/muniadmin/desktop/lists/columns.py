"""Columns that many lists have: amounts, counts and days, written as pages write them, and figures in files."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.money import Money

R = TypeVar("R")


def amount_column(
    shell: Shell, name: str, title: str, amount: Callable[[R], Money], *, nothing: str = "", **how: Any
) -> Column[R]:
    """An amount of money, with the currency once in the title; ``nothing`` stands for zero where it is given."""

    def text(row: R) -> str:
        found = amount(row)
        return nothing if nothing and not found else shell.amount(found)

    return Column(name, shell.with_currency(title), text, number=True, value=amount, **{"width": 110, **how})


def count_column(name: str, title: str, count: Callable[[R], int], **how: Any) -> Column[R]:
    """A number of things."""
    return Column(
        name, title, lambda row: format_number(count(row)), number=True, value=count, **{"width": 76, **how}
    )


def day_column(shell: Shell, name: str, title: str, day: Callable[[R], date | None], **how: Any) -> Column[R]:
    """A day in figures; empty for none."""
    return Column(
        name, title, lambda row: shell.day(day(row)), value=day, **{"width": 98, "look": "muted", **how}
    )
