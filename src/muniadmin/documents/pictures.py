"""Pictures on papers: the municipality's arms. Each is kept once, under the digest of what it is, and never changed:
papers name the digest, so that a reprint shows the picture that the original showed."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from sqlalchemy import select

from muniadmin.audit.services import record
from muniadmin.documents.commands import ChangeArms
from muniadmin.documents.errors import PictureTooLarge, PictureUnreadable
from muniadmin.documents.models import Picture
from muniadmin.documents.reads import TheArms
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.errors import DatabaseDamaged
from muniadmin.settings.services import change_municipality
from muniadmin.storage.unit_of_work import Job, Reading, UnitOfWork

#: Bytes of a file that is looked at; a photograph of the arms has some millions.
LARGEST_FILE = 20_000_000
#: Dots along the longer side of what is kept: printed as high as a letterhead, more than a printer shows.
SIDE = 400
#: Dots of a picture that is opened at all: more would fill the memory.
_MOST_DOTS = 25_000_000
_KINDS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")


def prepared(file: bytes) -> bytes:
    """The picture in a file as it is kept: a PNG of at most SIDE dots along each side, upright, its empty margins cut.

    Raises PictureTooLarge and PictureUnreadable.
    """
    from PIL import Image, ImageOps  # only needed here

    if len(file) > LARGEST_FILE:
        raise PictureTooLarge
    try:
        with Image.open(BytesIO(file), formats=_KINDS) as opened:
            opened.draft(None, (4 * SIDE, 4 * SIDE))  # of a photograph no more is read than is looked at
            if opened.width * opened.height > _MOST_DOTS:
                raise PictureTooLarge
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error
    except PictureTooLarge:
        raise
    except Exception as error:  # a damaged file may raise anything in its decoder
        raise PictureUnreadable from error
    inked = upright.getchannel("A").getbbox()
    if inked is None:
        raise PictureUnreadable
    seen = upright.crop(inked)
    seen.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    seen.save(out, "PNG", optimize=True)
    return out.getvalue()


def change_arms(job: Job, command: ChangeArms) -> None:
    """Papers issued from now on bear the arms; without a picture, the first letter of the municipality's name."""
    png = prepared(_file(Path(command.path))) if command.path else b""
    job.piece(lambda uow: _change(uow, png))


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)  # of a longer one no more than shows that it is one
    except (OSError, ValueError) as error:  # ValueError: no path
        raise PictureUnreadable from error


def _change(uow: UnitOfWork, png: bytes) -> None:
    digest = _keep(uow, png) if png else ""
    if digest == uow.municipality.arms:
        return
    change_municipality(uow, arms=digest)
    record(uow, "documents:arms:changed", uow.municipality.code, {"picture": digest})


def _keep(uow: UnitOfWork, png: bytes) -> str:
    digest = sha256(png).hexdigest()
    if uow.session.get(Picture, digest) is None:
        uow.session.add(Picture(digest=digest, png=b64encode(png).decode()))
        uow.session.flush()
    return digest


def pictures_of(reading: Reading, sheets: Iterable[Sheet]) -> dict[str, bytes]:
    """The pictures on the sheets, PNG files by their digests. Raises DatabaseDamaged where one is gone."""
    return _pictures(reading, (sheet.issuer.arms for sheet in sheets))


def ensure_pictures(uow: UnitOfWork, sheets: Iterable[Sheet]) -> None:
    """What could not be drawn is refused before it is issued. Raises DatabaseDamaged where a picture is gone."""
    wanted = {sheet.issuer.arms for sheet in sheets if sheet.issuer.arms}
    if wanted:
        found = uow.session.scalars(select(Picture.digest).where(Picture.digest.in_(wanted)))
        _ensure_none_is_gone(wanted, set(found))


def the_arms(reading: Reading, request: TheArms) -> bytes:
    """The municipality's arms; empty where it has none."""
    arms = reading.municipality.arms
    return _pictures(reading, [arms]).get(arms, b"")


def _pictures(reading: Reading, digests: Iterable[str]) -> dict[str, bytes]:
    wanted = set(filter(None, digests))
    if not wanted:
        return {}
    rows = reading.session.execute(select(Picture.digest, Picture.png).where(Picture.digest.in_(wanted)))
    found = {digest: b64decode(png) for digest, png in rows}
    _ensure_none_is_gone(wanted, set(found))
    return found


def _ensure_none_is_gone(wanted: set[str], found: set[str]) -> None:
    if gone := wanted - found:
        raise DatabaseDamaged(reason=f"picture {min(gone)}")
