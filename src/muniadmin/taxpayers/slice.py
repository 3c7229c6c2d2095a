"""What the slice of the register brings."""

import muniadmin.taxpayers.proof  # noqa: F401 - says how the slice's tables are proved
from muniadmin.slices import Slice
from muniadmin.taxpayers.handlers import HANDLERS, QUERIES
from muniadmin.taxpayers.names import EDIT_TAXPAYERS, IMPORT_TAXPAYERS, TAXPAYER_NUMBER, VIEW_TAXPAYERS

SLICE = Slice(
    name="taxpayers",
    handlers=HANDLERS,
    queries=QUERIES,
    permissions=(VIEW_TAXPAYERS, EDIT_TAXPAYERS, IMPORT_TAXPAYERS),
    numbers=(TAXPAYER_NUMBER,),
    pages="muniadmin.desktop.taxpayers.pages",
)
