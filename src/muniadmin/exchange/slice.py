"""What the slice of imports brings."""

from muniadmin.exchange.handlers import JOBS, QUERIES
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="exchange",
    jobs=JOBS,
    queries=QUERIES,
    events={
        "exchange:fines:begun": N_("Import of fines begun"),
        "exchange:fines:imported": N_("Fines imported"),
        "exchange:fines:stopped": N_("Import of fines stopped"),
        "exchange:list:written": N_("List exported or printed"),
        "exchange:taxpayers:begun": N_("Import of taxpayers begun"),
        "exchange:taxpayers:imported": N_("Taxpayers imported"),
        "exchange:taxpayers:stopped": N_("Import of taxpayers stopped"),
    },
)
