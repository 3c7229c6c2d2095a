"""Reads of users."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import bindparam, select

from muniadmin.access.errors import UserIsInactive
from muniadmin.access.models import User, UserRole
from muniadmin.access.reads import UserRow, Users
from muniadmin.kernel.permissions import permissions_of, roles_named
from muniadmin.kernel.requests import PROGRAM_NAME, Actor
from muniadmin.storage.unit_of_work import Reading

_ROLES_NOW = (
    select(User.active, UserRole.role)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .where(User.id == bindparam("user"))
)


def actor_now(reading: Reading) -> Actor:
    """Who asks, with no more than their roles let them do now: a window that stays open outlives what its user was
    allowed when they signed in. Raises UserIsInactive."""
    actor = reading.actor
    if actor.user_id is None:
        return actor
    rows = reading.connection.execute(_ROLES_NOW, {"user": actor.user_id}).all()
    if not any(row.active for row in rows):
        raise UserIsInactive
    roles = roles_named(row.role for row in rows if row.role is not None)
    if actor.roles <= roles:
        return actor
    return replace(actor, permissions=actor.permissions & permissions_of(roles), roles=actor.roles & roles)


def users(reading: Reading, request: Users) -> list[UserRow]:
    """Every user, by name."""
    return [
        UserRow(
            user_id=user.id,
            version=user.version,
            user_name=user.user_name,
            name=user.name,
            roles=user.role_set,
            active=user.active,
            locked=user.locked_until is not None and user.locked_until > reading.now,
        )
        for user in reading.session.scalars(select(User).order_by(User.name))
    ]


def names_of(reading: Reading, user_ids: Iterable[int | None]) -> Mapping[int | None, str]:
    """What the users of these ids are called today; None is the program itself.

    Rows keep who did something as an id, so that a person who is renamed stays one person and two people of one name
    stay two. A list asks once for all its rows.
    """
    wanted = {user_id for user_id in user_ids if user_id is not None}
    found = reading.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {None: PROGRAM_NAME, **dict(found.all())}
