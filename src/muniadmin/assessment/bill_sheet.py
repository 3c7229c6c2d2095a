"""Puts a bill on paper: who owes what for which object, the computation line by line, when and where to pay."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from muniadmin.assessment.commands import BillSheetIssued, IssueBillSheet
from muniadmin.assessment.models import Assessment, Tariff
from muniadmin.assessment.queries import glossary_of_bill
from muniadmin.assessment.rules import RATE_UNIT, due_dates
from muniadmin.assessment.spelling import rate_in_words, spell_out
from muniadmin.audit.services import record
from muniadmin.billing.models import Bill, RevenueHead
from muniadmin.billing.rules import PenaltyRule
from muniadmin.documents.models import IssuedDocument
from muniadmin.documents.services import issue, issuer_of
from muniadmin.documents.sheets import BillLine, BillSheet, Instalment
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.formats import format_date, format_money
from muniadmin.kernel.i18n import _, pick, use_language
from muniadmin.kernel.money import Money
from muniadmin.settings.profile import Profile
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import TaxableObject, Taxpayer


def issue_bill_sheet(uow: UnitOfWork, command: IssueBillSheet) -> BillSheetIssued:
    """Freezes the bill's printed form; a second call finds the first, whatever its language."""
    # Held, so that two desks asking at once do not both freeze it.
    bill = uow.session.get(Bill, command.bill_id, with_for_update=True)
    if bill is None:
        raise NotFound(what=command.bill_id)
    earlier = uow.session.scalar(
        select(IssuedDocument.id).where(
            IssuedDocument.kind == BillSheet.KIND, IssuedDocument.number == bill.number
        )
    )
    if earlier is not None:
        return BillSheetIssued(document_id=earlier, number=bill.number, again=True)
    taxpayer = uow.session.get(Taxpayer, bill.taxpayer_id) if bill.taxpayer_id is not None else None
    language = command.language or (taxpayer.language if taxpayer else "") or uow.municipality.language
    with use_language(language):
        sheet = _sheet(uow, bill, taxpayer, language)
    document_id = issue(uow, sheet)
    record(uow, "assessment:bill:printed", bill.number, {"document": document_id})
    return BillSheetIssued(document_id=document_id, number=bill.number, again=False)


def _sheet(uow: UnitOfWork, bill: Bill, taxpayer: Taxpayer | None, language: str) -> BillSheet:
    head = uow.session.get_one(RevenueHead, bill.head_code)
    currency = uow.municipality.currency
    lines = spell_out(bill.lines["lines"], glossary_of_bill(uow, bill.id), currency)
    return BillSheet(
        issuer=issuer_of(uow.municipality, language),
        number=bill.number,
        language=language,
        head=pick(head.names, language),
        period=bill.period,
        issued_on=bill.issued_on,
        taxpayer_name=taxpayer.name if taxpayer else bill.debtor,
        taxpayer_number=taxpayer.number if taxpayer else None,
        address=(taxpayer.address,) if taxpayer and taxpayer.address else (),
        object=_object(uow, bill, profile_of(uow), language),
        lines=tuple(
            BillLine(what=line.what, computation=line.computation, amount=line.amount) for line in lines
        ),
        total=bill.total,
        instalments=tuple(_instalments(uow, bill, head)),
        payment_places=tuple(_where_to_pay(uow, bill, language)),
        texts=(" ".join(sentences),) if (sentences := [*_legal_texts(uow, bill, head)]) else (),
    )


def _object(uow: UnitOfWork, bill: Bill, profile: Profile, language: str) -> str:
    """What is taxed: its kind, what people call it, its zone."""
    found = uow.session.get(TaxableObject, bill.object_id) if bill.object_id is not None else None
    if found is None:
        return bill.subject
    zones = {zone.code: pick(zone.names, language) for zone in profile.zones}
    kind = pick(profile.object_kind(found.kind).names, language)
    return " · ".join(part for part in (kind, bill.subject, zones.get(found.zone, "")) if part)


def _instalments(uow: UnitOfWork, bill: Bill, head: RevenueHead) -> Iterator[Instalment]:
    """The due dates of the head's rule; the bill's own day where the rule cannot be applied to its period."""
    try:
        period = uow.municipality.calendar.period(bill.period)
    except ValueError:
        yield Instalment(due_on=bill.due_on, amount=bill.total)
        return
    for due in due_dates(head.due_rule, period, bill.issued_on, bill.total.minor):
        yield Instalment(due_on=due.on, amount=Money(due.amount))


def _where_to_pay(uow: UnitOfWork, bill: Bill, language: str) -> Iterator[str]:
    """The municipality's own words, with the number and the day filled in."""
    municipality = uow.municipality
    text = pick(municipality.texts.get("bill_notice", {}), language)
    if text:
        yield text.format(
            municipality=pick(municipality.names, language),
            number=bill.number,
            due=format_date(bill.due_on),
            amount=format_money(bill.total, municipality.currency, with_code=True),
        )


def _legal_texts(uow: UnitOfWork, bill: Bill, head: RevenueHead) -> Iterator[str]:
    source = uow.session.scalar(
        select(Tariff.document)
        .join(Assessment, Assessment.tariff_id == Tariff.id)
        .where(Assessment.bill_id == bill.id)
    )
    if source is not None and source.get("source"):
        yield _("Legal basis: {source}.").format(source=source["source"])
    yield from penalty_in_words(head.penalty_rule)


def penalty_in_words(written: Mapping[str, Any]) -> Iterator[str]:
    """What lateness costs, one sentence for each part of the rule."""
    rule = PenaltyRule.from_spec(written)
    for rate, sentence in (
        (rule.once, _("Paid after the due date, {rate} is added once.")),
        (rule.first_month, _("The first month late adds {rate}.")),
        (rule.month, _("Each further month or part of a month adds {rate}.")),
        (rule.yearly, _("Interest runs by the day at {rate} a year.")),
    ):
        if rate:
            yield sentence.format(rate=rate_in_words(int(rate * RATE_UNIT)))
