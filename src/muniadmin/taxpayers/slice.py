"""What the slice of the register brings."""

from muniadmin.slices import Slice
from muniadmin.taxpayers.handlers import HANDLERS, QUERIES
from muniadmin.taxpayers.names import EDIT_TAXPAYERS, IMPORT_TAXPAYERS, TAXPAYER_NUMBER, VIEW_TAXPAYERS

SLICE = Slice(
    name="taxpayers",
    proof="muniadmin.taxpayers.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    permissions=(VIEW_TAXPAYERS, EDIT_TAXPAYERS, IMPORT_TAXPAYERS),
    numbers=(TAXPAYER_NUMBER,),
    pages="muniadmin.desktop.taxpayers.pages",
)
