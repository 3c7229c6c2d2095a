"""The totals kept by day (``day_collection``), added up again from the settlements: to verify or renew them."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, case, delete, func, literal, select, type_coerce

from muniadmin.audit.services import record
from muniadmin.billing.commands import RebuildTotals
from muniadmin.billing.facts import PENALTY
from muniadmin.billing.models import Charge, DayCollection, Settlement, Tender
from muniadmin.ledger.rules import CREDIT
from muniadmin.storage.bulk import insert_rows
from muniadmin.storage.unit_of_work import Reading, UnitOfWork

#: Booked or value, day, point, head, channel.
Key = tuple[str, date, int, str, str]


def totals_by(by: str) -> Select[Any]:
    """The totals as the settlements come to them, by the day of booking or of "value": columns day, point, head,
    channel; principal, penalty (minor units) and bills paid."""
    amount = type_coerce(Settlement.amount, BigInteger)
    day = Settlement.value_on if by == "value" else Settlement.booked_on
    channel = func.coalesce(Tender.channel, literal(CREDIT))
    source = (Charge.head_code, channel, Tender.payment_id, Settlement.credit_id, Charge.bill_id)
    # By booking, days add up, in the order of writing: one that was taken back may lie after one that came later.
    after = func.sum(amount).over(
        partition_by=(*source, day) if by == "value" else source, order_by=Settlement.id, rows=(None, 0)
    )
    rows = (
        select(
            day.label("day"),
            func.coalesce(Tender.point, 0).label("point"),
            Charge.head_code,
            channel.label("channel"),
            Charge.kind,
            amount.label("amount"),
            after.label("after"),
        )
        .join_from(Settlement, Charge, Charge.id == Settlement.charge_id)
        .outerjoin(Tender, Tender.id == Settlement.tender_id)
        .where(Settlement.decision_id.is_(None))
        .subquery()
        .c
    )
    principal = case((rows.kind != PENALTY, rows.amount), else_=0)
    penalty = case((rows.kind == PENALTY, rows.amount), else_=0)
    bills = case((rows.after > 0, 1), else_=0) - case((rows.after > rows.amount, 1), else_=0)
    key = (rows.day, rows.point, rows.head_code, rows.channel)
    return select(*key, func.sum(principal), func.sum(penalty), func.sum(bills)).group_by(*key)


def _found(reading: Reading) -> dict[Key, tuple[int, int, int]]:
    return {
        (by, row[0], row[1], row[2], row[3]): (int(row[4]), int(row[5]), int(row[6]))
        for by in ("booked", "value")
        for row in reading.connection.execute(totals_by(by))
    }


def rebuild_totals(uow: UnitOfWork, command: RebuildTotals) -> int:
    """Makes the totals kept by day anew; how many of them were wrong."""
    if uow.connection.dialect.name == "postgresql":
        # Desks that are counting finish first; those that come meanwhile wait, and count onto what is new.
        uow.connection.exec_driver_sql("LOCK TABLE day_collection IN EXCLUSIVE MODE")
    kept = {
        (row.by, row.day, row.point, row.head_code, row.channel): (row.principal, row.penalty, row.count)
        for row in uow.connection.execute(select(DayCollection.__table__))
    }
    found = _found(uow)
    nothing = (0, 0, 0)
    wrong = sum(found.get(key, nothing) != kept.get(key, nothing) for key in found.keys() | kept.keys())
    if wrong:
        uow.connection.execute(delete(DayCollection))
        insert_rows(uow, DayCollection, [
            {
                "by": by, "day": day, "point": point, "head_code": head, "channel": channel,
                "principal": principal, "penalty": penalty, "count": bills,
            }
            for (by, day, point, head, channel), (principal, penalty, bills) in sorted(found.items())
        ])  # fmt: skip
    record(uow, "billing:totals:rebuilt", "day_collection", {"wrong": wrong})
    return wrong
