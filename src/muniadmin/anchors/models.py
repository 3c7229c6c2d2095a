"""The anchors that were made."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.anchors.names import ANCHORS_TOPIC
from muniadmin.storage.base import Base, append_only
from muniadmin.storage.events import Fact


class Anchor(Fact, Base):
    """One anchor: its signed line, and what a list shows of it. All are kept, several of a day as well."""

    __tablename__ = "anchor"
    __topic__ = ANCHORS_TOPIC

    #: 1, 2, 3... without gap.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booked_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    workstation: Mapped[str] = mapped_column(String(80))
    #: "session" or "order".
    occasion: Mapped[str] = mapped_column(String(20))
    line: Mapped[str]
    #: The SHA-256 of the line; hexadecimal.
    digest: Mapped[str] = mapped_column(String(64))


append_only("anchor")
