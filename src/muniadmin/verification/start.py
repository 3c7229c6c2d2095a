"""Where a verification begins: at the first row of every chain, or behind the rows that an anchor names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from muniadmin.anchors.reads import Head
from muniadmin.civil_status.models import SignedAct
from muniadmin.storage.events import Event
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import SinceAnchor

_EventId = ColumnElement[Any] | InstrumentedAttribute[int]


@dataclass(frozen=True, kw_only=True)
class Start:
    """The place behind which rows are looked at."""

    #: None: everything is looked at.
    anchor: SinceAnchor | None = None
    #: Where each chain stood, by its name; one that is not named here is looked at from its first row.
    heads: Mapping[str, Head] = field(default_factory=dict)
    #: No event behind the place has a lower number. Those that have a higher one may stand before it all the same: a
    #: server gives numbers when orders begin.
    first_event: int = 0

    @property
    def is_beginning(self) -> bool:
        """Whether everything is looked at."""
        return self.anchor is None

    def behind(self, model: type[Event] | type[SignedAct]) -> ColumnElement[bool]:
        """Of a row of a chain: whether it comes after the place."""
        if not self.heads:
            return true()
        return or_(
            model.chain.not_in(self.heads),
            *(and_(model.chain == head.chain, model.chain_seq > head.last) for head in self.heads.values()),
        )

    def may_be_behind(self, event_id: _EventId) -> ColumnElement[bool]:
        """Of a column with the number of an event: whether that may be one behind the place. None has a lower one."""
        return true() if self.is_beginning else event_id >= self.first_event

    def named_since(self, event_id: _EventId) -> ColumnElement[bool]:
        """Of a column with the number of an event: whether that is one behind the place, or none that there is."""
        before = exists().where(Event.id == event_id, not_(self.behind(Event)))
        return or_(event_id.is_(None), and_(self.may_be_behind(event_id), not_(before)))


BEGINNING = Start()


def start_behind(reading: Reading, anchor: SinceAnchor, heads: Mapping[str, Head]) -> Start:
    """The place behind the rows that an anchor names."""
    behind = Start(anchor=anchor, heads=heads).behind(Event)
    # By chain, so that the index of places answers.
    firsts = reading.connection.scalars(select(func.min(Event.id)).where(behind).group_by(Event.chain)).all()
    # The first ones may be gone: their numbers come after the last one before the place.
    after_last = (reading.connection.scalar(select(func.max(Event.id)).where(not_(behind))) or 0) + 1
    first_event = min([*firsts, after_last])
    return Start(anchor=anchor, heads=heads, first_event=first_event)
