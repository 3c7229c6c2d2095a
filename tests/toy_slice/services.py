"""Takes in lost property."""

from muniadmin.audit.services import record
from muniadmin.documents.services import issue, issuer_of
from muniadmin.kernel.numbers import yearly_number
from muniadmin.storage.numbering import next_in_series
from muniadmin.storage.unit_of_work import UnitOfWork
from tests.toy_slice.commands import HandIn, ThingHandedIn
from tests.toy_slice.errors import NothingHandedIn
from tests.toy_slice.models import FoundThing
from tests.toy_slice.names import THING_NUMBER
from tests.toy_slice.sheets import FinderSheet


def hand_in(uow: UnitOfWork, command: HandIn) -> ThingHandedIn:
    """Gives the thing a number, writes it down and issues the finder's slip."""
    if not command.what.strip():
        raise NothingHandedIn
    number = yearly_number(THING_NUMBER, uow.today.year, next_in_series(uow, "thing", uow.today.year))
    uow.session.add(FoundThing(number=number, what=command.what))
    language = uow.municipality.language
    sheet = FinderSheet(
        issuer=issuer_of(uow.municipality, language), number=number, language=language, what=command.what
    )
    document_id = issue(uow, sheet)
    record(uow, "toy_slice:thing:handed-in", number, {"document": document_id})
    return ThingHandedIn(number=number, document_id=document_id)
