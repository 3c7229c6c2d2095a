"""Users and their roles."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from muniadmin.access.names import USERS_TOPIC
from muniadmin.kernel.permissions import Role, roles_named
from muniadmin.storage.base import Base, Versioned


class User(Versioned, Base):
    """Somebody who may sign in. Never deleted: what they did points at them."""

    __tablename__ = "app_user"
    __topic__ = USERS_TOPIC

    id: Mapped[int] = mapped_column(primary_key=True)
    #: In lower case; unique.
    user_name: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None] = mapped_column(String(5))
    failed_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    roles: Mapped[list["UserRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def role_set(self) -> frozenset[Role]:
        """The user's roles."""
        return roles_named(row.role for row in self.roles)


class UserRole(Base):
    """A role a user has."""

    __tablename__ = "user_role"
    __topic__ = USERS_TOPIC

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)
