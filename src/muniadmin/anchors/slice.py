"""What the slice of anchors brings."""

from muniadmin.anchors.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="anchors",
    proof="muniadmin.anchors.proof",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
    events={
        "anchors:anchor:made": N_("Anchor made"),
        "anchors:folder:chosen": N_("Folder of the anchors chosen"),
    },
)
