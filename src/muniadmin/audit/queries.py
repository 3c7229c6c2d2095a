"""Reads of the audit log."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from muniadmin.access.models import User
from muniadmin.audit.reads import AuditCount, AuditLine, AuditLog
from muniadmin.audit.rules import events_named
from muniadmin.kernel.requests import SYSTEM_NAME
from muniadmin.storage.events import Event, EventLine
from muniadmin.storage.unit_of_work import Reading


def audit_lines() -> Select[*tuple[Any, ...]]:
    """Every line of the audit log with its event: line (EventLine), at, user_name, workstation, canonical."""
    return (
        select(EventLine, Event.at, User.user_name, Event.workstation, Event.canonical)
        .join(Event, Event.id == EventLine.event_id)
        .outerjoin(User, User.id == Event.user_id)
    )


def audit_log(reading: Reading, request: AuditLog) -> list[AuditLine]:
    """Lines of the log, the newest first."""
    wanted = audit_lines().where(*_conditions(request.text, request.before))
    if request.subject:
        wanted = wanted.where(EventLine.subject == request.subject)
    wanted = wanted.order_by(EventLine.event_id.desc(), EventLine.line.desc())
    wanted = wanted.offset(request.offset).limit(request.limit)
    return [
        AuditLine(
            place=(line.event_id, line.line),
            at=at,
            user_name=user_name or SYSTEM_NAME,
            workstation=workstation,
            event=line.name,
            subject=line.subject,
            detail=_detail(canonical, line.line),
        )
        for line, at, user_name, workstation, canonical in reading.session.execute(wanted)
    ]


def audit_count(reading: Reading, request: AuditCount) -> int:
    """How many lines there are."""
    wanted = select(func.count()).select_from(EventLine).where(*_conditions(request.text, request.before))
    if request.text:
        wanted = wanted.join(Event, Event.id == EventLine.event_id).outerjoin(User, User.id == Event.user_id)
    return reading.connection.execute(wanted).scalar_one()


def _conditions(text: str, before: tuple[int, int] | None) -> Iterator[ColumnElement[bool]]:
    if before is not None:
        yield tuple_(EventLine.event_id, EventLine.line) < tuple_(*before)
    if text:
        columns = (EventLine.name, EventLine.subject, User.user_name)
        said = [column.icontains(text, autoescape=True) for column in columns]
        yield or_(*said, EventLine.name.in_(events_named(text)))


def _detail(canonical: str, line: int) -> dict[str, Any]:
    """What an event's text says of one of its lines; nothing when somebody has made it unreadable."""
    try:
        detail = json.loads(canonical)["lines"][line - 1][2]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return {}
    return detail if isinstance(detail, dict) else {}
