"""The question where the row of a finding can be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.requests import Query

View = Literal["act", "session", "user", "audit", "anchor", "municipality"]

Why = Literal["", "whole", "gone", "alone", "unlogged", "end", "total", "none"]
"""Why nothing shows a row: it is about no row but a whole table; the row is gone; the event is gone whose line it is;
the audit log has no line of the event; it is where a chain ends; it is a total that the program keeps for itself; no
page lists rows of this table."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Under which printed number pages show a row, or in which view by which key; or ``why_not``."""

    kind: NumberKind | None = None
    number: str = ""
    view: View | None = None
    key: Mapping[str, int] = field(default_factory=dict)
    why_not: Why = ""


@dataclass(frozen=True, kw_only=True)
class WhereShown(Query[Shown]):
    """Where the row with ``key`` in ``table`` is shown, or what it belongs to. Of a row that no page shows: its line in
    the audit log, where ``event`` tells which event wrote it."""

    permission: ClassVar = VIEW_AUDIT

    table: str
    key: str
    event: int | None = None
