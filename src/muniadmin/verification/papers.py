"""Checks papers by their square codes: the signature, what was issued under the number, and what became of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import exists, select

from muniadmin.access.queries import names_of
from muniadmin.billing.models import Bill, Charge, Decision, Settlement, Tender
from muniadmin.civil_status.models import Extract, ExtractRequest
from muniadmin.civil_status.sheets import ExtractSheet
from muniadmin.collection.models import Cancellation, Receipt, TenderReturn
from muniadmin.collection.sheets import ReceiptSheet
from muniadmin.documents.errors import UnreadableSheet
from muniadmin.documents.keys import public_key
from muniadmin.documents.models import IssuedDocument
from muniadmin.documents.papers import paper_of, sheet_from_json
from muniadmin.documents.queries import ensure_may
from muniadmin.documents.scanned import FIELDS, RECEIPT, SignedText, take_apart
from muniadmin.documents.signing import (
    ExtractClaim,
    PublicKey,
    ReceiptClaim,
    Signature,
    claim_of,
    extract_claims,
    receipt_claims,
    signature_of,
)
from muniadmin.kernel.money import Currency
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.reads import (
    CancelledReceipt,
    CheckedPaper,
    CheckPaper,
    Difference,
    ReturnedTender,
    Verdict,
    WithdrawnExtract,
)

_OF_SIGNATURE = {
    Signature.GOOD: Verdict.SIGNED,
    Signature.BAD: Verdict.FORGED,
    Signature.OTHER_KEY: Verdict.OTHER_KEY,
}


def check_offline(text: str, keys: Iterable[PublicKey]) -> CheckedPaper:
    """What the public keys alone tell: the signature. Whether the paper still counts is not known.

    Raises DamagedText where the text is no whole code."""
    code = take_apart(text)
    signature = signature_of(code, keys)
    if signature is Signature.GOOD:
        claim_of(code)
    return _checked(code, _OF_SIGNATURE[signature])


def check_paper(reading: Reading, request: CheckPaper) -> CheckedPaper:
    """The signature, then the paper as it was issued, then what became of it."""
    code = take_apart(request.text)
    kind = _kind(code)
    ensure_may(reading, paper_of(kind).view)
    signature = signature_of(code, [public_key(reading)])
    if signature is Signature.OTHER_KEY:
        # Every municipality has a receipt 1-2026-000001: what was issued here under that number says nothing.
        return _checked(code, Verdict.OTHER_KEY, reading)
    if signature is Signature.GOOD:
        claim_of(code)
    stored = reading.connection.execute(
        select(IssuedDocument.id, IssuedDocument.canonical).where(
            IssuedDocument.kind == kind, IssuedDocument.number == code.says["number"]
        )
    ).first()
    if stored is None:
        missing = Verdict.UNKNOWN if signature is Signature.GOOD else _OF_SIGNATURE[signature]
        return _checked(code, missing, reading)
    sheet = _sheet(stored.canonical, kind)
    differs = _differences(code, sheet)
    facts: dict[str, Any] = {"issued": sheet, "differs": differs}
    if signature is not Signature.GOOD:
        return _checked(code, _OF_SIGNATURE[signature], reading, **facts)
    if sheet is None or differs:
        return _checked(code, Verdict.DIFFERS, reading, **facts)
    became = _receipt if code.kind == RECEIPT else _extract
    verdict, more = became(reading, stored.id)
    return _checked(code, verdict, reading, **facts, **more)


def _kind(code: SignedText) -> str:
    return (ReceiptSheet if code.kind == RECEIPT else ExtractSheet).KIND


def _checked(
    code: SignedText, verdict: Verdict, reading: Reading | None = None, **facts: Any
) -> CheckedPaper:
    own = reading.municipality.currency if reading is not None else None
    return CheckedPaper(
        verdict=verdict,
        kind=_kind(code),
        says=code.says,
        key=code.key,
        currency=_currency(code.says.get("currency", ""), own),
        **facts,
    )


def _currency(code: str, own: Currency | None) -> Currency:
    """The municipality's, or one as the world writes it: offline, no profile tells its symbol."""
    if own is not None and code == own.code:
        return own
    return Currency(code, get_currency_precision(code), code)


def _sheet(canonical: str, kind: str) -> ReceiptSheet | ExtractSheet | None:
    """What was issued; None where it cannot be read back as a paper of its kind."""
    try:
        sheet = sheet_from_json(canonical)
    except UnreadableSheet:
        return None
    return sheet if isinstance(sheet, ReceiptSheet | ExtractSheet) and kind == sheet.KIND else None


def _differences(code: SignedText, sheet: ReceiptSheet | ExtractSheet | None) -> tuple[Difference, ...]:
    """Where the code says something else than the sheet that was issued under its number."""
    if sheet is None:
        return ()
    return tuple(
        Difference(field, on_paper, issued)
        for field, on_paper, issued in zip(FIELDS[code.kind], code.claims, _as_issued(sheet), strict=True)
        if on_paper != issued
    )


def _as_issued(sheet: ReceiptSheet | ExtractSheet) -> tuple[str, ...]:
    """The claims that the sheet's own code makes, from what the sheet shows."""
    if isinstance(sheet, ReceiptSheet):
        return receipt_claims(
            ReceiptClaim(
                number=sheet.number,
                taken_on=sheet.value_on,
                amount=sheet.total,
                currency=sheet.currency.code,
                taxpayer_number=sheet.taxpayer_number,
                desk=sheet.desk,
            )
        )
    return extract_claims(
        ExtractClaim(
            number=sheet.number,
            issued_on=sheet.issued_on,
            act=f"{sheet.act_number}/{sheet.act_year}",
            holder=sheet.child.name,
            born_on=sheet.born_on,
        )
    )


# --- What became of it -----------------------------------------------------------------------------------------------


def _receipt(reading: Reading, document_id: int) -> tuple[Verdict, dict[str, Any]]:
    payment_id = reading.connection.scalar(
        select(Receipt.payment_id).where(Receipt.document_id == document_id)
    )
    if payment_id is None:
        return Verdict.UNKNOWN, {}
    cancelled = _cancelled(reading, payment_id)
    if cancelled is not None:
        return Verdict.CANCELLED, {"cancelled": cancelled}
    more = {"returned": _returned(reading, payment_id), "annulled_bills": _annulled(reading, payment_id)}
    return Verdict.RETURNED if more["returned"] else Verdict.GENUINE, more


def _cancelled(reading: Reading, payment_id: int) -> CancelledReceipt | None:
    found = reading.connection.execute(
        select(
            Cancellation.booked_on,
            Cancellation.cancelled_at,
            Cancellation.cancelled_by_id,
            Cancellation.approved_by_id,
            Cancellation.reason,
            IssuedDocument.number,
        )
        .outerjoin(IssuedDocument, IssuedDocument.id == Cancellation.document_id)
        .where(Cancellation.payment_id == payment_id)
    ).first()
    if found is None:
        return None
    names = names_of(reading, [found.cancelled_by_id, found.approved_by_id])
    return CancelledReceipt(
        number=found.number or "",
        cancelled_on=found.booked_on,
        cancelled_at=found.cancelled_at,
        cancelled_by=names.get(found.cancelled_by_id, ""),
        approved_by=names.get(found.approved_by_id, ""),
        reason=found.reason,
    )


def _returned(reading: Reading, payment_id: int) -> tuple[ReturnedTender, ...]:
    found = reading.connection.execute(
        select(
            Tender.channel,
            Tender.amount,
            Tender.reference,
            TenderReturn.booked_on,
            Decision.number,
            Decision.reason,
        )
        .join(TenderReturn, TenderReturn.tender_id == Tender.id)
        .outerjoin(Decision, Decision.id == TenderReturn.decision_id)
        .where(Tender.payment_id == payment_id)
        .order_by(Tender.id)
    )
    return tuple(
        ReturnedTender(
            channel=row.channel,
            amount=row.amount,
            reference=row.reference,
            returned_on=row.booked_on,
            number=row.number or "",
            reason=row.reason or "",
        )
        for row in found
    )


def _annulled(reading: Reading, payment_id: int) -> tuple[str, ...]:
    """The bills that it paid and that were annulled afterwards."""
    by_annulment = (
        exists()
        .where(Settlement.charge_id == Charge.id)
        .where(Settlement.decision_id == Decision.id, Decision.kind == "annulment")
        .correlate(Charge)
    )
    paid = select(Settlement.charge_id).where(
        Settlement.payment_id == payment_id, Settlement.tender_id.is_not(None)
    )
    numbers: Sequence[str] = reading.connection.scalars(
        select(Bill.number)
        .where(Bill.id.in_(select(Charge.bill_id).where(Charge.id.in_(paid), by_annulment)))
        .order_by(Bill.id)
    ).all()
    return tuple(numbers)


def _extract(reading: Reading, document_id: int) -> tuple[Verdict, dict[str, Any]]:
    found = reading.connection.execute(
        select(Extract.id, Extract.withdrawn_at, Extract.request_id, ExtractRequest.number)
        .join(ExtractRequest, ExtractRequest.id == Extract.request_id)
        .where(Extract.document_id == document_id)
    ).first()
    if found is None:
        return Verdict.UNKNOWN, {}
    if found.withdrawn_at is None:
        return Verdict.GENUINE, {}
    replaced_by = reading.connection.scalar(
        select(Extract.number)
        .where(Extract.request_id == found.request_id, Extract.id > found.id, Extract.withdrawn_at.is_(None))
        .order_by(Extract.id.desc())
        .limit(1)
    )
    withdrawn = WithdrawnExtract(
        withdrawn_at=found.withdrawn_at, replaced_by=replaced_by or "", request_number=found.number
    )
    return Verdict.WITHDRAWN, {"withdrawn": withdrawn}
