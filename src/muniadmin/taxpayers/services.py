"""Registers and changes taxpayers and what of theirs is taxed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from muniadmin.access.models import User
from muniadmin.audit.services import record
from muniadmin.kernel.errors import (
    ChoiceUnknown,
    FieldMissing,
    InvalidInput,
    NotFound,
    StaleRecord,
    UserError,
)
from muniadmin.kernel.folding import fold
from muniadmin.kernel.formats import format_date
from muniadmin.kernel.i18n import _, pick
from muniadmin.settings.profile import ObjectKind, Profile
from muniadmin.settings.services import profile_of
from muniadmin.storage.events import Event, EventLine
from muniadmin.storage.numbering import next_in_series
from muniadmin.storage.unit_of_work import Reading, UnitOfWork
from muniadmin.taxpayers.commands import (
    AddTaxableObject,
    ChangeTaxableObject,
    ChangeTaxpayer,
    EndTaxableObject,
    ObjectData,
    ObjectSaved,
    RegisterTaxpayer,
    TaxpayerData,
    TaxpayerSaved,
)
from muniadmin.taxpayers.errors import (
    BornInFuture,
    EndsBeforeStart,
    IdentifierShared,
    IdentifierUnknown,
    LikelyDuplicate,
    ObjectAlreadyRegistered,
    ObjectEnded,
)
from muniadmin.taxpayers.index import note_names
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.names import taxpayer_number
from muniadmin.taxpayers.queries import duplicate_candidates
from muniadmin.taxpayers.reads import DuplicateCandidates
from muniadmin.taxpayers.rules import (
    ASKS_FROM,
    LIKENESS_NAMES,
    canonical_identifier,
    canonical_phone,
    checked_attributes,
    ensure_email,
    ensure_fits,
    identifying_value,
    object_key,
    plain_attributes,
    search_text,
    told_change,
)

SERIES = "taxpayer"


def register_taxpayer(uow: UnitOfWork, command: RegisterTaxpayer) -> TaxpayerSaved:
    """Checks, asks about namesakes, then enters the taxpayer with a number for life."""
    data = _checked(uow, command)
    objects = [_checked_object(uow, entry, f"object_{place}_") for place, entry in enumerate(command.objects)]
    _ask_about_shared_identifiers(uow, data.identifiers, None)
    _ask_about_duplicates(uow, data)
    taxpayer = Taxpayer(
        number=taxpayer_number(next_in_series(uow, SERIES)), registered_at=uow.now, status="active"
    )
    _write(taxpayer, data)
    taxpayer.search_text = _search_text(_kinds(uow), taxpayer, objects)
    uow.session.add(taxpayer)
    uow.session.flush()
    uow.session.add_all(_new_object(uow, taxpayer, entry) for entry in objects)
    uow.session.flush()
    note_names(uow.connection, taxpayer.name, taxpayer.name_arabic)
    record(
        uow,
        "taxpayers:taxpayer:registered",
        taxpayer.number,
        {"kind": taxpayer.kind, "objects": len(objects)},
    )
    return TaxpayerSaved(taxpayer.id, taxpayer.number, taxpayer.version)


def change_taxpayer(uow: UnitOfWork, command: ChangeTaxpayer) -> TaxpayerSaved:
    """Writes what differs; somebody who saved in between is named and nothing is overwritten."""
    taxpayer = _taxpayer(uow, command.taxpayer_id)
    if taxpayer.version != command.version:
        raise StaleRecord(who=who_changed_last(uow, taxpayer.number))
    data = _checked(uow, command)
    known = {row.kind: row.value for row in taxpayer.identifiers}
    new = {kind: value for kind, value in data.identifiers.items() if known.get(kind) != value}
    _ask_about_shared_identifiers(uow, new, taxpayer.id)
    before = _facts(taxpayer)
    taxpayer.status = command.status
    _write(taxpayer, data)
    changed = told_change(before, _facts(taxpayer), _PLAIN)
    if changed:
        # A new version, even where only the identifiers are others. What was there before is forgotten of a column that
        # is named here, so it is one that never changes.
        flag_modified(taxpayer, "number")
        make_findable(uow, taxpayer)
        record(uow, "taxpayers:taxpayer:changed", taxpayer.number, changed)
    return TaxpayerSaved(taxpayer.id, taxpayer.number, taxpayer.version)


def add_taxable_object(uow: UnitOfWork, command: AddTaxableObject) -> ObjectSaved:
    """Enters an object under its taxpayer."""
    taxpayer = _taxpayer(uow, command.taxpayer_id)
    entry = _new_object(uow, taxpayer, _checked_object(uow, command))
    uow.session.add(entry)
    make_findable(uow, taxpayer)
    record(uow, "taxpayers:object:added", taxpayer.number, {"kind": entry.kind, "object": entry.id})
    return ObjectSaved(entry.id, entry.version)


def change_taxable_object(uow: UnitOfWork, command: ChangeTaxableObject) -> ObjectSaved:
    """Writes what differs in an object."""
    entry, taxpayer = _object_to_change(uow, command.object_id, command.version)
    data = _checked_object(uow, command)
    kind = _kind(uow, data.kind)
    key = object_key(data.kind, identifying_value(kind, data.attributes))
    _ensure_registered_once(uow, key, entry.id)
    before = object_facts(entry)
    entry.kind, entry.label, entry.zone = data.kind, data.label, data.zone
    entry.attributes, entry.started_on = dict(data.attributes), data.started_on or entry.started_on
    entry.external_key = key or entry.external_key
    make_findable(uow, taxpayer)
    record_object_changed(uow, taxpayer, kind, before, entry)
    return ObjectSaved(entry.id, entry.version)


def record_object_changed(
    uow: UnitOfWork, taxpayer: Taxpayer, kind: ObjectKind, before: Mapping[str, Any], entry: TaxableObject
) -> None:
    """Says in the audit log what became of a tax base; nothing where nothing changed."""
    changed = told_change(
        before, object_facts(entry), {"kind", "zone", "started_on", *plain_attributes(kind)}
    )
    if changed:
        record(uow, "taxpayers:object:changed", taxpayer.number, {"object": entry.id, **changed})


def object_facts(entry: TaxableObject) -> dict[str, Any]:
    """What can be changed in an object, its attributes among it."""
    return {
        "kind": entry.kind,
        "label": entry.label,
        "zone": entry.zone,
        "started_on": entry.started_on.isoformat(),
        "taxpayer": entry.taxpayer_id,
        **entry.attributes,
    }


def end_taxable_object(uow: UnitOfWork, command: EndTaxableObject) -> ObjectSaved:
    """Ends an object; it stays on the register with its history."""
    entry, taxpayer = _object_to_change(uow, command.object_id, command.version)
    if entry.ended_on is not None:
        raise ObjectEnded(day=format_date(entry.ended_on))
    if not command.reason.strip():
        raise InvalidInput({"reason": FieldMissing()})
    if command.ended_on < entry.started_on:
        raise InvalidInput({"ended_on": EndsBeforeStart(day=format_date(entry.started_on))})
    entry.ended_on = command.ended_on
    uow.session.flush()
    record(
        uow,
        "taxpayers:object:ended",
        taxpayer.number,
        {"object": entry.id, "on": command.ended_on.isoformat(), "reason": command.reason.strip()},
    )
    return ObjectSaved(entry.id, entry.version)


def who_changed_last(reading: Reading, number: str) -> str:
    """The name of whoever touched a taxpayer's file last, as the audit log has it."""
    name: str | None = reading.session.scalar(
        select(User.name)
        .join(Event, Event.user_id == User.id)
        .join(EventLine, EventLine.event_id == Event.id)
        .where(EventLine.subject == number)
        .order_by(Event.id.desc())
        .limit(1)
    )
    return name or _("Somebody else")


# --- checking ------------------------------------------------------------------------------------------------------


def _checked(uow: UnitOfWork, data: TaxpayerData) -> TaxpayerData:
    """The data in canonical form. Raises InvalidInput with everything that is wrong at once."""
    problems: dict[str, UserError] = {}
    profile = profile_of(uow)

    def attempt(field_name: str, check: Callable[[], Any]) -> Any:
        try:
            return check()
        except UserError as problem:
            problems[field_name] = problem
            return None

    name, arabic = " ".join(data.name.split()), " ".join(data.name_arabic.split())
    if not name and not arabic:
        problems["name"] = FieldMissing()
    for field_name, value in (("name", name), ("name_arabic", arabic), ("address", data.address.strip())):
        attempt(field_name, partial(ensure_fits, field_name, value))
    if data.born_on is not None and data.born_on > uow.today:
        problems["born_on"] = BornInFuture()
    phone = data.phone.strip()
    if phone:
        phone = attempt("phone", lambda: canonical_phone(phone, profile.phone_country))
    email = data.email.strip()
    if email:
        attempt("email", lambda: ensure_email(email))
        attempt("email", lambda: ensure_fits("email", email))
    _check_choices(profile, data, problems)
    identifiers = _checked_identifiers(profile, data, problems)
    if problems:
        raise InvalidInput(problems)
    return TaxpayerData(
        kind=data.kind,
        name=name or arabic,
        name_arabic=arabic,
        born_on=data.born_on,
        phone=phone,
        email=email,
        address=" ".join(data.address.split()),
        zone=data.zone,
        language=data.language,
        notes=data.notes.strip(),
        identifiers=identifiers,
    )


def _check_choices(profile: Profile, data: TaxpayerData, problems: dict[str, UserError]) -> None:
    zones = {zone.code: pick(zone.names) for zone in profile.zones}
    if data.zone and data.zone not in zones:
        problems["zone"] = ChoiceUnknown(text=data.zone, known=", ".join(zones.values()))
    if data.language and data.language not in profile.languages:
        problems["language"] = ChoiceUnknown(text=data.language, known=", ".join(profile.languages))


def _checked_identifiers(
    profile: Profile, data: TaxpayerData, problems: dict[str, UserError]
) -> dict[str, str]:
    kinds = {kind.code: kind for kind in profile.identifier_kinds}
    checked: dict[str, str] = {}
    for code, value in data.identifiers.items():
        if not value.strip():
            continue
        kind = kinds.get(code)
        try:
            if kind is None or data.kind not in kind.holders:
                raise IdentifierUnknown(kind=pick(kind.names) if kind else code)
            checked[code] = canonical_identifier(kind, value)
        except UserError as problem:
            problems[f"identifier_{code}"] = problem
    return checked


def _kind(uow: UnitOfWork, code: str) -> ObjectKind:
    kinds = {kind.code: kind for kind in profile_of(uow).object_kinds}
    if code not in kinds:
        known = ", ".join(pick(kind.names) for kind in kinds.values())
        raise InvalidInput({"object_kind": ChoiceUnknown(text=code, known=known)})
    return kinds[code]


def _checked_object(uow: UnitOfWork, data: ObjectData, prefix: str = "") -> ObjectData:
    """The object in canonical form. Problems are named ``prefix`` + "label", or + "attribute_" + code."""
    kind = _kind(uow, data.kind)
    problems: dict[str, UserError] = {}
    attributes: dict[str, Any] = {}
    try:
        attributes = checked_attributes(kind, data.attributes)
    except InvalidInput as several:
        problems |= {f"{prefix}attribute_{code}": problem for code, problem in several.problems.items()}
    label = " ".join(data.label.split()) or identifying_value(kind, attributes)
    if not label and not problems:
        problems[f"{prefix}label"] = FieldMissing()
    zones = {zone.code: pick(zone.names) for zone in profile_of(uow).zones}
    if data.zone and data.zone not in zones:
        problems[f"{prefix}zone"] = ChoiceUnknown(text=data.zone, known=", ".join(zones.values()))
    try:
        ensure_fits("label", label)
    except UserError as problem:
        problems[f"{prefix}label"] = problem
    if problems:
        raise InvalidInput(problems)
    return ObjectData(
        kind=data.kind, label=label, zone=data.zone, attributes=attributes, started_on=data.started_on
    )


def _ask_about_shared_identifiers(
    uow: UnitOfWork, identifiers: Mapping[str, str], except_id: int | None
) -> None:
    names = {kind.code: pick(kind.names) for kind in profile_of(uow).identifier_kinds}
    for kind, value in identifiers.items():
        holder = uow.session.execute(
            select(Taxpayer.name, Taxpayer.number)
            .join(Identifier, Identifier.taxpayer_id == Taxpayer.id)
            .where(Identifier.kind == kind, Identifier.value == value, Taxpayer.id != (except_id or 0))
            .limit(1)
        ).first()
        if holder is not None:
            uow.confirm(
                IdentifierShared(kind=names[kind], value=value, name=holder.name, number=holder.number)
            )


def _ask_about_duplicates(uow: UnitOfWork, data: TaxpayerData) -> None:
    likely = duplicate_candidates(
        uow,
        DuplicateCandidates(
            name=data.name,
            name_arabic=data.name_arabic,
            born_on=data.born_on,
            phone=data.phone,
            address=data.address,
            limit=1,
        ),
    )
    if likely and likely[0].score >= ASKS_FROM:
        found = likely[0]
        uow.confirm(
            LikelyDuplicate(
                name=found.name,
                number=found.number,
                reasons=", ".join(_(LIKENESS_NAMES[one]) for one in found.reasons),
            )
        )


# --- writing -------------------------------------------------------------------------------------------------------


def _write(taxpayer: Taxpayer, data: TaxpayerData) -> None:
    taxpayer.kind, taxpayer.name, taxpayer.name_arabic = data.kind, data.name, data.name_arabic
    taxpayer.sort_name = fold(data.name)[:200]
    taxpayer.born_on, taxpayer.phone, taxpayer.email = data.born_on, data.phone, data.email
    taxpayer.address, taxpayer.zone = data.address, data.zone
    taxpayer.language, taxpayer.notes = data.language, data.notes
    kept = {row.kind: row for row in taxpayer.identifiers}
    for row in list(taxpayer.identifiers):
        if row.kind not in data.identifiers:
            taxpayer.identifiers.remove(row)
    for kind, value in data.identifiers.items():
        if kind in kept:
            kept[kind].value = value
        else:
            taxpayer.identifiers.append(Identifier(kind=kind, value=value))


#: What names nobody.
_PLAIN = frozenset({"kind", "status", "zone", "language"})


def _facts(taxpayer: Taxpayer) -> dict[str, Any]:
    """What can be changed in a taxpayer's file."""
    facts: dict[str, Any] = {
        name: getattr(taxpayer, name)
        for name in (
            "kind",
            "status",
            "name",
            "name_arabic",
            "phone",
            "email",
            "address",
            "zone",
            "language",
            "notes",
        )
    }
    facts["born_on"] = taxpayer.born_on.isoformat() if taxpayer.born_on else None
    facts["identifiers"] = {row.kind: row.value for row in taxpayer.identifiers}
    return facts


def _new_object(uow: UnitOfWork, taxpayer: Taxpayer, data: ObjectData) -> TaxableObject:
    key = object_key(data.kind, identifying_value(_kind(uow, data.kind), data.attributes))
    _ensure_registered_once(uow, key, None)
    return TaxableObject(
        taxpayer_id=taxpayer.id,
        kind=data.kind,
        label=data.label,
        zone=data.zone or taxpayer.zone,
        attributes=dict(data.attributes),
        started_on=data.started_on or _start_of_year(uow),
        external_key=key,
    )


def _start_of_year(uow: UnitOfWork) -> date:
    return uow.municipality.calendar.year(uow.municipality.calendar.year_of(uow.today)).start


def _ensure_registered_once(uow: UnitOfWork, key: str | None, except_id: int | None) -> None:
    if key is None:
        return
    other = uow.session.execute(
        select(TaxableObject.id, TaxableObject.label, Taxpayer.name, Taxpayer.number)
        .join(Taxpayer, Taxpayer.id == TaxableObject.taxpayer_id)
        .where(TaxableObject.external_key == key)
    ).first()
    if other is not None and other.id != except_id:
        raise ObjectAlreadyRegistered(label=other.label, name=other.name, number=other.number)


def make_findable(uow: UnitOfWork, *taxpayers: Taxpayer) -> None:
    """Writes anew what the search box finds the taxpayers by: their files and everything registered under them."""
    uow.session.flush()
    objects: dict[int, list[TaxableObject]] = {taxpayer.id: [] for taxpayer in taxpayers}
    for one in uow.session.scalars(
        select(TaxableObject).where(TaxableObject.taxpayer_id.in_(objects)).order_by(TaxableObject.id)
    ):
        objects[one.taxpayer_id].append(one)
    kinds = _kinds(uow)
    for taxpayer in taxpayers:
        taxpayer.search_text = _search_text(kinds, taxpayer, objects[taxpayer.id])
    uow.session.flush()
    names = [name for taxpayer in taxpayers for name in (taxpayer.name, taxpayer.name_arabic)]
    note_names(uow.connection, *names)


def _kinds(uow: UnitOfWork) -> Mapping[str, ObjectKind]:
    return {kind.code: kind for kind in profile_of(uow).object_kinds}


def _search_text(
    kinds: Mapping[str, ObjectKind], taxpayer: Taxpayer, objects: Sequence[TaxableObject | ObjectData]
) -> str:
    plates = [identifying_value(kinds[one.kind], one.attributes) for one in objects if one.kind in kinds]
    return search_text(
        names=(taxpayer.name, taxpayer.name_arabic),
        number=taxpayer.number,
        phone=taxpayer.phone,
        address=taxpayer.address,
        codes=[*(row.value for row in taxpayer.identifiers), *plates],
        labels=[one.label for one in objects],
    )


def _taxpayer(uow: UnitOfWork, taxpayer_id: int) -> Taxpayer:
    taxpayer = uow.session.scalar(select(Taxpayer).where(Taxpayer.id == taxpayer_id).with_for_update())
    if taxpayer is None:
        raise NotFound(what=taxpayer_id)
    return taxpayer


def _object_to_change(uow: UnitOfWork, object_id: int, version: int) -> tuple[TaxableObject, Taxpayer]:
    entry = uow.session.scalar(select(TaxableObject).where(TaxableObject.id == object_id).with_for_update())
    if entry is None:
        raise NotFound(what=object_id)
    taxpayer = _taxpayer(uow, entry.taxpayer_id)
    if entry.version != version:
        raise StaleRecord(who=who_changed_last(uow, taxpayer.number))
    return entry, taxpayer
