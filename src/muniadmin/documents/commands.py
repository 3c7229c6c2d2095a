"""Orders about issued documents."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.documents.reads import PrintedDocument, ReceiptPaper
from muniadmin.kernel.requests import Command
from muniadmin.settings.names import ADMINISTER_SETTINGS


@dataclass(frozen=True, kw_only=True)
class PrintDocument(Command[PrintedDocument]):
    """Prints an issued document from its frozen sheet. The first printing is the original, every later one a
    duplicate that says its rank; each is recorded. It is drawn outside the transaction. Raises NotFound.

    Who may print depends on the document's kind, so the permission is checked with the document at hand.
    """

    permission: ClassVar = None
    document_id: int
    paper: ReceiptPaper = ReceiptPaper.A5
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeArms(Command[None]):
    """Gives the municipality the arms in a picture file (PNG, JPEG, GIF, BMP, TIFF, WebP), or takes them away where
    ``path`` is empty. Papers issued before keep theirs. Raises PictureUnreadable and PictureTooLarge."""

    permission: ClassVar = ADMINISTER_SETTINGS
    path: str
