"""The only writer of ledger accounts, postings and business days."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from muniadmin.audit.services import record
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
    LedgerAccount,
    Posting,
)
from muniadmin.ledger.queries import last_day
from muniadmin.ledger.rules import AccountKind, Line, day_state, ensure_balanced
from muniadmin.storage.base import Base
from muniadmin.storage.bulk import insert_if_new, insert_rows
from muniadmin.storage.unit_of_work import UnitOfWork


def post(uow: UnitOfWork, lines: Sequence[Line]) -> None:
    """Books ``lines`` on today's date: the order's event is their entry. Raises EntryDoesNotBalance,
    BusinessDayNotOpened or BusinessDayBehind."""
    ensure_balanced(lines)
    ensure_day_open(uow)
    posted = len(uow.told.rows["posting"])
    insert_rows(uow, Posting, [
        {
            "line": number,
            "account": line.account,
            "amount": line.amount,
            "account_id": line.account_id,
            "bill_id": line.bill_id,
        }
        for number, line in enumerate(lines, posted + 1)
    ])  # fmt: skip


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
    # Openings that were taken back are counted, and not those that stand: two desks may begin the day at once, and
    # the one that comes second finds the same number.
    taken_back = uow.connection.scalar(
        select(func.count()).select_from(BusinessDayCorrection).where(BusinessDayCorrection.day == uow.today)
    )
    row = {
        "day": uow.today,
        "opening": (taken_back or 0) + 1,
        "opened_at": uow.now,
        "opened_by_id": by,
        "reason": reason,
    }
    insert_if_new(uow, BusinessDay, [row])
    uow.remembered.clear()


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
    insert_rows(uow, BusinessDayCorrection, [
        {
            "day": last,
            "opening": opening,
            "corrected_at": uow.now,
            "counts_from": uow.today,
            "last_ids": _last_ids(uow),
            "corrected_by_id": uow.actor.user_id,
            "reason": reason,
        }
    ])  # fmt: skip
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
