"""Orders at the counter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, ClassVar

from muniadmin.access.commands import Approval
from muniadmin.collection.names import APPROVE_CANCELLATION, OPERATE_CASH_DESK, TAKE_PAYMENTS
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.requests import Command
from muniadmin.kernel.validation import Within


@dataclass(frozen=True)
class CashSessionOpened:
    """The new session."""

    cash_session_id: int
    desk: int


@dataclass(frozen=True, kw_only=True)
class OpenCashSession(Command[CashSessionOpened]):
    """Opens a desk in the actor's name with a counted float."""

    permission: ClassVar = OPERATE_CASH_DESK
    desk: int
    opening_float: Money


@dataclass(frozen=True)
class CashSessionClosed:
    """What the till should have held, what was counted, and the difference (positive: too much)."""

    cash_session_id: int
    expected: Money
    counted: Money
    difference: Money
    document_id: int


@dataclass(frozen=True, kw_only=True)
class CloseCashSession(Command[CashSessionClosed]):
    """Closes the actor's session with a count by denomination: {value in minor units: pieces}. Sent twice with the same
    count it is carried out once, and answered twice."""

    permission: ClassVar = OPERATE_CASH_DESK
    cash_session_id: int
    denominations: Mapping[int, int]
    explanation: str = ""


@dataclass(frozen=True, kw_only=True)
class TenderGiven:
    """One means of payment. ``amount`` None: the rest of what is due; one tender at most says so.

    ``tendered`` is cash as handed over; the change is the rest. ``reference`` is the bank's, the card slip's or the
    operator's number; ``bank`` and ``drawer`` are a cheque's.
    """

    channel: str = "cash"
    amount: Money | None = None
    tendered: Money | None = None
    reference: str = ""
    bank: str = ""
    drawer: str = ""


@dataclass(frozen=True)
class PaymentTaken:
    """The receipt, the change to hand back, and what is held as a credit from now on."""

    payment_id: int
    receipt_number: str
    amount: Money
    change: Money
    credit: Money
    document_id: int
    taken_at: datetime


@dataclass(frozen=True, kw_only=True)
class TakePayment(Command[PaymentTaken]):
    """Takes one payment for one or several instalments, of one or several people, in their order, and issues its
    receipt. A penalty is paid with its instalment, never alone.

    ``request_id`` is the sender's own key (a UUID): the same request sent twice is carried out once, and refused where
    it asks for something else the second time.
    ``rest_account_id`` is who pays and whose credit is what is left over; None: whose debt is the first, and what is
    left over is kept for the account whose debts are paid, if it is one. ``payer`` is another name for the receipt.
    """

    permission: ClassVar = TAKE_PAYMENTS
    request_id: str
    cash_session_id: int
    charge_ids: tuple[int, ...]
    tenders: tuple[TenderGiven, ...] = (TenderGiven(),)
    payer: str = ""
    rest_account_id: int | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class EnterStub(Command[PaymentTaken]):
    """Enters a receipt that was written by hand in a stub book, on the day for which it counts.

    ``number`` is the receipt's in the book. It is booked today at the collector's point. ``rest_account_id``: as of
    TakePayment.
    """

    permission: ClassVar = OPERATE_CASH_DESK
    request_id: str
    point: int
    book: str
    number: Annotated[int, Within(1)]
    value_on: date
    charge_ids: tuple[int, ...]
    amount: Money
    payer: str = ""
    rest_account_id: int | None = None


@dataclass(frozen=True)
class TenderReturned:
    """What is owed again, and what the drawer owes beside it: costs, and what had helped others."""

    owed_again: Money
    charged: Money


@dataclass(frozen=True, kw_only=True)
class ReturnTender(Command[TenderReturned]):
    """Takes note that a tender came back: a cheque without cover, a transfer recalled."""

    permission: ClassVar = APPROVE_CANCELLATION
    tender_id: int
    reason: str
    fee: Money = ZERO


@dataclass(frozen=True)
class ReceiptCancelled:
    """The payment that was taken back, its receipt's number, and the cancellation's document."""

    payment_id: int
    number: str
    amount: Money
    document_id: int


@dataclass(frozen=True, kw_only=True)
class CancelReceipt(Command[ReceiptCancelled]):
    """Cancels a receipt of the actor's open session: what it paid is owed again, the receipt stays and is marked."""

    permission: ClassVar = TAKE_PAYMENTS
    number: str
    reason: str
    approval: Approval = field(repr=False)
