"""What the slice of the ledger brings."""

import muniadmin.ledger.proof  # noqa: F401 - says how the slice's tables are proved
from muniadmin.ledger.handlers import HANDLERS, QUERIES
from muniadmin.ledger.names import OPEN_BUSINESS_DAYS
from muniadmin.slices import Slice

SLICE = Slice(
    name="ledger",
    handlers=HANDLERS,
    queries=QUERIES,
    permissions=(OPEN_BUSINESS_DAYS,),
)
