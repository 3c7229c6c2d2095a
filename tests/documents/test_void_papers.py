"""Papers of what was taken back say so whenever they are printed or looked at from then on: nobody proves with the
receipt of a cancelled payment that they have paid."""

from collections.abc import Callable

import pypdfium2
import pytest

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.assessment.commands import IssueBillSheet
from muniadmin.billing.decisions import Grounds, annul_bill
from muniadmin.civil_status.commands import Cause, PrepareRequest, RefuseRequest, ReworkRequest
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import ReceiptPaper, ViewDocument
from muniadmin.documents.services import record_printing
from muniadmin.fines.commands import IssueFineNotice, VoidFine
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.civil_status.builders import a_request
from tests.collection.counter import a_cancellation
from tests.fines.builders import a_fine
from tests.towns import PASSWORD, actor_with, user_name

VOID = "SANS VALEUR"

Made = tuple[int, Callable[[], object]]
"""A paper that was issued, and what takes back what it says."""


def a_receipt(app: App) -> Made:
    clerk = actor_with(app, Role.CLERK)
    taken = pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "80", taxpayer_id=a_taxpayer(app)))
    return taken.document_id, lambda: app.execute(a_cancellation(taken), clerk)


def an_extract(app: App) -> Made:
    clerk = actor_with(app, Role.CLERK)
    asked = a_request(app, clerk)
    document_id = app.execute(PrepareRequest(number=asked.number), clerk).outcome.document_id
    assert document_id is not None
    return document_id, lambda: app.execute(ReworkRequest(number=asked.number, cause=Cause.PRINT), clerk)


def an_extract_refused(app: App) -> Made:
    clerk = actor_with(app, Role.CLERK)
    asked = a_request(app, clerk)
    document_id = app.execute(PrepareRequest(number=asked.number), clerk).outcome.document_id
    assert document_id is not None
    return document_id, lambda: app.execute(RefuseRequest(number=asked.number, reason="not theirs"), clerk)


def a_notice(app: App) -> Made:
    clerk = actor_with(app, Role.CLERK)
    fine = a_fine(app, clerk)
    notice = app.execute(IssueFineNotice(number=fine.number), clerk).outcome
    signature = Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD)
    order = VoidFine(number=fine.number, reason="another car", approval=signature)
    return notice.document_id, lambda: app.execute(order, actor_with(app, Role.FINES_OFFICER))


def a_bill_on_paper(app: App) -> Made:
    bill = a_bill(app, "80", taxpayer_id=a_taxpayer(app))
    sheet = app.execute(IssueBillSheet(bill_id=bill.bill_id), everything(app)).outcome

    def annul() -> None:
        with unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as uow:
            annul_bill(uow, bill.bill_id, Grounds(reason="assessed twice", document="minute 7"))

    return sheet.document_id, annul


def read(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize("make", [a_receipt, an_extract, an_extract_refused, a_notice, a_bill_on_paper])
def test_a_paper_of_what_was_taken_back_says_so(app: App, make: Callable[[App], Made]) -> None:
    who = everything(app)
    document_id, take_back = make(app)
    assert VOID not in read(app.read(ViewDocument(document_id=document_id), who).pdf)
    take_back()
    assert VOID in read(app.read(ViewDocument(document_id=document_id), who).pdf)
    original = read(app.execute(PrintDocument(document_id=document_id), who).outcome.pdf)
    assert VOID in original
    assert "DUPLICATA" not in original
    again = read(app.execute(PrintDocument(document_id=document_id), who).outcome.pdf)
    assert f"{VOID} · DUPLICATA 1" in again


@pytest.mark.parametrize("make", [a_receipt, an_extract, a_notice, a_bill_on_paper])
def test_a_paper_that_is_taken_back_while_it_is_drawn_is_drawn_again(
    app: App, make: Callable[[App], Made]
) -> None:
    document_id, take_back = make(app)
    take_back()
    order = PrintDocument(document_id=document_id)
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        assert not record_printing(uow, order, 0, void=False)
        assert record_printing(uow, order, 0, void=True)


@pytest.mark.parametrize("paper", list(ReceiptPaper))
def test_a_cancelled_receipt_says_so_on_every_size(app: App, paper: ReceiptPaper) -> None:
    document_id, cancel = a_receipt(app)
    cancel()
    shown = read(
        app.execute(PrintDocument(document_id=document_id, paper=paper), everything(app)).outcome.pdf
    )
    assert VOID in shown
