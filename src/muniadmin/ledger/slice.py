"""What the slice of the ledger brings."""

from muniadmin.kernel.i18n import N_
from muniadmin.ledger.handlers import HANDLERS, QUERIES
from muniadmin.ledger.names import OPEN_BUSINESS_DAYS
from muniadmin.slices import Slice

SLICE = Slice(
    name="ledger",
    proof="muniadmin.ledger.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    events={
        "ledger:day:opened": N_("Business day opened"),
        "ledger:day:taken-back": N_("Business day taken back"),
    },
    permissions=(OPEN_BUSINESS_DAYS,),
)
