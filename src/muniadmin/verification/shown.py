"""Finds where the row of a finding can be looked at."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from muniadmin.access.models import User
from muniadmin.anchors.models import Anchor
from muniadmin.anchors.queries import FOLDER_SETTING
from muniadmin.billing.models import (
    Account,
    Bill,
    BillNow,
    Charge,
    ChargeNow,
    Claim,
    Credit,
    CreditMove,
    Offer,
    Settlement,
    Suspension,
    Tender,
    Term,
)
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.civil_status.models import Act, Extract, ExtractRequest, RequestStep
from muniadmin.civil_status.names import REQUEST_NUMBER
from muniadmin.collection.models import Cancellation, CashSession, Payment, Receipt, TenderReturn
from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.fines.models import Fine
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.kernel.numbers import NumberKind
from muniadmin.ledger.models import Posting
from muniadmin.storage.events import Event, EventLine
from muniadmin.storage.proof import DECLARED, Proof
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.verification.shown_reads import Shown, View, WhereShown, Why

_bill = select(Bill.number)
_receipt = select(Receipt.number)
_taxpayer = select(Taxpayer.number)
_request = select(ExtractRequest.number)
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
    "offer": (BILL_NUMBER, _bill.join(Offer, Offer.bill_id == Bill.id), Offer.id),
    "suspension": (BILL_NUMBER, _bill.join(Suspension, Suspension.bill_id == Bill.id), Suspension.id),
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
    "extract_request": (REQUEST_NUMBER, _request, ExtractRequest.id),
    "request_step": (
        REQUEST_NUMBER,
        _request.join(RequestStep, RequestStep.request_id == ExtractRequest.id),
        RequestStep.id,
    ),
    "extract": (
        REQUEST_NUMBER,
        _request.join(Extract, Extract.request_id == ExtractRequest.id),
        Extract.id,
    ),
}


# Tables whose rows a view shows by a number that their key begins with.
_VIEWS: Mapping[str, tuple[View, str, Any]] = {
    "cash_session": ("session", "cash_session_id", CashSession.id),
    "app_user": ("user", "user_id", User.id),
    "user_role": ("user", "user_id", User.id),
    "anchor": ("anchor", "number", Anchor.number),
}

_DIGITS = 19
"""Of the longest number that a column holds."""

_SETTINGS: Mapping[str, View] = {"municipality": "municipality", FOLDER_SETTING: "anchor"}


def where_shown(reading: Reading, request: WhereShown) -> Shown:
    """The number or the view that shows the row, or what it belongs to; else the line of its event in the audit log;
    else why nothing does."""
    if not request.key:
        return Shown(why_not="whole")
    shown = _by_number(reading, request) or _in_view(reading, request)
    if shown is None and request.event is not None:
        shown = _in_log(reading, request.event)
    return shown or Shown(why_not=_why_not(request.table))


def number_in(text: str) -> int | None:
    """The number that a part of a key is; None where it is none, or more than any column holds."""
    number = int(text) if text.isdecimal() and len(text) <= _DIGITS else None
    return None if number is None or number >= 2**63 else number


def _by_number(reading: Reading, request: WhereShown) -> Shown | None:
    if request.table == "posting":
        return _posting(reading, request.key)
    if request.table not in _NUMBERS:
        return None
    kind, wanted, column = _NUMBERS[request.table]
    key: Any = request.key
    if column is not Claim.key:
        key = number_in(key)
        if key is None:
            return None
    return _numbered(reading, kind, wanted.where(column == key))


def _numbered(reading: Reading, kind: NumberKind, wanted: Select[Any]) -> Shown | None:
    number = reading.connection.scalar(wanted)
    return Shown(kind=kind, number=number) if isinstance(number, str) and number else None


def _posting(reading: Reading, key: str) -> Shown | None:
    """The bill or the debtor that a posting is about, else the line of its event: that is its entry in the journal."""
    event, line = map(number_in, key.partition(" ")[::2])
    if event is None or line is None:
        return None
    this = (Posting.event_id == event, Posting.line == line)
    return (
        _numbered(reading, BILL_NUMBER, _bill.join(Posting, Posting.bill_id == Bill.id).where(*this))
        or _numbered(
            reading, TAXPAYER_NUMBER, _of_account.join(Posting, Posting.account_id == Account.id).where(*this)
        )
        or _in_log(reading, event)
    )


def _in_view(reading: Reading, request: WhereShown) -> Shown | None:
    if request.table == "setting":
        view = _SETTINGS.get(request.key)
        return None if view is None else Shown(view=view)
    first = number_in(request.key.split(" ")[0])
    if first is None:
        return None
    if request.table in ("act", "signed_act"):
        wanted = select(Act.id, Act.register_id).where(Act.id == first)
        row = reading.connection.execute(wanted).one_or_none()
        key = {} if row is None else {"act_id": row.id, "register_id": row.register_id}
        return Shown(view="act", key=key) if key else None
    if request.table in ("event", "event_line"):
        return _in_log(reading, first, "gone" if request.table == "event" else "alone")
    if request.table not in _VIEWS:
        return None
    return _view_of(reading, *_VIEWS[request.table], first)


def _view_of(reading: Reading, view: View, name: str, column: Any, number: int) -> Shown | None:
    there = reading.connection.scalar(select(column).where(column == number))
    return None if there is None else Shown(view=view, key={name: number})


def _in_log(reading: Reading, event_id: int, without_event: Why = "gone") -> Shown | None:
    """The audit log with the event's lines; it lists those of events that are there."""
    if reading.connection.scalar(select(Event.id).where(Event.id == event_id)) is None:
        return Shown(why_not=without_event)
    of_event = select(EventLine.event_id).where(EventLine.event_id == event_id).limit(1)
    if reading.connection.scalar(of_event) is None:
        return Shown(why_not="unlogged")
    return Shown(view="audit", key={"event_id": event_id})


def _why_not(table: str) -> Why:
    if table == "chain_head":
        return "end"
    if (
        table in _NUMBERS
        or table in _VIEWS
        or table in ("act", "signed_act", "posting", "event", "event_line")
    ):
        return "gone"
    declared = DECLARED.get(table)
    return "total" if declared is not None and declared.proof is Proof.CACHE else "none"
