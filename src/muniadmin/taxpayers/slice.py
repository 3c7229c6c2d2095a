"""What the slice of the register brings."""

from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice
from muniadmin.taxpayers.handlers import HANDLERS, QUERIES
from muniadmin.taxpayers.names import EDIT_TAXPAYERS, IMPORT_TAXPAYERS, TAXPAYER_NUMBER, VIEW_TAXPAYERS

SLICE = Slice(
    name="taxpayers",
    proof="muniadmin.taxpayers.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    events={
        "taxpayers:object:added": N_("Taxable object added"),
        "taxpayers:object:changed": N_("Taxable object changed"),
        "taxpayers:object:ended": N_("Taxable object ended"),
        "taxpayers:register:taken-over": N_("Register taken over"),
        "taxpayers:taxpayer:changed": N_("Taxpayer changed"),
        "taxpayers:taxpayer:imported-again": N_("Taxpayer changed by an import"),
        "taxpayers:taxpayer:registered": N_("Taxpayer registered"),
    },
    permissions=(VIEW_TAXPAYERS, EDIT_TAXPAYERS, IMPORT_TAXPAYERS),
    numbers=(TAXPAYER_NUMBER,),
    pages="muniadmin.desktop.taxpayers.pages",
)
