"""Writes the audit log."""

from collections.abc import Mapping, Sequence

from muniadmin.audit.models import AuditEvent
from muniadmin.kernel.canonical import canonical_json
from muniadmin.storage.bulk import insert_rows
from muniadmin.storage.unit_of_work import UnitOfWork

OFFICE_CHAIN = "office"

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
    record_all(uow, event, [(subject, detail or {})], chain=chain)


def record_all(
    uow: UnitOfWork, event: str, lines: Sequence[tuple[str, Detail]], *, chain: str = OFFICE_CHAIN
) -> None:
    """Adds a line for each (subject, detail), as ``record`` does."""
    actor = uow.actor
    rows = []
    for subject, detail in lines:
        canonical = canonical_event(
            uow.now.isoformat(), actor.user_name, actor.workstation, event, subject, detail
        )
        rows.append(
            {
                **uow.seal(chain, canonical)._asdict(),
                "canonical": canonical,
                "at": uow.now,
                "user_name": actor.user_name,
                "workstation": actor.workstation,
                "event": event,
                "subject": subject,
            }
        )
    insert_rows(uow, AuditEvent, rows)
