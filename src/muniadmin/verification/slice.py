"""What the slice of proofs brings."""

from muniadmin.slices import Slice
from muniadmin.verification.handlers import JOBS, QUERIES

SLICE = Slice(
    name="verification",
    jobs=JOBS,
    queries=QUERIES,
    pages="muniadmin.desktop.verification.pages",
)
