"""What a slice says of its import, so that the steps of :mod:`muniadmin.desktop.exchange` can carry it out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.exchange.commands import ReportedLine
from muniadmin.exchange.reads import FileInspection
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _
from muniadmin.kernel.requests import Command, Query

R = TypeVar("R")
Figure = tuple[str, str] | tuple[str, str, Tone]


@dataclass(frozen=True, kw_only=True)
class ReadAs:
    """How a file is to be read: by the ``layout`` that was recognised, else as the user said."""

    path: str
    layout: str | None = None
    #: Field to template; None with a layout.
    mapping: Mapping[str, str] | None = None
    #: What the file's objects are; empty: there are none.
    object_kind: str = ""


class ImportKind(ABC, Generic[R]):
    """What is imported, and how its report ``R`` is told."""

    #: Over the page while the import is open.
    title: str
    #: Below the question which file.
    about_files: str
    #: Endings offered in the file dialog, e.g. ``*.csv *.xlsx``.
    endings: str
    #: Kinds of object the lines may bring along, (code, name); the user is asked which when there are any.
    object_kinds: Sequence[tuple[str, str]] = ()

    @abstractmethod
    def inspect(self, path: str) -> Query[FileInspection]:
        """The question how a file is written."""

    @abstractmethod
    def command(self, file: ReadAs, *, dry_run: bool, rejects_path: str | None) -> Command[R]:
        """The order to import the file."""

    @abstractmethod
    def still_needed(self, mapped: Sequence[str]) -> str:
        """What the user has still to say, when these fields are known; empty: nothing."""

    @abstractmethod
    def figures(self, report: R) -> Sequence[Figure]:
        """What is counted, three or four figures."""

    @abstractmethod
    def written(self, report: R) -> int:
        """How many lines go in."""

    @abstractmethod
    def rejected(self, report: R) -> "Rejected":
        """The lines that do not."""

    @abstractmethod
    def preview(self, report: R) -> Sequence[Any]:
        """The first lines that go in."""

    @abstractmethod
    def preview_columns(self) -> Sequence[Column[Any]]:
        """How those are listed; their rows have a ``line``."""

    @abstractmethod
    def what_came(self, report: R) -> str:
        """What one would want to know of the import besides its figures; may be empty."""


@dataclass(frozen=True)
class Rejected:
    """How many lines were rejected, the first of them, and the file all of them are in."""

    count: int
    first: Sequence[ReportedLine]
    path: str | None

    def figure(self) -> Figure:
        """The count, to be noticed when there are any."""
        return _("Rejected"), format_number(self.count), Tone.WARNING if self.count else Tone.NEUTRAL


def line_column() -> Column[Any]:
    """The number of a line of the file."""
    return Column("line", _("Line"), lambda r: format_number(r.line), width=70, number=True, look="muted")
