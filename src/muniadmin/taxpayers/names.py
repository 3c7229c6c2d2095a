"""What others name of the register: permissions, topics and numbers."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import LIFELONG, NumberKind, checked_number
from muniadmin.kernel.permissions import Permission, Role

VIEW_TAXPAYERS = Permission(
    "view_taxpayers",
    N_("see taxpayers"),
    (
        Role.CLERK,
        Role.SUPERVISOR,
        Role.REVENUE_OFFICER,
        Role.FINES_OFFICER,
        Role.REGISTRAR,
        Role.MANAGER,
        Role.ADMINISTRATOR,
    ),
)
EDIT_TAXPAYERS = Permission(
    "edit_taxpayers",
    N_("register and change taxpayers"),
    (Role.CLERK, Role.SUPERVISOR, Role.REVENUE_OFFICER, Role.FINES_OFFICER),
)
IMPORT_TAXPAYERS = Permission(
    "import_taxpayers", N_("import taxpayers"), (Role.REVENUE_OFFICER, Role.ADMINISTRATOR)
)

TAXPAYERS_TOPIC = Topic("taxpayers")
OBJECTS_TOPIC = Topic("objects")

TAXPAYER_NUMBER = NumberKind("C", LIFELONG, digits=7)


def taxpayer_number(sequence: int) -> str:
    """E.g. ``C-0018342-7``: for life, without a year."""
    return checked_number(TAXPAYER_NUMBER, f"{sequence:0{TAXPAYER_NUMBER.digits}d}")
