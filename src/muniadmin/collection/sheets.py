"""What the papers of the cash desk show: the receipt, its cancellation, the slip of a closed session."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from muniadmin.documents.sheets import Sheet
from muniadmin.documents.words import amount_in_words
from muniadmin.kernel.money import ZERO, Money


@dataclass(frozen=True, kw_only=True)
class ReceiptLine:
    """One debt that a payment pays, wholly or in part."""

    #: The revenue head or offence, e.g. ``Taxe d’habitation``.
    what: str
    period: str = ""
    bill_number: str
    #: What tells it from others: an address, a plate, an offence.
    subject: str = ""
    #: Whose debt it is, where the receipt pays several people's.
    debtor: str = ""
    #: Which instalment of how many.
    part: int = 1
    parts: int = 1
    #: What was paid on this instalment, penalty included.
    amount: Money
    #: The part of ``amount`` that is penalty, interest or costs.
    penalty: Money = ZERO
    #: What was waived beside it for paying early.
    rebate: Money = ZERO
    #: What is still owed of it.
    left: Money = ZERO


@dataclass(frozen=True, kw_only=True)
class ReceiptTender:
    """One means by which a payment was made."""

    #: In the sheet's language, e.g. ``Espèces``.
    channel: str
    amount: Money
    #: The cheque's, card's or transfer's own reference.
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceiptSheet(Sheet):
    """Proof of a payment (quittance)."""

    KIND: ClassVar[str] = "receipt"

    desk: str
    cashier: str
    taken_at: datetime
    #: The day for which the money counts.
    value_on: date
    payer: str
    #: None when the payer is not on the register.
    taxpayer_number: str | None = None
    taxpayer_name: str = ""
    lines: tuple[ReceiptLine, ...]
    #: What was received for good: the lines, plus what was left as credit.
    total: Money
    #: What the payment leaves on the account beyond the lines.
    credit: Money = ZERO
    #: Numbers of the bills it was given for on which nothing was owed any more.
    given_for: tuple[str, ...] = ()
    tenders: tuple[ReceiptTender, ...]
    #: Cash handed over; None when none was.
    tendered: Money | None = None
    change: Money = ZERO
    #: The signed text the square code holds; see signing.sign_receipt.
    verification: str
    #: Sentences from the profile printed at the foot.
    texts: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """The total in words, in the sheet's language."""
        return amount_in_words(self.total, self.currency, self.language)


@dataclass(frozen=True, kw_only=True)
class ReceiptCancellationSheet(Sheet):
    """Proof that a receipt was cancelled; ``number`` is the cancelled receipt's."""

    KIND: ClassVar[str] = "receipt_cancellation"

    desk: str
    taken_at: datetime
    cancelled_at: datetime
    cancelled_by: str
    #: The second person, who is not the first.
    approved_by: str
    reason: str
    payer: str
    taxpayer_number: str | None = None
    total: Money
    channel: str

    @property
    def in_words(self) -> str:
        """The cancelled total in words, in the sheet's language."""
        return amount_in_words(self.total, self.currency, self.language)


@dataclass(frozen=True, kw_only=True)
class ChannelTotal:
    """What a cash session took through one means of payment."""

    channel: str
    count: int
    amount: Money


@dataclass(frozen=True, kw_only=True)
class CountedDenomination:
    """Notes or coins of one value, as counted at closing."""

    value: Money
    count: int

    @property
    def amount(self) -> Money:
        """Value times count."""
        return self.value * self.count


@dataclass(frozen=True, kw_only=True)
class CashSessionSlipSheet(Sheet):
    """Slip of a closed cash session, signed by the cashier and the supervisor."""

    KIND: ClassVar[str] = "cash_session_slip"

    desk: str
    cashier: str
    opened_at: datetime
    closed_at: datetime
    opening_float: Money
    totals: tuple[ChannelTotal, ...]
    #: What came in cash, less what was handed back.
    cash_in: Money
    counted: Money
    denominations: tuple[CountedDenomination, ...] = ()
    #: Why counted and expected differ, in the cashier's words.
    explanation: str = ""
    receipts: int
    #: Their numbers, empty where there were none.
    first_receipt: str = ""
    last_receipt: str = ""
    cancelled: int = 0
    #: The number of the anchor that was made at the closing, and the first letters of its digest.
    anchor: str = ""
    #: The chain in which the desk's rows stand.
    chain: str = ""

    @property
    def expected(self) -> Money:
        """Float plus cash in: what the drawer should hold."""
        return self.opening_float + self.cash_in

    @property
    def difference(self) -> Money:
        """Counted minus expected: positive when there is too much."""
        return self.counted - self.expected
