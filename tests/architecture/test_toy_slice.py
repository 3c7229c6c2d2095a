"""A slice is added with its folder (``tests/toy_slice``) and one line in bootstrap, and everything knows it."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from muniadmin import bootstrap
from muniadmin.app import App
from muniadmin.audit.reads import AuditLog
from muniadmin.audit.rules import event_name
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import ViewDocument
from muniadmin.kernel.errors import NotAllowed
from muniadmin.kernel.numbers import read_number
from muniadmin.kernel.permissions import Role, every_permission
from muniadmin.storage.base import Base
from muniadmin.storage.numbering import IN_USE
from muniadmin.storage.proof import DECLARED
from muniadmin.verification.commands import Finding, Verify
from tests.towns import TownClock, actor_with


@pytest.fixture(scope="module")
def toy() -> Iterator[Any]:
    """The slice, in the list; after these tests nothing of it is left for others."""
    added = import_module("tests.toy_slice.slice").SLICE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "SLICES", (*bootstrap.SLICES, added))  # the one line
        bootstrap.register(bootstrap.SLICES)
        yield import_module("tests.toy_slice")
    bootstrap.register(bootstrap.SLICES)
    Base.metadata.remove(Base.metadata.tables["found_thing"])
    del DECLARED["found_thing"], IN_USE["thing"]


@pytest.fixture
def app(toy: Any, town_url: str, clock: TownClock) -> Iterator[App]:
    """The program with the slice, on a town that has its table."""
    opened = bootstrap.open_app(town_url, clock=clock)
    with opened.database.connect_to_write() as connection:
        Base.metadata.tables["found_thing"].create(connection)
        connection.commit()
    yield opened
    opened.close()


def test_its_orders_and_questions_go_through_the_one_door(toy: Any, app: App) -> None:
    clerk = actor_with(app, Role.CLERK)

    done = app.execute(toy.commands.HandIn(what="a red umbrella"), clerk)

    assert done.changes.touches(toy.names.THINGS_TOPIC)
    (row,) = app.read(toy.reads.FoundThings(), clerk)
    assert (row.number, row.what) == (done.outcome.number, "a red umbrella")
    assert read_number(row.number.lower()) == (toy.names.THING_NUMBER, row.number)
    (line,) = app.read(AuditLog(subject=row.number), actor_with(app, Role.SUPERVISOR))
    assert (line.event, line.user_name) == ("toy_slice:thing:handed-in", "clerk")
    assert event_name(line.event) == "Lost property handed in"


def test_its_permissions_are_held_by_the_roles_they_name(toy: Any, app: App) -> None:
    manager, registrar = actor_with(app, Role.MANAGER), actor_with(app, Role.REGISTRAR)

    assert app.read(toy.reads.FoundThings(), manager) == []
    with pytest.raises(NotAllowed) as refused:
        app.execute(toy.commands.HandIn(what="a dog"), manager)
    assert "take in lost property" in refused.value.sentence()
    with pytest.raises(NotAllowed):
        app.read(toy.reads.FoundThings(), registrar)


def test_what_it_refuses_is_a_sentence(toy: Any, app: App) -> None:
    with pytest.raises(toy.errors.NothingHandedIn):
        app.execute(toy.commands.HandIn(what=" "), actor_with(app, Role.CLERK))
    assert app.read(toy.reads.FoundThings(), actor_with(app, Role.CLERK)) == []


def _found(app: App) -> list[Finding]:
    report = app.execute(Verify(), actor_with(app, Role.SUPERVISOR)).outcome
    return [one for one in report.findings if one.check in ("rows", "series")]


def test_its_rows_and_numbers_are_proved(toy: Any, app: App) -> None:
    app.execute(toy.commands.HandIn(what="a red umbrella"), actor_with(app, Role.CLERK))
    assert _found(app) == []

    with app.database.connect_to_write() as connection:
        connection.execute(text("UPDATE found_thing SET what = 'an old umbrella'"))
        connection.execute(text("UPDATE number_series SET last = 7 WHERE series = 'thing'"))
        connection.commit()

    assert [(one.check, one.table) for one in _found(app)] == [
        ("rows", "found_thing"),
        ("series", "number_series"),
    ]


def test_its_paper_is_issued_drawn_and_shown_to_those_who_may(toy: Any, app: App, tmp_path: Any) -> None:
    clerk, manager = actor_with(app, Role.CLERK), actor_with(app, Role.MANAGER)
    slip = app.execute(toy.commands.HandIn(what="a red umbrella"), clerk).outcome

    printed = app.execute(PrintDocument(document_id=slip.document_id), clerk).outcome

    paper = tmp_path / "slip.pdf"
    paper.write_bytes(printed.pdf)
    assert f"{slip.number} a red umbrella" in PdfReader(paper).pages[0].extract_text()
    app.read(ViewDocument(document_id=slip.document_id), manager)
    with pytest.raises(NotAllowed):
        app.execute(PrintDocument(document_id=slip.document_id), manager)


def test_its_page_stands_in_the_side_bar(toy: Any) -> None:
    from muniadmin.desktop.pages import all_pages

    pages = all_pages()

    places = [page.id for page in pages]
    assert places.index("indicators") < places.index("things") < places.index("administration")
    assert [page.id for page in pages if page.shows(toy.names.THING_NUMBER)] == ["things"]


@pytest.mark.usefixtures("toy")
def test_what_two_slices_both_call_their_own_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        bootstrap.register((*bootstrap.SLICES, bootstrap.SLICES[-1]))
    assert len(every_permission()) == sum(len(one.permissions) for one in bootstrap.SLICES)
