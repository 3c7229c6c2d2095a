"""Saving a tariff: checked, effective-dated, and never under bills that are out."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from muniadmin.app import App
from muniadmin.assessment.commands import IssueRoll, SaveTariff
from muniadmin.assessment.errors import (
    HeadNotAssessed,
    TariffExampleCannotBeAssessed,
    TariffExampleFails,
    TariffNotValid,
    TariffPeriodAssessed,
    TariffTooEarly,
)
from muniadmin.assessment.models import Tariff
from muniadmin.assessment.reads import OneHead, PreviewRoll
from muniadmin.billing.decisions import Grounds, annul_bill
from muniadmin.billing.reads import Bills
from muniadmin.kernel.errors import NotAllowed
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from tests.assessment.register import a_home, objects, working

ActorOf = Callable[[Role], Actor]


def services_tax(valid_from: str, rate: str = "12 %", expect: object = 2400, **more: Any) -> dict[str, Any]:
    """The services tax at one rate everywhere, as a form writes it."""
    return {
        "valid_from": valid_from,
        "kind": "percentage",
        "base": "rental_value",
        "figures": "example",
        "scales": [{"rate": rate}],
        "examples": [{"inputs": {"rental_value": "20000"}, "expect": expect}],
        **more,
    }


def versions(app: App, actor: Actor) -> list[tuple[date, date | None, str]]:
    head = app.read(OneHead(head_code="TSC"), actor)
    return [(tariff.valid_from, tariff.valid_to, tariff.state) for tariff in head.tariffs]


class TestSaving:
    def test_a_new_version_ends_the_one_before(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        saved = app.execute(SaveTariff(head_code="TSC", document=services_tax("2027-01-01")), officer)

        assert saved.outcome.valid_from == date(2027, 1, 1)
        assert versions(app, officer) == [
            (date(2027, 1, 1), None, "future"),
            (date(2008, 1, 1), date(2026, 12, 31), "in_force"),
        ]
        objects(app, "property", [a_home(20000)])
        of_2026 = app.read(PreviewRoll(head_code="TSC", period="2026"), officer)
        of_2027 = app.read(PreviewRoll(head_code="TSC", period="2027"), officer)
        assert (of_2026.amount, of_2027.amount) == (Money(525_00), Money(2400_00))

    def test_a_version_that_ends_by_itself_is_not_made_longer(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        for document in (services_tax("2027-01-01", valid_to="2027-12-31"), services_tax("2029-01-01")):
            app.execute(SaveTariff(head_code="TSC", document=document), officer)
        # For 2028 there is none.
        assert versions(app, officer)[:2] == [
            (date(2029, 1, 1), None, "future"),
            (date(2027, 1, 1), date(2027, 12, 31), "future"),
        ]

    def test_a_version_not_used_yet_gives_way_to_one_of_the_same_day(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        app.execute(SaveTariff(head_code="TSC", document=services_tax("2027-01-01")), officer)
        app.execute(SaveTariff(head_code="TSC", document=services_tax("2027-01-01", "11 %", 2200)), officer)

        head = app.read(OneHead(head_code="TSC"), officer)
        assert head.tariffs[0].document["scales"] == [{"rate": "11 %"}]
        assert len(head.tariffs) == 2
        with working(app) as uow:
            assert len(uow.session.scalars(select(Tariff).where(Tariff.head_code == "TSC")).all()) == 3

    def test_which_objects_it_applies_to_stays(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        document = services_tax("2027-01-01", abatements=[])
        app.execute(SaveTariff(head_code="TH", document=document), officer)
        objects(app, "property", [a_home(20000), a_home(20000, "professional")])
        assert app.read(PreviewRoll(head_code="TH", period="2027"), officer).bills == 1


class TestRefusals:
    def refused(self, app: App, actor: Actor, document: dict[str, Any], head: str = "TSC") -> str:
        with pytest.raises(TariffNotValid) as caught:
            app.execute(SaveTariff(head_code=head, document=document), actor)
        return caught.value.sentence()

    def test_an_example_that_fails_is_told_with_both_amounts(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        with pytest.raises(TariffExampleFails) as caught:
            app.execute(
                SaveTariff(head_code="TSC", document=services_tax("2027-01-01", expect=2500)), officer
            )
        assert caught.value.sentence() == "Example 1 gives 2,400.00, not 2,500.00."
        assert len(versions(app, officer)) == 1

    def test_an_example_that_fits_no_line_is_told(self, app: App, actor: ActorOf) -> None:
        document = services_tax("2027-01-01", scales=[{"when": {"use": "professional"}, "rate": "12 %"}])
        document["examples"] = [{"inputs": {"rental_value": "20000", "use": "main_home"}, "expect": 1}]
        with pytest.raises(TariffExampleCannotBeAssessed):
            app.execute(SaveTariff(head_code="TSC", document=document), actor(Role.REVENUE_OFFICER))

    def test_mistakes_name_their_place(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        assert "tariff: the entry “examples” is missing" in self.refused(
            app,
            officer,
            {key: value for key, value in services_tax("2027-01-01").items() if key != "examples"},
        )
        assert "tariff.scales[1].rate: “12” is not accepted" in self.refused(
            app, officer, services_tax("2027-01-01", "12")
        )
        assert "tariff.base: “turnover” is not defined" in self.refused(
            app, officer, services_tax("2027-01-01", base="turnover")
        )
        assert "tariff.valid_from: “2027-02-30” is not accepted" in self.refused(
            app, officer, services_tax("2027-02-30")
        )
        assert "0.005 has more decimals than MAD uses" in self.refused(
            app, officer, services_tax("2027-01-01", minimum="0.005")
        )

    @pytest.mark.parametrize("number", [10**30, -(10**30), float("inf"), float("nan")])
    def test_numbers_nobody_can_owe_are_refused(self, app: App, actor: ActorOf, number: float) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        document = services_tax("2027-01-01")
        document["examples"] = [{"inputs": {"rental_value": number}, "expect": 2400}]
        assert "too large" in self.refused(app, officer, document)
        assert "too large" in self.refused(app, officer, services_tax("2027-01-01", expect=number))

    def test_a_version_before_the_last_is_refused(self, app: App, actor: ActorOf) -> None:
        with pytest.raises(TariffTooEarly, match="01/01/2008"):
            app.execute(
                SaveTariff(head_code="TSC", document=services_tax("2000-01-01")), actor(Role.REVENUE_OFFICER)
            )

    def test_a_period_with_bills_keeps_its_tariff(self, app: App, actor: ActorOf) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        objects(app, "property", [a_home(20000)])
        app.execute(IssueRoll(head_code="TSC", period="2026"), officer)
        for day in ("2026-01-01", "2025-07-01", "2008-01-01"):
            with pytest.raises(TariffPeriodAssessed, match="2026"):
                app.execute(SaveTariff(head_code="TSC", document=services_tax(day)), officer)
        app.execute(SaveTariff(head_code="TSC", document=services_tax("2026-01-02")), officer)

    def test_a_period_whose_bills_were_all_annulled_gets_another_tariff(
        self, app: App, actor: ActorOf
    ) -> None:
        officer = actor(Role.REVENUE_OFFICER)
        objects(app, "property", [a_home(20000), a_home(30000)])
        app.execute(IssueRoll(head_code="TSC", period="2026"), officer)
        saving = SaveTariff(head_code="TSC", document=services_tax("2026-01-01"))
        for bill in app.read(Bills(head_code="TSC"), officer).rows:
            with pytest.raises(TariffPeriodAssessed, match="2026"):
                app.execute(saving, officer)
            with working(app) as uow:
                annul_bill(uow, bill.bill_id, Grounds(reason="wrong tariff", document="D 3"))
        app.execute(saving, officer)
        again = app.execute(IssueRoll(head_code="TSC", period="2026"), officer).outcome
        assert (again.bills, again.amount) == (2, Money(2400_00 + 3600_00))

    def test_fines_have_no_tariff(self, app: App, actor: ActorOf) -> None:
        with pytest.raises(HeadNotAssessed):
            app.execute(
                SaveTariff(head_code="PV", document=services_tax("2027-01-01")), actor(Role.REVENUE_OFFICER)
            )

    def test_a_clerk_changes_no_tariff(self, app: App, actor: ActorOf) -> None:
        with pytest.raises(NotAllowed):
            app.execute(SaveTariff(head_code="TSC", document=services_tax("2027-01-01")), actor(Role.CLERK))

    @pytest.mark.parametrize(
        "change", ["valid_from = '2001-01-01'", "saved_by_id = (SELECT min(id) FROM app_user)"]
    )
    def test_the_database_refuses_to_change_what_a_tariff_says(self, app: App, change: str) -> None:
        with pytest.raises(DBAPIError, match="append-only"), working(app) as uow:
            uow.connection.execute(text(f"UPDATE tariff SET {change} WHERE head_code = 'TSC'"))
