"""How the table of lost property is proved, and where its numbers stand."""

from muniadmin.storage.numbering import numbers_stand_in
from muniadmin.storage.proof import Proof, declare
from tests.toy_slice.models import FoundThing
from tests.toy_slice.names import THING_NUMBER

declare(Proof.JOURNALED, FoundThing, by_digest=("what",))

numbers_stand_in("thing", FoundThing.number, printed=THING_NUMBER)
