"""What others name of debts: permissions, topics and numbers."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.permissions import Permission, Role

VIEW_BILLS = Permission(
    "view_bills",
    N_("see bills"),
    (Role.CLERK, Role.SUPERVISOR, Role.REVENUE_OFFICER, Role.FINES_OFFICER, Role.MANAGER, Role.ADMINISTRATOR),
)
ISSUE_BILLS = Permission("issue_bills", N_("issue bills"), (Role.REVENUE_OFFICER,))
EDIT_TARIFFS = Permission("edit_tariffs", N_("change tariffs"), (Role.REVENUE_OFFICER, Role.ADMINISTRATOR))

HEADS_TOPIC = Topic("heads")
BILLS_TOPIC = Topic("bills")
PAYMENTS_TOPIC = Topic("payments")

BILL_NUMBER = NumberKind("A", digits=7, on_bills=True)
DECISION_NUMBER = NumberKind("R")
STATEMENT_NUMBER = NumberKind("S")
