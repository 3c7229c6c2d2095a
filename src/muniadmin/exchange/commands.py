"""Orders to import files, and to write lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Command, Query
from muniadmin.taxpayers.names import IMPORT_TAXPAYERS


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


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: its title, what its cells say, and the amount, number or day that they are.

    ``value`` gives a Money, a number, a day, or None for a cell that is a text. ``figures`` stand at the right.
    """

    title: str
    text: Callable[[Any], str]
    value: Callable[[Any], Any] | None = None
    figures: bool = False


Ask = Callable[[Query[Any]], Any]
"""Answers a question; all of them from one state of the database."""


class ShownList:
    """A list as somebody sees it.

    ``name`` is what the audit log calls it; ``subtitle`` says in words how it is filtered. ``rows`` asks for all its
    rows, page by page, in their order; ``count`` is how many there were on the screen. ``sums`` are what is added up
    below a printed list, with their labels.
    """

    def __init__(
        self,
        name: str,
        title: str,
        columns: Sequence[ListColumn],
        rows: Callable[[Ask], Iterable[Sequence[Any]]],
        *,
        subtitle: str = "",
        count: int = 0,
        sums: Sequence[tuple[str, Callable[[Any], Money]]] = (),
    ) -> None:
        self.name, self.title, self.subtitle = name, title, subtitle
        self.columns, self.rows, self.count, self.sums = columns, rows, count, sums


@dataclass(frozen=True)
class ListWritten:
    """The file that was written, and how many rows it has."""

    path: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class WriteList(Command[ListWritten]):
    """Writes a list exactly as it is shown: these rows, in this order, these columns with these titles.

    Whoever may ask the list's own questions may have it written.
    Raises NotWritable, TooManyRows, NotAllowed, Cancelled.
    """

    permission: ClassVar = None
    path: str
    kind: Literal["csv", "xlsx"]
    shown: ShownList


@dataclass(frozen=True)
class ListDrawn:
    """A list on paper: the PDF, and how many rows it has."""

    pdf: bytes
    rows: int


@dataclass(frozen=True, kw_only=True)
class DrawList(Command[ListDrawn]):
    """Draws a list as a paper exactly as it is shown, to be looked at and printed: no file is written.

    Whoever may ask the list's own questions may have it drawn. Raises TooManyRows, NotAllowed, Cancelled.
    """

    permission: ClassVar = None
    shown: ShownList
