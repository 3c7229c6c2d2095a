"""The printed bill: the computation a citizen can redo, the bar code a counter can scan."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from muniadmin.app import App
from muniadmin.assessment.commands import IssueBillSheet, IssueRoll
from muniadmin.assessment.reads import BillComputation
from muniadmin.billing.decisions import Grounds, postpone
from muniadmin.billing.reads import Bills, OneBill
from muniadmin.billing.services import set_rule
from muniadmin.documents.commands import PrintDocument
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import NotFound
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.taxpayers.models import Taxpayer
from tests.assessment.register import a_home, in_quarters, objects, working
from tests.builders import a_bill, a_taxpayer, an_open_desk, pay

ActorOf = Callable[[Role], Actor]


def printed(app: App, actor: Actor, bill_id: int, language: str | None = None) -> str:
    """The text of the bill's PDF, narrow blanks made plain."""
    document = app.execute(IssueBillSheet(bill_id=bill_id, language=language), actor).outcome
    pdf = app.execute(PrintDocument(document_id=document.document_id), actor).outcome.pdf
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def amina(app: App) -> int:
    taxpayer_id = a_taxpayer(app)
    with working(app) as uow:
        uow.session.execute(
            update(Taxpayer).where(Taxpayer.id == taxpayer_id).values(address="12, derb Sidi Ahmed, Fès")
        )
    return taxpayer_id


def test_the_bill_of_a_roll_shows_its_whole_computation(app: App, actor: ActorOf, amina: int) -> None:
    objects(app, "property", [a_home(36000)], taxpayer_id=amina)
    officer = actor(Role.REVENUE_OFFICER)
    app.execute(IssueRoll(head_code="TH", period="2026"), officer)
    bill = app.read(Bills(taxpayer_id=amina), officer).rows[0]

    text = " ".join(printed(app, officer, bill.bill_id).split())

    for part in (
        "Taxe d’habitation",
        bill.number,
        "Amina Bennani",
        "12, derb Sidi Ahmed, Fès",
        "Immeuble bâti · 1, derb Sidi Ahmed · Fès-Médina",
        "Valeur locative annuelle",
        "36 000,00 − 27 000,00 (Abattement de l’habitation principale) = 9 000,00",
        "4 000,00 × 10 %",
        "400,00",
        "23/12/2026",
        "Loi n° 47-06, art. 24 et 27",
        f"en indiquant le numéro {bill.number}",
    ):
        assert part in text, part


def test_each_instalment_stands_on_it_with_its_day(app: App, actor: ActorOf, amina: int) -> None:
    in_quarters(app, "TSC")
    objects(app, "property", [a_home(36000)], taxpayer_id=amina)
    officer = actor(Role.REVENUE_OFFICER)
    app.execute(IssueRoll(head_code="TSC", period="2027"), officer)
    bill = app.read(Bills(taxpayer_id=amina), officer).rows[0]
    first = app.read(OneBill(bill_id=bill.bill_id), officer).instalments[0]
    with working(app) as uow:
        postpone(uow, [first.charge_id], date(2027, 4, 15), Grounds(reason="Decree", document="n° 2-27-31"))

    text = printed(app, officer, bill.bill_id, "en")

    for part in ("in 4 instalments, the first by 15/04/2027", "1. due on 15/04/2027", "236.25",
                 "4. due on 31/12/2027", "945.00", "Please pay by 15/04/2027"):  # fmt: skip
        assert part in text, part


def test_what_was_settled_before_it_was_printed_is_not_asked_again(
    app: App, actor: ActorOf, amina: int
) -> None:
    parts = [(date(2026, 12, 31), "100"), (date(2027, 1, 31), "100"), (date(2027, 2, 28), "100")]
    bill = a_bill(app, "300", taxpayer_id=amina, instalments=parts)
    clerk = actor(Role.CLERK)
    pay(app, clerk, an_open_desk(app, clerk), bill, amount="130")

    text = printed(app, clerk, bill.bill_id, "en")

    for part in ("in 2 instalments, the first by 31/01/2027; 130.00 of 300.00 settled before", "170.00",
                 "70.00 by 31/01/2027"):  # fmt: skip
        assert part in text, part


def test_what_lateness_costs_is_said_by_the_rule_the_bill_lives_under(
    app: App, actor: ActorOf, amina: int, clock: FixedClock
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    old = a_bill(app, "150", taxpayer_id=amina)
    with working(app) as uow:
        set_rule(uow, "TSC", "penalty", {"yearly": "0.12"}, since=date(2026, 11, 24))
    clock.instant += timedelta(days=1)
    new = a_bill(app, "150", taxpayer_id=amina)

    by_day = "Interest runs by the day at 12% a year."
    assert by_day in printed(app, officer, new.bill_id, "en")
    assert by_day not in printed(app, officer, old.bill_id, "en")


def test_it_names_whose_it_was_when_it_was_issued(app: App, actor: ActorOf, amina: int) -> None:
    bill = a_bill(app, "150", taxpayer_id=amina)
    with working(app) as uow:
        uow.session.execute(update(Taxpayer).where(Taxpayer.id == amina).values(name="Amina Idrissi"))

    text = printed(app, actor(Role.REVENUE_OFFICER), bill.bill_id)

    assert "Amina Bennani" in text
    assert "Idrissi" not in text


def test_it_is_frozen_once(app: App, actor: ActorOf, amina: int) -> None:
    objects(app, "property", [a_home(36000)], taxpayer_id=amina)
    officer = actor(Role.REVENUE_OFFICER)
    app.execute(IssueRoll(head_code="TSC", period="2026"), officer)
    bill = app.read(Bills(taxpayer_id=amina), officer).rows[0]

    first = app.execute(IssueBillSheet(bill_id=bill.bill_id, language="en"), officer).outcome
    second = app.execute(IssueBillSheet(bill_id=bill.bill_id, language="fr"), actor(Role.CLERK)).outcome

    assert (first.again, second.again) == (False, True)
    assert first.document_id == second.document_id
    assert "Municipal services tax" in printed(app, officer, bill.bill_id)


def test_a_bill_no_tariff_computed_is_printed_too(app: App, actor: ActorOf, amina: int) -> None:
    bill = a_bill(app, "150", head="PV", taxpayer_id=amina, due_on=date(2026, 12, 8))
    officer = actor(Role.REVENUE_OFFICER)
    assert "150.00" in printed(app, officer, bill.bill_id, "en")
    (line,) = app.read(BillComputation(bill_id=bill.bill_id), officer)
    assert (line.what, line.amount) == ("Rental value", Money(150_00))


def test_a_bill_that_is_not_there_is_refused(app: App, actor: ActorOf) -> None:
    with pytest.raises(NotFound):
        app.execute(IssueBillSheet(bill_id=99), actor(Role.REVENUE_OFFICER))
    with pytest.raises(NotFound):
        app.read(BillComputation(bill_id=99), actor(Role.REVENUE_OFFICER))
