"""Reads of users."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from muniadmin.access.models import User
from muniadmin.access.reads import UserRow, Users
from muniadmin.kernel.requests import PROGRAM_NAME
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


def names_of(reading: Reading, user_ids: Iterable[int | None]) -> Mapping[int | None, str]:
    """What the users of these ids are called today; None is the program itself.

    Rows keep who did something as an id, so that a person who is renamed stays one person and two people of one name
    stay two. A list asks once for all its rows.
    """
    wanted = {user_id for user_id in user_ids if user_id is not None}
    found = reading.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {None: PROGRAM_NAME, **dict(found.all())}
