"""Enters generated people on the register in bulk: the same rows that registering them one by one would write."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from muniadmin.audit.services import record
from muniadmin.demonstration.people import Inhabitant
from muniadmin.kernel.folding import fold
from muniadmin.settings.profile import Profile
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.names import taxpayer_number
from muniadmin.taxpayers.rules import identifying_value, object_key, search_text
from muniadmin.taxpayers.search import fill_search
from muniadmin.taxpayers.services import SERIES


def register(uow: UnitOfWork, people: Sequence[Inhabitant], profile: Profile, rng: Random) -> None:
    """Writes taxpayers, identifiers and objects, and makes them findable; one line in the audit log for all."""
    ids = reserve_ids(uow, Taxpayer, len(people))
    first = take_block(uow, SERIES, 0, len(people))
    numbers = [taxpayer_number(first + place) for place in range(len(people))]
    kinds = {kind.code: kind for kind in profile.object_kinds}
    plates = [
        [identifying_value(kinds[one.kind], one.attributes) for one in person.holdings] for person in people
    ]

    def taxpayer(place: int, person: Inhabitant) -> dict[str, Any]:
        opening = uow.municipality.calendar.start_of_day(person.registered_on)
        return {
            "id": ids[place],
            "number": numbers[place],
            "kind": person.kind,
            "status": "active",
            "name": person.name,
            "name_arabic": person.name_arabic,
            "sort_name": fold(person.name)[:200],
            "search_text": search_text(
                names=(person.name, person.name_arabic),
                number=numbers[place],
                phone=person.phone,
                address=person.address,
                codes=[*person.identifiers.values(), *plates[place]],
                labels=[one.label for one in person.holdings],
            ),
            "born_on": person.born_on,
            "phone": person.phone,
            "email": person.email,
            "address": person.address,
            "zone": person.zone,
            "language": person.language,
            "registered_at": opening + timedelta(seconds=rng.randint(8 * 3600, 16 * 3600)),
        }

    bulk_insert(uow, Taxpayer, (taxpayer(place, person) for place, person in enumerate(people)))
    bulk_insert(
        uow,
        Identifier,
        (
            {"taxpayer_id": ids[place], "kind": kind, "value": value}
            for place, person in enumerate(people)
            for kind, value in person.identifiers.items()
        ),
    )
    bulk_insert(
        uow,
        TaxableObject,
        (
            {
                "taxpayer_id": ids[place],
                "kind": one.kind,
                "label": one.label,
                "zone": one.zone,
                "attributes": dict(one.attributes),
                "started_on": one.started_on,
                "external_key": object_key(one.kind, plate),
            }
            for place, person in enumerate(people)
            for one, plate in zip(person.holdings, plates[place], strict=True)
        ),
    )
    fill_search(uow.connection, after_id=ids[0] - 1)
    record(uow, "taxpayers:register:taken-over", numbers[0], {"taxpayers": len(people), "last": numbers[-1]})


def registered_before(people: list[Inhabitant], day: date) -> list[Inhabitant]:
    """Takes those registered before ``day`` off the front of ``people``."""
    place = next((at for at, person in enumerate(people) if person.registered_on >= day), len(people))
    taken, people[:] = people[:place], people[place:]
    return taken
