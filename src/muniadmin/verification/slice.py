"""What the slice of proofs brings."""

from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice
from muniadmin.verification.handlers import JOBS, QUERIES

SLICE = Slice(
    name="verification",
    jobs=JOBS,
    queries=QUERIES,
    events={
        "verification:heads:begun-anew": N_("A workstation’s memory of the chains begun anew"),
        "verification:database:exported": N_("Database exported for an independent check"),
        "verification:database:verified": N_("Database verified"),
        "verification:database:verified-since-anchor": N_("Database verified since an anchor"),
    },
    pages="muniadmin.desktop.verification.pages",
)
