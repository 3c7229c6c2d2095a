"""How the tables of fines are proved."""

from muniadmin.fines.models import Fine, Offence, OffenceAmount
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, Offence, Fine)
declare(Proof.APPEND_ONLY, OffenceAmount)
