"""Reads of lost property."""

from sqlalchemy import select

from muniadmin.storage.unit_of_work import Reading
from tests.toy_slice.models import FoundThing
from tests.toy_slice.reads import FoundThings, ThingRow


def found_things(reading: Reading, request: FoundThings) -> list[ThingRow]:
    """Everything in the order in which it came."""
    found = reading.session.scalars(select(FoundThing).order_by(FoundThing.id))
    return [ThingRow(number=one.number, what=one.what) for one in found]
