"""How the tables of acts and requests are proved."""

from muniadmin.civil_status.models import Act, ActRegister, Extract, ExtractRequest, RequestStep, SignedAct
from muniadmin.storage.proof import Proof, declare

declare(Proof.CHAINED, SignedAct)
declare(Proof.JOURNALED, ActRegister, Act, ExtractRequest, Extract)
declare(Proof.APPEND_ONLY, RequestStep, by_digest=("note",))
