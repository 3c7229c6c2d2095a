"""How the ledger's tables are proved."""

from muniadmin.ledger.models import BusinessDay, BusinessDayCorrection, LedgerAccount, Posting
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, LedgerAccount)
declare(Proof.APPEND_ONLY, Posting, BusinessDay, BusinessDayCorrection)
