"""Finds where the row of a finding can be looked at."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from muniadmin.billing.models import (
    Account,
    Bill,
    BillNow,
    Charge,
    ChargeNow,
    Claim,
    Credit,
    CreditMove,
    Settlement,
    Tender,
    Term,
)
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.civil_status.models import Act
from muniadmin.collection.models import Cancellation, Payment, Receipt, TenderReturn
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.fines.models import Fine
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.numbers import NumberKind
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.verification.shown_reads import Shown, WhereShown

_bill = select(Bill.number)
_receipt = select(Receipt.number)
_taxpayer = select(Taxpayer.number)
_of_account = _taxpayer.join(Account, Account.taxpayer_id == Taxpayer.id)

# By table: what is shown of a row, and its column that the finding's key is of.
_NUMBERS: Mapping[str, tuple[NumberKind, Select[Any], Any]] = {
    "bill": (BILL_NUMBER, _bill, Bill.id),
    "bill_now": (BILL_NUMBER, _bill.join(BillNow, BillNow.bill_id == Bill.id), BillNow.bill_id),
    "charge": (BILL_NUMBER, _bill.join(Charge, Charge.bill_id == Bill.id), Charge.id),
    "charge_now": (BILL_NUMBER, _bill.join(ChargeNow, ChargeNow.bill_id == Bill.id), ChargeNow.charge_id),
    "claim": (BILL_NUMBER, _bill.join(Claim, Claim.bill_id == Bill.id), Claim.key),
    "settlement": (
        BILL_NUMBER,
        _bill.join(Charge, Charge.bill_id == Bill.id).join(Settlement, Settlement.charge_id == Charge.id),
        Settlement.id,
    ),
    "term": (
        BILL_NUMBER,
        _bill.join(Charge, Charge.bill_id == Bill.id).join(Term, Term.charge_id == Charge.id),
        Term.id,
    ),
    "receipt": (RECEIPT_NUMBER, _receipt, Receipt.payment_id),
    "payment": (RECEIPT_NUMBER, _receipt.join(Payment, Payment.id == Receipt.payment_id), Payment.id),
    "tender": (RECEIPT_NUMBER, _receipt.join(Tender, Tender.payment_id == Receipt.payment_id), Tender.id),
    "cancellation": (
        RECEIPT_NUMBER,
        _receipt.join(Cancellation, Cancellation.payment_id == Receipt.payment_id),
        Cancellation.payment_id,
    ),
    "tender_return": (
        RECEIPT_NUMBER,
        _receipt.join(Tender, Tender.payment_id == Receipt.payment_id).join(
            TenderReturn, TenderReturn.tender_id == Tender.id
        ),
        TenderReturn.tender_id,
    ),
    "taxpayer": (TAXPAYER_NUMBER, _taxpayer, Taxpayer.id),
    "account": (TAXPAYER_NUMBER, _of_account, Account.id),
    "account_now": (TAXPAYER_NUMBER, _of_account, Account.id),
    "credit": (TAXPAYER_NUMBER, _of_account.join(Credit, Credit.account_id == Account.id), Credit.id),
    "credit_move": (
        TAXPAYER_NUMBER,
        _of_account.join(Credit, Credit.account_id == Account.id).join(
            CreditMove, CreditMove.credit_id == Credit.id
        ),
        CreditMove.id,
    ),
    "taxable_object": (
        TAXPAYER_NUMBER,
        _taxpayer.join(TaxableObject, TaxableObject.taxpayer_id == Taxpayer.id),
        TaxableObject.id,
    ),
    "identifier": (
        TAXPAYER_NUMBER,
        _taxpayer.join(Identifier, Identifier.taxpayer_id == Taxpayer.id),
        Identifier.id,
    ),
    "fine": (FINE_NUMBER, select(Fine.number), Fine.id),
}


def where_shown(reading: Reading, request: WhereShown) -> Shown | None:
    """The number that the row, or what it belongs to, is shown under. A row that is gone is shown nowhere."""
    if request.table in ("act", "signed_act"):
        return _act(reading, request)
    if request.table not in _NUMBERS:
        return None
    kind, wanted, column = _NUMBERS[request.table]
    key: Any = request.key
    if column is not Claim.key:
        if not key.isdecimal():
            return None
        key = int(key)
    number = reading.connection.scalar(wanted.where(column == key))
    return Shown(kind=kind, number=number) if isinstance(number, str) and number else None


def _act(reading: Reading, request: WhereShown) -> Shown | None:
    if not request.key.isdecimal():
        return None
    wanted = select(Act.id, Act.register_id).where(Act.id == int(request.key))
    row = reading.connection.execute(wanted).one_or_none()
    return None if row is None else Shown(act_id=row.id, register_id=row.register_id)
