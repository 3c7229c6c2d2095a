"""Orders to import files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from muniadmin.billing.reads import RegisterFilter, RegisterSort
from muniadmin.kernel.requests import Command
from muniadmin.taxpayers.names import IMPORT_TAXPAYERS, VIEW_TAXPAYERS


@dataclass(frozen=True)
class ReportedLine:
    """A rejected line: its number in the file, why, and what it says."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PreviewedLine:
    """What a line would become: the taxpayer and the object."""

    line: int
    #: "added", "changed" or "unchanged".
    becomes: str
    name: str
    address: str
    object_label: str


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What came of a file. ``added``, ``changed``, ``unchanged`` and ``rejected`` count its lines and sum to all."""

    file: str
    dry_run: bool
    lines: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    #: How many of each came new to the register.
    taxpayers_added: int
    objects_added: int
    #: The first of the rejected lines; all of them are in the file of rejects.
    first_rejected: tuple[ReportedLine, ...]
    #: Where the rejected lines were written; None when there were none, or nowhere was asked for.
    rejects_path: str | None
    #: The first lines that would go in, for a preview.
    preview: tuple[PreviewedLine, ...]


@dataclass(frozen=True, kw_only=True)
class ImportTaxpayers(Command[ImportReport]):
    """Imports a register or roll: taxpayers, and what of theirs is taxed if the file says so.

    The layout of the file is found by itself, or ``layout`` names a shipped one, or ``mapping`` says what becomes of
    its columns: field to template, e.g. {"name": "{Owner}"}; a mapping is remembered for files with these columns.
    ``object_kind`` is the profile's kind of the objects in the file; empty: the file holds taxpayers only.
    Importing a file again changes nothing. With ``dry_run`` nothing is changed at all, only reported.

    Lines go in piece by piece; stopped or ended in the middle, what is in stays in, and the file again goes on.

    Raises a FileUnusable when the file as a whole cannot be imported, Cancelled when it was stopped.
    """

    permission: ClassVar = IMPORT_TAXPAYERS
    path: str
    layout: str | None = None
    mapping: Mapping[str, str] | None = None
    object_kind: str = ""
    dry_run: bool = False
    rejects_path: str | None = None


class RegisterColumn(StrEnum):
    """What a list of the register may show of a taxpayer."""

    NUMBER = "number"
    NAME = "name"
    NAME_ARABIC = "name_arabic"
    KIND = "kind"
    ZONE = "zone"
    ADDRESS = "address"
    PHONE = "phone"
    OBJECTS = "objects"
    STANDING = "standing"
    OVERDUE = "overdue"
    ACCRUED = "accrued"
    SUSPENDED = "suspended"
    CREDIT = "credit"
    BALANCE = "balance"


@dataclass(frozen=True)
class Exported:
    """The file that was written, and how many rows it has."""

    path: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ExportRegister(Command[Exported]):
    """Writes the register exactly as a list shows it: these rows, in this order, these columns with these titles.

    ``columns`` are given with their titles. The ending of ``path`` says how: .csv or .xlsx.
    Raises NotWritable, Cancelled.
    """

    permission: ClassVar = VIEW_TAXPAYERS
    path: str
    columns: tuple[tuple[RegisterColumn, str], ...]
    filter: RegisterFilter = field(default_factory=RegisterFilter)
    sort: RegisterSort = "name"
    descending: bool = False
