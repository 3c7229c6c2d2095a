"""Reads of the assessment office: heads with their year, tariffs, rolls, what a roll would do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, func, or_, select, type_coerce

from muniadmin.access.queries import names_of
from muniadmin.assessment.errors import HeadNotAssessed, NoTariffInForce, PeriodNotUnderstood
from muniadmin.assessment.models import Assessment, Roll, Tariff
from muniadmin.assessment.reads import (
    BillComputation,
    ComputedLine,
    HeadDetail,
    HeadsOfYear,
    HeadSummary,
    OneHead,
    PeriodRow,
    PreviewRoll,
    RollException,
    RollPreview,
    RollRow,
    Rolls,
    TariffRow,
)
from muniadmin.assessment.rules import (
    NotAssessable,
    TariffRule,
    compile_tariff,
    due_dates,
    period_of,
    periods_of_year,
    rule_in_force,
)
from muniadmin.assessment.spelling import Counted, Glossary, spell_out
from muniadmin.billing.errors import HeadUnknown
from muniadmin.billing.facts import PENALTY, PRINCIPAL
from muniadmin.billing.loading import HeadRules, rules_of_heads
from muniadmin.billing.models import Bill, Charge, ChargeNow, Claim, RevenueHead
from muniadmin.billing.queries import heads
from muniadmin.kernel.dates import Period
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.formats import format_date
from muniadmin.kernel.i18n import language, pick, use_language
from muniadmin.kernel.money import ZERO, Money
from muniadmin.settings.profile import ObjectKind, Profile
from muniadmin.settings.services import profile_of
from muniadmin.settings.tariffs import Condition, TariffSpec, read_condition, read_tariff
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import TaxableObject, Taxpayer

_PREVIEW_BATCH = 2_000


# --- Heads and tariffs ----------------------------------------------------------------------------------------------


def heads_of_year(reading: Reading, request: HeadsOfYear) -> list[HeadSummary]:
    """Every head with what was assessed and settled in a fiscal year; bills count for the period they are of."""
    calendar = reading.municipality.calendar
    start_year = request.start_year if request.start_year is not None else calendar.year_of(reading.today)
    sums = _sums_of_year(reading, start_year)
    in_force = {tariff.head_code: tariff.valid_from for tariff in _tariffs_on(reading, reading.today)}
    return [
        HeadSummary(
            code=head.code,
            names=head.names,
            kind=head.kind,
            periodicity=head.periodicity,
            object_kind=head.object_kind,
            bills=sums.get(head.code, _NO_SUMS).bills,
            assessed=Money(sums.get(head.code, _NO_SUMS).assessed),
            settled=Money(sums.get(head.code, _NO_SUMS).settled),
            overdue=Money(sums.get(head.code, _NO_SUMS).overdue),
            tariff_from=in_force.get(head.code),
        )
        for head in heads(reading).values()
    ]


class _Sums(NamedTuple):
    bills: int
    assessed: int
    settled: int
    overdue: int


_NO_SUMS = _Sums(0, 0, 0, 0)


def _sums_of_year(reading: Reading, start_year: int) -> Mapping[str, _Sums]:
    calendar = reading.municipality.calendar
    year = calendar.year(start_year)
    names = [
        period.name
        for periodicity in ("yearly", "quarterly", "monthly")
        for period in periods_of_year(periodicity, calendar, start_year)
    ]
    known = heads(reading).values()
    of_periods = [head.code for head in known if head.periodicity != "once"]
    of_any_day = [head.code for head in known if head.periodicity == "once"]
    amount = type_coerce(ChargeNow.amount, BigInteger)
    settled = type_coerce(ChargeNow.settled, BigInteger)
    late = or_(ChargeNow.due_on < reading.today, ChargeNow.kind == PENALTY)
    sums = (
        select(
            Bill.head_code,
            func.count(Bill.id.distinct()),
            func.sum(case((ChargeNow.kind == PRINCIPAL, amount), else_=0)),
            func.sum(case((ChargeNow.kind == PRINCIPAL, settled), else_=0)),
            func.sum(case((late, amount - settled), else_=0)),
        )
        .join(ChargeNow, ChargeNow.bill_id == Bill.id)
        .group_by(Bill.head_code)
    )
    # What moved to another account is charged there once more, and settled where it was.
    moved = (
        select(Bill.head_code, func.sum(type_coerce(Charge.amount, BigInteger)))
        .join(Charge, Charge.bill_id == Bill.id)
        .where(Charge.against == "transfer", Charge.kind == PRINCIPAL)
        .group_by(Bill.head_code)
    )
    found: dict[str, _Sums] = {}
    for of_year in (
        and_(Bill.head_code.in_(of_periods), Bill.period.in_(names)),
        and_(Bill.head_code.in_(of_any_day), Bill.issued_on.between(year.start, year.end)),
    ):
        twice = {head: int(amount) for head, amount in reading.connection.execute(moved.where(of_year))}
        for head, bills, assessed, is_settled, overdue in reading.connection.execute(sums.where(of_year)):
            moved_on = twice.get(head, 0)
            found[head] = _Sums(
                int(bills), int(assessed) - moved_on, int(is_settled) - moved_on, int(overdue)
            )
    return found


def _tariffs_on(reading: Reading, day: date, head_code: str | None = None) -> Sequence[Tariff]:
    wanted = select(Tariff).where(
        ~Tariff.withdrawn,
        Tariff.valid_from <= day,
        or_(Tariff.valid_to.is_(None), Tariff.valid_to >= day),
    )
    if head_code is not None:
        wanted = wanted.where(Tariff.head_code == head_code)
    return reading.session.scalars(wanted).all()


def the_head(reading: Reading, code: str) -> RevenueHead:
    """The revenue head of this code. Raises HeadUnknown."""
    known = heads(reading)
    if code not in known:
        raise HeadUnknown(head=code, known=", ".join(known))
    return known[code]


def one_head(reading: Reading, request: OneHead) -> HeadDetail:
    """A revenue head with the versions of its tariff, its rolls and the periods they can be issued for."""
    head = the_head(reading, request.head_code)
    profile = profile_of(reading)
    kind = profile.object_kind(head.object_kind) if head.object_kind else None
    found = rolls(reading, Rolls(head_code=head.code))
    penalties = rules_of_heads(reading, [head.code]).get(head.code, HeadRules()).penalties
    return HeadDetail(
        code=head.code,
        names=head.names,
        kind=head.kind,
        periodicity=head.periodicity,
        object_kind=head.object_kind,
        object_kind_names=kind.names if kind else {},
        attributes=kind.attributes if kind else (),
        zones=profile.zones,
        due_rule=head.due_rule,
        penalty=rule_in_force(penalties, reading.today, reading.today),
        tariffs=tuple(_tariff_row(tariff, reading.today) for tariff in versions(reading, head.code)[::-1]),
        rolls=tuple(found),
        periods=tuple(_periods(reading, head, {roll.period: roll.state for roll in found})),
    )


def versions(reading: Reading, head_code: str) -> Sequence[Tariff]:
    """The versions of a head's tariff, the oldest first; withdrawn ones left out."""
    return reading.session.scalars(
        select(Tariff).where(Tariff.head_code == head_code, ~Tariff.withdrawn).order_by(Tariff.valid_from)
    ).all()


def _tariff_row(tariff: Tariff, day: date) -> TariffRow:
    past = tariff.valid_to is not None and tariff.valid_to < day
    return TariffRow(
        tariff_id=tariff.id,
        valid_from=tariff.valid_from,
        valid_to=tariff.valid_to,
        state="past" if past else "future" if tariff.valid_from > day else "in_force",
        document=tariff.document,
    )


def _periods(reading: Reading, head: RevenueHead, states: Mapping[str, str]) -> Iterator[PeriodRow]:
    calendar = reading.municipality.calendar
    this_year = calendar.year_of(reading.today)
    for start_year in (this_year - 1, this_year, this_year + 1):
        for period in periods_of_year(head.periodicity, calendar, start_year):
            yield PeriodRow(
                name=period.name,
                start=period.start,
                end=period.end,
                state=states.get(period.name, "none"),
            )


# --- Rolls ----------------------------------------------------------------------------------------------------------


def rolls(reading: Reading, request: Rolls) -> list[RollRow]:
    """Rolls, the latest begun first, with what they come to."""
    wanted = select(Roll).order_by(Roll.started_at.desc(), Roll.id.desc()).limit(request.limit)
    if request.head_code is not None:
        wanted = wanted.where(Roll.head_code == request.head_code)
    found = reading.session.scalars(wanted).all()
    sums = roll_sums(reading, [roll.id for roll in found])
    by_code = heads(reading)
    names = names_of(reading, (roll.issued_by_id for roll in found))
    return [
        RollRow(
            roll_id=roll.id,
            head_code=roll.head_code,
            head_names=by_code[roll.head_code].names,
            period=roll.period,
            state=roll.state,
            started_at=roll.started_at,
            finished_at=roll.finished_at,
            issued_by=names[roll.issued_by_id],
            bills=sums[roll.id].bills,
            amount=sums[roll.id].amount,
            nothing_owed=sums[roll.id].nothing_owed,
        )
        for roll in found
    ]


class RollSums(NamedTuple):
    """What a roll comes to."""

    bills: int
    amount: Money
    nothing_owed: int


def roll_sums(reading: Reading, roll_ids: Sequence[int]) -> Mapping[int, RollSums]:
    """What each roll comes to: its bills, their amount, and how many objects owe nothing."""
    found = reading.session.execute(
        select(
            Assessment.roll_id,
            func.count(Assessment.bill_id),
            func.sum(type_coerce(Assessment.amount, BigInteger)),
            func.count(),
        )
        .where(Assessment.roll_id.in_(roll_ids))
        .group_by(Assessment.roll_id)
    )
    sums = {row[0]: RollSums(int(row[1]), Money(int(row[2])), int(row[3]) - int(row[1])) for row in found}
    return {roll_id: sums.get(roll_id, RollSums(0, ZERO, 0)) for roll_id in roll_ids}


@dataclass(frozen=True)
class Assessing:
    """Everything a roll needs to know, found once: what it is for, and the tariff ready to be applied."""

    head_code: str
    due_rule: Mapping[str, Any]
    object_kind: str
    period: Period
    tariff_id: int
    tariff_from: date
    rule: TariffRule
    applies_when: Condition

    def applies_to(self, facts: Mapping[str, Any]) -> bool:
        """Whether the head is assessed on an object with these facts."""
        return self.applies_when.holds(facts)


def assessing(reading: Reading, head_code: str, period_name: str) -> Assessing:
    """What a roll of the head for the period needs. The tariff is the one in force on the period's first day.

    Raises HeadUnknown, HeadNotAssessed, PeriodNotUnderstood, NoTariffInForce.
    """
    head = the_head(reading, head_code)
    if head.object_kind is None:
        raise HeadNotAssessed(head=pick(head.names))
    calendar = reading.municipality.calendar
    period = period_of(period_name, head.periodicity, calendar)
    if period is None:
        first = periods_of_year(head.periodicity, calendar, calendar.year_of(reading.today))[0]
        raise PeriodNotUnderstood(period=period_name, head=pick(head.names), example=first.name)
    in_force = _tariffs_on(reading, period.start, head.code)
    if not in_force:
        raise NoTariffInForce(head=pick(head.names), day=format_date(period.start))
    tariff = in_force[0]
    profile = profile_of(reading)
    return Assessing(
        head_code=head.code,
        due_rule=head.due_rule,
        object_kind=head.object_kind,
        period=period,
        tariff_id=tariff.id,
        tariff_from=tariff.valid_from,
        rule=compiled(read_tariff(tariff.document), profile.object_kind(head.object_kind), profile),
        applies_when=read_condition(tariff.applies_when),
    )


def compiled(spec: TariffSpec, kind: ObjectKind, profile: Profile) -> TariffRule:
    """The tariff ready to be applied to objects of this kind."""
    return compile_tariff(spec, {part.code: part.type for part in kind.attributes}, profile.currency)


def objects_of_period(plan: Assessing) -> Select[Any]:
    """The objects of the head's kind that exist on any day of the period, in the order of their ids."""
    return (
        select(
            TaxableObject.id,
            TaxableObject.taxpayer_id,
            TaxableObject.label,
            TaxableObject.zone,
            TaxableObject.attributes,
        )
        .where(
            TaxableObject.kind == plan.object_kind,
            TaxableObject.started_on <= plan.period.end,
            or_(TaxableObject.ended_on.is_(None), TaxableObject.ended_on >= plan.period.start),
        )
        .order_by(TaxableObject.id)
    )


def not_yet_assessed(plan: Assessing) -> Select[Any]:
    """Of these, the objects that nothing was decided on for the period, or whose bill was annulled."""
    return objects_of_period(plan).where(~_decided(plan))


def _decided(plan: Assessing) -> ColumnElement[bool]:
    """That a bill asks what is owed on the object for the period, whoever issued it, or that nothing is owed."""
    asked = (
        select(Claim.key)
        .join(Bill, Bill.id == Claim.bill_id)
        .where(
            Bill.object_id == TaxableObject.id,
            Bill.head_code == plan.head_code,
            Bill.period == plan.period.name,
        )
        .exists()
    )
    nothing_owed = (
        select(Assessment.id)
        .where(
            Assessment.object_id == TaxableObject.id,
            Assessment.head_code == plan.head_code,
            Assessment.period == plan.period.name,
            Assessment.bill_id.is_(None),
        )
        .exists()
    )
    return or_(asked, nothing_owed)


def facts_of(zone: str, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a tariff sees of an object."""
    return {**attributes, "zone": zone}


def preview_roll(reading: Reading, request: PreviewRoll) -> RollPreview:
    """What issuing a roll now would add, without writing anything."""
    plan = assessing(reading, request.head_code, request.period)
    tally = _Tally(request.limit)
    wanted = not_yet_assessed(plan).execution_options(yield_per=_PREVIEW_BATCH)
    for object_id, _taxpayer_id, label, zone, attributes in reading.session.execute(wanted):
        facts = facts_of(zone, attributes)
        if plan.applies_to(facts):
            tally.add(object_id, label, plan.rule.amount(facts))
    already = _already(reading, plan)
    due = due_dates(plan.due_rule, plan.period, reading.today, tally.amount)
    return RollPreview(
        head_code=plan.head_code,
        period=plan.period.name,
        tariff_from=plan.tariff_from,
        due_days=tuple(sorted({one.on for one in due})),
        objects=already + tally.count,
        already=already,
        bills=tally.bills,
        amount=Money(tally.amount),
        nothing_owed=tally.nothing_owed,
        smallest=Money(tally.smallest),
        largest=Money(tally.largest),
        exceptions=tally.exceptions,
        exception_rows=tuple(_exception_rows(reading, tally.first)),
    )


class _Tally:
    """Counts what a roll would do, object by object."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bills = self.amount = self.nothing_owed = self.exceptions = 0
        self.smallest = self.largest = 0
        self.first: list[tuple[int, str, NotAssessable]] = []

    @property
    def count(self) -> int:
        return self.bills + self.nothing_owed + self.exceptions

    def add(self, object_id: int, label: str, found: int | NotAssessable) -> None:
        if isinstance(found, NotAssessable):
            self.exceptions += 1
            if len(self.first) < self.limit:
                self.first.append((object_id, label, found))
        elif not found:
            self.nothing_owed += 1
        else:
            self.smallest = min(self.smallest, found) if self.bills else found
            self.largest = max(self.largest, found)
            self.bills += 1
            self.amount += found


def _already(reading: Reading, plan: Assessing) -> int:
    decided = objects_of_period(plan).where(_decided(plan)).order_by(None).subquery()
    return int(reading.session.scalar(select(func.count()).select_from(decided)) or 0)


def _exception_rows(
    reading: Reading, found: Iterable[tuple[int, str, NotAssessable]]
) -> Iterator[RollException]:
    of_object = {object_id: (label, why) for object_id, label, why in found}
    owners = reading.session.execute(
        select(TaxableObject.id, Taxpayer.id, Taxpayer.number, Taxpayer.name)
        .join(Taxpayer, Taxpayer.id == TaxableObject.taxpayer_id)
        .where(TaxableObject.id.in_(of_object))
        .order_by(TaxableObject.id)
    )
    for object_id, taxpayer_id, number, name in owners:
        label, why = of_object[object_id]
        yield RollException(
            object_id=object_id,
            label=label,
            taxpayer_id=taxpayer_id,
            taxpayer_number=number,
            taxpayer_name=name,
            reason=why.reason,
            attribute=why.attribute,
        )


# --- Bills ----------------------------------------------------------------------------------------------------------


def bill_computation(reading: Reading, request: BillComputation) -> list[ComputedLine]:
    """How a bill was computed, in words of a language."""
    bill = reading.session.get(Bill, request.bill_id)
    if bill is None:
        raise NotFound(what=request.bill_id)
    with use_language(request.language or language()):
        spelled = spell_out(
            bill.lines["lines"], glossary_of_bill(reading, bill.id), reading.municipality.currency
        )
    return [
        ComputedLine(what=line.what, computation=line.computation, amount=line.amount) for line in spelled
    ]


def glossary_of_bill(reading: Reading, bill_id: int) -> Glossary:
    """The words the bill's computation is spelled with; none for bills that no tariff computed."""
    tariff = reading.session.scalar(
        select(Tariff)
        .join(Assessment, Assessment.tariff_id == Tariff.id)
        .where(Assessment.bill_id == bill_id)
    )
    if tariff is None:
        return Glossary()
    head = reading.session.get_one(RevenueHead, tariff.head_code)
    kind = profile_of(reading).object_kind(head.object_kind or "")
    return glossary_of(kind, read_tariff(tariff.document))


def glossary_of(kind: ObjectKind, spec: TariffSpec) -> Glossary:
    """The words a tariff's computations are spelled with."""
    return Glossary(
        attributes={part.code: Counted(part.names, part.type, part.unit) for part in kind.attributes},
        abatements=[abatement.names for abatement in spec.abatements],
    )
