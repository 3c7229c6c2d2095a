"""Orders of the assessment office."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from muniadmin.billing.names import EDIT_TARIFFS, ISSUE_BILLS, VIEW_BILLS
from muniadmin.billing.reads import BillState
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Command


@dataclass(frozen=True, kw_only=True)
class TariffSaved:
    """The new version of a tariff, in force from a day on."""

    tariff_id: int
    head_code: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class SaveTariff(Command[TariffSaved]):
    """Adds a version to a head's tariff. The version before it ends the day before; one that has not been used and
    starts on the same day gives way. Its examples must hold.

    Raises TariffNotValid, TariffExampleFails, TariffExampleCannotBeAssessed, TariffTooEarly, TariffPeriodAssessed.
    """

    permission: ClassVar = EDIT_TARIFFS
    head_code: str
    #: As written in a profile: see settings.tariffs.
    document: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RollIssued:
    """What a run of a roll added, and what the roll comes to now."""

    head_code: str
    period: str
    #: Added by this run.
    bills: int
    amount: Money
    #: Objects this run found to owe nothing.
    nothing_owed: int
    #: Objects that cannot be assessed; nothing was written for them.
    exceptions: int
    #: All bills of the roll, earlier runs included.
    total_bills: int
    total_amount: Money


@dataclass(frozen=True, kw_only=True)
class IssueRoll(Command[RollIssued]):
    """Assesses every object of a head for a period and issues the bills that are missing. A long job: it may be
    stopped at any time, and run again; what is there stays as it is.

    Raises HeadUnknown, HeadNotAssessed, PeriodNotUnderstood, NoTariffInForce, Cancelled.
    """

    permission: ClassVar = ISSUE_BILLS
    head_code: str
    #: As people name it: "2026", "2026/27", "2026-T3", "2026-05".
    period: str


@dataclass(frozen=True, kw_only=True)
class BillSheetIssued:
    """The bill's printed form, frozen; ``again`` when it had been before."""

    document_id: int
    number: str
    again: bool


@dataclass(frozen=True, kw_only=True)
class IssueBillSheet(Command[BillSheetIssued]):
    """Freezes what the printed bill shows, the first time it is asked for; print it with PrintDocument.

    Raises NotFound.
    """

    permission: ClassVar = VIEW_BILLS
    bill_id: int
    #: None: the taxpayer's language, else the municipality's.
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class BillsPrinted:
    """What came of printing many bills: the files made now, and the bills in them."""

    folder: str
    files: int
    bills: int
    #: Of those asked for, how many had been printed before and are in no file of now.
    before: int
    #: Numbers of the bills whose letters no font has; each is asked about when it is printed by itself.
    left_out: tuple[str, ...] = ()
    #: The folders that hold the files of those printed before, each on the computer where they were printed.
    before_in: tuple[str, ...] = ()
    #: On how many of those asked for nothing is owed any more: they are not printed.
    settled: int = 0


@dataclass(frozen=True, kw_only=True)
class PrintBills(Command[BillsPrinted]):
    """Prints the originals of all bills that are to be paid and match, as PDF files in a folder: those of one zone
    together, in the order of their addresses, at most some hundreds a file.

    A long job: stopped or killed, it is gone on with by asking again, because what was printed is left out.
    Raises FolderUnwritable, PrintedFileNotMoved, Cancelled.
    """

    permission: ClassVar = VIEW_BILLS
    #: Where the files go; it is made if need be.
    folder: str
    head_code: str | None = None
    period: str | None = None
    state: BillState | None = None
    text: str = ""
    #: These bills alone, if any are named.
    bill_ids: tuple[int, ...] = ()
