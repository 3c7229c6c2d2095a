"""Anchors are signed, numbered, printed on the slip and carried out of the database."""

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from muniadmin.anchors import folder as folder_module
from muniadmin.anchors.commands import AnchorMade, ChooseAnchorFolder, MakeAnchor, WriteAnchors
from muniadmin.anchors.errors import (
    AnchorDamaged,
    AnchorForged,
    AnchorOfAnotherKey,
    FileSaysOtherwise,
    FolderGone,
    FolderNotWhole,
    FolderUnusable,
)
from muniadmin.anchors.reads import AnchorFolder, Anchors, Head
from muniadmin.anchors.rules import NOTHING_BEFORE, digest_of, read_anchor
from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.collection.commands import CloseCashSession
from muniadmin.documents.keys import public_key
from muniadmin.documents.signing import PublicKey, SigningKey
from muniadmin.kernel.errors import InvalidInput, NotAllowed
from muniadmin.kernel.permissions import Role
from muniadmin.storage.base import ChainHead
from muniadmin.storage.unit_of_work import read_unit
from tests.builders import an_open_desk, everything
from tests.towns import OPENING, actor_with


def made(app: App) -> AnchorMade:
    """An anchor that the supervisor orders."""
    return app.execute(MakeAnchor(), actor_with(app, Role.SUPERVISOR)).outcome


def key_of(app: App) -> PublicKey:
    """The municipality's public key."""
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        return public_key(reading)


def heads_of(app: App) -> list[Head]:
    """Where the chains stand."""
    with app.database.connect_to_read() as connection:
        return sorted(
            (
                Head(chain=chain, last=last, digest=digest)
                for chain, last, digest in connection.execute(select(*ChainHead.__table__.columns))
            ),
            key=lambda head: head.chain,
        )


def written_to(app: App, folder: Path) -> int:
    """How many anchors are written to a folder that was chosen just now."""
    app.execute(ChooseAnchorFolder(folder=str(folder)), actor_with(app, Role.ADMINISTRATOR))
    return app.execute(WriteAnchors(), actor_with(app, Role.CLERK)).outcome


def test_an_anchor_says_where_every_chain_stood(app: App) -> None:
    before = heads_of(app)

    anchor = made(app)

    said = read_anchor(anchor.line, [key_of(app)])
    assert (said.municipality, said.number, said.booked_on) == (app.municipality.code, 1, OPENING.date())
    assert said.made_at == OPENING
    assert said.previous == NOTHING_BEFORE
    assert list(said.heads) == before
    assert before
    assert anchor.digest == digest_of(anchor.line)
    line = app.read(AuditLog(subject="1"), everything(app))[0]
    assert (line.event, anchor.digest in str(line.detail)) == ("anchors:anchor:made", True)


def test_anchors_follow_each_other_and_all_are_kept(app: App) -> None:
    first, second = made(app), made(app)

    rows = app.read(Anchors(), actor_with(app, Role.SUPERVISOR))

    assert [(one.number, one.digest, one.line) for one in rows] == [
        (2, second.digest, second.line),
        (1, first.digest, first.line),
    ]
    assert read_anchor(second.line, [key_of(app)]).previous == first.digest
    assert (rows[0].made_by, rows[0].occasion, rows[0].booked_on) == (
        "Test supervisor",
        "order",
        OPENING.date(),
    )
    assert [one.number for one in app.read(Anchors(before=2), everything(app))] == [1]


def test_the_database_refuses_to_change_or_delete_an_anchor(app: App) -> None:
    made(app)
    for statement in ("UPDATE anchor SET line = 'x'", "DELETE FROM anchor"):
        with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


def test_a_changed_line_a_cut_line_and_another_key_are_told_apart(app: App) -> None:
    line, key = made(app).line, key_of(app)
    office = next(head for head in heads_of(app) if head.chain == "office")
    assert f"office:{office.last}" in line or f"office:{office.last - 1}" in line

    for changed in (
        line.replace("|1|" + app.municipality.code, "|1|rabat"),
        line.replace("office:", "office:1"),
    ):
        assert changed != line
        with pytest.raises(AnchorForged):
            read_anchor(changed, [key])
    for cut in (line[:100], line.rpartition("|")[0], "", "MA1|R|1", line.replace("MA1|A|1", "MA1|A|2")):
        with pytest.raises((AnchorDamaged, AnchorForged, AnchorOfAnotherKey)):
            read_anchor(cut, [key])
    with pytest.raises(AnchorOfAnotherKey):
        read_anchor(line, [SigningKey.generate().public])


def test_whoever_may_not_see_the_audit_log_orders_no_anchor(app: App) -> None:
    with pytest.raises(NotAllowed):
        app.execute(MakeAnchor(), actor_with(app, Role.CLERK))
    with pytest.raises(NotAllowed):
        app.read(Anchors(), actor_with(app, Role.CLERK))


def test_a_closed_session_makes_an_anchor_and_its_slip_bears_it(app: App) -> None:
    from muniadmin.collection.sheets import CashSessionSlipSheet
    from muniadmin.documents.models import IssuedDocument
    from muniadmin.documents.papers import sheet_from_json

    clerk = actor_with(app, Role.CLERK)
    session = an_open_desk(app, clerk, opening_float="0")
    closed = app.execute(
        CloseCashSession(cash_session_id=session.cash_session_id, denominations={}), clerk
    ).outcome

    anchor = app.read(Anchors(), everything(app))[0]
    assert (anchor.number, anchor.occasion, anchor.made_by) == (1, "session", clerk.name)
    assert any(head.chain == "desk:1" for head in anchor.heads)
    with app.database.connect_to_read() as connection:
        canonical = connection.scalar(
            select(IssuedDocument.canonical).where(IssuedDocument.id == closed.document_id)
        )
    slip = sheet_from_json(canonical or "")
    assert isinstance(slip, CashSessionSlipSheet)
    assert (slip.anchor, slip.chain) == (f"1 · {anchor.digest[:16]}", "desk:1")
    line = app.read(AuditLog(text="collection:session:closed"), everything(app))[0]
    assert anchor.digest in str(line.detail)


class TestFolder:
    def test_every_anchor_is_written_once(self, app: App, tmp_path: Path) -> None:
        lines = [made(app).line, made(app).line]
        code, stick = app.municipality.code, tmp_path / "stick"
        stick.mkdir()

        assert written_to(app, stick) == 2

        assert sorted(one.name for one in stick.iterdir()) == [
            f"{code}-anchor-000001.txt",
            f"{code}-anchor-000002.txt",
        ]
        assert [(stick / f"{code}-anchor-00000{number}.txt").read_text() for number in (1, 2)] == [
            f"{line}\n" for line in lines
        ]
        made(app)
        assert app.execute(WriteAnchors(), actor_with(app, Role.CLERK)).outcome == 1
        assert app.execute(WriteAnchors(), actor_with(app, Role.CLERK)).outcome == 0

    def test_more_than_are_read_at_once_are_all_written(
        self, app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("muniadmin.anchors.services._AT_ONCE", 2)
        lines = [made(app).line for _turn in range(5)]

        assert written_to(app, tmp_path) == 5

        written = sorted(tmp_path.glob(f"{app.municipality.code}-anchor-*.txt"))
        assert [one.read_text() for one in written] == [f"{line}\n" for line in lines]

    def test_a_file_whose_name_only_begins_so_is_no_anchor(self, app: App, tmp_path: Path) -> None:
        line = made(app).line
        file = tmp_path / f"{app.municipality.code}-anchor-000001.txt"
        file.with_name(f"{file.name}.part").write_text("MA1|A")

        assert written_to(app, tmp_path) == 1
        assert file.read_text() == f"{line}\n"

    def test_a_folder_that_is_gone_is_a_sentence_and_is_tried_again(self, app: App, tmp_path: Path) -> None:
        stick = tmp_path / "stick"
        made(app)
        with pytest.raises(FolderGone) as refused:
            written_to(app, stick)
        assert refused.value.sentence() == f"The anchors’ folder {stick} is not there."
        assert "choose another folder" in refused.value.advice()
        assert not stick.exists()
        # The order itself is not stopped by it.
        made(app)

        stick.mkdir()
        assert app.execute(WriteAnchors(), actor_with(app, Role.CLERK)).outcome == 2

    @pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS, errno.EACCES])
    def test_a_folder_that_takes_nothing_is_a_sentence_and_leaves_nothing_half(
        self, app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: int
    ) -> None:
        made(app)

        def full(_descriptor: int) -> None:
            raise OSError(trouble, "no")

        with monkeypatch.context() as disk:
            disk.setattr("os.fsync", full)
            with pytest.raises(FolderUnusable):
                written_to(app, tmp_path)
        assert [one.name for one in tmp_path.iterdir() if "anchor" in one.name] == []
        assert app.execute(WriteAnchors(), actor_with(app, Role.CLERK)).outcome == 1

    def test_nothing_is_overwritten(self, app: App, tmp_path: Path) -> None:
        line = made(app).line
        file = tmp_path / f"{app.municipality.code}-anchor-000001.txt"
        file.write_text("something else\n")

        assert written_to(app, tmp_path) == 0
        with pytest.raises(FileSaysOtherwise):
            folder_module.write_anchor(tmp_path, app.municipality.code, 1, line)
        assert file.read_text() == "something else\n"

    def test_where_no_folder_is_chosen_nothing_is_written(self, app: App) -> None:
        made(app)
        assert app.read(AnchorFolder(), actor_with(app, Role.CLERK)).folder == ""
        assert app.execute(WriteAnchors(), actor_with(app, Role.CLERK)).outcome == 0

    def test_only_who_changes_settings_chooses_it_and_gives_the_whole_way(self, app: App) -> None:
        administrator = actor_with(app, Role.ADMINISTRATOR)
        with pytest.raises(NotAllowed):
            app.execute(ChooseAnchorFolder(folder="/media/stick"), actor_with(app, Role.SUPERVISOR))
        with pytest.raises(InvalidInput) as refused:
            app.execute(ChooseAnchorFolder(folder="stick"), administrator)
        assert isinstance(refused.value.problems["folder"], FolderNotWhole)
        for given, kept in (
            (" E:\\anchors ", "E:\\anchors"),
            ("\\\\server\\share", "\\\\server\\share"),
            ("", ""),
        ):
            app.execute(ChooseAnchorFolder(folder=given), administrator)
            assert app.read(AnchorFolder(), administrator).folder == kept


def test_two_desks_that_close_at_once_have_two_numbers(app: App) -> None:
    from concurrent.futures import ThreadPoolExecutor

    actor = replace(everything(app))
    order: Callable[[int], AnchorMade] = lambda _turn: app.execute(MakeAnchor(), actor).outcome  # noqa: E731
    with ThreadPoolExecutor(4) as desks:
        numbers = sorted(one.number for one in desks.map(order, range(8)))
    assert numbers == list(range(1, 9))
