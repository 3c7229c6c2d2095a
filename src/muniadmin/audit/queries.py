"""Reads of the audit log."""

import json
from typing import Any

from sqlalchemy import Select, or_, select, tuple_

from muniadmin.access.models import User
from muniadmin.audit.reads import AuditLine, AuditLog
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
    wanted = audit_lines().order_by(EventLine.event_id.desc(), EventLine.line.desc()).limit(request.limit)
    if request.subject:
        wanted = wanted.where(EventLine.subject == request.subject)
    if request.before is not None:
        wanted = wanted.where(tuple_(EventLine.event_id, EventLine.line) < tuple_(*request.before))
    if request.text:
        wanted = wanted.where(
            or_(
                *(
                    column.icontains(request.text, autoescape=True)
                    for column in (EventLine.name, EventLine.subject, User.user_name)
                ),
                EventLine.name.in_(events_named(request.text)),
            )
        )
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


def _detail(canonical: str, line: int) -> dict[str, Any]:
    """What an event's text says of one of its lines; nothing when somebody has made it unreadable."""
    try:
        detail = json.loads(canonical)["lines"][line - 1][2]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return {}
    return detail if isinstance(detail, dict) else {}
