"""Who may look at and print what."""

from collections.abc import Mapping
from dataclasses import dataclass

from muniadmin.access.permissions import Permission


@dataclass(frozen=True)
class Access:
    """What it takes to look at a kind of document, and to print it."""

    view: Permission
    print: Permission


# By the sheet's KIND.
ACCESS: Mapping[str, Access] = {
    "receipt": Access(Permission.VIEW_COLLECTION, Permission.TAKE_PAYMENTS),
    "receipt_cancellation": Access(Permission.VIEW_COLLECTION, Permission.TAKE_PAYMENTS),
    "cash_session_slip": Access(Permission.VIEW_COLLECTION, Permission.OPERATE_CASH_DESK),
    "account_statement": Access(Permission.VIEW_BILLS, Permission.VIEW_BILLS),
    "bill": Access(Permission.VIEW_BILLS, Permission.VIEW_BILLS),
    "fine_notice": Access(Permission.VIEW_FINES, Permission.VIEW_FINES),
    "extract": Access(Permission.VIEW_CIVIL_STATUS, Permission.HANDLE_REQUESTS),
}
