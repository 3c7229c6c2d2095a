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
from muniadmin.storage.numbering import numbers_stand_in
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, Point, CashSession, ProviderReference)
declare(Proof.APPEND_ONLY, Payment, by_digest=("payer",))
declare(Proof.APPEND_ONLY, Receipt, Cancellation, TenderReturn)

numbers_stand_in("receipt", Receipt.seq, of=Receipt.series, year=Receipt.year)
