"""What is ticked of what a citizen owes and brought."""

from muniadmin.app import App
from muniadmin.billing.reads import OneBill, OpenCharge
from muniadmin.desktop.collection.citizen import Citizen
from tests.builders import a_bill, a_taxpayer, everything


def test_the_one_debt_of_a_payer_is_ticked_whether_it_is_listed_before_a_paper_or_with_it(app: App) -> None:
    """It is not due yet; how fast the paper is scanned behind the payer's card makes no difference."""
    own = a_bill(app, "10", taxpayer_id=(karim := a_taxpayer(app, "Karim Alaoui")))
    other = a_bill(app, "20", taxpayer_id=a_taxpayer(app, "Khadija Tazi"))

    def ticked(*, listed_before: bool) -> list[str]:
        citizen = Citizen(taxpayer_id=karim, ticks_all=True)
        before = listed(citizen, []) if listed_before else []
        citizen.bring(app.read(OneBill(number=other.number), everything(app)))
        return sorted(debt.number for debt in listed(citizen, before))

    def listed(citizen: Citizen, before: list[OpenCharge]) -> list[OpenCharge]:
        found = [debt for asked in citizen.questions().values() for debt in app.read(asked, everything(app))]
        ticks = citizen.to_tick(citizen.arrange(found), before)
        citizen.were_listed()
        return ticks

    assert ticked(listed_before=True) == ticked(listed_before=False) == sorted([own.number, other.number])
