"""What the slice of anchors brings."""

from muniadmin.anchors.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.slices import Slice

SLICE = Slice(
    name="anchors",
    proof="muniadmin.anchors.proof",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
)
