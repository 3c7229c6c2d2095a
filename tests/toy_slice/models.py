"""What was handed in."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.storage.base import Base
from tests.toy_slice.names import THINGS_TOPIC


class FoundThing(Base):
    """One thing."""

    __tablename__ = "found_thing"
    __topic__ = THINGS_TOPIC

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    what: Mapped[str] = mapped_column(String(200))
