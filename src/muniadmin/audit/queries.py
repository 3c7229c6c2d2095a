"""Reads of the audit log."""

from sqlalchemy import or_, select

from muniadmin.audit.models import AuditEvent
from muniadmin.audit.reads import AuditLine, AuditLog
from muniadmin.audit.rules import events_named
from muniadmin.storage.unit_of_work import Reading


def audit_log(reading: Reading, request: AuditLog) -> list[AuditLine]:
    """Lines of the log, the newest first."""
    wanted = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(request.limit)
    if request.subject:
        wanted = wanted.where(AuditEvent.subject == request.subject)
    if request.before_id is not None:
        wanted = wanted.where(AuditEvent.id < request.before_id)
    if request.text:
        wanted = wanted.where(
            or_(
                *(
                    column.icontains(request.text, autoescape=True)
                    for column in (AuditEvent.event, AuditEvent.subject, AuditEvent.user_name)
                ),
                AuditEvent.event.in_(events_named(request.text)),
            )
        )
    return [
        AuditLine(
            id=line.id,
            at=line.at,
            user_name=line.user_name,
            workstation=line.workstation,
            event=line.event,
            subject=line.subject,
            canonical=line.canonical,
        )
        for line in reading.session.scalars(wanted)
    ]
