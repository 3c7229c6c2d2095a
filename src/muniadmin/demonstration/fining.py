"""Fines of the generated town: written in the street, brought in from the officers' devices."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from muniadmin.audit.services import record
from muniadmin.demonstration.forms import Forms
from muniadmin.demonstration.recipe import Recipe
from muniadmin.fines.models import Offence
from muniadmin.fines.rules import read_plate
from muniadmin.fines.services import FineMet, add_fines
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import TaxableObject


class Street:
    """Where the officers walk: some of the plates they meet are on the register, and some they meet again."""

    def __init__(self, recipe: Recipe, forms: Forms, rng: Random) -> None:
        self._recipe, self._forms, self._rng = recipe, forms, rng
        self._places = [street for streets in recipe.streets.values() for street in streets]
        self._met: list[str] = []
        self._written = 0

    def bring_in(self, uow: UnitOfWork, days: Sequence[date], each: float) -> None:
        """Records the fines of some days, about ``each`` a day, on the day after the last of them."""
        offences = uow.session.scalars(select(Offence.id).where(Offence.origin == "profile")).all()
        # The first of the catalogue are the everyday ones.
        weights = [1.0 / (place + 1) for place in range(len(offences))]
        registered = self._registered(uow)
        fines = [
            self._fine(uow, day, self._rng.choices(offences, weights)[0], registered)
            for day in days
            for _number in range(int(each + self._rng.random()))
        ]
        if fines:
            fines.sort(key=lambda fine: fine.committed_at)
            owed = add_fines(uow, fines, source="handset")
            record(
                uow,
                "fines:file:imported",
                f"{self._recipe.fines.channel} {uow.today.isoformat()}",
                {"fines": len(fines), "owed": owed.minor},
            )

    def _registered(self, uow: UnitOfWork) -> Sequence[str]:
        labels = select(TaxableObject.label).where(TaxableObject.kind == "vehicle").limit(400)
        return uow.session.scalars(labels).all()

    def _fine(self, uow: UnitOfWork, day: date, offence_id: int, registered: Sequence[str]) -> FineMet:
        rng, recipe = self._rng, self._recipe.fines
        longitude, latitude = recipe.centre
        self._written += 1
        return FineMet(
            external_number=f"{rng.choice(recipe.officers)}-{self._written:06d}",
            plate=read_plate(self._plate(registered)),
            committed_at=self._moment(uow, day),
            committed_on=day,
            offence_id=offence_id,
            place=f"{rng.randint(1, 160)}, {rng.choice(self._places)}",
            officer=rng.choice(recipe.officers),
            make=rng.choice(recipe.makes),
            longitude=round(longitude + rng.gauss(0, 0.012), 6),
            latitude=round(latitude + rng.gauss(0, 0.009), 6),
            amount=None,
        )

    def _plate(self, registered: Sequence[str]) -> str:
        rng = self._rng
        if registered and rng.random() < 0.28:
            return rng.choice(registered)
        if self._met and rng.random() < 0.2:
            return rng.choice(self._met)
        plate = self._forms.filled(rng.choice(self._recipe.fines.visitors), "visitor")
        self._met.append(plate)
        return plate

    def _moment(self, uow: UnitOfWork, day: date) -> datetime:
        begins = uow.municipality.calendar.start_of_day(day)
        return begins + timedelta(seconds=int(self._rng.triangular(7.5 * 3600, 19.5 * 3600, 11 * 3600)))
