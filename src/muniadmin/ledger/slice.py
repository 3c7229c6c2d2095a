"""What the slice of the ledger brings."""

from muniadmin.ledger.handlers import HANDLERS, QUERIES
from muniadmin.ledger.names import OPEN_BUSINESS_DAYS
from muniadmin.slices import Slice

SLICE = Slice(
    name="ledger",
    proof="muniadmin.ledger.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    permissions=(OPEN_BUSINESS_DAYS,),
)
