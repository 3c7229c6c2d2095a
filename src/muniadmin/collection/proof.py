"""How the tables of desks and payments are proved."""

from muniadmin.collection.models import (
    Cancellation,
    CashSession,
    Payment,
    Point,
    ProviderReference,
    Receipt,
    TenderReturn,
)
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, Point, CashSession, ProviderReference)
declare(Proof.APPEND_ONLY, Payment, by_digest=("payer",))
declare(Proof.APPEND_ONLY, Receipt, Cancellation, TenderReturn)
