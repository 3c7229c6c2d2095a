"""Writes the audit log."""

from collections.abc import Mapping

from sqlalchemy import insert

from muniadmin.audit.models import AuditEvent
from muniadmin.kernel.canonical import canonical_json
from muniadmin.storage.unit_of_work import UnitOfWork

OFFICE_CHAIN = "office"

_ADD = insert(AuditEvent)

Detail = Mapping[str, object]


def canonical_event(
    at: str, user_name: str, workstation: str, event: str, subject: str, detail: Detail
) -> str:
    """The frozen text of one line of the log."""
    return canonical_json(
        {
            "at": at,
            "user": user_name,
            "workstation": workstation,
            "event": event,
            "subject": subject,
            "detail": detail,
        }
    )


def record(
    uow: UnitOfWork, event: str, subject: str, detail: Detail | None = None, *, chain: str = OFFICE_CHAIN
) -> None:
    """Adds one line: ``event`` as "slice:thing:done", ``subject`` the number or name of what it happened to.

    ``detail`` holds text, whole numbers, booleans, lists and dicts of these. Call it last in a handler: the
    chain is locked from here to the end of the transaction. What happens at a cash desk goes into its own chain.
    """
    canonical = canonical_event(
        uow.now.isoformat(), uow.actor.user_name, uow.actor.workstation, event, subject, detail or {}
    )
    link = uow.seal(chain, canonical)
    uow.connection.execute(
        _ADD,
        {
            **link._asdict(),
            "canonical": canonical,
            "at": uow.now,
            "user_name": uow.actor.user_name,
            "workstation": uow.actor.workstation,
            "event": event,
            "subject": subject,
        },
    )
