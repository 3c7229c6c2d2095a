"""How the tables of debts are proved."""

from muniadmin.billing.models import (
    Account,
    AccountNow,
    Bill,
    BillNow,
    Charge,
    ChargeNow,
    Claim,
    Credit,
    CreditMove,
    DayCollection,
    Decision,
    HeadRule,
    Offer,
    RevenueHead,
    Settlement,
    Suspension,
    SuspensionEnd,
    Tender,
    Term,
)
from muniadmin.billing.names import BILL_NUMBER, DECISION_NUMBER, STATEMENT_NUMBER
from muniadmin.documents.models import IssuedDocument
from muniadmin.storage.numbering import numbers_stand_in
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, RevenueHead, Claim)
declare(Proof.APPEND_ONLY, Account, by_digest=("name",))
declare(Proof.APPEND_ONLY, Bill, by_digest=("account_name", "lines"))
declare(Proof.APPEND_ONLY, Tender, by_digest=("drawer",))
declare(
    Proof.APPEND_ONLY,
    HeadRule,
    Charge,
    Decision,
    Settlement,
    Credit,
    CreditMove,
    Term,
    Offer,
    Suspension,
    SuspensionEnd,
)
declare(Proof.CACHE, ChargeNow, BillNow, AccountNow, why="charges, settlements, credits and their moves")
declare(Proof.CACHE, DayCollection, why="settlements by money, and credits it left")

numbers_stand_in("bill", Bill.number, printed=BILL_NUMBER)
numbers_stand_in("decision", Decision.number, printed=DECISION_NUMBER)
numbers_stand_in("statement", IssuedDocument.number, printed=STATEMENT_NUMBER)
