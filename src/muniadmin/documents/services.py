"""Issues sheets: freezes what a document shows; prints them, the original once."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import func, select

from muniadmin.audit.services import record, record_all
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.errors import LettersWithoutFont
from muniadmin.documents.letters import letters_without_font
from muniadmin.documents.models import DocumentPrint, IssuedDocument, PrintedFile
from muniadmin.documents.papers import paper_of, sheet_from_json
from muniadmin.documents.pictures import ensure_pictures, pictures_of
from muniadmin.documents.queries import ensure_may, is_void, issued_document
from muniadmin.documents.reads import PrintedDocument
from muniadmin.documents.sheets import Issuer, Sheet
from muniadmin.kernel.i18n import pick
from muniadmin.kernel.municipality import Municipality
from muniadmin.storage.bulk import add_rows, insert_rows
from muniadmin.storage.unit_of_work import Job, Reading, UnitOfWork


def issuer_of(municipality: Municipality, language: str) -> Issuer:
    """The letterhead of the municipality's papers in a language."""
    name = pick(municipality.names, language)
    return Issuer(
        name=name,
        department=pick(municipality.departments, language),
        address=municipality.address,
        logo_text=name.split()[-1][:1].upper(),
        arms=municipality.arms,
        currency=municipality.currency,
        accent=municipality.accent[0],
        zone=municipality.calendar.zone,
    )


def issue(uow: UnitOfWork, sheet: Sheet) -> int:
    """Freezes ``sheet`` as issued now; the document's id."""
    return issue_all(uow, [sheet])[0]


def issue_all(uow: UnitOfWork, sheets: Sequence[Sheet]) -> Sequence[int]:
    """Freezes the sheets as issued now, in their order; the documents' ids.

    Asks LettersWithoutFont before anything is written. Raises DatabaseDamaged where a picture on them is gone.
    """
    ensure_pictures(uow, sheets)
    texts = [sheet.to_json() for sheet in sheets]
    if letters := letters_without_font("".join(texts)):
        uow.confirm(LettersWithoutFont(letters=letters))
    return add_rows(uow, IssuedDocument, [
        {
            "kind": sheet.KIND,
            "number": sheet.number,
            "language": sheet.language,
            "issued_at": uow.now,
            "canonical": text,
        }
        for sheet, text in zip(sheets, texts, strict=True)
    ])  # fmt: skip


def print_document(job: Job, command: PrintDocument) -> PrintedDocument:
    """Draws the frozen sheet with the rank of this printing, and records it.

    It is drawn while nobody waits for the database; where somebody else printed it meanwhile, or took it back, it is
    drawn again. What cannot be drawn is not recorded as printed.
    """
    from muniadmin.documents.drawing import draw  # loads fonts and codes, only needed here

    while True:
        with job.reading() as reading:
            document = issued_document(reading, command.document_id)
            ensure_may(reading, paper_of(document.kind).print)
            rank, void = _times_printed(reading, document.id), is_void(reading, document)
            sheet = sheet_from_json(document.canonical)
            pictures = pictures_of(reading, [sheet])
        pdf = draw(sheet, pictures=pictures, paper=command.paper, duplicate=rank, void=void)
        if job.piece(partial(record_printing, command=command, rank=rank, void=void)):
            return PrintedDocument(number=document.number, pdf=pdf, duplicate=rank)


def record_originals(uow: UnitOfWork, document_ids: Sequence[int], *, draft: str, folder: str) -> list[int]:
    """Records that the originals of these documents were printed as one file, all or none: the ids of those that had
    been printed before, where there are any. ``draft`` and ``folder`` are those of PrintedFile."""
    documents = uow.session.execute(
        select(IssuedDocument.id, IssuedDocument.kind, IssuedDocument.number)
        .where(IssuedDocument.id.in_(document_ids))
        .order_by(IssuedDocument.id)
        .with_for_update()
    ).all()
    printed = uow.session.scalars(
        select(DocumentPrint.document_id).where(DocumentPrint.document_id.in_(document_ids)).distinct()
    ).all()
    if printed:
        return list(printed)
    uow.session.add(PrintedFile(draft=draft, folder=folder))
    insert_rows(uow, DocumentPrint, [
        {
            "document_id": one.id,
            "rank": 0,
            "printed_at": uow.now,
            "printed_by_id": uow.actor.user_id,
            "reason": "",
        }
        for one in documents
    ])  # fmt: skip
    record_all(
        uow,
        "documents:document:printed",
        [(one.number, {"kind": one.kind, "duplicate": 0, "reason": ""}) for one in documents],
    )
    return []


def _times_printed(reading: Reading, document_id: int) -> int:
    printed = reading.session.scalar(
        select(func.count()).select_from(DocumentPrint).where(DocumentPrint.document_id == document_id)
    )
    return printed or 0


def record_printing(uow: UnitOfWork, command: PrintDocument, rank: int, *, void: bool) -> bool:
    """Whether the printing of that rank was still to come, and the paper is void or not as it was drawn: then it is
    recorded."""
    # Held, so that two desks printing at once do not both get the original.
    document = uow.session.get_one(IssuedDocument, command.document_id, with_for_update=True)
    if (_times_printed(uow, document.id), is_void(uow, document)) != (rank, void):
        return False
    reason = command.reason.strip()
    uow.session.add(
        DocumentPrint(
            document_id=document.id,
            rank=rank,
            printed_at=uow.now,
            printed_by_id=uow.actor.user_id,
            reason=reason,
        )
    )
    record(
        uow,
        "documents:document:printed",
        document.number,
        {"kind": document.kind, "duplicate": rank, "reason": reason},
    )
    return True
