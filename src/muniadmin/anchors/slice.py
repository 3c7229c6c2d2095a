"""What the slice of anchors brings."""

import muniadmin.anchors.proof  # noqa: F401 - says how the slice's tables are proved
from muniadmin.anchors.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.slices import Slice

SLICE = Slice(
    name="anchors",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
)
