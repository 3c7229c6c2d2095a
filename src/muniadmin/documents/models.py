"""Issued documents: what was printed, frozen, so that a reprint shows exactly that."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.storage.base import Base, append_only
from muniadmin.storage.events import Fact


class IssuedDocument(Fact, Base):
    """One issued sheet; its canonical text is the sheet itself."""

    __tablename__ = "issued_document"
    __table_args__ = (UniqueConstraint("kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The sheet's KIND, e.g. "receipt".
    kind: Mapped[str] = mapped_column(String(30))
    number: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    issued_at: Mapped[datetime]
    canonical: Mapped[str]


class DocumentPrint(Fact, Base):
    """One printing of an issued document: which rank it bears, when and by whom."""

    __tablename__ = "document_print"

    document_id: Mapped[int] = mapped_column(ForeignKey("issued_document.id"), primary_key=True)
    #: 0 for the original, 1 for the first DUPLICATA.
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")


class PrintedFile(Fact, Base):
    """A file of originals; the printings of its papers name the same event."""

    __tablename__ = "printed_file"

    #: What it was called before it was recorded; no two files ever have the same.
    draft: Mapped[str] = mapped_column(String(16), primary_key=True)
    #: Where it was put, on the computer that the event names.
    folder: Mapped[str]


class Picture(Fact, Base):
    """A picture that papers bear, e.g. the municipality's arms."""

    __tablename__ = "picture"

    #: SHA-256 of the file, in hexadecimal digits.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: The file in base64: events, exports and the checker know texts.
    png: Mapped[str]


append_only("issued_document")
append_only("document_print")
append_only("picture")
append_only("printed_file")
