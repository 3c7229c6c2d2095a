"""Permissions and the roles that hold them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from muniadmin.kernel.i18n import N_


class Permission(StrEnum):
    """One thing a user may or may not do; every command and read names one."""

    VIEW_TAXPAYERS = "view_taxpayers"
    EDIT_TAXPAYERS = "edit_taxpayers"
    IMPORT_TAXPAYERS = "import_taxpayers"
    VIEW_BILLS = "view_bills"
    ISSUE_BILLS = "issue_bills"
    EDIT_TARIFFS = "edit_tariffs"
    OPERATE_CASH_DESK = "operate_cash_desk"
    TAKE_PAYMENTS = "take_payments"
    VIEW_COLLECTION = "view_collection"
    APPROVE_CANCELLATION = "approve_cancellation"
    OPEN_BUSINESS_DAYS = "open_business_days"
    VIEW_FINES = "view_fines"
    CAPTURE_FINES = "capture_fines"
    IMPORT_FINES = "import_fines"
    VOID_FINES = "void_fines"
    VIEW_CIVIL_STATUS = "view_civil_status"
    RECORD_ACTS = "record_acts"
    SIGN_ACTS = "sign_acts"
    HANDLE_REQUESTS = "handle_requests"
    VIEW_INDICATORS = "view_indicators"
    SET_GOALS = "set_goals"
    VIEW_AUDIT = "view_audit"
    ADMINISTER_USERS = "administer_users"
    ADMINISTER_SETTINGS = "administer_settings"


class Role(StrEnum):
    """A job at the municipality."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    REVENUE_OFFICER = "revenue_officer"
    FINES_OFFICER = "fines_officer"
    REGISTRAR = "registrar"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: Mapping[Role, str] = {
    Role.CLERK: N_("Clerk"),
    Role.SUPERVISOR: N_("Cashiers’ supervisor"),
    Role.REVENUE_OFFICER: N_("Revenue officer"),
    Role.FINES_OFFICER: N_("Fines officer"),
    Role.REGISTRAR: N_("Civil registrar"),
    Role.MANAGER: N_("Manager"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

PERMISSION_NAMES: Mapping[Permission, str] = {
    Permission.VIEW_TAXPAYERS: N_("see taxpayers"),
    Permission.EDIT_TAXPAYERS: N_("register and change taxpayers"),
    Permission.IMPORT_TAXPAYERS: N_("import taxpayers"),
    Permission.VIEW_BILLS: N_("see bills"),
    Permission.ISSUE_BILLS: N_("issue bills"),
    Permission.EDIT_TARIFFS: N_("change tariffs"),
    Permission.OPERATE_CASH_DESK: N_("open and close a cash desk"),
    Permission.TAKE_PAYMENTS: N_("take payments"),
    Permission.VIEW_COLLECTION: N_("see payments and receipts"),
    Permission.APPROVE_CANCELLATION: N_("approve the cancellation of a receipt"),
    Permission.OPEN_BUSINESS_DAYS: N_("open business days"),
    Permission.VIEW_FINES: N_("see fines"),
    Permission.CAPTURE_FINES: N_("capture fines"),
    Permission.IMPORT_FINES: N_("import fines"),
    Permission.VOID_FINES: N_("void fines"),
    Permission.VIEW_CIVIL_STATUS: N_("see civil-status acts and requests"),
    Permission.RECORD_ACTS: N_("record civil-status acts"),
    Permission.SIGN_ACTS: N_("sign civil-status acts"),
    Permission.HANDLE_REQUESTS: N_("take and deliver requests for extracts"),
    Permission.VIEW_INDICATORS: N_("see indicators"),
    Permission.SET_GOALS: N_("set targets of indicators"),
    Permission.VIEW_AUDIT: N_("see the audit log"),
    Permission.ADMINISTER_USERS: N_("manage users"),
    Permission.ADMINISTER_SETTINGS: N_("change settings"),
}

_VIEWS = {
    Permission.VIEW_TAXPAYERS,
    Permission.VIEW_BILLS,
    Permission.VIEW_COLLECTION,
    Permission.VIEW_FINES,
}

# Separation of duties: whoever issues bills takes no money, and whoever administers does neither.
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        _VIEWS
        | {
            Permission.EDIT_TAXPAYERS,
            Permission.OPERATE_CASH_DESK,
            Permission.TAKE_PAYMENTS,
            Permission.VIEW_CIVIL_STATUS,
            Permission.HANDLE_REQUESTS,
            Permission.CAPTURE_FINES,
        }
    ),
    Role.SUPERVISOR: frozenset(
        _VIEWS
        | {
            Permission.EDIT_TAXPAYERS,
            Permission.OPERATE_CASH_DESK,
            Permission.TAKE_PAYMENTS,
            Permission.APPROVE_CANCELLATION,
            Permission.OPEN_BUSINESS_DAYS,
            Permission.VIEW_CIVIL_STATUS,
            Permission.HANDLE_REQUESTS,
            Permission.CAPTURE_FINES,
            Permission.VOID_FINES,
            Permission.VIEW_INDICATORS,
            Permission.VIEW_AUDIT,
        }
    ),
    Role.REVENUE_OFFICER: frozenset(
        _VIEWS
        | {
            Permission.EDIT_TAXPAYERS,
            Permission.IMPORT_TAXPAYERS,
            Permission.ISSUE_BILLS,
            Permission.EDIT_TARIFFS,
            Permission.VIEW_INDICATORS,
        }
    ),
    Role.FINES_OFFICER: frozenset(
        _VIEWS
        | {
            Permission.EDIT_TAXPAYERS,
            Permission.CAPTURE_FINES,
            Permission.IMPORT_FINES,
            Permission.VOID_FINES,
            Permission.VIEW_INDICATORS,
        }
    ),
    Role.REGISTRAR: frozenset(
        {
            Permission.VIEW_TAXPAYERS,
            Permission.VIEW_CIVIL_STATUS,
            Permission.RECORD_ACTS,
            Permission.SIGN_ACTS,
            Permission.HANDLE_REQUESTS,
            Permission.VIEW_INDICATORS,
        }
    ),
    Role.MANAGER: frozenset(
        _VIEWS
        | {
            Permission.VIEW_CIVIL_STATUS,
            Permission.VOID_FINES,
            Permission.VIEW_INDICATORS,
            Permission.SET_GOALS,
            Permission.VIEW_AUDIT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        _VIEWS
        | {
            Permission.ADMINISTER_USERS,
            Permission.ADMINISTER_SETTINGS,
            Permission.EDIT_TARIFFS,
            Permission.IMPORT_TAXPAYERS,
            Permission.VIEW_INDICATORS,
            Permission.SET_GOALS,
            Permission.VIEW_AUDIT,
        }
    ),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything somebody with these roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
