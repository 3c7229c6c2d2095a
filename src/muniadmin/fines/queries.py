"""Reads of offences and fines."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true

from muniadmin.access.queries import names_of
from muniadmin.billing.models import BillNow, Charge, ChargeNow, Offer, Settlement, Tender
from muniadmin.billing.queries import bill_sums, money, standings_of
from muniadmin.billing.standing import Instalment
from muniadmin.collection.models import Cancellation, Payment, Receipt, TenderReturn
from muniadmin.documents.models import IssuedDocument
from muniadmin.fines.models import Fine, Offence, OffenceAmount
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.fines.reads import (
    AmountShown,
    FineCase,
    FineDetail,
    FineEvent,
    FineRow,
    Fines,
    FinesOfPlate,
    FinesPage,
    OffenceRow,
    Offences,
    Officers,
    PlateHistory,
    UnpaidPlate,
    UnregisteredPlates,
)
from muniadmin.fines.rules import (
    Amounts,
    FineAct,
    FineFacts,
    FineState,
    acts_of,
    amounts_of,
    instant_of,
    plate_key,
    plate_spellings,
    read_plate,
    state_of,
)
from muniadmin.fines.sheets import FineNoticeSheet
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.folding import fold
from muniadmin.kernel.money import ZERO, Money, total
from muniadmin.kernel.numbers import WrongNumber, read_number
from muniadmin.settings.profile import FineStep
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import TaxableObject, Taxpayer
from muniadmin.taxpayers.rules import object_key

VEHICLE = "vehicle"
# Fewer letters begin half of all plates; no list of what they find is ever read.
_LETTERS_OF_A_PLATE = 3
_FINES_LOOKED_AT = 200
#: Of a plate's other fines, as many as are shown beside one.
_LATEST_OF_PLATE = 8

# --- offences ------------------------------------------------------------------------------------------------------


def read_steps(spec: Mapping[str, Any], name: str) -> tuple[FineStep, ...]:
    """The reduced or increased steps of an offence's amount as stored."""
    return tuple(
        FineStep(
            int(step["days"]),
            Money(step["amount"]) if step.get("amount") is not None else None,
            Decimal(step["rate"]) if step.get("rate") is not None else None,
        )
        for step in spec.get(name, ())
    )


def amounts_on(version: OffenceAmount, day: date, due_days: int, *, full: Money | None = None) -> Amounts:
    """What the offence comes to when it is committed on ``day``; ``full`` is another full amount than its own."""
    return amounts_of(
        version.amount if full is None else full,
        day,
        read_steps(version.steps, "reduced"),
        read_steps(version.steps, "increased"),
        due_days,
    )


def version_on(versions: Sequence[OffenceAmount], day: date) -> OffenceAmount | None:
    """The one of an offence's amounts that is in force on ``day``."""
    return next((version for version in reversed(versions) if version.valid_from <= day), None)


def versions_of(reading: Reading, offence_ids: Sequence[int] | None = None) -> dict[int, list[OffenceAmount]]:
    """The amounts of these offences (None: of all), each offence's the oldest first."""
    wanted = select(OffenceAmount).order_by(OffenceAmount.valid_from)
    if offence_ids is not None:
        wanted = wanted.where(OffenceAmount.offence_id.in_(offence_ids))
    found: dict[int, list[OffenceAmount]] = {}
    for version in reading.session.scalars(wanted):
        found.setdefault(version.offence_id, []).append(version)
    return found


def offences(reading: Reading, request: Offences) -> list[OffenceRow]:
    """The catalogue with its amounts on a day."""
    day = request.on or reading.today
    due_days = profile_of(reading).fines.due_days
    versions = versions_of(reading)
    found = reading.session.scalars(
        select(Offence).order_by(Offence.origin.desc(), Offence.position, Offence.code)
    )
    return [
        _offence_row(offence, version_on(versions.get(offence.id, ()), day), day, due_days)
        for offence in found
    ]


def _offence_row(offence: Offence, version: OffenceAmount | None, day: date, due_days: int) -> OffenceRow:
    steps = amounts_on(version, day, due_days).steps if version is not None else ()
    return OffenceRow(
        code=offence.code,
        names=offence.names,
        tow=offence.tow,
        origin=offence.origin,
        active=offence.active,
        amount=version.amount if version is not None else None,
        steps=tuple(AmountShown(amount=step.amount, until=step.until) for step in steps),
        source=version.source if version is not None else "",
    )


@dataclass
class Catalogue:
    """The offences by code and by name, as imported files name them."""

    by_code: dict[str, Offence]
    by_name: dict[str, Offence]

    @classmethod
    def of(cls, reading: Reading) -> "Catalogue":
        """The catalogue as it is."""
        catalogue = cls({}, {})
        for offence in reading.session.scalars(select(Offence).order_by(Offence.id)):
            catalogue.add(offence)
        return catalogue

    def add(self, offence: Offence) -> None:
        """One more; the first of a name keeps it."""
        self.by_code[offence.code.upper()] = offence
        for name in offence.names.values():
            self.by_name.setdefault(fold(name), offence)

    def find(self, code: str, description: str) -> Offence | None:
        """By its code if there is one, else by its name in any language."""
        return self.by_code.get(code.upper()) if code else self.by_name.get(fold(description))


def officers(reading: Reading, request: Officers) -> list[str]:
    """Every badge there is on a fine."""
    return list(
        reading.session.scalars(
            select(Fine.officer).where(Fine.officer != "").distinct().order_by(Fine.officer)
        )
    )


# --- whose vehicle -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Liable:
    """The vehicle and its owner on a day."""

    vehicle_id: int
    taxpayer_id: int


def liable_for(reading: Reading, plate: str, day: date) -> Liable | None:
    """Whose the vehicle with this plate was on ``day``, as far as the register knows."""
    return liable_for_all(reading, [plate]).on(plate, day) if plate else None


@dataclass(frozen=True)
class Register:
    """The vehicles of some plates, as they stand on the register."""

    vehicles: Mapping[str, Sequence[tuple[Liable, date, date | None]]]

    def on(self, plate: str, day: date) -> Liable | None:
        """Whose the vehicle with this compared plate was on ``day``."""
        for liable, started_on, ended_on in self.vehicles.get(plate, ()):
            if started_on <= day and (ended_on is None or day <= ended_on):
                return liable
        return None


_AT_ONCE = 400


def liable_for_all(reading: Reading, plates: Iterable[str]) -> Register:
    """The vehicles of these compared plates, for an import."""
    keys = {
        key: plate
        for plate in plates
        if plate
        for spelling in plate_spellings(plate)
        if (key := object_key(VEHICLE, spelling)) is not None
    }
    found: dict[str, list[tuple[Liable, date, date | None]]] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), _AT_ONCE):
        rows = reading.connection.execute(
            select(
                TaxableObject.external_key,
                TaxableObject.id,
                TaxableObject.taxpayer_id,
                TaxableObject.started_on,
                TaxableObject.ended_on,
            ).where(TaxableObject.external_key.in_(wanted[start : start + _AT_ONCE]))
        )
        for key, vehicle_id, taxpayer_id, started_on, ended_on in rows:
            found.setdefault(keys[key or ""], []).append(
                (Liable(vehicle_id, taxpayer_id), started_on, ended_on)
            )
    return Register(found)


# --- fines ---------------------------------------------------------------------------------------------------------


def facts_of(reading: Reading, fines: Sequence[Fine]) -> dict[int, FineFacts]:
    """What decides the state of each fine, by its id."""
    bill_ids = [fine.bill_id for fine in fines if fine.bill_id is not None]
    sums = bill_sums(reading, bill_ids)
    given_up = {
        bill_id: money(amount)
        for bill_id, amount in reading.connection.execute(
            select(ChargeNow.bill_id, func.sum(ChargeNow.written_off))
            .where(ChargeNow.bill_id.in_(bill_ids), ChargeNow.written_off > ZERO)
            .group_by(ChargeNow.bill_id)
        )
    }
    offered = {
        row.bill_id: row.until
        for row in reading.connection.execute(
            select(Offer.bill_id, func.max(Offer.until).label("until"))
            .where(Offer.bill_id.in_(bill_ids), *_runs(reading.today))
            .group_by(Offer.bill_id)
        )
    }
    found = {}
    for fine in fines:
        booked, settled = sums[fine.bill_id] if fine.bill_id is not None else (None, None)
        until = offered.get(fine.bill_id) if fine.bill_id is not None else None
        found[fine.id] = FineFacts(
            void=fine.voided_at is not None,
            total=booked,
            settled=settled,
            written_off=given_up.get(fine.bill_id or 0, ZERO),
            discount_until=until - timedelta(days=1) if until is not None else None,
            increases_on=fine.increases_on,
        )
    return found


def _runs(day: date) -> tuple[ColumnElement[bool], ...]:
    return Offer.since <= day, Offer.until > day


_has_written_off = exists().where(ChargeNow.bill_id == Fine.bill_id, ChargeNow.written_off > ZERO)


def state_column(day: date) -> ColumnElement[str]:
    """rules.state_of as the database computes it, for filters and totals; Fine outer-joined with BillNow."""
    return case(
        (Fine.voided_at.is_not(None), FineState.VOID.value),
        (Fine.bill_id.is_(None), FineState.SETTLED_BEFORE.value),
        (and_(BillNow.settled >= BillNow.amount, _has_written_off), FineState.WRITTEN_OFF.value),
        (BillNow.settled >= BillNow.amount, FineState.PAID.value),
        (exists().where(Offer.bill_id == Fine.bill_id, *_runs(day)), FineState.DISCOUNT.value),
        (BillNow.settled > ZERO, FineState.PARTLY_PAID.value),
        (Fine.increases_on <= day, FineState.INCREASED.value),
        else_=FineState.OPEN.value,
    )


def fines(reading: Reading, request: Fines) -> FinesPage:
    """A page of fines with the count and the sums of all that match."""
    wanted = select(Fine.id).where(*_conditions(reading, request))
    if request.state:
        wanted = wanted.outerjoin(BillNow, BillNow.bill_id == Fine.bill_id)
    # The ids come from an index alone, so that the last page of a long list costs little more than the first.
    ids = reading.session.scalars(
        wanted.order_by(*_order(request)).offset(request.offset).limit(request.limit)
    ).all()
    count, amount, left = _totals(reading, wanted) if request.totals else (0, ZERO, ZERO)
    return FinesPage(rows=tuple(_rows(reading, ids)), count=count, amount=amount, left=left)


def _totals(reading: Reading, wanted: Select[int]) -> tuple[int, Money, Money]:
    count, amount, left = reading.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Fine.amount), 0),
            func.coalesce(func.sum(BillNow.amount - BillNow.settled), 0),
        )
        .select_from(Fine)
        .outerjoin(BillNow, BillNow.bill_id == Fine.bill_id)
        .where(wanted.whereclause if wanted.whereclause is not None else true())
    ).one()
    return count, money(amount), money(left)


def _conditions(reading: Reading, request: Fines) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [true()]
    if request.state:
        conditions.append(state_column(reading.today) == request.state)
    if request.offence_code:
        offence = select(Offence.id).where(Offence.code == request.offence_code).scalar_subquery()
        conditions.append(Fine.offence_id == offence)
    if request.officer:
        conditions.append(Fine.officer == request.officer)
    if request.since is not None:
        conditions.append(Fine.committed_on >= request.since)
    if request.until is not None:
        conditions.append(Fine.committed_on <= request.until)
    if request.taxpayer_id is not None:
        conditions.append(Fine.taxpayer_id == request.taxpayer_id)
    if request.text.strip():
        conditions.append(_matching(reading, request.text.strip()))
    return conditions


def _matching(reading: Reading, text: str) -> ColumnElement[bool]:
    """A number or plate, as soon as there is one that begins like this; else a part of a place.

    Numbers and places are never mixed: who types a plate does not want the street that happens to contain it.
    """
    try:
        number = read_number(text)
    except WrongNumber:  # while it is being typed it is simply no number yet
        number = None
    if number is not None and number[0] is FINE_NUMBER:
        return Fine.number == number[1]
    exact: list[ColumnElement[bool]] = [Fine.external_number == text]
    if key := plate_key(text):
        exact.append(and_(Fine.plate >= key, Fine.plate < key + _AFTER))
    if _OUR_NUMBER.match(text):
        exact.append(Fine.number.startswith(text.upper(), autoescape=True))
    if reading.session.scalar(select(Fine.id).where(or_(*exact)).limit(1)) is not None:
        return or_(*exact)
    return Fine.place.icontains(text, autoescape=True)


# Sorts after every letter: what begins like a text stands before the text with this behind it.
_AFTER = "\uffff"
_OUR_NUMBER = re.compile(r"[Pp]-?\d{4}")


def _order(request: Fines) -> tuple[Any, ...]:
    columns: tuple[Any, ...] = {
        "number": (Fine.number,),
        "plate": (Fine.plate, Fine.committed_at),
        "amount": (Fine.amount,),
    }.get(request.sort, (Fine.committed_on, Fine.committed_at))
    columns = (*columns, Fine.id)
    return tuple(column.desc() for column in columns) if request.descending else columns


def _rows(reading: Reading, ids: Sequence[int]) -> list[FineRow]:
    """The fines with these ids in their order, with what is due on each today."""
    found = {
        fine.id: (fine, offence)
        for fine, offence in reading.session.execute(
            select(Fine, Offence).join(Offence, Offence.id == Fine.offence_id).where(Fine.id.in_(ids))
        )
    }
    facts = facts_of(reading, [fine for fine, _offence in found.values()])
    payable = [
        fine.bill_id
        for fine, _offence in found.values()
        if fine.bill_id is not None and FineAct.PAY in acts_of(facts[fine.id], reading.today)
    ]
    instalments = standings_of(reading, payable)
    return [
        _row(
            *found[fine_id],
            state_of(facts[fine_id], reading.today),
            instalments.get(found[fine_id][0].bill_id or 0, ()),
        )
        for fine_id in ids
    ]


def _row(fine: Fine, offence: Offence, state: FineState, instalments: Sequence[Instalment]) -> FineRow:
    return FineRow(
        fine_id=fine.id,
        number=fine.number,
        plate=fine.plate_shown,
        readable=fine.readable,
        offence_code=offence.code,
        offence_names=offence.names,
        committed_at=fine.committed_at,
        place=fine.place,
        officer=fine.officer,
        amount=fine.amount,
        left=Money(sum(one.booked for one in instalments)),
        accrued=Money(sum(one.accrued for one in instalments)),
        suspended=Money(sum(one.suspended for one in instalments)),
        due=Money(sum(one.owed for one in instalments)),
        state=state.value,
        taxpayer_id=fine.taxpayer_id,
    )


# --- one fine ------------------------------------------------------------------------------------------------------


def fine_numbered(reading: Reading, number: str | None, fine_id: int | None = None) -> Fine:
    """The fine with this number (however it is typed) or id. Raises NotFound."""
    if fine_id is not None:
        found = reading.session.get(Fine, fine_id)
    else:
        try:
            read = read_number(number or "")
        except WrongNumber:
            read = None
        printed = read[1] if read is not None else number
        found = reading.session.scalar(select(Fine).where(Fine.number == printed))
    if found is None:
        raise NotFound(what=number or fine_id)
    return found


def fine_detail(reading: Reading, request: FineDetail) -> FineCase:
    """One fine with its amounts and what happened to it."""
    fine = fine_numbered(reading, request.number, request.fine_id)
    facts = facts_of(reading, [fine])[fine.id]
    bill = reading.session.get(BillNow, fine.bill_id) if fine.bill_id is not None else None
    taxpayer = reading.session.get(Taxpayer, fine.taxpayer_id) if fine.taxpayer_id is not None else None
    notice = notice_of(reading, fine)
    names = names_of(reading, (fine.captured_by_id, fine.voided_by_id))
    acts = acts_of(facts, reading.today, has_notice=notice is not None)
    return FineCase(
        row=_rows(reading, [fine.id])[0],
        acts=acts,
        bill_id=fine.bill_id,
        bill_number=fine.number if bill else "",
        paid=_paid(reading, fine),
        due_on=bill.due_on if bill else None,
        plate_shown=fine.plate_shown,
        make=fine.make,
        longitude=fine.longitude,
        latitude=fine.latitude,
        remarks=fine.remarks,
        external_number=fine.external_number or "",
        taxpayer_number=taxpayer.number if taxpayer else "",
        taxpayer_name=taxpayer.name if taxpayer else "",
        captured_at=fine.captured_at,
        captured_by=names[fine.captured_by_id],
        void_reason=fine.void_reason or "",
        steps=shown_steps(fine),
        events=_events(reading, fine, notice, names, grows=FineAct.PAY in acts and not facts.written_off),
        notice_document_id=notice.id if notice is not None else None,
        history=fines_of_plate(reading, FinesOfPlate(plate=fine.plate_shown, limit=_LATEST_OF_PLATE)),
    )


def shown_steps(fine: Fine) -> tuple[AmountShown, ...]:
    """What the fine comes to when, as fixed when it was captured."""
    return tuple(
        AmountShown(
            amount=Money(step["amount"]),
            until=date.fromisoformat(step["until"]) if step["until"] else None,
        )
        for step in fine.steps["steps"]
    )


def is_voided(reading: Reading, _document_id: int, number: str) -> bool:
    """Whether the fine of this number, of which a notice was issued, is void."""
    voided = select(Fine.id).where(Fine.number == number, Fine.voided_at.is_not(None))
    return reading.connection.scalar(voided) is not None


def notice_of(reading: Reading, fine: Fine) -> IssuedDocument | None:
    """The notice of the fine, if it was issued."""
    return reading.session.scalar(
        select(IssuedDocument).where(
            IssuedDocument.kind == FineNoticeSheet.KIND, IssuedDocument.number == fine.number
        )
    )


def _events(
    reading: Reading,
    fine: Fine,
    notice: IssuedDocument | None,
    names: Mapping[int | None, str],
    *,
    grows: bool,
) -> tuple[FineEvent, ...]:
    events = [
        FineEvent(kind="committed", at=fine.committed_at, text=fine.officer),
        FineEvent(kind="captured", at=fine.captured_at, text=names[fine.captured_by_id]),
    ]
    if notice is not None:
        events.append(FineEvent(kind="notice", at=notice.issued_at))
    events += _payments(reading, fine)
    if fine.voided_at is not None:
        events.append(FineEvent(kind="voided", at=fine.voided_at, text=names[fine.voided_by_id]))
    zone = reading.municipality.calendar.zone
    events.sort(key=lambda event: event.at or instant_of(event.day or reading.today, time.max, zone))
    if grows:
        events += _to_come(fine, reading.today)
    return tuple(events)


def _payments(reading: Reading, fine: Fine) -> list[FineEvent]:
    """What was paid on the fine, and what of it was taken back: each payment's money in one sum."""
    rows = reading.connection.execute(
        select(
            Settlement.amount, Settlement.booked_on, Settlement.credit_id, Payment.taken_at, Receipt.number,
            Cancellation.cancelled_at, Cancellation.booked_on.label("cancelled_on"),
            TenderReturn.booked_on.label("returned_on"),
        )
        .join(Charge, Charge.id == Settlement.charge_id)
        .outerjoin(Tender, Tender.id == Settlement.tender_id)
        .outerjoin(Payment, Payment.id == Tender.payment_id)
        .outerjoin(Receipt, Receipt.payment_id == Payment.id)
        .outerjoin(Cancellation, Cancellation.payment_id == Payment.id)
        .outerjoin(TenderReturn, TenderReturn.tender_id == Tender.id)
        .where(Charge.bill_id == fine.bill_id, Settlement.decision_id.is_(None))
        .order_by(Settlement.id)
    )  # fmt: skip
    sums: dict[FineEvent, int] = {}
    for row in rows:
        event = _event_of(row)
        sums[event] = sums.get(event, 0) + abs(row.amount.minor)
    return [replace(event, amount=Money(amount)) for event, amount in sums.items()]


def _event_of(row: Any) -> FineEvent:
    """What a settlement by money, or a reversal of one, was a part of."""
    receipt = row.number or ""
    if row.amount > ZERO:
        if row.credit_id is not None:
            return FineEvent(kind="credit_used", day=row.booked_on)
        return FineEvent(kind="paid", at=row.taken_at, text=receipt)
    if row.cancelled_on == row.booked_on:
        return FineEvent(kind="payment_cancelled", at=row.cancelled_at, text=receipt)
    if row.returned_on == row.booked_on:
        return FineEvent(kind="payment_returned", day=row.booked_on, text=receipt)
    return FineEvent(kind="money_moved", day=row.booked_on)


def _paid(reading: Reading, fine: Fine) -> Money:
    return money(
        reading.connection.scalar(
            select(func.sum(Settlement.amount))
            .join(Charge, Charge.id == Settlement.charge_id)
            .where(Charge.bill_id == fine.bill_id, Settlement.decision_id.is_(None))
        )
    )


def _to_come(fine: Fine, today: date) -> list[FineEvent]:
    """The days ahead on which the amount changes."""
    steps = shown_steps(fine)
    return [
        FineEvent(
            kind="increases" if following.amount > fine.amount else "discount_ends",
            day=step.until,
            amount=following.amount,
        )
        for step, following in pairwise(steps)
        if step.until is not None and step.until >= today
    ]


def fines_of_plate(reading: Reading, request: FinesOfPlate) -> PlateHistory:
    """All fines of a plate; none for one that cannot be read."""
    plate = read_plate(request.plate)
    ids: Sequence[int] = ()
    if plate.readable:
        wanted = (
            select(Fine.id).where(Fine.plate == plate.key).order_by(Fine.committed_at.desc(), Fine.id.desc())
        )
        ids = reading.session.scalars(wanted).all()
    rows = _rows(reading, ids)
    liable = liable_for(reading, plate.key, reading.today) if plate.readable else None
    taxpayer = reading.session.get(Taxpayer, liable.taxpayer_id) if liable is not None else None
    return PlateHistory(
        plate=plate.shown,
        readable=plate.readable,
        rows=tuple(rows[: request.limit]),
        count=len(rows),
        unpaid=sum(1 for row in rows if row.due),
        due=total(row.due for row in rows),
        taxpayer_id=taxpayer.id if taxpayer else None,
        taxpayer_number=taxpayer.number if taxpayer else "",
        taxpayer_name=taxpayer.name if taxpayer else "",
    )


def unregistered_plates(reading: Reading, request: UnregisteredPlates) -> list[UnpaidPlate]:
    """Unpaid fines whose debtor no register knows, by the beginning of their plate."""
    key = plate_key(request.text)
    if len(key) < _LETTERS_OF_A_PLATE or not any(char.isdigit() for char in key):
        return []
    found = reading.session.execute(
        select(Fine.id, Fine.bill_id)
        .where(
            Fine.plate >= key, Fine.plate < key + _AFTER, Fine.taxpayer_id.is_(None), Fine.bill_id.is_not(None),
            Fine.voided_at.is_(None), Fine.readable,
        )
        .order_by(Fine.plate, Fine.committed_at.desc(), Fine.id.desc())
        .limit(_FINES_LOOKED_AT)
    ).all()  # fmt: skip
    bill_of = {fine_id: bill_id for fine_id, bill_id in found if bill_id is not None}
    plates: dict[str, list[FineRow]] = {}
    for row in _rows(reading, list(bill_of)):
        if row.due:
            plates.setdefault(plate_key(row.plate), []).append(row)
    return [
        UnpaidPlate(
            plate=rows[0].plate,
            # As debts are listed: the oldest first.
            bills={bill_of[row.fine_id]: row.number for row in reversed(rows)},
            due=total(row.due for row in rows),
            offence_names=rows[0].offence_names,
        )
        for rows in islice(plates.values(), request.limit)
    ]


def same_nearby(
    reading: Reading, plate: str, offence_id: int, since: datetime, until: datetime
) -> Fine | None:
    """A fine of the same plate for the same offence between two instants."""
    return reading.session.scalar(
        select(Fine)
        .where(
            and_(
                Fine.plate == plate,
                Fine.offence_id == offence_id,
                Fine.committed_at >= since,
                Fine.committed_at <= until,
                Fine.voided_at.is_(None),
            )
        )
        .order_by(Fine.committed_at.desc())
        .limit(1)
    )
