"""Sheets: frozen records of exactly what a document shows, in the language it is written in.

Names are already the language's words, amounts are Money, days are dates, instants are UTC. What can be computed
(an amount in words) is not kept. The labels around them come from the catalogue when the sheet is drawn.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from muniadmin.documents.canonical import write_canonical
from muniadmin.documents.words import amount_in_words
from muniadmin.kernel.money import ZERO, Currency, Money, total


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """The municipality as the head of its papers names it."""

    name: str
    department: str = ""
    #: One line per printed line.
    address: str = ""
    #: One to three letters in the square of the letterhead, where there are no arms.
    logo_text: str
    #: The digest of the picture of the municipality's arms; empty where it has none.
    arms: str = ""
    currency: Currency
    #: The accent colour, ``#RRGGBB``.
    accent: str = "#0B6B57"
    #: The time zone in which instants are printed, e.g. ``Africa/Casablanca``.
    zone: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What every document shows: who issues it, its number, and the language it is in."""

    KIND: ClassVar[str] = ""
    #: Raised when a field changes its meaning; fields with a default may be added without it.
    FORM: ClassVar[int] = 1

    issuer: Issuer
    #: The number as printed; empty only for a report, which is no issued document.
    number: str
    language: str

    def to_json(self) -> str:
        """The canonical text: the same sheet always gives the same characters."""
        return write_canonical(self.KIND, self.FORM, self)

    @property
    def currency(self) -> Currency:
        """The currency of every amount on the sheet."""
        return self.issuer.currency


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
    texts: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """The cancelled total in words, in the sheet's language."""
        return amount_in_words(self.total, self.currency, self.language)


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One line of a bill, with its computation spelled out so that the citizen can redo it."""

    what: str
    #: E.g. ``Valeur locative 9 000,00 × 80 % × 10,5 %``.
    computation: str = ""
    #: None for a line that only prepares the next ones: the base, an abatement.
    amount: Money | None


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """A part of a bill, the day it is due, and what of it was settled before the paper was issued."""

    due_on: date
    amount: Money
    settled: Money = ZERO

    @property
    def left(self) -> Money:
        """What the paper asks for."""
        return self.amount - self.settled


@dataclass(frozen=True, kw_only=True)
class BillSheet(Sheet):
    """Demand for payment (avis d'imposition or de recette)."""

    KIND: ClassVar[str] = "bill"

    #: The revenue head's name.
    head: str
    period: str
    issued_on: date
    taxpayer_name: str
    taxpayer_number: str | None = None
    #: The lines of the postal address, without the name.
    address: tuple[str, ...] = ()
    #: What is taxed, e.g. ``Habitation · 12, derb Sidi Ahmed · parcelle 4471-B``.
    object: str = ""
    lines: tuple[BillLine, ...]
    total: Money
    instalments: tuple[Instalment, ...]
    #: Where and how to pay, from the profile.
    payment_places: tuple[str, ...] = ()
    #: Legal basis, penalties, how to object: from the profile.
    texts: tuple[str, ...] = ()

    @property
    def left(self) -> Money:
        """What the paper asks for in all."""
        return total(part.left for part in self.instalments)

    @property
    def next_due(self) -> Instalment:
        """The first instalment that asks for something; of a settled bill the last one."""
        return next((part for part in self.instalments if part.left), self.instalments[-1])


@dataclass(frozen=True, kw_only=True)
class StatementInstalment:
    """An instalment that is open on the day of a statement."""

    #: E.g. ``Taxe d’habitation 2026 · part 2 de 4``.
    what: str
    #: What tells it from others, and its bill.
    detail: str = ""
    due_on: date
    #: What is left of it with the penalty booked on it.
    booked: Money
    #: Penalty that has accrued and is not booked.
    accrued: Money = ZERO
    #: The part that rests.
    suspended: Money = ZERO


@dataclass(frozen=True, kw_only=True)
class StatementMovement:
    """What was booked on an account; ``balance`` is what it owed after that, less the money held for it."""

    booked_on: date
    value_on: date
    #: What happened and on which paper, e.g. ``Payé · 3-2026-000123-K``.
    what: str
    #: The debt it is about.
    detail: str = ""
    charged: Money = ZERO
    settled: Money = ZERO
    credit: Money = ZERO
    balance: Money


@dataclass(frozen=True, kw_only=True)
class AccountStatementSheet(Sheet):
    """Statement of an account (relevé de compte)."""

    KIND: ClassVar[str] = "account_statement"

    issued_on: date
    #: The day to which penalty is reckoned.
    on: date
    #: The last day whose bookings are in it.
    known: date
    name: str
    #: None for an account of nobody on the register.
    taxpayer_number: str | None = None
    #: The lines of the postal address, without the name.
    address: tuple[str, ...] = ()
    #: The oldest due first.
    instalments: tuple[StatementInstalment, ...]
    #: The oldest first.
    movements: tuple[StatementMovement, ...]
    booked: Money
    accrued: Money
    suspended: Money
    #: What paying by ``on`` saves.
    rebate: Money = ZERO
    #: What is held for the account.
    credit: Money
    #: What would settle all of it on ``on``, due or not, but for what rests.
    to_pay: Money
    texts: tuple[str, ...] = ()

    @property
    def balance(self) -> Money:
        """What is booked as owed less the money held."""
        return self.booked - self.credit


@dataclass(frozen=True, kw_only=True)
class FineStep:
    """What a fine costs until a day."""

    #: In the sheet's language, e.g. ``Payée dans les 14 jours : moitié``.
    what: str
    #: The last day at this amount; None for the last step.
    until: date | None = None
    amount: Money


@dataclass(frozen=True, kw_only=True)
class FineNoticeSheet(Sheet):
    """Notice of a fine (avis de contravention)."""

    KIND: ClassVar[str] = "fine_notice"

    issued_on: date
    offence: str
    legal_basis: str = ""
    plate: str
    #: Make, model and colour as far as known.
    vehicle: str = ""
    place: str
    committed_at: datetime
    officer: str
    #: The person held liable, when known.
    owner_name: str = ""
    owner_number: str | None = None
    address: tuple[str, ...] = ()
    remarks: str = ""
    #: Earliest first; the first is what it costs on the day of issue.
    steps: tuple[FineStep, ...]
    payment_places: tuple[str, ...] = ()
    #: How to contest, and other texts from the profile.
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonOnAct:
    """A person as an act names them, in Latin and, where held, Arabic script."""

    family_name: str
    given_names: str
    family_name_arabic: str = ""
    given_names_arabic: str = ""

    @property
    def name(self) -> str:
        """Given names, then family name, in Latin script."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def name_arabic(self) -> str:
        """Given names, then family name, in Arabic script; empty when not held."""
        return f"{self.given_names_arabic} {self.family_name_arabic}".strip()


@dataclass(frozen=True, kw_only=True)
class ExtractSheet(Sheet):
    """Extract of a birth act. Bilingual French and Arabic where the act holds Arabic names."""

    KIND: ClassVar[str] = "extract"

    #: The document's name, e.g. ``Extrait d’acte de naissance``.
    title: str
    title_arabic: str = ""
    #: The authorities above the document, top down, e.g. ``Royaume du Maroc``, ``Commune de Fès``.
    authorities: tuple[str, ...] = ()
    authorities_arabic: tuple[str, ...] = ()
    #: The act's number in its register, e.g. ``123``, and the register's year and office.
    act_number: str
    act_year: int
    office: str
    office_arabic: str = ""
    child: PersonOnAct
    #: ``F`` or ``M``, as the register holds it.
    sex: str
    born_on: date
    #: The hour as written in the act, e.g. ``14:35``; empty when not held.
    born_at_time: str = ""
    birthplace: str
    birthplace_arabic: str = ""
    father: PersonOnAct | None = None
    mother: PersonOnAct | None = None
    declared_on: date
    #: Marginal notes in the order they were written.
    notes: tuple[str, ...] = ()
    issued_on: date
    place: str
    registrar: str
    requester: str = ""
    #: How many copies are handed over; each is printed.
    copies: int = 1
    verification: str
    texts: tuple[str, ...] = ()

    @property
    def bilingual(self) -> bool:
        """Whether the act holds the child's name in Arabic script, so that both scripts are printed."""
        return bool(self.child.name_arabic)


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
    cash_in: Money
    cash_out: Money = ZERO
    counted: Money
    denominations: tuple[CountedDenomination, ...] = ()
    #: Why counted and expected differ, in the cashier's words.
    explanation: str = ""
    receipts: int
    first_receipt: str = ""
    last_receipt: str = ""
    cancelled: int = 0
    #: The number of the anchor that was made at the closing, and the first letters of its digest.
    anchor: str = ""
    #: The chain in which the desk's rows stand.
    chain: str = ""
    texts: tuple[str, ...] = ()

    @property
    def expected(self) -> Money:
        """Float plus cash in minus cash out: what the drawer should hold."""
        return self.opening_float + self.cash_in - self.cash_out

    @property
    def difference(self) -> Money:
        """Counted minus expected: positive when there is too much."""
        return self.counted - self.expected


@dataclass(frozen=True, kw_only=True)
class ReportColumn:
    """A column of a report: its heading, whether it holds figures, and its share of the width."""

    title: str
    figures: bool = False
    weight: int = 10


@dataclass(frozen=True, kw_only=True)
class CollectionReportSheet(Sheet):
    """A table printed as shown on a screen: a list, or the figures behind an indicator."""

    KIND: ClassVar[str] = "collection_report"

    number: str = ""
    title: str
    subtitle: str = ""
    made_at: datetime
    made_by: str = ""
    columns: tuple[ReportColumn, ...]
    #: Cells as printed, one per column.
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
