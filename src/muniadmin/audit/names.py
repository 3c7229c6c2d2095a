"""What others name of the audit log: a permission."""

from muniadmin.kernel.i18n import N_
from muniadmin.kernel.permissions import Permission, Role

VIEW_AUDIT = Permission(
    "view_audit", N_("see the audit log"), (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)
)
