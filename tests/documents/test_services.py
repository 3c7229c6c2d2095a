"""Issued documents on both databases: frozen, the original printed once, every duplicate counted and recorded."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pypdfium2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.app import App
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.papers import sheet_from_json
from muniadmin.documents.queries import issued_document
from muniadmin.documents.reads import DocumentPrints, ReceiptPaper, ViewDocument
from muniadmin.documents.services import issue, issuer_of
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.errors import NotAllowed, NotFound
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import read_unit, unit_of_work
from tests.documents.samples import a_bill, a_receipt, an_extract

ActorWith = Callable[[Role], Actor]


def issued(app: App, actor: Actor, sheet: Sheet) -> int:
    with unit_of_work(app.database, actor=actor, now=app.clock.now(), municipality=app.municipality) as uow:
        return issue(uow, sheet)


def shown(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_what_was_issued_is_what_is_printed_for_ever(app: App, actor: ActorWith) -> None:
    clerk = actor(Role.CLERK)
    sheet = a_receipt("en")
    document_id = issued(app, clerk, sheet)
    with read_unit(app.database, actor=clerk, now=app.clock.now(), municipality=app.municipality) as reading:
        assert sheet_from_json(issued_document(reading, document_id).canonical) == sheet


def test_the_original_is_printed_once_and_duplicates_are_counted(app: App, actor: ActorWith) -> None:
    clerk, supervisor = actor(Role.CLERK), actor(Role.SUPERVISOR)
    document_id = issued(app, clerk, a_receipt("en"))
    original = app.execute(PrintDocument(document_id=document_id), clerk).outcome
    assert (original.number, original.duplicate) == ("3-2026-000123-K", 0)
    assert "DUPLICATE" not in shown(original.pdf)
    first = app.execute(
        PrintDocument(document_id=document_id, paper=ReceiptPaper.ROLL_80, reason="lost by the payer"), clerk
    ).outcome
    second = app.execute(PrintDocument(document_id=document_id), supervisor).outcome
    assert "DUPLICATE 1" in shown(first.pdf)
    assert "DUPLICATE 2" in shown(second.pdf)
    prints = app.read(DocumentPrints(document_id=document_id), clerk)
    assert [(one.rank, one.printed_by, one.reason) for one in prints] == [
        (0, clerk.name, ""),
        (1, clerk.name, "lost by the payer"),
        (2, supervisor.name, ""),
    ]
    with app.database.connect_to_read() as connection:
        events = connection.execute(
            text(
                "SELECT u.user_name, l.subject FROM event_line l JOIN event e ON e.id = l.event_id "
                "JOIN app_user u ON u.id = e.user_id WHERE l.name = 'documents:document:printed' ORDER BY e.id"
            )
        ).all()
    assert [tuple(event) for event in events] == [
        ("clerk", "3-2026-000123-K"),
        ("clerk", "3-2026-000123-K"),
        ("supervisor", "3-2026-000123-K"),
    ]


def test_two_desks_printing_at_once_never_both_get_the_original(app: App, actor: ActorWith) -> None:
    clerk = actor(Role.CLERK)
    document_id = issued(app, clerk, a_receipt("en"))

    def print_it(_index: int) -> int:
        return app.execute(PrintDocument(document_id=document_id), clerk).outcome.duplicate

    with ThreadPoolExecutor(4) as desks:
        assert sorted(desks.map(print_it, range(8))) == list(range(8))


def test_looking_at_a_document_is_no_printing(app: App, actor: ActorWith) -> None:
    clerk = actor(Role.CLERK)
    document_id = issued(app, clerk, a_receipt("en"))
    seen = app.read(ViewDocument(document_id=document_id), clerk).pdf
    assert "SPECIMEN" not in shown(seen)
    assert app.read(DocumentPrints(document_id=document_id), clerk) == []
    assert app.execute(PrintDocument(document_id=document_id), clerk).outcome.pdf == seen


def test_each_kind_asks_for_its_own_permission(app: App, actor: ActorWith) -> None:
    clerk, registrar, officer = actor(Role.CLERK), actor(Role.REGISTRAR), actor(Role.REVENUE_OFFICER)
    receipt, extract = issued(app, clerk, a_receipt("en")), issued(app, registrar, an_extract("en"))
    bill = issued(app, officer, a_bill("en"))
    for wrong, document_id in ((registrar, receipt), (officer, extract), (registrar, bill)):
        with pytest.raises(NotAllowed):
            app.read(ViewDocument(document_id=document_id), wrong)
        with pytest.raises(NotAllowed):
            app.read(DocumentPrints(document_id=document_id), wrong)
        with pytest.raises(NotAllowed):
            app.execute(PrintDocument(document_id=document_id), wrong)
    manager = actor(Role.MANAGER)
    assert app.read(ViewDocument(document_id=extract), manager).number == "E-2026-000917-4"
    with pytest.raises(NotAllowed):
        app.execute(PrintDocument(document_id=extract), manager)


def test_a_document_that_does_not_exist_is_said_so(app: App, actor: ActorWith) -> None:
    with pytest.raises(NotFound):
        app.read(ViewDocument(document_id=404), actor(Role.CLERK))
    with pytest.raises(NotFound):
        app.execute(PrintDocument(document_id=404), actor(Role.CLERK))


@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
@pytest.mark.parametrize(("table", "column"), [("issued_document", "number"), ("document_print", "rank")])
def test_the_database_itself_refuses_to_change_what_was_issued(
    app: App, actor: ActorWith, statement: str, table: str, column: str
) -> None:
    clerk = actor(Role.CLERK)
    app.execute(PrintDocument(document_id=issued(app, clerk, a_receipt("en"))), clerk)
    with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement.format(table=table, column=column)))


def test_the_letterhead_is_the_municipality_s(app: App) -> None:
    issuer = issuer_of(app.municipality, "fr")
    assert issuer.name == app.municipality.names["fr"]
    assert issuer.currency.code == "MAD"
    assert len(issuer.logo_text) == 1
