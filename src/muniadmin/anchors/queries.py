"""Reads of anchors."""

from collections.abc import Collection

from sqlalchemy import func, select

from muniadmin.access.queries import names_of
from muniadmin.anchors.errors import AnchorDamaged
from muniadmin.anchors.models import Anchor
from muniadmin.anchors.reads import AnchorCount, AnchorFolder, AnchorRow, Anchors, Head, KeptOutside
from muniadmin.anchors.rules import anchor_text
from muniadmin.settings.models import Setting
from muniadmin.storage.base import ChainHead
from muniadmin.storage.unit_of_work import Reading

FOLDER_SETTING = "anchor_folder"


def heads(reading: Reading) -> list[Head]:
    """Where every chain that has rows stands, by name."""
    wanted = select(ChainHead.chain, ChainHead.last, ChainHead.digest).where(ChainHead.last > 0)
    found = [
        Head(chain=chain, last=last, digest=digest)
        for chain, last, digest in reading.connection.execute(wanted)
    ]
    return sorted(found, key=lambda head: head.chain)


def anchors(reading: Reading, request: Anchors) -> list[AnchorRow]:
    """The newest anchors first."""
    wanted = select(Anchor).order_by(Anchor.number.desc()).offset(request.offset).limit(request.limit)
    if request.before is not None:
        wanted = wanted.where(Anchor.number < request.before)
    found = list(reading.session.scalars(wanted))
    names = names_of(reading, (one.made_by_id for one in found))
    return [
        AnchorRow(
            number=one.number,
            booked_on=one.booked_on,
            made_at=one.made_at,
            made_by=names.get(one.made_by_id, ""),
            workstation=one.workstation,
            occasion=one.occasion,
            digest=one.digest,
            heads=_heads_in(one.line),
            line=one.line,
        )
        for one in found
    ]


def anchor_count(reading: Reading, request: AnchorCount) -> int:
    """How many anchors there are."""
    wanted = select(func.count()).select_from(Anchor)
    if request.before is not None:
        wanted = wanted.where(Anchor.number < request.before)
    return reading.connection.execute(wanted).scalar_one()


def _heads_in(line: str) -> tuple[Head, ...]:
    try:
        return tuple(anchor_text(line).heads)
    except AnchorDamaged:
        return ()


def anchor_folder(reading: Reading, request: AnchorFolder) -> KeptOutside:
    """The folder in the settings."""
    value = reading.connection.scalar(select(Setting.value).where(Setting.key == FOLDER_SETTING))
    last = reading.connection.scalar(select(func.max(Anchor.number)))
    return KeptOutside(folder=value["folder"] if value else "", last=last or 0)


def anchors_numbered(reading: Reading, numbers: Collection[int]) -> list[tuple[int, str]]:
    """Number and line of the anchors of these numbers, in their order."""
    wanted = select(Anchor.number, Anchor.line).where(Anchor.number.in_(numbers)).order_by(Anchor.number)
    return [(number, line) for number, line in reading.connection.execute(wanted)]
