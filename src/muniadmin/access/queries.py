"""Reads of users."""

from sqlalchemy import select

from muniadmin.access.models import User
from muniadmin.access.reads import UserRow, Users
from muniadmin.storage.unit_of_work import Reading


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
