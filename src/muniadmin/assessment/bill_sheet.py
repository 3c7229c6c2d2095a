"""Puts a bill on paper: who owes what for which object, the computation line by line, when and where to pay."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from muniadmin.assessment.commands import BillSheetIssued, IssueBillSheet
from muniadmin.assessment.models import Assessment, Tariff
from muniadmin.assessment.queries import glossary_of_bill
from muniadmin.assessment.rules import rule_in_force
from muniadmin.assessment.sheets import BillLine, BillSheet, Instalment
from muniadmin.assessment.spelling import penalty_in_words, spell_out
from muniadmin.audit.services import record
from muniadmin.billing.facts import PRINCIPAL, BillFacts
from muniadmin.billing.loading import read_bills
from muniadmin.billing.models import Account, Bill, RevenueHead
from muniadmin.documents.models import IssuedDocument
from muniadmin.documents.services import issue, issuer_of
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.formats import format_date, format_money
from muniadmin.kernel.i18n import _, pick, use_language
from muniadmin.kernel.money import Money, total
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
    account = uow.session.get_one(Account, bill.account_id)
    taxpayer = uow.session.get(Taxpayer, account.taxpayer_id) if account.taxpayer_id is not None else None
    language = command.language or (taxpayer.language if taxpayer else "") or uow.municipality.language
    with use_language(language):
        sheet = _sheet(uow, bill, taxpayer, language)
    document_id = issue(uow, sheet)
    record(uow, "assessment:bill:printed", bill.number, {"document": document_id})
    return BillSheetIssued(document_id=document_id, number=bill.number, again=False)


def _sheet(uow: UnitOfWork, bill: Bill, taxpayer: Taxpayer | None, language: str) -> BillSheet:
    head = uow.session.get_one(RevenueHead, bill.head_code)
    currency = uow.municipality.currency
    facts = read_bills(uow, Bill.id == bill.id)[bill.id]
    instalments = _instalments(facts, uow.today)
    lines = spell_out(bill.lines["lines"], glossary_of_bill(uow, bill.id), currency)
    sheet = BillSheet(
        issuer=issuer_of(uow.municipality, language),
        number=bill.number,
        language=language,
        head=pick(head.names, language),
        period=bill.period,
        issued_on=bill.issued_on,
        taxpayer_name=bill.account_name,
        taxpayer_number=taxpayer.number if taxpayer else None,
        address=(taxpayer.address,) if taxpayer and taxpayer.address else (),
        object=_object(uow, bill, profile_of(uow), language),
        lines=tuple(
            BillLine(what=line.what, computation=line.computation, amount=line.amount) for line in lines
        ),
        total=total(part.amount for part in instalments),
        instalments=instalments,
        texts=(" ".join(sentences),) if (sentences := [*_legal_texts(uow, facts)]) else (),
    )
    return replace(sheet, payment_places=tuple(_where_to_pay(uow, sheet)))


def _object(uow: UnitOfWork, bill: Bill, profile: Profile, language: str) -> str:
    """What is taxed: its kind, what people call it, its zone."""
    found = uow.session.get(TaxableObject, bill.object_id) if bill.object_id is not None else None
    if found is None:
        return bill.subject
    zones = {zone.code: pick(zone.names, language) for zone in profile.zones}
    kind = pick(profile.object_kind(found.kind).names, language)
    return " · ".join(part for part in (kind, bill.subject, zones.get(found.zone, "")) if part)


def _instalments(bill: BillFacts, today: date) -> tuple[Instalment, ...]:
    """What was billed, each part on its day as postponed; what moved to somebody else later is not asked twice."""
    billed = [one for one in bill.charges if one.kind == PRINCIPAL and one.against in ("revenue", "opening")]
    parts = [
        Instalment(
            due_on=bill.due_on(one, today),
            amount=Money(one.amount),
            settled=Money(one.amount - bill.left(one, today)),
        )
        for one in billed
    ]
    return tuple(sorted(parts, key=lambda part: part.due_on))


def _where_to_pay(uow: UnitOfWork, sheet: BillSheet) -> Iterator[str]:
    """The municipality's own words, with the number, the amount and the next due day filled in."""
    municipality = uow.municipality
    text = pick(municipality.texts.get("bill_notice", {}), sheet.language)
    if text:
        yield text.format(
            municipality=pick(municipality.names, sheet.language),
            number=sheet.number,
            due=format_date(sheet.next_due.due_on),
            amount=format_money(sheet.left, municipality.currency, with_code=True),
        )


def _legal_texts(uow: UnitOfWork, bill: BillFacts) -> Iterator[str]:
    source = uow.session.scalar(
        select(Tariff.document)
        .join(Assessment, Assessment.tariff_id == Tariff.id)
        .where(Assessment.bill_id == bill.id)
    )
    if source is not None and source.get("source"):
        yield _("Legal basis: {source}.").format(source=source["source"])
    yield from penalty_in_words(rule_in_force(bill.penalties, bill.issued_on, uow.today))
