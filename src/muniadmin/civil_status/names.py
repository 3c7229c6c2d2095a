"""What others name of civil status: permissions, topics and numbers."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.permissions import Permission, Role

VIEW_CIVIL_STATUS = Permission(
    "view_civil_status",
    N_("see civil-status acts and requests"),
    (Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR, Role.MANAGER),
)
RECORD_ACTS = Permission("record_acts", N_("record civil-status acts"), (Role.REGISTRAR,))
SIGN_ACTS = Permission("sign_acts", N_("sign civil-status acts"), (Role.REGISTRAR,))
HANDLE_REQUESTS = Permission(
    "handle_requests",
    N_("take and deliver requests for extracts"),
    (Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR),
)

ACTS_TOPIC = Topic("acts")
REQUESTS_TOPIC = Topic("requests")

REQUEST_NUMBER = NumberKind("D", on_bills=True)
EXTRACT_NUMBER = NumberKind("E")
