"""How the tables of fines are proved."""

from muniadmin.fines.models import Fine, Offence, OffenceAmount
from muniadmin.fines.names import FINE_NUMBER
from muniadmin.storage.numbering import numbers_stand_in
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, Offence, Fine)
declare(Proof.APPEND_ONLY, OffenceAmount)

numbers_stand_in("fine", Fine.number, printed=FINE_NUMBER)
