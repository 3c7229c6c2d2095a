"""What the slice of the municipality's settings brings."""

from muniadmin.kernel.i18n import N_
from muniadmin.settings.handlers import QUERIES
from muniadmin.settings.names import ADMINISTER_SETTINGS
from muniadmin.slices import Slice

SLICE = Slice(
    name="settings",
    proof="muniadmin.settings.proof",
    queries=QUERIES,
    events={
        "settings:municipality:set-up": N_("Municipality set up"),
    },
    permissions=(ADMINISTER_SETTINGS,),
    pages="muniadmin.desktop.administration.pages",
)
