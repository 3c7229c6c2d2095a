"""What others name of users: permissions and topics."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.permissions import Permission, Role

ADMINISTER_USERS = Permission("administer_users", N_("manage users"), (Role.ADMINISTRATOR,))

USERS_TOPIC = Topic("users")
