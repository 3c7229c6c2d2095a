"""Orders and questions to the ledger, and who carries them out."""

from muniadmin.ledger.commands import OpenBusinessDay, TakeBackBusinessDay
from muniadmin.ledger.queries import last_business_day, trial_balance
from muniadmin.ledger.reads import LastBusinessDay, TrialBalance
from muniadmin.ledger.services import open_business_day, take_back_business_day

HANDLERS = {OpenBusinessDay: open_business_day, TakeBackBusinessDay: take_back_business_day}
QUERIES = {TrialBalance: trial_balance, LastBusinessDay: last_business_day}
