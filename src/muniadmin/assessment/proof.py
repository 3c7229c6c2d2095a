"""How the tables of tariffs and rolls are proved."""

from muniadmin.assessment.models import Assessment, Roll, Tariff
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, Tariff, Roll)
declare(Proof.APPEND_ONLY, Assessment)
