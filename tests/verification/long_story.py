"""A town in which something has happened in every slice: each table that is protected holds a row; and one in which
each holds three of every state."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from tempfile import NamedTemporaryFile, TemporaryDirectory

from PIL import Image

from muniadmin.access.commands import Approval
from muniadmin.anchors.commands import MakeAnchor
from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll, PrintBills
from muniadmin.billing.commands import IssueStatement
from muniadmin.billing.decisions import Grounds, compensate, end_suspension, lapse, postpone, suspend
from muniadmin.billing.services import issue_bill
from muniadmin.civil_status.commands import (
    Cause,
    CloseActRegister,
    DeliverRequest,
    OpenActRegister,
    PrepareRequest,
    RefuseRequest,
    ReworkRequest,
    StartRequest,
)
from muniadmin.collection.commands import CloseCashSession
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.documents.commands import ChangeArms, PrintDocument
from muniadmin.fines.commands import VoidFine
from muniadmin.indicators.commands import KeepMonths, SetGoal
from muniadmin.kernel.permissions import Role
from muniadmin.ledger.commands import OpenBusinessDay, TakeBackBusinessDay
from muniadmin.taxpayers.commands import RegisterTaxpayer
from tests.assessment.register import a_home, objects
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, everything, issued, money, pay
from tests.civil_status.builders import a_draft, a_request, a_signed_act
from tests.collection.counter import a_cancellation, a_stub, at, give_back
from tests.fines.builders import a_fine
from tests.towns import PASSWORD, TownClock, actor_with
from tests.verification.story import LAST_DAY, decided, opening, tell

#: On which the story of every table ends.
THE_END = date(2027, 1, 5)


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

    _new_arms(app, "red")
    an_open_desk(app, somebody, desk=2)
    _a_day_by_mistake(app, clock, date(2027, 1, 4))


def _new_arms(app: App, colour: str) -> None:
    with NamedTemporaryFile(suffix=".png") as file:
        Image.new("RGB", (8, 8), colour).save(file, "PNG")
        app.execute(ChangeArms(path=file.name), everything(app))


def _a_day_by_mistake(app: App, clock: TownClock, day: date) -> None:
    """The computer's clock jumps from the last day of the story, and is put right."""
    clock.town = None
    at(clock, day)
    app.execute(OpenBusinessDay(reason="the clock says so"), everything(app))
    at(clock, LAST_DAY)
    app.execute(TakeBackBusinessDay(reason="wrong clock"), everything(app))
    clock.town = app
    begin_the_day(app)


def tell_of_every_table(app: App, clock: TownClock) -> None:
    """The story of ``tell_more``, and enough of everything to be changed: three rows of a table, three of a state."""
    tell_more(app, clock)
    somebody = everything(app)
    for number, name in enumerate(("Samira Tazi", "Omar Fassi", "Leila Idrissi"), start=1):
        card = RegisterTaxpayer(kind="person", name=name, identifiers={"cin": f"C10000{number}"})
        app.execute(card, somebody)
        goal = SetGoal(indicator="collected", period=f"{2026 + number}", target=Decimal(1_000))
        app.execute(goal, somebody)
        app.execute(MakeAnchor(), somebody)
        a_signed_act(app, somebody, child_given_names=name.split()[0], born_on=date(2026, 3, number))
    _more_papers(app)
    _more_debts(app)
    _more_rolls(app)
    _more_of_every_state(app)
    for month in (1, 2):
        _a_day_by_mistake(app, clock, date(2027, month, 4))
    # The month of December is over, and kept.
    at(clock, THE_END)
    begin_the_day(app)
    app.execute(KeepMonths(), somebody)
    app.execute(MakeAnchor(), somebody)


def _more_papers(app: App) -> None:
    """Fines, requests and registers: of each two more."""
    somebody = everything(app)
    approval = Approval(user_name="manager", password=PASSWORD)
    for colour in ("green", "blue"):
        _new_arms(app, colour)
    for number, name in enumerate(("Samira", "Omar"), start=1):
        fine = a_fine(app, somebody, plate=f"7777{number}-\u0623-15")
        app.execute(VoidFine(number=fine.number, reason=f"Wrong plate {number}", approval=approval), somebody)
        act = a_signed_act(app, somebody, child_given_names=name, born_on=date(2026, 2, number))
        asked = a_request(app, somebody, act)
        app.execute(StartRequest(number=asked.number), somebody)
        made = app.execute(PrepareRequest(number=asked.number), somebody).outcome
        assert made.document_id is not None
        app.execute(PrintDocument(document_id=made.document_id), somebody)
        app.execute(PrintDocument(document_id=made.document_id), somebody)
        old = app.execute(OpenActRegister(year=1956 + number), somebody).outcome
        app.execute(CloseActRegister(register_id=old.register_id), somebody)


def _more_debts(app: App) -> None:
    """Debts that rested, were postponed, cancelled and taken over; money that was held: of each two more."""
    cashier = actor_with(app, Role.CLERK)
    session = an_open_desk(app, cashier, desk=3, opening_float="0")
    for number in (1, 2):
        why = Grounds(reason=f"as decided {number}", document=f"D {20 + number}/2026")
        whose = a_taxpayer(app, f"Hassan Filali {number}")
        rests = a_bill(app, f"{80 + number}", due_on=date(2026, 12, 31), taxpayer_id=whose)
        suspended = decided(app, lambda uow: suspend(uow, rests.bill_id, why, since=LAST_DAY))  # noqa: B023
        decided(app, lambda uow: end_suspension(uow, suspended, LAST_DAY, why, as_if_never=number == 1))  # noqa: B023
        decided(app, lambda uow: postpone(uow, rests.charge_ids, date(2027, 3, number), why))  # noqa: B023
        wrong = a_bill(app, f"{90 + number}", taxpayer_id=whose)
        app.execute(a_cancellation(pay(app, cashier, session, wrong)), cashier)
        cheque = pay(app, cashier, session, wrong, channel="cheque", reference=f"Q1{number}")
        give_back(app, cheque, "cheque", fee="25")
        mobile = a_bill(app, f"{70 + number}", taxpayer_id=whose)
        pay(app, cashier, session, mobile, channel="mobile", reference=f"M1{number}")
        card = a_bill(app, f"{60 + number}", taxpayer_id=whose)
        pay(app, cashier, session, card, channel="card", reference=f"C1{number}")
        old = replace(opening(whose), old_number=f"OB-2023-000{number}")
        decided(app, lambda uow: issue_bill(uow, old))  # noqa: B023
        # More than is owed by one who owes nothing else: a part goes to somebody else, and the rest lapses.
        small = a_bill(app, "10", taxpayer_id=a_taxpayer(app, f"Nadia Berrada {number}"))
        too_much = a_stub(small.charge_ids, "40", LAST_DAY, number + 112)
        app.execute(too_much, everything(app), confirmed=[AmountExceedsDebts])
        accounts = small.account_id, rests.account_id
        decided(app, lambda uow: compensate(uow, *accounts, money("10"), why))  # noqa: B023
        decided(app, lambda uow: lapse(uow, accounts[0], why))  # noqa: B023


def _more_rolls(app: App) -> None:
    """Two more years of a head, for more objects than before; three zones are printed as files."""
    objects(app, "property", [a_home(24000), a_home(48000)])
    for zone in ("agdal", "saiss"):
        objects(app, "property", [a_home(36000)], zone=zone)
    for period in ("2024", "2025"):
        app.execute(IssueRoll(head_code="TH", period=period), everything(app))
    with TemporaryDirectory() as folder:
        app.execute(PrintBills(head_code="TH", period="2025", folder=folder), everything(app))


def _more_of_every_state(app: App) -> None:
    """Three of each that stand as they were made, and of those that go through several hands, of each hand."""
    somebody = everything(app)
    for number in (1, 2, 3):
        why = Grounds(reason=f"as asked {number}", document=f"D {30 + number}/2026")
        a_fine(app, somebody, plate=f"8888{number}-\u0623-15")
        rests = a_bill(app, f"{50 + number}")
        decided(app, lambda uow: suspend(uow, rests.bill_id, why, since=LAST_DAY, amount=money("20")))  # noqa: B023
        a_draft(app, somebody, child_given_names=f"Nour {number}", born_on=date(2026, 1, number))
        app.execute(OpenActRegister(year=1970 + number), somebody)
        app.execute(IssueStatement(taxpayer_id=1), somebody)
        goal = SetGoal(indicator="assessed", period=f"{2026 + number}", baseline=Decimal(1), target=None)
        app.execute(goal, somebody)
        _requests_in_every_hand(app, number)
    for desk, role in ((4, Role.REVENUE_OFFICER), (5, Role.FINES_OFFICER), (6, Role.REGISTRAR)):
        cashier = replace(actor_with(app, role), permissions=somebody.permissions)
        for _turn in (1, 2):
            session = an_open_desk(app, cashier, desk=desk, opening_float="0")
            close = CloseCashSession(cash_session_id=session.cash_session_id, denominations={})
            app.execute(close, cashier)
        an_open_desk(app, cashier, desk=desk, opening_float="0")


def _requests_in_every_hand(app: App, number: int) -> None:
    """One that nobody took up, one that is under way, one that is ready, one that was refused, one that was made twice
    and delivered."""
    somebody = everything(app)
    act = a_signed_act(app, somebody, child_given_names=f"Adam {number}", born_on=date(2026, 2, 10 + number))
    a_request(app, somebody, act)
    in_process = a_request(app, somebody, act)
    app.execute(StartRequest(number=in_process.number), somebody)
    ready = a_request(app, somebody, act)
    app.execute(StartRequest(number=ready.number), somebody)
    app.execute(PrepareRequest(number=ready.number), somebody)
    refused = a_request(app, somebody, act)
    app.execute(RefuseRequest(number=refused.number, reason="not entitled"), somebody)
    delivered = a_request(app, somebody, act)
    app.execute(StartRequest(number=delivered.number), somebody)
    app.execute(PrepareRequest(number=delivered.number), somebody)
    app.execute(ReworkRequest(number=delivered.number, cause=Cause.PRINT), somebody)
    app.execute(PrepareRequest(number=delivered.number), somebody)
    assert delivered.taken.bill_id is not None
    fee = issued(app, delivered.taken.bill_id)
    app.execute(a_stub(fee.charge_ids, str(fee.total.minor / 100), LAST_DAY, number + 120), somebody)
    app.execute(DeliverRequest(number=delivered.number), somebody)
