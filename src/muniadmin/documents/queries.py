"""Reads of issued documents."""

from pkgutil import resolve_name

from sqlalchemy import select

from muniadmin.access.queries import names_of
from muniadmin.documents.models import DocumentPrint, IssuedDocument
from muniadmin.documents.papers import paper_of, sheet_from_json
from muniadmin.documents.pictures import pictures_of
from muniadmin.documents.reads import DocumentPrints, PrintedDocument, PrintRow, ViewDocument
from muniadmin.kernel.errors import NotAllowed, NotFound
from muniadmin.kernel.i18n import _
from muniadmin.kernel.permissions import Permission
from muniadmin.storage.unit_of_work import Reading


def issued_document(reading: Reading, document_id: int) -> IssuedDocument:
    """The document. Raises NotFound."""
    found = reading.session.get(IssuedDocument, document_id)
    if found is None:
        raise NotFound(what=document_id)
    return found


def ensure_may(reading: Reading, permission: Permission) -> None:
    """Raises NotAllowed when the actor lacks the permission that a document's kind asks for."""
    if not reading.actor.may(permission):
        raise NotAllowed(permission=_(permission.name))


def is_void(reading: Reading, document: IssuedDocument) -> bool:
    """Whether the paper was cancelled, annulled or withdrawn since it was issued."""
    asked = paper_of(document.kind).void
    return bool(asked) and bool(resolve_name(asked)(reading, document.id, document.number))


def view_document(reading: Reading, request: ViewDocument) -> PrintedDocument:
    """The document as it was issued; one that holds no more says so."""
    from muniadmin.documents.drawing import draw  # loads fonts and codes, only needed here

    document = issued_document(reading, request.document_id)
    ensure_may(reading, paper_of(document.kind).view)
    sheet = sheet_from_json(document.canonical)
    void = is_void(reading, document)
    pdf = draw(sheet, pictures=pictures_of(reading, [sheet]), paper=request.paper, void=void)
    return PrintedDocument(number=document.number, pdf=pdf)


def document_prints(reading: Reading, request: DocumentPrints) -> list[PrintRow]:
    """Every printing of the document, the original first."""
    document = issued_document(reading, request.document_id)
    ensure_may(reading, paper_of(document.kind).view)
    prints = reading.session.scalars(
        select(DocumentPrint).where(DocumentPrint.document_id == document.id).order_by(DocumentPrint.rank)
    ).all()
    names = names_of(reading, (one.printed_by_id for one in prints))
    return [
        PrintRow(
            rank=one.rank,
            printed_at=one.printed_at,
            printed_by=names[one.printed_by_id],
            reason=one.reason,
        )
        for one in prints
    ]
