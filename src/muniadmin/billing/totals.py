"""The totals kept by day (``day_collection``), added up again from the settlements: to verify or renew them."""

from datetime import date

from sqlalchemy import BigInteger, case, delete, func, literal, select, type_coerce

from muniadmin.audit.services import record
from muniadmin.billing.commands import RebuildTotals
from muniadmin.billing.facts import PENALTY
from muniadmin.billing.models import Charge, DayCollection, Settlement, Tender
from muniadmin.ledger.rules import CREDIT
from muniadmin.storage.bulk import insert_rows
from muniadmin.storage.unit_of_work import Reading, UnitOfWork

#: Booked or value, day, point, head, channel.
Key = tuple[str, date, int, str, str]


def totals_found(reading: Reading) -> dict[Key, tuple[int, int, int]]:
    """By (by, day, point, head, channel): principal, penalty (minor units) and bills paid, from the settlements."""
    amount = type_coerce(Settlement.amount, BigInteger)
    found: dict[Key, tuple[int, int, int]] = {}
    for by, day in (("booked", Settlement.booked_on), ("value", Settlement.value_on)):
        of_source = (
            select(
                day.label("day"),
                func.coalesce(Tender.point, 0).label("point"),
                Charge.head_code,
                func.coalesce(Tender.channel, literal(CREDIT)).label("channel"),
                Tender.payment_id,
                Settlement.credit_id,
                Charge.bill_id,
                func.sum(case((Charge.kind != PENALTY, amount), else_=0)).label("principal"),
                func.sum(case((Charge.kind == PENALTY, amount), else_=0)).label("penalty"),
            )
            .join_from(Settlement, Charge, Charge.id == Settlement.charge_id)
            .outerjoin(Tender, Tender.id == Settlement.tender_id)
            .where(Settlement.decision_id.is_(None))
            .group_by(
                "day",
                "point",
                Charge.head_code,
                "channel",
                Tender.payment_id,
                Settlement.credit_id,
                Charge.bill_id,
            )
            .subquery()
            .c
        )
        moved = of_source.principal + of_source.penalty
        source = (
            of_source.head_code,
            of_source.channel,
            of_source.payment_id,
            of_source.credit_id,
            of_source.bill_id,
        )
        # By booking, days add up: what is taken back is booked on a day of its own.
        after = moved if by == "value" else func.sum(moved).over(partition_by=source, order_by=of_source.day)
        rows = (
            select(
                of_source.day,
                of_source.point,
                of_source.head_code,
                of_source.channel,
                of_source.principal,
                of_source.penalty,
                moved.label("moved"),
                after.label("after"),
            )
            .subquery()
            .c
        )
        before = literal(0) if by == "value" else rows.after - rows.moved
        bills = case((rows.after > 0, 1), else_=0) - case((before > 0, 1), else_=0)
        key = (rows.day, rows.point, rows.head_code, rows.channel)
        for row in reading.connection.execute(
            select(*key, func.sum(rows.principal), func.sum(rows.penalty), func.sum(bills)).group_by(*key)
        ):
            found[by, row[0], row[1], row[2], row[3]] = int(row[4]), int(row[5]), int(row[6])
    return found


def rebuild_totals(uow: UnitOfWork, command: RebuildTotals) -> int:
    """Makes the totals kept by day anew; how many of them were wrong."""
    if uow.connection.dialect.name == "postgresql":
        # Desks that are counting finish first; those that come meanwhile wait, and count onto what is new.
        uow.connection.exec_driver_sql("LOCK TABLE day_collection IN EXCLUSIVE MODE")
    kept = {
        (row.by, row.day, row.point, row.head_code, row.channel): (row.principal, row.penalty, row.count)
        for row in uow.connection.execute(select(DayCollection.__table__))
    }
    found = totals_found(uow)
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
