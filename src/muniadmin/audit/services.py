"""Writes the audit log."""

from collections.abc import Sequence

from muniadmin.storage.events import OFFICE_CHAIN, Detail
from muniadmin.storage.unit_of_work import UnitOfWork


def record(
    uow: UnitOfWork, event: str, subject: str, detail: Detail | None = None, *, chain: str = OFFICE_CHAIN
) -> None:
    """Adds a line to the order's event, as ``UnitOfWork.say`` does."""
    uow.say(event, subject, detail, chain=chain)


def record_all(
    uow: UnitOfWork, event: str, lines: Sequence[tuple[str, Detail]], *, chain: str = OFFICE_CHAIN
) -> None:
    """Adds a line for each (subject, detail), as ``record`` does."""
    for subject, detail in lines:
        uow.say(event, subject, detail, chain=chain)
