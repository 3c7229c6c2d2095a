"""Questions about issued documents."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from muniadmin.kernel.requests import Query


class ReceiptPaper(StrEnum):
    """What receipts are printed on; other documents have one size."""

    A4 = "a4"
    A5 = "a5"
    ROLL_80 = "roll_80"
    ROLL_58 = "roll_58"


@dataclass(frozen=True, kw_only=True)
class PrintedDocument:
    """A PDF, the number it is known by, and which duplicate it is (0: the original)."""

    number: str
    pdf: bytes
    duplicate: int = 0

    def __repr__(self) -> str:
        return f"PrintedDocument({self.number!r}, {len(self.pdf)} bytes, duplicate {self.duplicate})"


@dataclass(frozen=True, kw_only=True)
class ViewDocument(Query[PrintedDocument]):
    """An issued document to look at, as it was issued; whoever wants it on paper sends PrintDocument. Raises NotFound.

    What one may look at depends on the document's kind, so the permission is checked with the document at hand.
    """

    permission: ClassVar = None
    document_id: int
    paper: ReceiptPaper = ReceiptPaper.A5


@dataclass(frozen=True, kw_only=True)
class TheArms(Query[bytes]):
    """The picture of the municipality's arms, a PNG file; empty where it has none."""

    permission: ClassVar = None


@dataclass(frozen=True, kw_only=True)
class PrintRow:
    """One printing of a document: rank 0 is the original, 1 the first duplicate."""

    rank: int
    printed_at: datetime
    printed_by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentPrints(Query[list[PrintRow]]):
    """When a document was printed, by whom, in order. Raises NotFound."""

    permission: ClassVar = None
    document_id: int
