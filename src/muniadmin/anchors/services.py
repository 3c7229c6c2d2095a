"""Makes anchors, and carries them out of the database."""

from pathlib import Path, PurePosixPath, PureWindowsPath

from sqlalchemy import select

from muniadmin.anchors.commands import AnchorMade, ChooseAnchorFolder, MakeAnchor, WriteAnchors
from muniadmin.anchors.errors import FolderNotWhole
from muniadmin.anchors.folder import missing_in, write_anchor
from muniadmin.anchors.models import Anchor
from muniadmin.anchors.names import ANCHORS_TOPIC
from muniadmin.anchors.queries import FOLDER_SETTING, anchor_folder, anchors_numbered, heads
from muniadmin.anchors.reads import AnchorFolder
from muniadmin.anchors.rules import NOTHING_BEFORE, AnchorText, Occasion, digest_of, sign_anchor
from muniadmin.audit.services import record
from muniadmin.documents.keys import signing_key
from muniadmin.kernel.errors import InvalidInput
from muniadmin.kernel.texts import ensure_fits
from muniadmin.settings.models import Setting
from muniadmin.storage.bulk import insert_rows
from muniadmin.storage.numbering import next_in_series
from muniadmin.storage.unit_of_work import Job, UnitOfWork

SERIES = "anchor"
_AT_ONCE = 200


def add_anchor(uow: UnitOfWork, occasion: Occasion) -> AnchorMade:
    """Makes an anchor of where every chain stood before this transaction. The caller's audit line names its number and
    digest, so that the chain it goes into says that the anchor was made."""
    number = next_in_series(uow, SERIES)
    before = uow.connection.scalar(select(Anchor.digest).where(Anchor.number == number - 1))
    line = sign_anchor(
        signing_key(uow),
        AnchorText(
            municipality=uow.municipality.code,
            number=number,
            booked_on=uow.today,
            made_at=uow.now,
            previous=before or NOTHING_BEFORE,
            heads=heads(uow),
        ),
    )
    digest = digest_of(line)
    insert_rows(uow, Anchor, [
        {
            "number": number,
            "booked_on": uow.today,
            "made_at": uow.now,
            "made_by_id": uow.actor.user_id,
            "workstation": uow.actor.workstation,
            "occasion": occasion,
            "line": line,
            "digest": digest,
        }
    ])  # fmt: skip
    uow.touch(ANCHORS_TOPIC)
    return AnchorMade(number=number, digest=digest, line=line)


def make_anchor(uow: UnitOfWork, command: MakeAnchor) -> AnchorMade:
    """Makes an anchor because somebody wants it."""
    made = add_anchor(uow, "order")
    record(uow, "anchors:anchor:made", str(made.number), {"digest": made.digest})
    return made


def choose_anchor_folder(uow: UnitOfWork, command: ChooseAnchorFolder) -> str:
    """Keeps the folder. Raises InvalidInput for one that means another place on each computer."""
    folder = command.folder.strip()
    if folder and not (PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).is_absolute()):
        raise InvalidInput({"folder": FolderNotWhole(folder=folder[:80], example="/media/stick/anchors")})
    ensure_fits(folder, 400)
    setting = uow.session.get(Setting, FOLDER_SETTING)
    if setting is None:
        uow.session.add(Setting(key=FOLDER_SETTING, value={"folder": folder}))
    else:
        setting.value = {"folder": folder}
    uow.touch(ANCHORS_TOPIC)
    record(uow, "anchors:folder:chosen", "anchors", {"folder": folder})
    return folder


def write_anchors(job: Job, command: WriteAnchors) -> int:
    """Writes what is missing in the folder. Raises FolderUnusable or FileSaysOtherwise; the anchors themselves are in
    the database whatever becomes of the folder."""
    with job.reading() as reading:
        kept = anchor_folder(reading, AnchorFolder())
    if not kept.folder:
        return 0
    folder, code = Path(kept.folder), job.municipality.code
    missing = missing_in(folder, code, kept.last)
    for start in range(0, len(missing), _AT_ONCE):
        with job.reading() as reading:
            lines = anchors_numbered(reading, missing[start : start + _AT_ONCE])
        for done, (number, line) in enumerate(lines, start):
            job.progress(done, len(missing))
            write_anchor(folder, code, number, line)
    return len(missing)
