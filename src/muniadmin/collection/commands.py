"""Orders at the counter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from muniadmin.access.commands import Approval
from muniadmin.access.permissions import Permission
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Command


@dataclass(frozen=True)
class CashSessionOpened:
    """The new session."""

    cash_session_id: int
    desk: int


@dataclass(frozen=True, kw_only=True)
class OpenCashSession(Command[CashSessionOpened]):
    """Opens a desk in the actor's name with a counted float."""

    permission: ClassVar = Permission.OPERATE_CASH_DESK
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
    """Closes the actor's session with a count by denomination: {value in minor units: pieces}."""

    permission: ClassVar = Permission.OPERATE_CASH_DESK
    cash_session_id: int
    denominations: Mapping[int, int]
    explanation: str = ""


@dataclass(frozen=True)
class PaymentTaken:
    """The receipt and the change to hand back."""

    payment_id: int
    receipt_number: str
    amount: Money
    change: Money
    credit: Money
    document_id: int
    taken_at: datetime


@dataclass(frozen=True, kw_only=True)
class TakePayment(Command[PaymentTaken]):
    """Takes one payment for one or several debts, in their order, and issues its receipt.

    ``amount`` None means all that is due on the bills. ``tendered`` is the cash handed over; the change is the rest.
    ``request_id`` is the sender's own key (a UUID): the same request sent twice is carried out once.
    """

    permission: ClassVar = Permission.TAKE_PAYMENTS
    request_id: str
    cash_session_id: int
    bill_ids: tuple[int, ...]
    channel: str = "cash"
    amount: Money | None = None
    tendered: Money | None = None
    reference: str = ""
    payer: str = ""
    language: str | None = None


@dataclass(frozen=True)
class ReceiptCancelled:
    """The cancellation's own payment, and its document."""

    payment_id: int
    number: str
    amount: Money
    document_id: int


@dataclass(frozen=True, kw_only=True)
class CancelReceipt(Command[ReceiptCancelled]):
    """Cancels a receipt of the actor's open session: the entry is mirrored, the receipt stays and is marked."""

    permission: ClassVar = Permission.TAKE_PAYMENTS
    number: str
    reason: str
    approval: Approval = field(repr=False)
