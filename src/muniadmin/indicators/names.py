"""What others name of the indicators: permissions and topics."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.permissions import Permission, Role

VIEW_INDICATORS = Permission(
    "view_indicators",
    N_("see indicators"),
    (
        Role.SUPERVISOR,
        Role.REVENUE_OFFICER,
        Role.FINES_OFFICER,
        Role.REGISTRAR,
        Role.MANAGER,
        Role.ADMINISTRATOR,
    ),
)
SET_GOALS = Permission("set_goals", N_("set targets of indicators"), (Role.MANAGER, Role.ADMINISTRATOR))

INDICATORS_TOPIC = Topic("indicators")
