"""How the tables of acts and requests are proved."""

from muniadmin.civil_status.models import Act, ActRegister, Extract, ExtractRequest, RequestStep, SignedAct
from muniadmin.civil_status.names import EXTRACT_NUMBER, REQUEST_NUMBER
from muniadmin.storage.numbering import numbers_stand_in
from muniadmin.storage.proof import Proof, declare

declare(Proof.CHAINED, SignedAct)
declare(Proof.JOURNALED, ActRegister, Act, ExtractRequest, Extract)
declare(Proof.APPEND_ONLY, RequestStep, by_digest=("note",))

numbers_stand_in("act", Act.seq, of=Act.register_id)
numbers_stand_in("request", ExtractRequest.number, printed=REQUEST_NUMBER)
numbers_stand_in("extract", Extract.number, printed=EXTRACT_NUMBER)
