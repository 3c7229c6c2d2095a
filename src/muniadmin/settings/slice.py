"""What the slice of the municipality's settings brings."""

import muniadmin.settings.proof  # noqa: F401 - says how the slice's tables are proved
from muniadmin.settings.handlers import QUERIES
from muniadmin.settings.names import ADMINISTER_SETTINGS
from muniadmin.slices import Slice

SLICE = Slice(
    name="settings",
    queries=QUERIES,
    permissions=(ADMINISTER_SETTINGS,),
    pages="muniadmin.desktop.administration.pages",
)
