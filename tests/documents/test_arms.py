"""The municipality's arms: on everything issued from then on, for ever as they were, and never anything but a
picture."""

import random
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.documents.commands import ChangeArms, PrintDocument
from muniadmin.documents.drawing import draw
from muniadmin.documents.errors import PictureTooLarge, PictureUnreadable
from muniadmin.documents.pictures import SIDE, prepared
from muniadmin.documents.reads import ReceiptPaper, TheArms, ViewDocument
from muniadmin.documents.services import issue, issuer_of
from muniadmin.kernel.errors import DatabaseDamaged, NotAllowed
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import unit_of_work
from tests.documents.samples import a_receipt, every_kind

ActorWith = Callable[[Role], Actor]
RED, BLUE, WHITE = (200, 20, 20), (20, 40, 200), (255, 255, 255)


def a_picture(folder: Path, colour: tuple[int, int, int], name: str = "arms.png") -> str:
    path = folder / name
    Image.new("RGB", (120, 150), colour).save(path)
    return str(path)


def issued(app: App, actor: Actor, number: str) -> int:
    """A receipt with the head of the municipality's papers as they are now."""
    with unit_of_work(app.database, actor=actor, now=app.clock.now(), municipality=app.municipality) as uow:
        return issue(uow, a_receipt("en", number=number, issuer=issuer_of(app.municipality, "en")))


def colours(pdf: bytes) -> set[tuple[int, int, int]]:
    """The colours of large areas on the first page, within what JPEG makes of them."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("RGB")
    counted = page.getcolors(page.width * page.height) or []
    return {
        one
        for one in (RED, BLUE)
        for many, found in counted
        if many > 400 and all(abs(a - b) < 12 for a, b in zip(one, found, strict=True))
    }


def test_papers_bear_the_arms_from_then_on_and_keep_those_they_were_issued_with(
    app: App, actor: ActorWith, tmp_path: Path
) -> None:
    clerk, chief = actor(Role.CLERK), actor(Role.ADMINISTRATOR)
    before = issued(app, clerk, "3-2026-000001-K")
    app.execute(ChangeArms(path=a_picture(tmp_path, RED)), chief)
    red = issued(app, clerk, "3-2026-000002-K")
    app.execute(ChangeArms(path=a_picture(tmp_path, BLUE)), chief)
    blue = issued(app, clerk, "3-2026-000003-K")
    app.execute(ChangeArms(path=""), chief)
    after = issued(app, clerk, "3-2026-000004-K")
    shown = {
        document: colours(app.execute(PrintDocument(document_id=document), clerk).outcome.pdf)
        for document in (before, red, blue, after)
    }
    assert shown == {before: set(), red: {RED}, blue: {BLUE}, after: set()}
    assert colours(app.read(ViewDocument(document_id=red), clerk).pdf) == {RED}


def test_the_change_is_in_the_audit_log_and_the_same_picture_again_changes_nothing(
    app: App, actor: ActorWith, tmp_path: Path
) -> None:
    chief = actor(Role.ADMINISTRATOR)
    for _twice in range(2):
        app.execute(ChangeArms(path=a_picture(tmp_path, RED)), chief)
    lines = app.read(AuditLog(limit=50), actor(Role.SUPERVISOR))
    assert [line.event for line in lines].count("documents:arms:changed") == 1
    with Image.open(BytesIO(app.read(TheArms(), actor(Role.CLERK)))) as kept:
        assert (kept.format, kept.size) == ("PNG", (120, 150))


def test_only_who_changes_settings_changes_the_arms(app: App, actor: ActorWith, tmp_path: Path) -> None:
    for role in (Role.CLERK, Role.SUPERVISOR, Role.MANAGER):
        with pytest.raises(NotAllowed):
            app.execute(ChangeArms(path=a_picture(tmp_path, RED)), actor(role))
    assert app.read(TheArms(), actor(Role.CLERK)) == b""


def test_what_is_no_picture_is_refused_and_the_arms_stay(app: App, actor: ActorWith, tmp_path: Path) -> None:
    chief = actor(Role.ADMINISTRATOR)
    app.execute(ChangeArms(path=a_picture(tmp_path, RED)), chief)
    arms = app.read(TheArms(), chief)
    whole = Path(a_picture(tmp_path, BLUE)).read_bytes()
    for name, content in {
        "empty.png": b"",
        "text.png": b"not a picture",
        "cut.png": whole[: len(whole) // 2],
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "page.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(PictureUnreadable):
            app.execute(ChangeArms(path=str(path)), chief)
    for path in (tmp_path, tmp_path / "none.png"):
        with pytest.raises(PictureUnreadable):
            app.execute(ChangeArms(path=str(path)), chief)
    assert app.read(TheArms(), chief) == arms


def test_a_damaged_file_is_refused_whatever_its_decoder_says() -> None:
    out = BytesIO()
    Image.new("RGB", (40, 30), RED).save(out, "TIFF")
    whole, chance = out.getvalue(), random.Random(7)
    refused = 0
    for _round in range(300):
        damaged = bytearray(whole)
        for _byte in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            prepared(bytes(damaged))
        except (PictureUnreadable, PictureTooLarge):
            refused += 1
    assert 0 < refused < 300  # what is damaged among the dots alone can still be seen


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(PictureTooLarge):
        prepared(out.getvalue())
    with pytest.raises(PictureTooLarge):
        prepared(b"\0" * 20_000_001)


def test_a_picture_is_kept_upright_small_and_without_its_empty_margin() -> None:
    large = Image.new("RGBA", (2000, 3000), (0, 0, 0, 0))
    ImageDraw.Draw(large).rectangle((500, 500, 1499, 2499), fill=(*RED, 255))
    out = BytesIO()
    large.save(out, "PNG")
    with Image.open(BytesIO(prepared(out.getvalue()))) as kept:
        assert kept.size == (SIDE // 2, SIDE)
        assert kept.getpixel((0, 0)) == (*RED, 255)
    lying = Image.new("RGB", (40, 20), BLUE)
    notes = Image.Exif()
    notes[0x0112] = 6  # a camera held upright
    out = BytesIO()
    lying.save(out, "JPEG", exif=notes)
    with Image.open(BytesIO(prepared(out.getvalue()))) as kept:
        assert kept.size == (20, 40)


def test_nothing_is_a_picture_that_shows_nothing() -> None:
    out = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    with pytest.raises(PictureUnreadable):
        prepared(out.getvalue())


def test_every_paper_with_a_letterhead_shows_them_and_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    png = Path(a_picture(tmp_path, RED)).read_bytes()
    for sheet in every_kind("en"):
        armed = replace(sheet, issuer=replace(sheet.issuer, arms="red"))
        for paper in (ReceiptPaper.A4, ReceiptPaper.A5):  # rolls have a head of text alone
            pdf = draw(armed, pictures={"red": png}, paper=paper)
            assert colours(pdf) == {RED}, (sheet.KIND, paper)
            assert pdf == draw(armed, pictures={"red": png}, paper=paper)


def test_a_paper_whose_picture_is_gone_is_not_issued(app: App, actor: ActorWith) -> None:
    """Else money would be taken for a receipt that cannot be drawn."""
    issuer = replace(issuer_of(app.municipality, "en"), arms="0" * 64)
    clerk = actor(Role.CLERK)
    with (
        pytest.raises(DatabaseDamaged),
        unit_of_work(app.database, actor=clerk, now=app.clock.now(), municipality=app.municipality) as uow,
    ):
        issue(uow, a_receipt("en", issuer=issuer))
