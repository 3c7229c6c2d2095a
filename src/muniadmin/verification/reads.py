"""The question whether a paper is genuine, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from muniadmin.civil_status.sheets import ExtractSheet
from muniadmin.collection.sheets import ReceiptSheet
from muniadmin.kernel.money import Currency, Money
from muniadmin.kernel.requests import Query
from muniadmin.kernel.validation import SentText


class Verdict(StrEnum):
    """What is to be said of a paper from its square code."""

    #: Signed by this municipality, issued as it says, and nothing has become of it.
    GENUINE = "genuine"
    #: A receipt that was cancelled.
    CANCELLED = "cancelled"
    #: A receipt whose money came back, wholly or in part.
    RETURNED = "returned"
    #: An extract that was made again, or whose request was refused.
    WITHDRAWN = "withdrawn"
    #: Well signed, but not among the papers of this database.
    UNKNOWN = "unknown"
    #: Signed with a key that is not this municipality's.
    OTHER_KEY = "other_key"
    #: Well signed, but the database says something else was issued under its number, or cannot say what.
    DIFFERS = "differs"
    #: The signature is not that of what the code says.
    FORGED = "forged"
    #: Well signed; without a database nothing more can be known.
    SIGNED = "signed"


@dataclass(frozen=True)
class Difference:
    """What the code says otherwise than the paper that was issued; values as they stand in codes."""

    #: One of documents.scanned.FIELDS.
    field: str
    on_paper: str
    issued: str


@dataclass(frozen=True, kw_only=True)
class CancelledReceipt:
    """How a receipt was cancelled."""

    #: Of the paper of the cancellation.
    number: str
    cancelled_on: date
    cancelled_at: datetime
    cancelled_by: str
    approved_by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReturnedTender:
    """A means of payment whose money came back."""

    channel: str
    amount: Money
    reference: str
    returned_on: date
    #: Of the decision.
    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawnExtract:
    """How an extract was withdrawn."""

    withdrawn_at: datetime
    #: The extract that was made in its place; empty: none is valid.
    replaced_by: str
    request_number: str


@dataclass(frozen=True, kw_only=True)
class CheckedPaper:
    """What is known of a paper from its square code."""

    verdict: Verdict
    #: "receipt" or "extract".
    kind: str
    #: What the code says, by documents.scanned.FIELDS; not to be believed when it is forged.
    says: Mapping[str, str]
    #: The first letters of the fingerprint of the key that the code names.
    key: str
    #: In which the code's amount is written.
    currency: Currency
    #: The sheet that was issued under the code's number, where there is one that can be read.
    issued: ReceiptSheet | ExtractSheet | None = None
    differs: tuple[Difference, ...] = ()
    cancelled: CancelledReceipt | None = None
    returned: tuple[ReturnedTender, ...] = ()
    withdrawn: WithdrawnExtract | None = None
    #: Numbers of bills that the receipt paid and that were annulled: their money is free or pays something else.
    annulled_bills: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The paper's number, as the code says."""
        return self.says["number"]


@dataclass(frozen=True, kw_only=True)
class CheckPaper(Query[CheckedPaper]):
    """Whether the paper with this square code is genuine, and what became of it.

    Raises documents.errors.DamagedText where the text is no whole code, in the form that says what it is. What one may
    ask depends on the kind of paper, so the permission is checked with the code at hand.
    """

    permission: ClassVar = None
    text: SentText
