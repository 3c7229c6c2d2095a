"""The only writer of ledger accounts, journal entries, postings and business days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Executable, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from muniadmin.audit.services import record
from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.errors import FieldMissing, InvalidInput
from muniadmin.kernel.formats import format_date
from muniadmin.kernel.texts import ensure_fits
from muniadmin.ledger.commands import OpenBusinessDay, TakeBackBusinessDay
from muniadmin.ledger.errors import (
    BusinessDayBehind,
    BusinessDayIsOpen,
    BusinessDayNotOpened,
    NoSuchBusinessDay,
)
from muniadmin.ledger.models import (
    BusinessDay,
    BusinessDayCorrection,
    JournalEntry,
    LedgerAccount,
    Posting,
)
from muniadmin.ledger.queries import last_day
from muniadmin.ledger.rules import AccountKind, Line, day_state, ensure_balanced
from muniadmin.storage.base import Base
from muniadmin.storage.bulk import add_rows, insert_rows
from muniadmin.storage.unit_of_work import UnitOfWork

LEDGER_CHAIN = "ledger"


def canonical_entry(
    booked_on: date, booked_at: str, event: str, subject: str, reverses_id: int | None, lines: Sequence[Line]
) -> str:
    """The frozen text of an entry: what it says, and each posting as [ledger account, amount, account, bill]."""
    return canonical_json(
        {
            "booked_on": booked_on.isoformat(),
            "booked_at": booked_at,
            "event": event,
            "subject": subject,
            "reverses": reverses_id,
            "postings": [[line.account, line.amount, line.account_id, line.bill_id] for line in lines],
        }
    )


@dataclass(frozen=True)
class NewEntry:
    """An entry to be booked: its lines, what happened, the number of what it is about, and the entry it mirrors."""

    lines: Sequence[Line]
    event: str
    subject: str
    reverses_id: int | None = None


def post_entry(
    uow: UnitOfWork,
    lines: Sequence[Line],
    *,
    event: str,
    subject: str,
    chain: str = LEDGER_CHAIN,
    reverses_id: int | None = None,
) -> int:
    """Books ``lines`` on today's date as one entry; its id. Raises EntryDoesNotBalance, BusinessDayNotOpened or
    BusinessDayBehind.

    What happens at a cash desk goes into that desk's chain, so that desks do not wait for each other.
    """
    return post_entries(uow, [NewEntry(lines, event, subject, reverses_id)], chain=chain)[0]


def post_entries(uow: UnitOfWork, entries: Sequence[NewEntry], *, chain: str = LEDGER_CHAIN) -> Sequence[int]:
    """Books entries on today's date, in their order; their ids. Raises as ``post_entry`` does."""
    for entry in entries:
        ensure_balanced(entry.lines)
    ensure_day_open(uow)
    booked_at = uow.now.isoformat()
    rows = []
    for entry in entries:
        canonical = canonical_entry(
            uow.today, booked_at, entry.event, entry.subject, entry.reverses_id, entry.lines
        )
        rows.append(
            {
                **uow.seal(chain, canonical)._asdict(),
                "canonical": canonical,
                "booked_on": uow.today,
                "booked_at": uow.now,
                "event": entry.event,
                "subject": entry.subject,
                "reverses_id": entry.reverses_id,
            }
        )
    ids = add_rows(uow, JournalEntry, rows)
    postings = [
        {
            "entry_id": entry_id,
            "line": number,
            "account": line.account,
            "amount": line.amount,
            "account_id": line.account_id,
            "bill_id": line.bill_id,
        }
        for entry_id, entry in zip(ids, entries, strict=True)
        for number, line in enumerate(entry.lines, 1)
    ]
    insert_rows(uow, Posting, postings)
    return ids


def ensure_account(uow: UnitOfWork, code: str, kind: AccountKind, names: Mapping[str, str]) -> None:
    """Adds the account unless it is there."""
    if uow.session.get(LedgerAccount, code) is None:
        uow.session.add(LedgerAccount(code=code, kind=kind, names=dict(names)))
        uow.session.flush()


# --- Business days --------------------------------------------------------------------------------------------------


def ensure_day_open(uow: UnitOfWork) -> None:
    """Opens today where it follows the last business day; a clock that is far ahead or behind books nothing. A
    demonstration town is looked at when somebody has time: it opens by itself. Raises BusinessDayNotOpened or
    BusinessDayBehind."""
    last = last_day(uow)
    state = day_state(last, uow.today)
    if state == "next" or (state == "late" and uow.municipality.demonstration):
        _open_day(uow, reason="", by=None)
    elif state != "open":
        problem = BusinessDayBehind if state == "behind" else BusinessDayNotOpened
        raise problem(last=format_date(last) if last is not None else "", day=format_date(uow.today))


def _open_day(uow: UnitOfWork, *, reason: str, by: int | None) -> None:
    count = uow.connection.scalar(
        select(func.count()).select_from(BusinessDay).where(BusinessDay.day == uow.today)
    )
    row = {
        "day": uow.today,
        "opening": (count or 0) + 1,
        "opened_at": uow.now,
        "opened_by_id": by,
        "reason": reason,
    }
    # Two desks may begin the day at once.
    uow.connection.execute(_OPEN_DAY[uow.connection.dialect.name], row)
    uow.remembered.clear()


_OPEN_DAY: dict[str, Executable] = {
    "sqlite": sqlite.insert(BusinessDay).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(BusinessDay).on_conflict_do_nothing(),
}


def open_business_day(uow: UnitOfWork, command: OpenBusinessDay) -> date:
    """Opens today, however long ago the last business day was. Raises BusinessDayIsOpen, BusinessDayBehind, or
    InvalidInput without a reason."""
    reason = command.reason.strip()
    if not reason:
        raise InvalidInput({"reason": FieldMissing()})
    last = last_day(uow)
    state = day_state(last, uow.today)
    if state == "open":
        raise BusinessDayIsOpen(day=format_date(uow.today))
    if state == "behind" and last is not None:
        raise BusinessDayBehind(last=format_date(last), day=format_date(uow.today))
    ensure_fits(reason, 300)
    _open_day(uow, reason=reason, by=uow.actor.user_id)
    record(uow, "ledger:day:opened", uow.today.isoformat(), {"reason": reason})
    return uow.today


def take_back_business_day(uow: UnitOfWork, command: TakeBackBusinessDay) -> date:
    """Takes back the last business day, which lies after today; the day that is the last one now. Raises
    NoSuchBusinessDay, or InvalidInput without a reason."""
    reason = command.reason.strip()
    if not reason:
        raise InvalidInput({"reason": FieldMissing()})
    last = last_day(uow)
    if last is None or last <= uow.today:
        raise NoSuchBusinessDay(day=format_date(last or uow.today))
    ensure_fits(reason, 300)
    opening = uow.connection.scalar(select(func.max(BusinessDay.opening)).where(BusinessDay.day == last))
    uow.connection.execute(
        insert(BusinessDayCorrection),
        {
            "day": last,
            "opening": opening,
            "corrected_at": uow.now,
            "counts_from": uow.today,
            "last_ids": _last_ids(uow),
            "corrected_by_id": uow.actor.user_id,
            "reason": reason,
        },
    )
    uow.remembered.clear()
    record(uow, "ledger:day:taken-back", last.isoformat(), {"reason": reason})
    return last_day(uow) or uow.today


def _last_ids(uow: UnitOfWork) -> dict[str, int]:
    """The highest id of every table whose rows name the day on which they were booked, or for which they count."""
    dated = [
        table
        for table in Base.metadata.sorted_tables
        if "id" in table.c and ("booked_on" in table.c or "value_on" in table.c)
    ]
    return {table.name: uow.connection.scalar(select(func.max(table.c.id))) or 0 for table in dated}
