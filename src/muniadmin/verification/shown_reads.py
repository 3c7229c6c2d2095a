"""The question where the row of a finding can be looked at."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.requests import Query


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Under which printed number pages show a row; or as which act of which register."""

    kind: NumberKind | None = None
    number: str = ""
    act_id: int | None = None
    register_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class WhereShown(Query[Shown | None]):
    """Where the row with ``key`` in ``table`` is shown, or what it belongs to; None where no page shows it."""

    permission: ClassVar = VIEW_AUDIT

    table: str
    key: str
