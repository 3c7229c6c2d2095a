"""What the revenue office of the generated town decides: debts taken over from the books before; and each quarter some
penalties waived, mistakes put right, complaints heard, time given, and what nobody will pay any more written off."""

from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from muniadmin.billing.decisions import (
    Grounds,
    credit_note,
    end_suspension,
    keep_credit,
    postpone,
    suspend,
    waive,
    write_off,
)
from muniadmin.billing.models import Charge, ChargeNow
from muniadmin.billing.services import Debtor, NewBill, account_of_taxpayer, issue_bills
from muniadmin.demonstration.staff import acting
from muniadmin.kernel.i18n import N_, _, use_language
from muniadmin.kernel.money import Money
from muniadmin.kernel.requests import Actor
from muniadmin.settings.profile import Profile
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer

_LOOKED_AT = 200
_QUARTERS_SUSPENDED = 2


class RevenueOffice:
    """The revenue officer, whose decisions the supervisor approves. ``large``: an amount that is large, minor units."""

    def __init__(
        self, profile: Profile, officer: Actor, supervisor: Actor, large: int, taxpayers: int, rng: Random
    ) -> None:
        self._profile, self._officer, self._supervisor = profile, officer, supervisor
        self._large, self._rng = large, rng
        self._heads = [head.code for head in profile.heads if head.tariffs and head.penalty]
        #: How many decisions of each kind there are in a quarter.
        self._each = max(1, taxpayers // 1500)
        self._suspended: list[tuple[date, int]] = []

    def take_over(self, uow: UnitOfWork) -> None:
        """Books today what one taxpayer in forty owed in the books before, under its old number, and what was held
        there."""
        acting(uow, self._officer, uow.now)
        rng, calendar = self._rng, self._profile.calendar
        head = next(
            head for head in self._profile.heads if head.code in self._heads and head.periodicity == "yearly"
        )
        year = calendar.year(calendar.year_of(uow.today))
        people = uow.connection.scalars(select(Taxpayer.id).order_by(Taxpayer.id)).all()
        owing = sorted(rng.sample(people, min(len(people), max(2, len(people) // 40))))
        with use_language(uow.municipality.language):
            what = _("Left over from {year}").format(year=year.name)
            deposit = _("Works on the public road")
        bills = []
        for number, taxpayer_id in enumerate(owing):
            amount = self._whole(self._large * rng.uniform(0.1, 0.8))
            bills.append(
                NewBill(
                    head_code=head.code,
                    period=year.name,
                    kind="opening",
                    instalments=[(year.start + timedelta(days=150), amount)],
                    lines=[{"what": what, "amount": amount}],
                    debtor=Debtor(taxpayer_id=taxpayer_id),
                    old_number=f"R{year.start.year}/{1180 + number * 7:05d}",
                    accrues_after=uow.today,
                    penalty_so_far=amount * 18 // 100,
                )
            )
        issue_bills(uow, bills)
        for place, taxpayer_id in enumerate(rng.sample(people, min(len(people), max(3, len(people) // 200)))):
            keep_credit(
                uow,
                account_of_taxpayer(uow, taxpayer_id),
                Money(self._whole(self._large * rng.uniform(0.05, 0.2))),
                year.end,
                self._grounds(uow, N_("Held in the books before these")),
                # One is a deposit; the others pay what is billed next.
                kept_for="" if place else deposit,
            )

    def decide(self, uow: UnitOfWork) -> None:
        """A quarter's decisions."""
        acting(uow, self._officer, uow.now)
        day = uow.today

        def ago(days: int) -> date:
            return day - timedelta(days=days)

        for charge_id, _bill_id in self._some(uow, ago(300), ago(40)):
            waive(uow, charge_id, self._grounds(uow, N_("Long illness, certified by a doctor")))
        for charge_id, _bill_id in self._some(uow, ago(120), ago(-120), settled_too=True):
            amount = uow.session.get_one(Charge, charge_id).amount.minor // 5
            if amount:
                grounds = self._grounds(uow, N_("The surface was measured anew"))
                credit_note(uow, charge_id, Money(amount), grounds)
        for charge_id, _bill_id in self._some(uow, ago(-10), ago(-120)):
            due_on = uow.session.get_one(ChargeNow, charge_id).due_on + timedelta(days=60)
            postpone(uow, [charge_id], due_on, self._grounds(uow, N_("Time given on request")))
        while self._suspended and self._suspended[0][0] <= day:
            _ends_on, suspension_id = self._suspended.pop(0)
            grounds = self._grounds(uow, N_("The complaint was answered"))
            end_suspension(uow, suspension_id, day, grounds, as_if_never=self._rng.random() < 0.5)
        for charge_id, bill_id in self._some(uow, ago(200), ago(-60)):
            grounds = self._grounds(uow, N_("The taxpayer complains about the tax base"))
            suspension_id = suspend(uow, bill_id, grounds, since=day, charge_id=charge_id)
            self._suspended.append((ago(-91 * _QUARTERS_SUSPENDED), suspension_id))
        if old := self._some(uow, date.min, ago(500)):
            grounds = self._grounds(uow, N_("Nobody knows where the taxpayer is"))
            write_off(uow, [charge_id for charge_id, _bill_id in old], grounds)

    def _some(
        self, uow: UnitOfWork, since: date, until: date, *, settled_too: bool = False
    ) -> list[tuple[int, int]]:
        """Instalments that fall due between two days, each with its bill."""
        wanted = (
            select(ChargeNow.charge_id, ChargeNow.bill_id)
            .where(
                ChargeNow.kind == "principal",
                ChargeNow.head_code.in_(self._heads),
                ChargeNow.due_on.between(since, until),
            )
            .order_by(ChargeNow.due_on, ChargeNow.charge_id)
            .limit(_LOOKED_AT)
        )
        if not settled_too:
            wanted = wanted.where(ChargeNow.closed_on.is_(None))
        found = [(row[0], row[1]) for row in uow.connection.execute(wanted)]
        return self._rng.sample(found, min(self._each, len(found)))

    def _grounds(self, uow: UnitOfWork, reason: str) -> Grounds:
        with use_language(uow.municipality.language):
            return Grounds(reason=_(reason), approved_by_id=self._supervisor.user_id)

    def _whole(self, minor: float) -> int:
        unit = self._profile.currency.unit
        return max(1, round(minor / unit)) * unit
