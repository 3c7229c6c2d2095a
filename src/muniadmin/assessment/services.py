"""Saves tariffs and issues rolls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, or_, select

from muniadmin.assessment.commands import IssueRoll, RollIssued, SaveTariff, TariffSaved
from muniadmin.assessment.errors import (
    HeadNotAssessed,
    TariffExampleCannotBeAssessed,
    TariffExampleFails,
    TariffNotValid,
    TariffPeriodAssessed,
    TariffTooEarly,
)
from muniadmin.assessment.models import Assessment, Roll, Tariff
from muniadmin.assessment.queries import (
    Assessing,
    assessing,
    compiled,
    facts_of,
    not_yet_assessed,
    roll_sums,
    the_head,
    versions,
)
from muniadmin.assessment.rules import Computation, NotAssessable, due_dates, instalments, kept_value
from muniadmin.audit.services import record
from muniadmin.billing.models import Claim, RevenueHead
from muniadmin.billing.names import HEADS_TOPIC
from muniadmin.billing.services import Debtor, NewBill, issue_bills
from muniadmin.kernel.errors import Cancelled, NumberTooLarge
from muniadmin.kernel.formats import format_date, format_money
from muniadmin.kernel.i18n import pick
from muniadmin.kernel.money import LARGEST, ZERO, Money
from muniadmin.settings.errors import ProfileInvalid
from muniadmin.settings.profile import ObjectKind, Profile
from muniadmin.settings.profile_checks import check_tariff
from muniadmin.settings.services import profile_of
from muniadmin.settings.tariffs import TariffSpec, read_tariff, tariff_document
from muniadmin.storage.bulk import bulk_insert
from muniadmin.storage.unit_of_work import Job, UnitOfWork
from muniadmin.taxpayers.models import TaxableObject

CHUNK = 200
"""Objects of a roll that are assessed in one transaction: a counter on the same database waits no longer than that."""


# --- Tariffs --------------------------------------------------------------------------------------------------------


def install_tariffs(uow: UnitOfWork, profile: Profile) -> None:
    """Adds the tariffs of a profile to a new database. Raises TariffExampleFails when one contradicts itself."""
    for head in profile.heads:
        for spec in head.tariffs:
            check_examples(spec, profile.object_kind(head.object_kind or ""), profile)
            _add_tariff(
                uow, head.code, spec, {name: list(values) for name, values in head.applies_when.allowed}
            )
    uow.session.flush()


def check_examples(spec: TariffSpec, kind: ObjectKind, profile: Profile) -> None:
    """Raises unless the tariff gives what each of its examples says."""
    rule = compiled(spec, kind, profile)
    types = {part.code: part.type for part in kind.attributes}
    for number, example in enumerate(spec.examples, 1):
        facts = {
            name: kept_value(value, types.get(name, "choice"), profile.currency)
            for name, value in example.inputs.items()
        }
        found = rule.amount(facts)
        if isinstance(found, NotAssessable):
            raise TariffExampleCannotBeAssessed(number=number)
        expected = profile.currency.of(example.expect)
        if Money(found) != expected:
            raise TariffExampleFails(
                number=number,
                found=format_money(Money(found), profile.currency),
                expected=format_money(expected, profile.currency),
            )


def save_tariff(uow: UnitOfWork, command: SaveTariff) -> TariffSaved:
    """Adds a version of a head's tariff, which ends the one before it."""
    head = the_head(uow, command.head_code)
    if head.object_kind is None:
        raise HeadNotAssessed(head=pick(head.names))
    profile = profile_of(uow)
    kind = profile.object_kind(head.object_kind)
    spec = _understood(command.document, kind, profile)
    check_examples(spec, kind, profile)
    _take_turns(uow, head.code)
    last = versions(uow, head.code)[-1]
    _end_before(uow, last, spec)
    tariff = _add_tariff(uow, head.code, spec, last.applies_when)
    uow.session.flush()
    record(
        uow,
        "assessment:tariff:saved",
        head.code,
        {"tariff": tariff.id, "valid_from": spec.valid_from.isoformat(), "document": tariff.document},
    )
    return TariffSaved(tariff_id=tariff.id, head_code=head.code, valid_from=spec.valid_from)


def _understood(document: Mapping[str, Any], kind: ObjectKind, profile: Profile) -> TariffSpec:
    if not all(abs(number) <= LARGEST.minor for number in _numbers(document)):  # nor is what is no number
        raise TariffNotValid(problem=NumberTooLarge().sentence())
    attributes = [
        {
            "code": part.code,
            "type": part.type,
            "choices": [{"code": choice.code} for choice in part.choices],
        }
        for part in kind.attributes
    ]
    try:
        check_tariff(
            document,
            attributes,
            [zone.code for zone in profile.zones],
            profile.currency,
            file=pick(kind.names),
            place="tariff",
        )
    except ProfileInvalid as problem:
        raise TariffNotValid(problem=problem.sentence()) from problem
    return read_tariff(document)


def _numbers(value: object) -> Iterator[int | float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, Mapping):
        for held in value.values():
            yield from _numbers(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _numbers(held)


def _end_before(uow: UnitOfWork, last: Tariff, spec: TariffSpec) -> None:
    """Makes room for the new version after ``last``; one that was never used and starts on its day gives way."""
    # A bill that was annulled asks nothing any more, and the next roll of the period issues it anew.
    decided = (
        select(Assessment.id)
        .where(
            Assessment.roll_id == Roll.id,
            or_(
                Assessment.bill_id.is_(None),
                select(Claim.key).where(Claim.bill_id == Assessment.bill_id).exists(),
            ),
        )
        .exists()
    )
    assessed = uow.session.scalars(
        select(Roll.period).where(Roll.head_code == last.head_code, or_(Roll.state == "unfinished", decided))
    )
    calendar = uow.municipality.calendar
    for period in sorted((calendar.period(name) for name in assessed), key=lambda period: period.start):
        if period.start >= spec.valid_from:
            raise TariffPeriodAssessed(period=period.name)
    if spec.valid_from < last.valid_from:
        raise TariffTooEarly(day=format_date(last.valid_from))
    if spec.valid_from == last.valid_from:
        last.withdrawn = True
    else:
        day_before = spec.valid_from - timedelta(days=1)
        last.valid_to = min(last.valid_to, day_before) if last.valid_to else day_before
    uow.session.flush()


def _add_tariff(uow: UnitOfWork, head_code: str, spec: TariffSpec, applies_when: Mapping[str, Any]) -> Tariff:
    tariff = Tariff(
        head_code=head_code,
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
        document=tariff_document(spec),
        applies_when=dict(applies_when),
        saved_at=uow.now,
        saved_by_id=uow.actor.user_id,
    )
    uow.session.add(tariff)
    return tariff


# --- Rolls ----------------------------------------------------------------------------------------------------------


@dataclass
class _Added:
    """What a run has added so far."""

    bills: int = 0
    amount: Money = ZERO
    nothing_owed: int = 0
    exceptions: int = 0

    @property
    def detail(self) -> dict[str, object]:
        return {
            "bills": self.bills,
            "amount": self.amount.minor,
            "nothing_owed": self.nothing_owed,
            "exceptions": self.exceptions,
        }


def issue_roll(job: Job, command: IssueRoll) -> RollIssued:
    """Assesses every object that is not assessed yet, chunk by chunk; what is interrupted is gone on with next time."""
    plan, roll_id, left = _begin(job, command)
    added = _Added()
    try:
        for done in _chunks(job, plan, roll_id, added):
            job.progress(min(done, left), left)
    except Cancelled:
        with job.unit_of_work() as uow:
            record(uow, "assessment:roll:stopped", _name(plan), added.detail)
        raise
    with job.unit_of_work() as uow:
        # Held: of two people who issue it together the second changes what the first left.
        roll = uow.session.get_one(Roll, roll_id, with_for_update=True)
        roll.state = "issued"
        roll.finished_at = uow.now
        sums = roll_sums(uow, [roll_id])[roll_id]
        record(uow, "assessment:roll:issued", _name(plan), added.detail)
    return RollIssued(
        head_code=plan.head_code,
        period=plan.period.name,
        bills=added.bills,
        amount=added.amount,
        nothing_owed=added.nothing_owed,
        exceptions=added.exceptions,
        total_bills=sums.bills,
        total_amount=sums.amount,
    )


def _name(plan: Assessing) -> str:
    return f"{plan.head_code} {plan.period.name}"


def _begin(job: Job, command: IssueRoll) -> tuple[Assessing, int, int]:
    """Finds or begins the roll; what is needed to go on, and how many objects are left to look at."""
    with job.unit_of_work() as uow:
        _take_turns(uow, command.head_code)
        plan = assessing(uow, command.head_code, command.period)
        roll = uow.session.scalar(
            select(Roll).where(Roll.head_code == plan.head_code, Roll.period == plan.period.name)
        )
        if roll is None:
            roll = Roll(
                head_code=plan.head_code,
                period=plan.period.name,
                started_at=uow.now,
                issued_by_id=uow.actor.user_id,
            )
            uow.session.add(roll)
            uow.session.flush()
            record(uow, "assessment:roll:begun", _name(plan), {"tariff": plan.tariff_id})
        left = uow.session.scalar(
            select(func.count()).select_from(not_yet_assessed(plan).order_by(None).subquery())
        )
        return plan, roll.id, int(left or 0)


def _take_turns(uow: UnitOfWork, head_code: str) -> None:
    """Nobody else begins a roll of the head or changes its tariff until this transaction ends; bills may be
    issued and paid meanwhile."""
    uow.session.execute(
        select(RevenueHead.code).where(RevenueHead.code == head_code).with_for_update(key_share=True)
    )


def _chunks(job: Job, plan: Assessing, roll_id: int, added: _Added) -> Iterator[int]:
    """Assesses chunk after chunk, each in its own transaction; how many objects it has looked at after each."""
    after, done = 0, 0
    yield 0
    while True:
        found, this_chunk = job.piece(partial(_chunk, plan=plan, roll_id=roll_id, after=after))
        if not found:
            return
        added.bills += this_chunk.bills
        added.amount = added.amount + this_chunk.amount
        added.nothing_owed += this_chunk.nothing_owed
        added.exceptions += this_chunk.exceptions
        after, done = found[-1][0], done + len(found)
        yield done


def _chunk(uow: UnitOfWork, plan: Assessing, roll_id: int, after: int) -> tuple[Sequence[Any], _Added]:
    """The objects after the one with the id ``after``, and what they added; none: all is done."""
    # Two people issuing the same roll take turns here, and the second finds nothing left to do.
    uow.session.execute(select(Roll.id).where(Roll.id == roll_id).with_for_update())
    found = uow.session.execute(not_yet_assessed(plan).where(TaxableObject.id > after).limit(CHUNK)).all()
    return found, _assess(uow, plan, roll_id, found) if found else _Added()


def _assess(uow: UnitOfWork, plan: Assessing, roll_id: int, found: Sequence[Any]) -> _Added:
    """Decides on each object and issues the bills of those that owe something."""
    added = _Added()
    decided: list[tuple[int, Computation]] = []
    bills: list[NewBill] = []
    for object_id, taxpayer_id, label, zone, attributes in found:
        facts = facts_of(zone, attributes)
        if not plan.applies_to(facts):
            continue
        computation = plan.rule.explain(facts)
        if isinstance(computation, NotAssessable):
            added.exceptions += 1
            continue
        decided.append((object_id, computation))
        if computation.amount:
            bills.append(_bill(plan, uow.today, object_id, taxpayer_id, label, computation))
    issued = issue_bills(uow, bills) if bills else []
    bill_of = {bill.object_id: new.bill_id for bill, new in zip(bills, issued, strict=True)}
    bulk_insert(
        uow,
        Assessment,
        (
            {
                "roll_id": roll_id,
                "head_code": plan.head_code,
                "period": plan.period.name,
                "object_id": object_id,
                "tariff_id": plan.tariff_id,
                "amount": Money(computation.amount),
                "bill_id": bill_of.get(object_id),
            }
            for object_id, computation in decided
        ),
    )
    added.bills = len(bills)
    added.amount = Money(sum(computation.amount for _object_id, computation in decided))
    added.nothing_owed = len(decided) - len(bills)
    uow.touch(HEADS_TOPIC)
    return added


def _bill(
    plan: Assessing, today: date, object_id: int, taxpayer_id: int, label: str, computation: Computation
) -> NewBill:
    return NewBill(
        head_code=plan.head_code,
        period=plan.period.name,
        kind="roll",
        instalments=instalments(due_dates(plan.due_rule, plan.period, today, computation.amount)),
        lines=computation.lines,
        debtor=Debtor(taxpayer_id=taxpayer_id),
        object_id=object_id,
        subject=label,
        claim=f"{plan.head_code}|{object_id}|{plan.period.name}|{taxpayer_id}|0",
    )
