"""What others name of fines: permissions, topics and numbers."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.permissions import Permission, Role

VIEW_FINES = Permission(
    "view_fines",
    N_("see fines"),
    (Role.CLERK, Role.SUPERVISOR, Role.REVENUE_OFFICER, Role.FINES_OFFICER, Role.MANAGER, Role.ADMINISTRATOR),
)
CAPTURE_FINES = Permission(
    "capture_fines", N_("capture fines"), (Role.CLERK, Role.SUPERVISOR, Role.FINES_OFFICER)
)
IMPORT_FINES = Permission("import_fines", N_("import fines"), (Role.FINES_OFFICER,))
VOID_FINES = Permission("void_fines", N_("void fines"), (Role.SUPERVISOR, Role.FINES_OFFICER, Role.MANAGER))

FINES_TOPIC = Topic("fines")
OFFENCES_TOPIC = Topic("offences")

FINE_NUMBER = NumberKind("P", on_bills=True)
