"""Imports fines: tickets of officers' devices, and the whole history of another system.

Amounts are taken as figures in the municipality's currency. What was paid, added or taken off elsewhere stays in the
books it was booked in: a fine is recorded with its full amount, but its bill here opens with what the file says is
still owed, its lines spelling out how that comes about; a fine of which nothing is owed is recorded as settled before
the import, without a bill. Where the file does not say what is owed, the whole fine is, with the reductions and
increases of the catalogue if the offence is in it. From then on our own books count: a newer file does not change a
fine that is here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from muniadmin.audit.services import record
from muniadmin.exchange.commands import ReportedLine
from muniadmin.exchange.errors import ColumnsNotRecognised, KeyTwice, ValueMissing, ValueWrong
from muniadmin.exchange.fine_commands import (
    FinesImported,
    ImportFines,
    InspectFineFile,
    NumberGap,
    PreviewedFine,
)
from muniadmin.exchange.fine_layouts import (
    FineLayout,
    fine_fields,
    fine_layout,
    fitted,
    mapped_by_hand,
    recognised_fines,
)
from muniadmin.exchange.imports import (
    Checked,
    Good,
    check_lines,
    in_pieces,
    is_about_rejects,
    rejects_file,
    report_writing,
)
from muniadmin.exchange.layouts import header_code
from muniadmin.exchange.mapping import Take, column_template, compiled
from muniadmin.exchange.reads import FieldChoice, FileInspection
from muniadmin.exchange.records import open_file
from muniadmin.exchange.schemas import guess
from muniadmin.exchange.tabular import Line, Table
from muniadmin.fines.errors import CommittedLater
from muniadmin.fines.models import Fine, Offence
from muniadmin.fines.queries import Catalogue, version_on, versions_of
from muniadmin.fines.rules import Plate, instant_of, numbering_gaps, read_plate
from muniadmin.fines.services import FineMet, OffenceMet, add_fines, offences_met
from muniadmin.kernel.errors import Cancelled, FieldTooLong, NotUnderstood, UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.formats import parse_date, parse_time
from muniadmin.kernel.i18n import N_, _, pick, use_language
from muniadmin.kernel.money import ZERO, Currency, Money, total
from muniadmin.settings.models import Setting
from muniadmin.storage.unit_of_work import Job, Reading, UnitOfWork

_SHOWN = 200
_SAMPLE = 12
# Without these no line can be taken.
_NEEDED = ("key", "committed")
_SIGNS = re.compile(r"[^\d.,\-()]")


@dataclass(frozen=True, kw_only=True)
class FineRead:
    """A line of the file, understood."""

    key: str
    plate: Plate
    make: str
    place: str
    committed_at: datetime
    committed_on: date
    officer: str
    offence: OffenceMet
    remarks: str
    longitude: float | None
    latitude: float | None
    #: The file had a place that is not in degrees.
    misplaced: bool
    amount: Money | None
    owed: Money | None
    #: What was added to the fine and taken off before the import: (field, amount with its sign).
    changes: tuple[tuple[str, Money], ...]
    #: When the line was exported, to tell the newest of several.
    exported: datetime | None


# What a bill's lines call what happened before the import.
_CHANGES: Mapping[str, tuple[str, int]] = {
    "penalty": (N_("Penalty added before the import"), 1),
    "interest": (N_("Interest added before the import"), 1),
    "reduction": (N_("Reduction granted before the import"), -1),
    "paid": (N_("Paid before the import"), -1),
}
_OTHER_CHANGES = N_("Other changes before the import")


class _Reader:
    """Understands the lines of one file."""

    def __init__(
        self, table: Table, layout: FineLayout, currency: Currency, zone: str, latest: datetime
    ) -> None:
        self._layout, self._currency, self._latest = layout, currency, latest
        self._zone, self._zone_info = zone, ZoneInfo(zone)
        self._take: dict[str, Take] = {
            name: compiled(template, table.columns, table.name) for name, template in layout.fields.items()
        }
        self._fields = {field.name: field for field in fine_fields()}
        self._offences: dict[OffenceMet, OffenceMet] = {}

    def read(self, line: Line) -> FineRead:
        """What the line says. Raises the UserError that says why it cannot be taken."""
        cells = line.cells
        moment = self._moment(cells)
        if moment > self._latest:
            raise CommittedLater(when=self._text("committed", cells))
        amount, owed = self._money("amount", cells), self._money("owed", cells)
        for name, figure in (("amount", amount), ("owed", owed)):
            if name in self._take and figure is None:
                raise ValueMissing(field=self._title(name))
        longitude, latitude = self._degrees("longitude", cells, 180), self._degrees("latitude", cells, 90)
        given = bool(self._raw("longitude", cells) or self._raw("latitude", cells))
        placed = longitude is not None and latitude is not None
        return FineRead(
            key=self._required("key", cells),
            plate=self._plate(cells),
            make=self._text("make", cells),
            place=self._text("place", cells),
            committed_at=moment,
            committed_on=moment.astimezone(self._zone_info).date(),
            officer=self._text("officer", cells),
            offence=self._offence(cells),
            remarks=self._text("remarks", cells),
            longitude=longitude if placed else None,
            latitude=latitude if placed else None,
            misplaced=given and not placed,
            amount=owed if amount is None else amount,
            owed=owed,
            changes=self._changes(cells),
            exported=self._exported(cells),
        )

    # --- fields -----------------------------------------------------------------------------------------------------

    def _raw(self, name: str, cells: Sequence[str]) -> str:
        take = self._take.get(name)
        return take(cells) if take is not None else ""

    def _text(self, name: str, cells: Sequence[str]) -> str:
        text = self._raw(name, cells)
        longest = self._fields[name].longest
        if longest is not None and len(text) > longest:
            raise ValueWrong(field=self._title(name), reason=FieldTooLong(limit=longest).sentence())
        return text

    def _required(self, name: str, cells: Sequence[str]) -> str:
        text = self._text(name, cells)
        if not text:
            raise ValueMissing(field=self._title(name))
        return text

    def _title(self, name: str) -> str:
        return pick(self._fields[name].titles)

    def _plate(self, cells: Sequence[str]) -> Plate:
        plate = read_plate(self._text("plate", cells))
        if len(plate.key) > 30:  # Some letters become two when they are written in capitals.
            raise ValueWrong(field=self._title("plate"), reason=FieldTooLong(limit=30).sentence())
        return plate

    def _offence(self, cells: Sequence[str]) -> OffenceMet:
        met = OffenceMet(
            code=self._text("offence_code", cells).upper(), description=self._text("offence", cells)
        )
        return self._offences.setdefault(met, met)

    def _moment(self, cells: Sequence[str]) -> datetime:
        day, at = self._written("committed", self._required("committed", cells), self._layout.moment)
        hour = self._text("time", cells)
        if hour:
            figures = hour.zfill(4) if self._layout.hours_in_figures and hour.isdecimal() else hour
            try:
                at = parse_time(figures)
            except NotUnderstood as problem:
                raise ValueWrong(field=self._title("time"), reason=problem.sentence()) from problem
        return instant_of(day, at, self._zone)

    def _written(self, name: str, text: str, how: str) -> tuple[date, time]:
        try:
            return _day_and_time(text, how)
        except NotUnderstood as problem:
            raise ValueWrong(field=self._title(name), reason=problem.sentence()) from problem

    def _exported(self, cells: Sequence[str]) -> datetime | None:
        text = self._text("exported", cells)
        return datetime.combine(*self._written("exported", text, self._layout.exported)) if text else None

    def _money(self, name: str, cells: Sequence[str]) -> Money | None:
        text = self._raw(name, cells)
        if not text:
            return None
        try:
            amount = _figure(text, self._currency)
        except (ValueError, InvalidOperation) as problem:
            reason = NotUnderstood(text=text).sentence()
            raise ValueWrong(field=self._title(name), reason=reason) from problem
        if amount < ZERO:
            raise ValueWrong(field=self._title(name), reason=_("It is less than zero."))
        return amount

    def _changes(self, cells: Sequence[str]) -> tuple[tuple[str, Money], ...]:
        found = []
        for name, (_words, sign) in _CHANGES.items():
            amount = self._money(name, cells)
            if amount:
                found.append((name, amount * sign))
        return tuple(found)

    def _degrees(self, name: str, cells: Sequence[str], most: int) -> float | None:
        """The coordinate, None where it is a filler or in a grid of another kind."""
        try:
            degrees = float(self._raw(name, cells).replace(",", "."))
        except ValueError:
            return None
        return degrees if -most <= degrees <= most else None


@lru_cache(maxsize=20_000)
def _strptime(text: str, how: str) -> datetime:
    return datetime.strptime(text, how)  # noqa: DTZ007 - the municipality's zone is put to it


@lru_cache(maxsize=20_000)
def _day_and_time(text: str, how: str) -> tuple[date, time]:
    """The day and, midnight if there is none, the time of a moment. Raises NotUnderstood."""
    if how:
        try:
            moment = _strptime(text, how)
        except ValueError as error:
            raise NotUnderstood(text=text) from error
        return moment.date(), moment.time()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        day, _blank, rest = text.partition(" ")
        return parse_date(day), parse_time(rest) if rest.strip() else time()
    return moment.date(), moment.time()


@lru_cache(maxsize=20_000)
def _figure(text: str, currency: Currency) -> Money:
    """The amount in a file: "$75.00 ", "1,001.50", "75,5"; brackets are a minus. ValueError for anything else."""
    bare = _SIGNS.sub("", text)
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d*)?|-?\d+\.?\d*", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"-?\d+,\d{1,2}|-?\d{1,3}(\.\d{3})+(,\d*)?", bare):
        bare = bare.replace(".", "").replace(",", ".")
    else:
        raise ValueError(text)
    amount = currency.of(Decimal(bare))
    return -amount if negative else amount


# --- looking at a file ---------------------------------------------------------------------------------------------


def inspect_fine_file(reading: Reading, request: InspectFineFile) -> FileInspection:
    """How the file is written, and what its columns are taken to be."""
    table = open_file(Path(request.path))
    found = recognised_fines(table.columns)
    remembered = None if found is not None else _remembered(reading, table)
    mapping = found.fields if found is not None else remembered or guessed_mapping(table)
    return FileInspection(
        path=request.path,
        file=table.name,
        kind=table.kind,
        encoding=table.encoding,
        delimiter=table.delimiter,
        about=table.about,
        columns=table.columns,
        sample=tuple((line.number, line.cells) for line in islice(table.lines(), _SAMPLE)),
        layout=found.code if found is not None else "",
        layout_names=found.names if found is not None else {},
        remembered=remembered is not None,
        mapping=mapping,
        object_kind="",
        fields=tuple(
            FieldChoice(name=field.name, titles=field.titles, required=field.name in _NEEDED)
            for field in fine_fields()
        ),
    )


def guessed_mapping(table: Table) -> dict[str, str]:
    """What the columns are likely to be, by their names."""
    columns = [column for column in table.columns if not is_about_rejects(column)]
    return {name: column_template(column) for name, column in guess(columns, fine_fields()).items()}


def _setting_key(table: Table) -> str:
    return f"import-fines:{header_code(table.columns)}"


def _remembered(reading: Reading, table: Table) -> Mapping[str, str] | None:
    value = reading.session.scalar(select(Setting.value).where(Setting.key == _setting_key(table)))
    return value["mapping"] if value is not None else None


def _remember(uow: UnitOfWork, table: Table, mapping: Mapping[str, str] | None) -> None:
    if mapping is None:
        return
    setting = uow.session.get(Setting, _setting_key(table), with_for_update=True)
    if setting is None:
        uow.session.add(Setting(key=_setting_key(table), value={"mapping": dict(mapping)}))
    elif setting.value["mapping"] != mapping:
        setting.value = {"mapping": dict(mapping)}


# --- the import ----------------------------------------------------------------------------------------------------


def import_fines(job: Job, command: ImportFines) -> FinesImported:
    """Reads and checks the whole file, then records what is not here yet, piece by piece.

    Raises a FileUnusable: then nothing has changed; or Cancelled: then what is in stays in.
    """
    table = open_file(Path(command.path))
    with job.reading() as reading:
        layout = fitted(_layout(reading, table, command), table)
    municipality = job.municipality
    latest = job.clock_now() + timedelta(minutes=10)
    reader = _Reader(table, layout, municipality.currency, municipality.calendar.zone, latest)
    checked = check_lines(table, reader.read, job.progress)
    _keep_newest(checked)
    with job.reading() as reading:
        _price(reading, checked)
        pieces = [_not_here_yet(reading, layout, piece) for piece in in_pieces([one] for one in checked.good)]
        offences_to_come = _offences_to_come(reading, chain.from_iterable(pieces))
    rejects = Path(command.rejects_path) if command.rejects_path else None
    with rejects_file(rejects, table, checked, imported=command.path) as written:
        if command.dry_run:
            new = list(chain.from_iterable(pieces))
            added = _Added(new, offences_to_come, total(_owed(good.record) for good in new))
        else:
            added = _write_all(job, command, table, layout, checked, [piece for piece in pieces if piece])
        return _report(command, table, layout, checked, added, written)


@dataclass
class _Added:
    """What went in so far."""

    new: list[Good[FineRead]] = field(default_factory=list)
    offences: int = 0
    owed: Money = ZERO


def _write_all(
    job: Job,
    command: ImportFines,
    table: Table,
    layout: FineLayout,
    checked: Checked[FineRead],
    pieces: Sequence[Sequence[Good[FineRead]]],
) -> _Added:
    """Records the fines, each piece in a transaction of its own, less those that came in since by another way."""
    file, added = table.name[:120], _Added()

    def begin(uow: UnitOfWork) -> None:
        _remember(uow, table, command.mapping)
        if pieces:
            record(uow, "exchange:fines:begun", file, {"layout": layout.code if layout.names else ""})

    job.piece(begin)
    for place, piece in enumerate(pieces):
        try:
            report_writing(job.progress, checked.count, place, len(pieces))
        except Cancelled:
            with job.unit_of_work() as uow:
                record(
                    uow, "exchange:fines:stopped", file, {"added": len(added.new), "owed": added.owed.minor}
                )
            raise
        new, offences, owed = job.piece(partial(_write_piece, layout=layout, piece=piece))
        added.new += new
        added.offences += offences
        added.owed = added.owed + owed
    if pieces:
        with job.unit_of_work() as uow:
            record(uow, "exchange:fines:imported", file, _audited(checked, added))
    job.progress(1, 1)
    return added


def _layout(reading: Reading, table: Table, command: ImportFines) -> FineLayout:
    if command.mapping is not None:
        return mapped_by_hand(table.columns, command.mapping)
    if command.layout is not None:
        return fine_layout(command.layout)
    known = recognised_fines(table.columns)
    if known is not None:
        return known
    mapping = _remembered(reading, table) or guessed_mapping(table)
    for needed in _NEEDED:
        if needed not in mapping:
            raise ColumnsNotRecognised(file=table.name, field=_title(needed))
    return mapped_by_hand(table.columns, mapping)


def _title(name: str) -> str:
    return next(pick(field.titles) for field in fine_fields() if field.name == name)


def _keep_newest(checked: Checked[FineRead]) -> None:
    """Keeps one line for each fine, its newest export.

    Where the file does not tell which is newer, the second line of a fine is rejected.
    """
    chosen: dict[str, Good[FineRead]] = {}
    twice: list[tuple[Good[FineRead], UserError]] = []
    for good in checked.good:
        earlier = chosen.setdefault(good.record.key, good)
        if earlier is good:
            continue
        if good.record.exported is None or earlier.record.exported is None:
            twice.append((good, KeyTwice(key=good.record.key, line=earlier.line)))
            continue
        checked.superseded += 1
        if good.record.exported >= earlier.record.exported:
            chosen[good.record.key] = good
    checked.reject(twice)
    checked.good = list(chosen.values())


def _not_here_yet(
    reading: Reading, layout: FineLayout, piece: Sequence[Good[FineRead]]
) -> list[Good[FineRead]]:
    """Those of the fines that are to be recorded."""
    keys = [good.record.key for good in piece]
    wanted = select(Fine.external_number).where(Fine.source == layout.code, Fine.external_number.in_(keys))
    here = set(reading.session.scalars(wanted))
    return [good for good in piece if good.record.key not in here]


def _price(reading: Reading, checked: Checked[FineRead]) -> None:
    """Gives fines without an amount the catalogue's of their day; those it has none for are rejected."""
    if all(good.record.amount is not None for good in checked.good):
        return
    catalogue, versions = Catalogue.of(reading), versions_of(reading)
    priced: list[Good[FineRead]] = []
    without: list[tuple[Good[FineRead], UserError]] = []
    for good in checked.good:
        read = good.record
        offence = catalogue.find(read.offence.code, read.offence.description)
        known = versions.get(offence.id, ()) if offence is not None else ()
        version = version_on(known, read.committed_on)
        if read.amount is not None:
            priced.append(good)
        elif version is not None:
            priced.append(replace(good, record=replace(read, amount=version.amount)))
        else:
            without.append((good, ValueMissing(field=_title("amount"))))
    checked.reject(without)
    checked.good = priced


def _write_piece(
    uow: UnitOfWork, layout: FineLayout, piece: Sequence[Good[FineRead]]
) -> tuple[list[Good[FineRead]], int, Money]:
    new = _not_here_yet(uow, layout, piece)
    offences, owed = _write(uow, layout, new) if new else (0, ZERO)
    return new, offences, owed


def _write(uow: UnitOfWork, layout: FineLayout, new: Sequence[Good[FineRead]]) -> tuple[int, Money]:
    """Records the fines of a piece; how many offences came new, and what is owed in all."""
    with use_language(uow.municipality.language):
        words = {name: _(change) for name, (change, _sign) in _CHANGES.items()} | {"other": _(_OTHER_CHANGES)}
    before = _offence_count(uow)
    offences = offences_met(uow, list(dict.fromkeys(good.record.offence for good in new)))
    owed = add_fines(uow, [_met(good.record, offences, words) for good in new], source=layout.code)
    return _offence_count(uow) - before, owed


def _offence_count(uow: UnitOfWork) -> int:
    return uow.session.scalar(select(func.count()).select_from(Offence)) or 0


def _met(read: FineRead, offences: Mapping[OffenceMet, int], words: Mapping[str, str]) -> FineMet:
    return FineMet(
        external_number=read.key,
        plate=read.plate,
        committed_at=read.committed_at,
        committed_on=read.committed_on,
        offence_id=offences[read.offence],
        place=read.place,
        officer=read.officer,
        make=read.make,
        longitude=read.longitude,
        latitude=read.latitude,
        remarks=read.remarks,
        amount=read.amount,
        owed=read.owed,
        changes=_spelled_out(read, words),
    )


def _spelled_out(read: FineRead, words: Mapping[str, str]) -> tuple[tuple[str, Money], ...]:
    """How what is owed comes about from the full fine; what the file does not explain is one more line."""
    if not read.owed or read.amount is None:
        return ()
    lines = [(words[name], amount) for name, amount in read.changes]
    rest = read.owed - read.amount - total(amount for _what, amount in lines)
    return (*lines, (words["other"], rest)) if rest else tuple(lines)


def _owed(read: FineRead) -> Money:
    return read.owed if read.owed is not None else read.amount or ZERO


def _offences_to_come(reading: Reading, new: Iterable[Good[FineRead]]) -> int:
    """How many offences the catalogue would get."""
    catalogue = Catalogue.of(reading)
    met = {good.record.offence for good in new}
    unknown = [one for one in met if catalogue.find(one.code, one.description) is None]
    return len({one.code or fold(one.description) for one in unknown})


def _report(
    command: ImportFines,
    table: Table,
    layout: FineLayout,
    checked: Checked[FineRead],
    added: _Added,
    rejects_path: str | None,
) -> FinesImported:
    new = added.new
    reads = [good.record for good in new]
    numbers: dict[str, list[str]] = {}
    for good in checked.good:
        if good.record.officer:
            numbers.setdefault(good.record.officer, []).append(good.record.key)
    return FinesImported(
        file=table.name,
        layout=layout.code if layout.names else "",
        dry_run=command.dry_run,
        lines=checked.count,
        added=len(new),
        unchanged=len(checked.good) - len(new),
        superseded=checked.superseded,
        rejected=len(checked.rejected),
        settled_before=sum(read.owed == ZERO for read in reads),
        offences_added=added.offences,
        unreadable=sum(not read.plate.readable for read in reads),
        places_left_out=sum(read.misplaced for read in reads),
        amount=total(read.amount or ZERO for read in reads),
        owed=added.owed,
        gaps=tuple(
            NumberGap(officer=gap.officer, first=gap.first, last=gap.last, count=gap.count)
            for gap in numbering_gaps(numbers)
        ),
        first_rejected=tuple(
            ReportedLine(line.line, line.reason, line.cells) for line in checked.rejected[:_SHOWN]
        ),
        rejects_path=rejects_path,
        preview=tuple(
            PreviewedFine(
                line=good.line,
                number=good.record.key,
                plate=good.record.plate.shown,
                offence=good.record.offence.description or good.record.offence.code,
                committed_at=good.record.committed_at,
                place=good.record.place,
                amount=good.record.amount or ZERO,
                owed=_owed(good.record),
            )
            for good in new[:_SAMPLE]
        ),
    )


def _audited(checked: Checked[FineRead], added: _Added) -> dict[str, object]:
    return {
        "added": len(added.new),
        "unchanged": len(checked.good) - len(added.new),
        "superseded": checked.superseded,
        "rejected": len(checked.rejected),
        "owed": added.owed.minor,
    }
