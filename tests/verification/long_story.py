"""A town in which something has happened in every slice: each table that is protected holds a row."""

from datetime import date

from muniadmin.access.commands import Approval
from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll
from muniadmin.billing.decisions import Grounds, end_suspension, suspend
from muniadmin.civil_status.commands import (
    Cause,
    CloseActRegister,
    OpenActRegister,
    PrepareRequest,
    ReworkRequest,
    StartRequest,
)
from muniadmin.documents.commands import PrintDocument
from muniadmin.fines.commands import VoidFine
from muniadmin.ledger.commands import OpenBusinessDay, TakeBackBusinessDay
from tests.assessment.register import a_home, objects
from tests.builders import a_bill, an_open_desk, begin_the_day, everything
from tests.civil_status.builders import a_request
from tests.collection.counter import at
from tests.fines.builders import a_fine
from tests.towns import PASSWORD, TownClock
from tests.verification.story import LAST_DAY, decided, tell


def tell_more(app: App, clock: TownClock) -> None:
    """The fortnight of ``tell``; then a roll, a fine that was void, an extract made twice, a register closed, a bill
    that rested, and a day opened by mistake."""
    tell(app, clock)
    somebody = everything(app)
    why = Grounds(reason="as decided", document="D 18/2026")
    objects(app, "property", [a_home(36000), a_home(12000)])
    app.execute(IssueRoll(head_code="TH", period="2026"), somebody)
    fine = a_fine(app, somebody)
    approval = Approval(user_name="manager", password=PASSWORD)
    app.execute(VoidFine(number=fine.number, reason="Wrong plate", approval=approval), somebody)

    asked = a_request(app, somebody)
    app.execute(StartRequest(number=asked.number), somebody)
    made = app.execute(PrepareRequest(number=asked.number), somebody).outcome
    assert made.document_id is not None
    app.execute(PrintDocument(document_id=made.document_id), somebody)
    app.execute(ReworkRequest(number=asked.number, cause=Cause.PRINT), somebody)
    old = app.execute(OpenActRegister(year=1956), somebody).outcome
    app.execute(CloseActRegister(register_id=old.register_id), somebody)

    rests = a_bill(app, "80", due_on=date(2026, 12, 31))
    suspended = decided(app, lambda uow: suspend(uow, rests.bill_id, why, since=LAST_DAY))
    decided(app, lambda uow: end_suspension(uow, suspended, LAST_DAY, why, as_if_never=True))

    an_open_desk(app, somebody, desk=2)
    # The computer's clock jumps, and is put right.
    clock.town = None
    at(clock, date(2027, 1, 4))
    app.execute(OpenBusinessDay(reason="the clock says so"), somebody)
    at(clock, LAST_DAY)
    app.execute(TakeBackBusinessDay(reason="wrong clock"), somebody)
    clock.town = app
    begin_the_day(app)
