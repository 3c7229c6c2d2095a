"""What others name of the municipality's settings: permissions and topics."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.permissions import Permission, Role

ADMINISTER_SETTINGS = Permission("administer_settings", N_("change settings"), (Role.ADMINISTRATOR,))

SETTINGS_TOPIC = Topic("settings")
