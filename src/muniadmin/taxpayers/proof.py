"""How the register's tables are proved."""

from muniadmin.storage.numbering import numbers_stand_in
from muniadmin.storage.proof import Proof, declare
from muniadmin.taxpayers.index import NameWord
from muniadmin.taxpayers.models import Identifier, TaxableObject, Taxpayer
from muniadmin.taxpayers.names import TAXPAYER_NUMBER

declare(Proof.JOURNALED, Taxpayer, Identifier, TaxableObject)
declare(
    Proof.EPHEMERAL,
    NameWord,
    why="words that a search may have meant; a missing one finds fewer slips of the pen",
)

numbers_stand_in("taxpayer", Taxpayer.number, printed=TAXPAYER_NUMBER)
