"""Questions to the ledger, and who answers them."""

from muniadmin.ledger.queries import trial_balance
from muniadmin.ledger.reads import TrialBalance

QUERIES = {TrialBalance: trial_balance}
