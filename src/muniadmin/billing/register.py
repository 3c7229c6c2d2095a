"""The register as a list, with what everybody owes: windows of it, its count, its total, and computed orders."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, exists, func, or_, select, tuple_, type_coerce

from muniadmin.billing.models import Account, AccountNow, Bill, ChargeNow
from muniadmin.billing.names import VIEW_BILLS
from muniadmin.billing.queries import balances_of
from muniadmin.billing.reads import (
    Balance,
    BalancesOf,
    OwedStanding,
    Register,
    RegisterCount,
    RegisterFilter,
    RegisterOrder,
    RegisterRow,
    RegisterTotal,
)
from muniadmin.documents.queries import ensure_may
from muniadmin.kernel.money import ZERO, Money
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import TaxableObject, Taxpayer
from muniadmin.taxpayers.search import matches

# How many a text typed into the list may find.
_FOUND = 2000

_SORT_COLUMNS: Mapping[str, Any] = {
    "name": Taxpayer.sort_name,
    "number": Taxpayer.number,
    "zone": Taxpayer.zone,
}
_STANDING_ORDER = {"overdue": 0, "not_due": 1, "up_to_date": 2}


_UNTOLD = Balance(
    owed=ZERO, overdue=ZERO, not_due=ZERO, accrued=ZERO, suspended=ZERO, credit=ZERO, next_due_on=None
)


def register(reading: Reading, request: Register) -> list[RegisterRow]:
    """A window of the list, with balances for those who may see bills."""
    taxpayers = _by_ids(reading, request.ids) if request.ids is not None else _window(reading, request)
    ids = tuple(row.id for row in taxpayers)
    told = reading.actor.may(VIEW_BILLS)
    balances = (
        balances_of(reading, BalancesOf(taxpayer_ids=ids)) if ids and told else dict.fromkeys(ids, _UNTOLD)
    )
    objects = _objects(reading, TaxableObject.taxpayer_id.in_(ids))
    profile = profile_of(reading)
    zone_names = {zone.code: zone.names for zone in profile.zones}
    column = _SORT_COLUMNS.get(request.sort, Taxpayer.sort_name).key
    return [
        RegisterRow(
            taxpayer_id=row.id,
            number=row.number,
            name=row.name,
            name_arabic=row.name_arabic,
            kind=row.kind,
            zone=row.zone,
            zone_names=zone_names.get(row.zone, {"en": row.zone}),
            address=row.address,
            phone=row.phone,
            objects=objects.get(row.id, 0),
            standing=standing_of(balances[row.id], row.status) if told else row.status,
            balance=balances[row.id].balance,
            overdue=balances[row.id].overdue,
            accrued=balances[row.id].accrued,
            suspended=balances[row.id].suspended,
            credit=balances[row.id].credit,
            place=(getattr(row, column), row.id),
        )
        for row in taxpayers
    ]


def standing_of(balance: Balance, status: str) -> str:
    """The word for where a taxpayer stands."""
    if balance.overdue.minor > 0:
        return "overdue"
    if balance.owed.minor > 0:
        return "not_due"
    return status if status != "active" else "up_to_date"


def _by_ids(reading: Reading, ids: tuple[int, ...]) -> list[Taxpayer]:
    found = {row.id: row for row in reading.session.scalars(select(Taxpayer).where(Taxpayer.id.in_(ids)))}
    return [found[key] for key in ids if key in found]


def _window(reading: Reading, request: Register) -> list[Taxpayer]:
    column = _SORT_COLUMNS[request.sort]
    backwards = request.descending != request.from_end
    order = (column.desc(), Taxpayer.id.desc()) if backwards else (column, Taxpayer.id)
    wanted = select(Taxpayer).where(*_conditions(reading, request.filter)).order_by(*order)
    if request.after is not None and not request.from_end:
        here, there = tuple_(column, Taxpayer.id), tuple_(*request.after)
        wanted = wanted.where(here < there if backwards else here > there)
    rows = list(reading.session.scalars(wanted.offset(request.skip).limit(request.limit)))
    return rows[::-1] if request.from_end else rows


def _objects(reading: Reading, *of: ColumnElement[bool]) -> Mapping[int, int]:
    """How many objects that have not ended each taxpayer has."""
    rows = reading.connection.execute(
        select(TaxableObject.taxpayer_id, func.count())
        .where(TaxableObject.ended_on.is_(None), *of)
        .group_by(TaxableObject.taxpayer_id)
    )
    return {taxpayer_id: int(count) for taxpayer_id, count in rows}


# --- filters -------------------------------------------------------------------------------------------------------


def _conditions(reading: Reading, wanted: RegisterFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.standings or wanted.head_code:
        ensure_may(reading, VIEW_BILLS)
    if wanted.text.strip():
        found = matches(reading, wanted.text, _FOUND)
        conditions.append(Taxpayer.id.in_([match.taxpayer_id for match in found]))
    for values, column in (
        (wanted.zones, Taxpayer.zone),
        (wanted.kinds, Taxpayer.kind),
        (wanted.statuses, Taxpayer.status),
    ):
        if values:
            conditions.append(column.in_(values))
    if wanted.object_kind:
        conditions.append(
            exists().where(TaxableObject.taxpayer_id == Taxpayer.id, TaxableObject.kind == wanted.object_kind)
        )
    if wanted.head_code:
        conditions.append(
            exists().where(
                Account.taxpayer_id == Taxpayer.id,
                Bill.account_id == Account.id,
                Bill.head_code == wanted.head_code,
            )
        )
    standings = set(wanted.standings)
    if standings and standings != _STANDING_ORDER.keys():
        conditions.append(_stands(standings, reading.today))
    return conditions


def _stands(standings: set[OwedStanding], day: date) -> ColumnElement[bool]:
    debts = (
        select(Account.taxpayer_id)
        .join(ChargeNow, ChargeNow.account_id == Account.id)
        .where(ChargeNow.closed_on.is_(None), Account.taxpayer_id.is_not(None))
    )
    owing = Taxpayer.id.in_(debts)
    late = Taxpayer.id.in_(debts.where(ChargeNow.due_on < day))
    words: dict[frozenset[str], ColumnElement[bool]] = {
        frozenset({"overdue"}): late,
        frozenset({"not_due"}): and_(owing, ~late),
        frozenset({"up_to_date"}): ~owing,
        frozenset({"overdue", "not_due"}): owing,
        frozenset({"not_due", "up_to_date"}): ~late,
        frozenset({"overdue", "up_to_date"}): late | ~owing,
    }
    return words[frozenset(standings)]


def register_count(reading: Reading, request: RegisterCount) -> int:
    """How many taxpayers are listed."""
    wanted = select(func.count()).select_from(Taxpayer).where(*_conditions(reading, request.filter))
    return int(reading.connection.scalar(wanted) or 0)


# --- what everybody owes -------------------------------------------------------------------------------------------


def register_total(reading: Reading, request: RegisterTotal) -> Money:
    """What the listed taxpayers owe in all."""
    return Money(sum(amount for amount, _late in _owing(reading, request.filter).values()))


def register_order(reading: Reading, request: RegisterOrder) -> tuple[int, ...]:
    """The listed taxpayers' ids by balance, standing or number of objects; equal ones by name."""
    if request.sort != "objects":
        ensure_may(reading, VIEW_BILLS)
    listed = _listed(reading, request.filter)
    if request.sort == "objects":
        counts = _objects(reading)
        return tuple(sorted(listed, key=lambda key: counts.get(key, 0), reverse=request.descending))
    owing = _owing(reading, request.filter)
    if request.sort == "standing":

        def worst_first(key: int) -> int:
            if key not in owing:
                return _STANDING_ORDER["up_to_date"]
            return _STANDING_ORDER["overdue" if owing[key][1] else "not_due"]

        return tuple(sorted(listed, key=worst_first, reverse=request.descending))
    return tuple(sorted(listed, key=lambda key: owing.get(key, (0, False))[0], reverse=request.descending))


def _listed(reading: Reading, wanted: RegisterFilter) -> list[int]:
    rows = reading.connection.scalars(
        select(Taxpayer.id).where(*_conditions(reading, wanted)).order_by(Taxpayer.sort_name, Taxpayer.id)
    )
    return list(rows)


def _owing(reading: Reading, wanted: RegisterFilter) -> Mapping[int, tuple[int, bool]]:
    """(balance as booked in minor units, whether something is late) of the listed who owe or hold something."""
    conditions = _conditions(reading, wanted)
    late = (
        select(ChargeNow.account_id)
        .where(ChargeNow.closed_on.is_(None), ChargeNow.due_on < reading.today)
        .distinct()
        .subquery()
    )
    balances = (
        select(
            Account.taxpayer_id,
            type_coerce(AccountNow.owed - AccountNow.credit, BigInteger),
            late.c.account_id.is_not(None),
        )
        .join(AccountNow, AccountNow.account_id == Account.id)
        .outerjoin(late, late.c.account_id == Account.id)
        .where(Account.taxpayer_id.is_not(None), or_(AccountNow.owed > ZERO, AccountNow.credit > ZERO))
    )
    if conditions:
        balances = balances.where(Account.taxpayer_id.in_(select(Taxpayer.id).where(*conditions)))
    return {
        taxpayer_id or 0: (int(balance), bool(is_late))
        for taxpayer_id, balance, is_late in reading.connection.execute(balances)
    }
