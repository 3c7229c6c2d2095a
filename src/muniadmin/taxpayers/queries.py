"""Reads of the register."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from muniadmin.access.models import User
from muniadmin.kernel.errors import NotFound, UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.requests import PROGRAM_NAME
from muniadmin.settings.services import profile_of
from muniadmin.storage.events import Event, EventLine
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.reads import (
    DuplicateCandidate,
    DuplicateCandidates,
    HistoryLine,
    IdentifierRow,
    ObjectRow,
    SearchTaxpayers,
    Taxpayer360,
    TaxpayerDetail,
    TaxpayerHistory,
    TaxpayerHit,
)
from muniadmin.taxpayers.rules import (
    SHOWN_FROM,
    Likeness,
    canonical_identifier,
    canonical_phone,
    duplicate_score,
    phone_as_dialled,
)
from muniadmin.taxpayers.search import matches

# How many namesakes are compared one by one.
_COMPARED = 60


_HIT = (
    Taxpayer.id,
    Taxpayer.number,
    Taxpayer.kind,
    Taxpayer.name,
    Taxpayer.name_arabic,
    Taxpayer.zone,
    Taxpayer.address,
    Taxpayer.phone,
    Taxpayer.born_on,
    Taxpayer.status,
)


def search_taxpayers(reading: Reading, request: SearchTaxpayers) -> list[TaxpayerHit]:
    """What the search box shows."""
    found = matches(reading, request.text, request.limit)
    if not found:
        return []
    ids = [match.taxpayer_id for match in found]
    rows = {row.id: row for row in reading.connection.execute(select(*_HIT).where(Taxpayer.id.in_(ids)))}
    identifiers = _first_identifiers(reading, ids)
    return [
        TaxpayerHit(
            taxpayer_id=row.id,
            number=row.number,
            kind=row.kind,
            name=row.name,
            name_arabic=row.name_arabic,
            zone=row.zone,
            address=row.address,
            phone=row.phone,
            born_on=row.born_on,
            identifier=identifiers.get(row.id, ""),
            status=row.status,
            why=match.why,
        )
        for match in found
        if (row := rows.get(match.taxpayer_id)) is not None
    ]


def _first_identifiers(reading: Reading, ids: Sequence[int]) -> dict[int, str]:
    """Of each taxpayer the identifier whose kind the profile names first."""
    order = {kind.code: place for place, kind in enumerate(profile_of(reading).identifier_kinds)}
    rows = reading.connection.execute(
        select(Identifier.taxpayer_id, Identifier.kind, Identifier.value).where(
            Identifier.taxpayer_id.in_(ids)
        )
    )
    ranked = sorted(rows, key=lambda row: order.get(row.kind, len(order)), reverse=True)
    return {row.taxpayer_id: row.value for row in ranked}


def taxpayer_detail(reading: Reading, request: TaxpayerDetail) -> Taxpayer360:
    """One taxpayer with identifiers and objects; ended objects last."""
    which = (
        Taxpayer.id == request.taxpayer_id
        if request.taxpayer_id is not None
        else Taxpayer.number == request.number
    )
    row = reading.session.scalar(select(Taxpayer).where(which))
    if row is None:
        raise NotFound(what=request.number or request.taxpayer_id)
    profile = profile_of(reading)
    identifier_names = {kind.code: kind.names for kind in profile.identifier_kinds}
    kind_names = {kind.code: kind.names for kind in profile.object_kinds}
    zone_names = {zone.code: zone.names for zone in profile.zones}
    objects = reading.session.scalars(
        select(TaxableObject)
        .where(TaxableObject.taxpayer_id == row.id)
        .order_by(TaxableObject.ended_on.is_not(None), TaxableObject.started_on, TaxableObject.id)
    )
    return Taxpayer360(
        taxpayer_id=row.id,
        version=row.version,
        number=row.number,
        kind=row.kind,
        status=row.status,
        name=row.name,
        name_arabic=row.name_arabic,
        born_on=row.born_on,
        phone=row.phone,
        phone_shown=phone_as_dialled(row.phone, profile.phone_country),
        email=row.email,
        address=row.address,
        zone=row.zone,
        zone_names=zone_names.get(row.zone, {"en": row.zone}),
        language=row.language,
        notes=row.notes,
        registered_at=row.registered_at,
        identifiers=tuple(
            IdentifierRow(
                kind=one.kind, names=identifier_names.get(one.kind, {"en": one.kind}), value=one.value
            )
            for one in row.identifiers
        ),
        objects=tuple(
            ObjectRow(
                object_id=one.id,
                version=one.version,
                kind=one.kind,
                kind_names=kind_names.get(one.kind, {"en": one.kind}),
                label=one.label,
                zone=one.zone,
                attributes=one.attributes,
                started_on=one.started_on,
                ended_on=one.ended_on,
            )
            for one in objects
        ),
    )


def taxpayer_history(reading: Reading, request: TaxpayerHistory) -> list[HistoryLine]:
    """What the audit log says of a taxpayer's file."""
    rows = reading.session.execute(
        select(Event.at, User.name.label("by"), EventLine.name.label("event"))
        .join(EventLine, EventLine.event_id == Event.id)
        .outerjoin(User, User.id == Event.user_id)
        .where(EventLine.subject == request.number, EventLine.name.startswith("taxpayers:"))
        .order_by(EventLine.event_id.desc(), EventLine.line.desc())
        .limit(request.limit)
    )
    return [HistoryLine(at=row.at, by=row.by or PROGRAM_NAME, event=row.event) for row in rows]


# --- duplicates ----------------------------------------------------------------------------------------------------


def duplicate_candidates(reading: Reading, request: DuplicateCandidates) -> list[DuplicateCandidate]:
    """Who may be the one being typed: same identifier or phone, or a like name, scored by rules.duplicate_score."""
    wanted = _likeness_typed(reading, request)
    ids = _possible_ids(reading, request, wanted)
    ids.discard(request.except_id or 0)
    scored = []
    namesakes = select(Taxpayer).where(Taxpayer.id.in_(ids)).options(selectinload(Taxpayer.identifiers))
    for row in reading.session.scalars(namesakes):
        score, reasons = duplicate_score(wanted, _likeness_of(row))
        if score >= SHOWN_FROM:
            scored.append((score, row, reasons))
    scored.sort(key=lambda entry: (-entry[0], entry[1].sort_name))
    return [
        DuplicateCandidate(
            taxpayer_id=row.id,
            number=row.number,
            name=row.name,
            name_arabic=row.name_arabic,
            born_on=row.born_on,
            phone=row.phone,
            address=row.address,
            score=score,
            reasons=reasons,
        )
        for score, row, reasons in scored[: request.limit]
    ]


def _likeness_typed(reading: Reading, request: DuplicateCandidates) -> Likeness:
    """What is typed so far, with what is not yet a whole phone or identifier left out."""
    profile = profile_of(reading)
    phone = ""
    if request.phone:
        try:
            phone = canonical_phone(request.phone, profile.phone_country)
        except UserError:
            phone = ""
    identifiers = set()
    for kind in profile.identifier_kinds:
        try:
            identifiers.add((kind.code, canonical_identifier(kind, request.identifiers.get(kind.code, ""))))
        except UserError:
            continue
    return Likeness(
        name=fold(request.name),
        name_arabic=fold(request.name_arabic),
        born_on=request.born_on,
        phone=phone,
        address=fold(request.address),
        identifiers=frozenset(identifiers),
    )


def _likeness_of(row: Taxpayer) -> Likeness:
    return Likeness(
        name=row.sort_name,
        name_arabic=fold(row.name_arabic),
        born_on=row.born_on,
        phone=row.phone,
        address=fold(row.address),
        identifiers=frozenset((one.kind, one.value) for one in row.identifiers),
    )


def _possible_ids(reading: Reading, request: DuplicateCandidates, wanted: Likeness) -> set[int]:
    ids: set[int] = set()
    if wanted.identifiers:
        same = or_(
            *((Identifier.kind == kind) & (Identifier.value == value) for kind, value in wanted.identifiers)
        )
        ids.update(reading.connection.scalars(select(Identifier.taxpayer_id).where(same).limit(_COMPARED)))
    if wanted.phone:
        ids.update(
            reading.connection.scalars(
                select(Taxpayer.id).where(Taxpayer.phone == wanted.phone).limit(_COMPARED)
            )
        )
    for name in (request.name, request.name_arabic):
        if len(name.strip()) >= 4:
            ids.update(match.taxpayer_id for match in matches(reading, name, _COMPARED))
    return ids
