"""What the slice of the municipality's settings brings."""

from muniadmin.settings.handlers import QUERIES
from muniadmin.settings.names import ADMINISTER_SETTINGS
from muniadmin.slices import Slice

SLICE = Slice(
    name="settings",
    proof="muniadmin.settings.proof",
    queries=QUERIES,
    permissions=(ADMINISTER_SETTINGS,),
    pages="muniadmin.desktop.administration.pages",
)
