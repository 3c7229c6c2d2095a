"""The settings table."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.settings.names import SETTINGS_TOPIC
from muniadmin.storage.base import Base, Versioned


class Setting(Versioned, Base):
    """One named setting: "municipality", "profile", "signing_key", "demonstration"."""

    __tablename__ = "setting"
    __topic__ = SETTINGS_TOPIC

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]
