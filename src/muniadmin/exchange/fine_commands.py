"""Orders and questions about files of fines, and what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from muniadmin.exchange.commands import ReportedLine
from muniadmin.exchange.reads import FileInspection
from muniadmin.fines.names import IMPORT_FINES
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Command, Query


@dataclass(frozen=True, kw_only=True)
class PreviewedFine:
    """What a line would become."""

    line: int
    number: str
    plate: str
    offence: str
    committed_at: datetime
    place: str
    #: The full fine: the file's, else the catalogue's of the day.
    amount: Money
    owed: Money


@dataclass(frozen=True, kw_only=True)
class NumberGap:
    """Numbers missing in an officer's series, first and last included."""

    officer: str
    first: str
    last: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FinesImported:
    """What came of a file. ``added``, ``unchanged``, ``superseded`` and ``rejected`` count its lines and sum to all."""

    file: str
    #: Code of the layout that was used; empty for a mapping by hand.
    layout: str
    dry_run: bool
    lines: int
    added: int
    #: Fines that were here already.
    unchanged: int
    #: Older lines of a fine that stands in the file again.
    superseded: int
    rejected: int
    #: Of the added: those of which nothing is owed.
    settled_before: int
    offences_added: int
    unreadable: int
    #: Of the added: those whose coordinates were a filler or no degrees.
    places_left_out: int
    #: The full amounts of the added, as the file has them, and what is owed of them.
    amount: Money
    owed: Money
    gaps: tuple[NumberGap, ...]
    #: The first of the rejected lines; all of them are in the file of rejects.
    first_rejected: tuple[ReportedLine, ...]
    #: Where the rejected lines were written; None when there were none, or nowhere was asked for.
    rejects_path: str | None
    #: The first lines that go in.
    preview: tuple[PreviewedFine, ...]


@dataclass(frozen=True, kw_only=True)
class ImportFines(Command[FinesImported]):
    """Imports fines from a CSV, XLSX or JSON file.

    The layout of the file is found by itself, or ``layout`` names a shipped one, or ``mapping`` says what becomes of
    its columns: field to template, e.g. {"plate": "{tag}"}. Importing a file again changes nothing. With ``dry_run``
    nothing is changed at all, only reported.

    Lines go in piece by piece; stopped or ended in the middle, what is in stays in, and the file again goes on.

    Raises a FileUnusable when the file as a whole cannot be imported, Cancelled when it was stopped.
    """

    permission: ClassVar = IMPORT_FINES
    path: str
    layout: str | None = None
    mapping: Mapping[str, str] | None = None
    dry_run: bool = False
    rejects_path: str | None = None


@dataclass(frozen=True, kw_only=True)
class InspectFineFile(Query[FileInspection]):
    """Looks at a file before it is imported. Raises a FileUnusable."""

    permission: ClassVar = IMPORT_FINES
    path: str
