"""What every import shares: lines are checked one by one, bad ones handed back with their reason, good ones kept.

An import reads its whole file first and compares it with the database: whatever is refused is refused before anything
is written. Then it writes piece by piece, each in a transaction of its own, so that desks pay in between. Stopped or
killed, what is in stays in and is whole; the same file again goes on from there, because its lines are known by their
keys. Each kind of import is a sibling of ``taxpayers``.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from muniadmin.exchange.errors import RejectsNotWritable, WrongNumberOfFields
from muniadmin.exchange.tabular import Line, Table, harmless
from muniadmin.kernel.drafts import drafted, ensure_place
from muniadmin.kernel.errors import InvalidInput, UserError
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.requests import Progress

T = TypeVar("T")

# Said in every file of rejects, and skipped when it comes back.
REASON_COLUMN = N_("Reason")
LINE_COLUMN = N_("Line")

PIECE = 200
"""Lines that go in by one transaction: a counter on the same database waits no longer than that."""

_REPORT_EVERY = 500


@dataclass(frozen=True)
class RejectedLine:
    """A line that was not imported: where it stands, why, and what it says."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Good(Generic[T]):
    """A line that can be imported, and what came of it."""

    line: int
    cells: tuple[str, ...]
    record: T


@dataclass
class Checked(Generic[T]):
    """The lines of a file, sorted out."""

    good: list[Good[T]] = field(default_factory=list)
    rejected: list[RejectedLine] = field(default_factory=list)
    #: Lines that a newer one in the same file stands for.
    superseded: int = 0

    @property
    def count(self) -> int:
        """How many lines there were."""
        return len(self.good) + len(self.rejected) + self.superseded

    def reject(self, entries: Iterable[tuple[Good[T], UserError]]) -> None:
        """Takes lines out again that turned out to be wrong together with others."""
        refused = {id(entry): problem for entry, problem in entries}
        self.rejected += [
            RejectedLine(entry.line, reason_of(refused[id(entry)]), entry.cells)
            for entry in self.good
            if id(entry) in refused
        ]
        self.good = [entry for entry in self.good if id(entry) not in refused]
        self.rejected.sort(key=lambda line: line.line)


def check_lines(table: Table, take: Callable[[Line], T], progress: Progress) -> Checked[T]:
    """Has ``take`` make a record of every line, or raise the UserError that says why not.

    Lines with too many or too few fields are rejected before anybody looks at them. Progress counts this as the first
    half of the import.
    """
    checked: Checked[T] = Checked()
    width = len(table.columns)
    for place, line in enumerate(table.lines()):
        try:
            if len(line.cells) != width:
                raise WrongNumberOfFields(found=len(line.cells), expected=width)
            checked.good.append(Good(line.number, line.cells, take(line)))
        except UserError as problem:
            checked.rejected.append(RejectedLine(line.number, reason_of(problem), line.cells))
        if place % _REPORT_EVERY == 0:
            lines = max(place, table.about, 1)
            progress(place, 2 * lines)
    return checked


def reason_of(problem: UserError) -> str:
    """Why a line is rejected: a sentence, or several for several fields."""
    if isinstance(problem, InvalidInput):
        return " ".join(dict.fromkeys(one.sentence() for one in problem.problems.values()))
    return problem.sentence()


def in_pieces(groups: Iterable[Sequence[T]]) -> Iterator[list[T]]:
    """What goes in by one transaction each: about ``PIECE``, and what stands together in a group stays together."""
    piece: list[T] = []
    for group in groups:
        if piece and len(piece) + len(group) > PIECE:
            yield piece
            piece = []
        piece.extend(group)
    if piece:
        yield piece


def report_writing(progress: Progress, lines: int, piece: int, pieces: int) -> None:
    """Tells the progress of an import's second half, ahead of each piece. Progress raises Cancelled when the user
    stopped the job."""
    progress(lines + lines * piece // max(pieces, 1), 2 * lines)


@contextmanager
def rejects_file(
    path: Path | None, table: Table, checked: Checked[T], *, imported: str
) -> Iterator[str | None]:
    """Writes the rejected lines to ``path`` before the good ones go in, and keeps the file only if they all did.

    The file has the reason, the line and then the original columns: it can be corrected and imported again.
    Yields where it will be; None when there is nothing to write. Raises RejectsNotWritable, also where it
    would take the place of the file that is ``imported``.
    """
    if path is None or not checked.rejected:
        yield None
        return
    try:
        ensure_place(path)
    except OSError as error:
        raise RejectsNotWritable(reason=error.strerror or str(error)) from error
    if path.exists() and path.samefile(imported):
        raise RejectsNotWritable(reason=_("it is the file that is imported"))
    known = len(checked.rejected)
    with drafted(path) as draft:
        _write_rejects(draft, table, checked.rejected)
        yield str(path)
        if len(checked.rejected) > known:  # Somebody took a line's place while the others went in.
            _write_rejects(draft, table, checked.rejected)


def _write_rejects(path: Path, table: Table, rejected: Sequence[RejectedLine]) -> None:
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=table.delimiter or ",")
            columns = [column for column in table.columns if not is_about_rejects(column)]
            kept = [place for place, column in enumerate(table.columns) if not is_about_rejects(column)]
            writer.writerow([_(REASON_COLUMN), _(LINE_COLUMN), *map(harmless, columns)])
            for line in rejected:
                whole = len(line.cells) == len(table.columns)
                cells = [line.cells[place] for place in kept] if whole else _without_notes(line.cells, table)
                writer.writerow([harmless(line.reason), line.line, *map(harmless, cells)])
    except OSError as error:
        raise RejectsNotWritable(reason=error.strerror or str(error)) from error


def is_about_rejects(column: str) -> bool:
    """Whether a column is one that a file of rejects put before the original ones."""
    return column in {REASON_COLUMN, LINE_COLUMN, _(REASON_COLUMN), _(LINE_COLUMN), "Motif", "Ligne"}


def _without_notes(cells: Sequence[str], table: Table) -> list[str]:
    """A line of the wrong width as it is, less the reason and line an earlier file of rejects put before it."""
    notes = sum(1 for column in table.columns[:2] if is_about_rejects(column))
    return list(cells[notes:])
