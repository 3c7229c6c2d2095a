"""Imports registers and rolls: taxpayers, and what of theirs is taxed."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from muniadmin.audit.services import record, record_all
from muniadmin.exchange.commands import ImportReport, ImportTaxpayers, PreviewedLine, ReportedLine
from muniadmin.exchange.errors import KeyTwice
from muniadmin.exchange.imports import (
    Checked,
    Good,
    check_lines,
    in_pieces,
    rejects_file,
    report_writing,
)
from muniadmin.exchange.layouts import Layout, header_code, layout_called, layouts, recognised
from muniadmin.exchange.mapping import column_template
from muniadmin.exchange.reads import FieldChoice, FileInspection, InspectTaxpayerFile, LayoutRow, Layouts
from muniadmin.exchange.schemas import guess
from muniadmin.exchange.tabular import Table, open_table
from muniadmin.exchange.taxpayer_lines import (
    LineReader,
    ObjectFacts,
    RollLine,
    TaxpayerFacts,
    choices_of,
)
from muniadmin.kernel.errors import Cancelled, UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.i18n import pick
from muniadmin.settings.models import Setting
from muniadmin.settings.profile import Profile
from muniadmin.settings.services import profile_of
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import Job, Reading, UnitOfWork
from muniadmin.taxpayers.errors import IdentifierShared, ObjectAlreadyRegistered
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.names import OBJECTS_TOPIC, TAXPAYERS_TOPIC, taxpayer_number
from muniadmin.taxpayers.rules import search_text
from muniadmin.taxpayers.search import fill_search
from muniadmin.taxpayers.services import SERIES, make_findable, object_facts, record_object_changed

_SHOWN = 200
_SAMPLE = 12


# --- looking at a file ---------------------------------------------------------------------------------------------


def inspect_taxpayer_file(reading: Reading, request: InspectTaxpayerFile) -> FileInspection:
    """How the file is written, and what its columns are taken to be."""
    profile = profile_of(reading)
    table = open_table(Path(request.path))
    found = recognised(table.columns, reading.municipality.language)
    remembered = None if found is not None else _remembered(reading, table)
    layout = found or remembered or _guessed(table, profile)
    sample = []
    for line in table.lines():
        sample.append((line.number, line.cells))
        if len(sample) == _SAMPLE:
            break
    kinds = {kind.code for kind in profile.object_kinds}
    return FileInspection(
        path=request.path,
        file=table.name,
        kind=table.kind,
        encoding=table.encoding,
        delimiter=table.delimiter,
        about=table.about,
        columns=table.columns,
        sample=tuple(sample),
        layout=found.code if found is not None else "",
        layout_names=found.names if found is not None else {},
        remembered=remembered is not None,
        mapping={name: templates[0] for name, templates in layout.fields.items()},
        object_kind=next((kind for kind in layout.object_kinds if kind in kinds), ""),
        fields=tuple(
            FieldChoice(
                name=choice.name,
                titles=choice.titles,
                required=choice.name == "name",
                about_object=bool(kind) or choice.name.startswith("object_"),
                object_kind=kind,
            )
            for choice, kind in choices_of(profile)
        ),
    )


def layout_rows(reading: Reading, request: Layouts) -> list[LayoutRow]:
    """The layouts that are shipped."""
    found = layouts(reading.municipality.language)
    return sorted(
        (LayoutRow(code=one.code, names=one.names) for one in found), key=lambda row: pick(row.names)
    )


def _guessed(table: Table, profile: Profile) -> Layout:
    """What the columns are by their names; the kind of object is the one most of whose attributes are there."""
    choices = choices_of(profile)
    general = [choice for choice, kind in choices if not kind]
    best: dict[str, str] = guess(table.columns, general)
    best_kind = profile.object_kinds[0].code if "object_number" in best else ""
    most = 0
    for kind in profile.object_kinds:
        own = guess(table.columns, [choice for choice, code in choices if code == kind.code])
        if len(own) > most:
            most, best_kind = len(own), kind.code
            best = {**guess(table.columns, general), **own}
    return _layout(table, {name: column_template(column) for name, column in best.items()}, best_kind)


def _layout(table: Table, mapping: dict[str, str], object_kind: str) -> Layout:
    return Layout(
        code=header_code(table.columns),
        names={},
        header=table.columns,
        object_kinds=(object_kind,) if object_kind else (),
        fields={name: (template,) for name, template in mapping.items() if template},
    )


def _setting_key(table: Table) -> str:
    return f"import:{header_code(table.columns)}"


def _remembered(reading: Reading, table: Table) -> Layout | None:
    value = reading.session.scalar(select(Setting.value).where(Setting.key == _setting_key(table)))
    return _layout(table, value["mapping"], value["object_kind"]) if value else None


def _remember(uow: UnitOfWork, table: Table, command: ImportTaxpayers) -> None:
    if command.mapping is None:
        return
    value = {"mapping": dict(command.mapping), "object_kind": command.object_kind}
    setting = uow.session.get(Setting, _setting_key(table), with_for_update=True)
    if setting is None:
        uow.session.add(Setting(key=_setting_key(table), value=value))
    elif setting.value != value:
        setting.value = value


# --- importing -----------------------------------------------------------------------------------------------------


def import_taxpayers(job: Job, command: ImportTaxpayers) -> ImportReport:
    """Reads the whole file and compares it with the register, then writes all that is good, piece by piece."""
    table = open_table(Path(command.path))
    with job.reading() as reading:
        layout = _layout_for(reading, table, command)
        reader = LineReader(table, layout, profile_of(reading))
    checked = check_lines(table, reader.read, job.progress)
    _refuse_repeated(checked)
    pieces = list(in_pieces(_by_taxpayer(checked.good)))
    with job.reading() as reading:
        plans = [_plan(reading, checked, piece) for piece in pieces]
    rejects = Path(command.rejects_path) if command.rejects_path else None
    with rejects_file(rejects, table, checked, imported=command.path) as written:
        if not command.dry_run:
            _write_all(job, command, table, checked, plans)
        return _report(command, table, checked, plans, written)


def _layout_for(reading: Reading, table: Table, command: ImportTaxpayers) -> Layout:
    language = reading.municipality.language
    if command.mapping is not None:
        return _layout(table, dict(command.mapping), command.object_kind)
    if command.layout:
        return layout_called(command.layout, language)
    return (
        recognised(table.columns, language)
        or _remembered(reading, table)
        or _guessed(table, profile_of(reading))
    )


def _refuse_repeated(checked: Checked[RollLine]) -> None:
    """A line that says of something what an earlier one said differently is rejected; one that repeats it is not."""
    objects: dict[str, tuple[int, str]] = {}
    alone: dict[str, tuple[int, str]] = {}
    identifiers: dict[tuple[str, str], tuple[int, str]] = {}
    repeated: list[tuple[Good[RollLine], UserError]] = []
    for good in checked.good:
        taxpayer, taxed = good.record.taxpayer, good.record.taxed
        problem: UserError | None = None
        if taxed is not None:
            line, digest = objects.setdefault(taxed.key, (good.line, taxed.digest))
            if digest != taxed.digest:
                problem = KeyTwice(key=taxed.number or taxed.label, line=line)
        else:
            line, digest = alone.setdefault(taxpayer.key, (good.line, taxpayer.digest))
            if digest != taxpayer.digest:
                problem = KeyTwice(key=taxpayer.key.partition(":")[2], line=line)
        for identifier in taxpayer.identifiers.items():
            line, key = identifiers.setdefault(identifier, (good.line, taxpayer.key))
            if key != taxpayer.key:
                problem = problem or KeyTwice(key=identifier[1], line=line)
        if problem is not None:
            repeated.append((good, problem))
    if repeated:
        checked.reject(repeated)


def _by_taxpayer(lines: Iterable[Good[RollLine]]) -> Iterable[list[Good[RollLine]]]:
    """The lines of each taxpayer together: all that is theirs goes in at once."""
    groups: dict[str, list[Good[RollLine]]] = {}
    for good in lines:
        groups.setdefault(good.record.taxpayer.key, []).append(good)
    return groups.values()


@dataclass
class _Known:
    """A row that is on the register already."""

    id: int
    digest: str | None
    owner_id: int = 0


@dataclass
class Plan:
    """What a piece of an import will write."""

    new_taxpayers: dict[str, TaxpayerFacts] = field(default_factory=dict)
    changed_taxpayers: dict[int, TaxpayerFacts] = field(default_factory=dict)
    new_objects: dict[str, ObjectFacts] = field(default_factory=dict)
    changed_objects: dict[int, ObjectFacts] = field(default_factory=dict)
    #: Ids of owners that are on the register, by key.
    known_ids: dict[str, int] = field(default_factory=dict)
    #: The lines, each with what becomes of it: "added", "changed" or "unchanged".
    lines: list[tuple[Good[RollLine], str]] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether anything is left to do."""
        return any(becomes != "unchanged" for _good, becomes in self.lines)


def _plan(reading: Reading, checked: Checked[RollLine], piece: Sequence[Good[RollLine]]) -> Plan:
    """Compares a piece's lines with the register. Lines that would take something from somebody are rejected."""
    known = _known_taxpayers(reading, piece)
    by_identifier = _known_identifiers(reading, piece)
    objects = _known_objects(reading, piece)
    plan = Plan()
    refused: list[tuple[Good[RollLine], UserError]] = []
    for good in piece:
        taxpayer, taxed = good.record.taxpayer, good.record.taxed
        try:
            owner = known.get(taxpayer.key) or _same_by_identifier(reading, taxpayer, by_identifier)
            if taxed is not None and taxed.key in objects:
                _ensure_free(reading, taxed, objects[taxed.key], owner)
        except UserError as problem:
            refused.append((good, problem))
            continue
        becomes = {_plan_taxpayer(plan, taxpayer, owner)}
        if taxed is not None:
            becomes.add(_plan_object(plan, taxed, objects.get(taxed.key)))
        order = ("added", "changed", "unchanged")
        plan.lines.append((good, next(what for what in order if what in becomes)))
    if refused:
        checked.reject(refused)
    return plan


def _plan_taxpayer(plan: Plan, taxpayer: TaxpayerFacts, known: _Known | None) -> str:
    """The first line of a taxpayer says how things stand; the further ones only bring their objects."""
    if taxpayer.key in plan.new_taxpayers or taxpayer.key in plan.known_ids:
        return "unchanged"
    if known is None:
        plan.new_taxpayers[taxpayer.key] = taxpayer
        return "added"
    plan.known_ids[taxpayer.key] = known.id
    if known.digest == taxpayer.digest:
        return "unchanged"
    plan.changed_taxpayers[known.id] = taxpayer
    return "changed"


def _plan_object(plan: Plan, taxed: ObjectFacts, known: _Known | None) -> str:
    if taxed.key in plan.new_objects:
        return "unchanged"
    if known is None:
        plan.new_objects[taxed.key] = taxed
        return "added"
    if known.digest == taxed.digest:
        return "unchanged"
    plan.changed_objects[known.id] = taxed
    return "changed"


def _known_taxpayers(reading: Reading, piece: Sequence[Good[RollLine]]) -> dict[str, _Known]:
    keys = {good.record.taxpayer.key for good in piece}
    rows = reading.connection.execute(
        select(Taxpayer.external_key, Taxpayer.id, Taxpayer.import_digest).where(
            Taxpayer.external_key.in_(keys)
        )
    )
    return {key: _Known(taxpayer_id, digest) for key, taxpayer_id, digest in rows if key}


def _known_identifiers(reading: Reading, piece: Sequence[Good[RollLine]]) -> dict[tuple[str, str], int]:
    values = {value for good in piece for value in good.record.taxpayer.identifiers.values()}
    rows = reading.connection.execute(
        select(Identifier.kind, Identifier.value, Identifier.taxpayer_id).where(Identifier.value.in_(values))
    )
    return {(kind, value): taxpayer_id for kind, value, taxpayer_id in rows}


def _known_objects(reading: Reading, piece: Sequence[Good[RollLine]]) -> dict[str, _Known]:
    keys = {good.record.taxed.key for good in piece if good.record.taxed is not None}
    rows = reading.connection.execute(
        select(
            TaxableObject.external_key,
            TaxableObject.id,
            TaxableObject.import_digest,
            TaxableObject.taxpayer_id,
        ).where(TaxableObject.external_key.in_(keys))
    )
    return {key: _Known(object_id, digest, owner_id) for key, object_id, digest, owner_id in rows if key}


def _same_by_identifier(
    reading: Reading, taxpayer: TaxpayerFacts, known: dict[tuple[str, str], int]
) -> _Known | None:
    """Whoever was registered by hand under one of the line's identifiers is the line's taxpayer.

    Raises IdentifierShared when the identifier is that of somebody who came in by another key.
    """
    for kind, value in taxpayer.identifiers.items():
        taxpayer_id = known.get((kind, value))
        if taxpayer_id is None:
            continue
        row = reading.session.get_one(Taxpayer, taxpayer_id)
        if row.external_key is not None:
            raise IdentifierShared(kind=kind, value=value, name=row.name, number=row.number)
        return _Known(row.id, None)
    return None


def _ensure_free(reading: Reading, taxed: ObjectFacts, known: _Known, owner: _Known | None) -> None:
    """What a clerk registered for somebody is not taken away by a file; what a file brought may change hands."""
    if known.digest is None and (owner is None or owner.id != known.owner_id):
        row = reading.session.get_one(Taxpayer, known.owner_id)
        raise ObjectAlreadyRegistered(label=taxed.number or taxed.label, name=row.name, number=row.number)


# --- writing -------------------------------------------------------------------------------------------------------


def _write_all(
    job: Job,
    command: ImportTaxpayers,
    table: Table,
    checked: Checked[RollLine],
    plans: list[Plan],
) -> None:
    """Writes what was planned, each piece in a transaction of its own, compared once more with the register as it is
    by then; in ``plans`` stands afterwards what came of each."""
    file, begun = table.name[:120], any(plan.writes for plan in plans)

    def begin(uow: UnitOfWork) -> None:
        _remember(uow, table, command)
        if begun:
            record(uow, "exchange:taxpayers:begun", file, {"sha256": _digest(Path(command.path))})

    job.piece(begin)
    for place, plan in enumerate(plans):
        try:
            report_writing(job.progress, checked.count, place, len(plans))
        except Cancelled:
            with job.unit_of_work() as uow:
                record(uow, "exchange:taxpayers:stopped", file, _audited(checked, plans[:place]))
            raise
        if plan.writes:
            plans[place] = job.piece(partial(_write_piece, checked=checked, plan=plan))
    if begun:
        with job.unit_of_work() as uow:
            record(uow, "exchange:taxpayers:imported", file, _audited(checked, plans))
    job.progress(1, 1)


def _write_piece(uow: UnitOfWork, checked: Checked[RollLine], plan: Plan) -> Plan:
    by_now = _plan(uow, checked, [good for good, _becomes in plan.lines])
    _write(uow, by_now)
    return by_now


def _write(uow: UnitOfWork, plan: Plan) -> None:
    ids = dict(plan.known_ids)
    new_ids = reserve_ids(uow, Taxpayer, len(plan.new_taxpayers))
    ids.update(zip(plan.new_taxpayers, new_ids, strict=True))
    touched = set(plan.changed_taxpayers)
    touched |= {ids[one.owner_key] for one in plan.new_objects.values() if one.owner_key in plan.known_ids}
    if plan.new_taxpayers:
        bulk_insert(uow, Taxpayer, _taxpayer_rows(uow, plan, ids))
        bulk_insert(uow, Identifier, _identifier_rows(plan, ids))
        fill_search(uow.connection, after_id=new_ids[0] - 1)
    if plan.new_objects:
        bulk_insert(uow, TaxableObject, _object_rows(uow, plan, ids))
    for row in _taxpayers(uow, plan.changed_taxpayers):
        _change_taxpayer(row, plan.changed_taxpayers[row.id])
    wanted = select(TaxableObject).where(TaxableObject.id.in_(plan.changed_objects))
    changed_objects = uow.session.scalars(wanted).all()
    before = [object_facts(one) for one in changed_objects]
    for changed in changed_objects:
        taxed = plan.changed_objects[changed.id]
        touched |= _change_object(changed, ids[taxed.owner_key], taxed)
    if touched:
        again = _taxpayers(uow, touched)
        owners = {row.id: row for row in again}
        kinds = {kind.code: kind for kind in profile_of(uow).object_kinds}
        for was, now in zip(before, changed_objects, strict=True):
            record_object_changed(uow, owners[now.taxpayer_id], kinds[now.kind], was, now)
        make_findable(uow, *again)
        record_all(uow, "taxpayers:taxpayer:imported-again", [(row.number, {}) for row in again])
    uow.touch(TAXPAYERS_TOPIC, OBJECTS_TOPIC)


def _taxpayer_rows(uow: UnitOfWork, plan: Plan, ids: dict[str, int]) -> Iterable[dict[str, Any]]:
    first = take_block(uow, SERIES, 0, len(plan.new_taxpayers))
    taxed_of: dict[str, list[ObjectFacts]] = {}
    for taxed in plan.new_objects.values():
        taxed_of.setdefault(taxed.owner_key, []).append(taxed)
    for place, (key, facts) in enumerate(plan.new_taxpayers.items()):
        number = taxpayer_number(first + place)
        objects = taxed_of.get(key, ())
        yield {
            "id": ids[key],
            "number": number,
            "kind": facts.kind,
            "name": facts.name,
            "name_arabic": facts.name_arabic,
            "sort_name": fold(facts.name)[:200],
            "search_text": search_text(
                names=(facts.name, facts.name_arabic),
                number=number,
                phone=facts.phone,
                address=facts.address,
                codes=[*facts.identifiers.values(), *(one.number for one in objects)],
                labels=[one.label for one in objects],
            ),
            "born_on": facts.born_on,
            "phone": facts.phone,
            "email": facts.email,
            "address": facts.address,
            "zone": facts.zone,
            "language": facts.language,
            "notes": facts.notes,
            "external_key": key,
            "import_digest": facts.digest,
            "registered_at": uow.now,
        }


def _identifier_rows(plan: Plan, ids: dict[str, int]) -> Iterable[dict[str, Any]]:
    for key, facts in plan.new_taxpayers.items():
        for kind, value in facts.identifiers.items():
            yield {"taxpayer_id": ids[key], "kind": kind, "value": value}


def _object_rows(uow: UnitOfWork, plan: Plan, ids: dict[str, int]) -> Iterable[dict[str, Any]]:
    year = uow.municipality.calendar.year(uow.municipality.calendar.year_of(uow.today))
    for taxed in plan.new_objects.values():
        owner = plan.new_taxpayers.get(taxed.owner_key)
        yield {
            "taxpayer_id": ids[taxed.owner_key],
            "kind": taxed.kind,
            "label": taxed.label,
            "zone": taxed.zone or (owner.zone if owner is not None else ""),
            "attributes": dict(taxed.attributes),
            "started_on": taxed.started_on or year.start,
            "external_key": taxed.key,
            "import_digest": taxed.digest,
        }


def _taxpayers(uow: UnitOfWork, ids: Collection[int]) -> Sequence[Taxpayer]:
    wanted = select(Taxpayer).where(Taxpayer.id.in_(ids)).order_by(Taxpayer.id)
    return uow.session.scalars(wanted.options(selectinload(Taxpayer.identifiers))).all()


def _change_taxpayer(row: Taxpayer, facts: TaxpayerFacts) -> None:
    """Writes what the file says; what it says nothing about stays as it is."""
    row.kind, row.name, row.sort_name = facts.kind, facts.name, fold(facts.name)[:200]
    for name in ("name_arabic", "born_on", "phone", "email", "address", "zone", "language", "notes"):
        if value := getattr(facts, name):
            setattr(row, name, value)
    kept = {one.kind: one for one in row.identifiers}
    for kind, value in facts.identifiers.items():
        if kind in kept:
            kept[kind].value = value
        else:
            row.identifiers.append(Identifier(kind=kind, value=value))
    row.external_key, row.import_digest = facts.key, facts.digest


def _change_object(row: TaxableObject, owner_id: int, taxed: ObjectFacts) -> set[int]:
    """Writes what the file says of an object, its new owner included; the owners whose files it stands in."""
    owners = {row.taxpayer_id, owner_id}
    row.taxpayer_id, row.label, row.zone = owner_id, taxed.label, taxed.zone or row.zone
    row.attributes = {**row.attributes, **taxed.attributes}
    row.started_on = taxed.started_on or row.started_on
    row.import_digest = taxed.digest
    return owners


# --- telling -------------------------------------------------------------------------------------------------------


def _report(
    command: ImportTaxpayers,
    table: Table,
    checked: Checked[RollLine],
    plans: Sequence[Plan],
    rejects_path: str | None,
) -> ImportReport:
    lines = sorted((line for plan in plans for line in plan.lines), key=lambda line: line[0].line)
    return ImportReport(
        file=table.name,
        dry_run=command.dry_run,
        lines=checked.count,
        **_counts(plans),
        rejected=len(checked.rejected),
        taxpayers_added=sum(len(plan.new_taxpayers) for plan in plans),
        objects_added=sum(len(plan.new_objects) for plan in plans),
        first_rejected=tuple(
            ReportedLine(line.line, line.reason, line.cells) for line in checked.rejected[:_SHOWN]
        ),
        rejects_path=rejects_path,
        preview=tuple(_previewed(good, becomes) for good, becomes in lines[:_SHOWN]),
    )


def _counts(plans: Iterable[Plan]) -> dict[str, int]:
    """How many lines were added, changed and unchanged."""
    counts = Counter(becomes for plan in plans for _good, becomes in plan.lines)
    return {becomes: counts[becomes] for becomes in ("added", "changed", "unchanged")}


def _previewed(good: Good[RollLine], becomes: str) -> PreviewedLine:
    entry = good.record
    return PreviewedLine(
        line=good.line,
        becomes=becomes,
        name=entry.taxpayer.name,
        address=entry.taxpayer.address,
        object_label=entry.taxed.label if entry.taxed is not None else "",
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _audited(checked: Checked[RollLine], plans: Iterable[Plan]) -> dict[str, int]:
    return {**_counts(plans), "rejected": len(checked.rejected)}
