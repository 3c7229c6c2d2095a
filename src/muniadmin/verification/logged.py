"""Says of findings what people know their rows by: printed numbers, and the lines of the audit log."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from muniadmin.access.models import User
from muniadmin.kernel.requests import SYSTEM_NAME
from muniadmin.storage.events import Event, EventLine
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import frozen
from muniadmin.verification.commands import Astray, Finding, LoggedLine
from muniadmin.verification.shown import number_in, where_shown
from muniadmin.verification.shown_reads import WhereShown

_AT_ONCE = 200
#: So many lines of one event are named.
_MOST = 20


def with_lines(reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those about an event, or about a row that one wrote, with its lines in the audit log: the ones that
    are otherwise than its text says, else the first."""
    numbers = sorted({number for one in findings if (number := _event_of(one)) is not None})
    lines: dict[int, tuple[LoggedLine, ...]] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        lines |= _lines(reading, numbers[start : start + _AT_ONCE])
    return [replace(one, logged=lines.get(_event_of(one) or 0, ())) for one in findings]


def _event_of(finding: Finding) -> int | None:
    """The event that a finding is about, or that wrote its row; None where that is not known."""
    if finding.table in ("event", "event_line"):
        number = number_in(finding.key.split(" ")[0])
        if number is not None:
            return number
    return finding.event


def with_numbers(reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those about a row of which a paper or a page bears the number with that beside table and key."""
    return [_numbered(reading, one) for one in findings]


def _numbered(reading: Reading, finding: Finding) -> Finding:
    place = f"{finding.table} {finding.key}"
    if not finding.key or finding.subject != place:
        return finding
    number = where_shown(reading, WhereShown(table=finding.table, key=finding.key)).number
    return replace(finding, subject=f"{place} ({number})") if number else finding


def _lines(reading: Reading, numbers: Sequence[int]) -> dict[int, tuple[LoggedLine, ...]]:
    wanted = (
        select(Event.id, Event.at, Event.canonical, User.user_name)
        .outerjoin(User, User.id == Event.user_id)
        .where(Event.id.in_(numbers))
    )
    events = {event.id: event for event in reading.connection.execute(wanted)}
    in_log: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    for row in reading.connection.execute(
        select(EventLine.event_id, EventLine.line, EventLine.name, EventLine.subject).where(
            EventLine.event_id.in_(numbers)
        )
    ):
        in_log[row.event_id][row.line] = row.name, row.subject
    return {number: tuple(_of_event(events.get(number), in_log[number])) for number in numbers}


def _of_event(event: Any, in_log: dict[int, tuple[str, str]]) -> Iterable[LoggedLine]:
    at, user = (None, "") if event is None else (event.at, event.user_name or SYSTEM_NAME)
    # Of an event that is gone, all lines are alone; of one whose text cannot be read nobody knows.
    written = {} if event is None else _written(event.canonical)
    if written is None:
        written = in_log
    found = []
    for line in sorted(in_log.keys() | written.keys()):
        here, said = in_log.get(line), written.get(line)
        if here == said:
            continue
        name, subject = here or said or ("", "")
        astray: Astray = (
            "alone" if event is None else "gone" if here is None else "added" if said is None else "changed"
        )
        found.append(LoggedLine(line=line, at=at, user=user, event=name, subject=subject, astray=astray))
    if not found:
        found = [
            LoggedLine(line=line, at=at, user=user, event=name, subject=subject)
            for line, (name, subject) in sorted(in_log.items())[:1]
        ]
    return found[:_MOST]


def _written(canonical: str) -> dict[int, tuple[str, str]] | None:
    """The lines in an event's text, by their place; None where they cannot be read."""
    lines = frozen(canonical).get("lines")
    if not isinstance(lines, list):
        return None
    return {
        place: (str(line[0]), str(line[1]))
        for place, line in enumerate(lines, 1)
        if isinstance(line, list) and len(line) >= 2
    }
