"""What others name of the counter: permissions, topics and numbers."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import BY_DESK, NumberKind, checked_number
from muniadmin.kernel.permissions import Permission, Role

OPERATE_CASH_DESK = Permission(
    "operate_cash_desk", N_("open and close a cash desk"), (Role.CLERK, Role.SUPERVISOR)
)
TAKE_PAYMENTS = Permission("take_payments", N_("take payments"), (Role.CLERK, Role.SUPERVISOR))
VIEW_COLLECTION = Permission(
    "view_collection",
    N_("see payments and receipts"),
    (Role.CLERK, Role.SUPERVISOR, Role.REVENUE_OFFICER, Role.FINES_OFFICER, Role.MANAGER, Role.ADMINISTRATOR),
)
APPROVE_CANCELLATION = Permission(
    "approve_cancellation", N_("approve the cancellation of a receipt"), (Role.SUPERVISOR,)
)

CASH_SESSIONS_TOPIC = Topic("cash_sessions")

# The law wants the desk and the year in it: no letter, the desk's digits.
RECEIPT_NUMBER = NumberKind("", BY_DESK)


def receipt_number(desk: int, year: int, sequence: int) -> str:
    """E.g. ``3-2026-000123-K``: desk 3, fiscal year 2026, the 123rd receipt of both."""
    return checked_number(RECEIPT_NUMBER, str(desk), f"{year:04d}", f"{sequence:0{RECEIPT_NUMBER.digits}d}")
