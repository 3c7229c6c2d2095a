"""Roles, and the permissions that slices give them. Each permission stands in the ``names.py`` of its slice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from muniadmin.kernel.i18n import N_


class Role(StrEnum):
    """A job at the municipality. Whoever issues bills takes no money, and whoever administers does neither."""

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


def roles_named(names: Iterable[str]) -> frozenset[Role]:
    """The roles with these names. A name the program does not know was written past it, and lets nobody do a thing."""
    wanted = frozenset(names)
    return frozenset(role for role in Role if role.value in wanted)


@dataclass(frozen=True)
class Permission:
    """One thing a user may or may not do; every command and read names one."""

    code: str
    #: What one may do, as ``N_("see fines")``.
    name: str
    #: Who may.
    roles: tuple[Role, ...]


_registered: tuple[Permission, ...] = ()


def register_permissions(permissions: Iterable[Permission]) -> None:
    """Says which permissions there are; bootstrap does, from the slices. ValueError when a code comes twice."""
    global _registered
    known = tuple(permissions)
    codes = sorted(permission.code for permission in known)
    if len(set(codes)) < len(codes):
        raise ValueError(f"a permission comes twice: {codes}")
    _registered = known


def every_permission() -> tuple[Permission, ...]:
    """All there are, in the order of the slices."""
    return _registered


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything somebody with these roles may do."""
    held = frozenset(roles)
    return frozenset(permission for permission in _registered if not held.isdisjoint(permission.roles))
