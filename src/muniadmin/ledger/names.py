"""What others name of the ledger: a permission."""

from muniadmin.kernel.i18n import N_
from muniadmin.kernel.permissions import Permission, Role

OPEN_BUSINESS_DAYS = Permission("open_business_days", N_("open business days"), (Role.SUPERVISOR,))
