"""What the slice of imports brings."""

from muniadmin.exchange.handlers import JOBS, QUERIES
from muniadmin.slices import Slice

SLICE = Slice(
    name="exchange",
    jobs=JOBS,
    queries=QUERIES,
)
