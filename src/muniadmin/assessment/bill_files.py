"""Prints many bills as files: a zone's together, drawn in processes of their own, gone on with when asked again."""

import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, select

from muniadmin.assessment.bill_sheet import issue_bill_sheet
from muniadmin.assessment.commands import BillsPrinted, IssueBillSheet, PrintBills
from muniadmin.assessment.errors import FolderUnwritable, PrintedFileNotMoved
from muniadmin.assessment.sheets import BillSheet
from muniadmin.billing.models import Bill, BillNow
from muniadmin.billing.queries import bills_matching
from muniadmin.billing.reads import Bills
from muniadmin.documents.errors import LettersWithoutFont
from muniadmin.documents.models import DocumentPrint, IssuedDocument, PrintedFile
from muniadmin.documents.papers import sheet_from_json
from muniadmin.documents.pictures import pictures_of
from muniadmin.documents.rolls import PAPERS_IN_FILE, PaperFile, draw_files
from muniadmin.documents.services import record_originals
from muniadmin.kernel.errors import FieldMissing, InvalidInput
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.paths import typed_path
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import Job, Reading, UnitOfWork
from muniadmin.taxpayers.models import TaxableObject

_PIECE = 100
# Where a file lies from being drawn to being recorded; nobody takes papers from there.
_NOT_RECORDED = ".muniadmin"
# It is drawn under a name that no other file ever has, and is known by it as the one that was recorded.
_DRAFT = re.compile(r"([0-9a-f]{16}) (.+\.pdf)")
# Another job records what it has drawn long before.
_AN_HOUR = 3600
# What no system takes in the name of a file.
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


@dataclass(frozen=True)
class _Wanted:
    """A bill to be printed."""

    bill_id: int
    number: str
    zone: str
    subject: str


def print_bills(job: Job, command: PrintBills) -> BillsPrinted:
    """Freezes the bills' papers piece by piece, has the files drawn by other processes meanwhile, and records each.

    A file is drawn out of sight, recorded, and put beside the others: no original leaves the office that is not
    recorded, and none twice. Of what a killed job leaves out of sight, the next one puts in its place the very files
    that were recorded, and throws away others older than an hour: their bills were drawn again, or will be.
    """
    folder = _writable(command.folder)
    try:
        return _print_into(folder, job, command)
    finally:
        with suppress(OSError):  # something may be left there, or another job be at work
            (folder / _NOT_RECORDED).rmdir()


def _print_into(folder: Path, job: Job, command: PrintBills) -> BillsPrinted:
    with job.reading() as reading:
        _settle_what_was_left(reading, folder)
        before, wanted = _wanted(reading, command)
        before_in = _folders_of_those_before(reading, command) if before else ()
        settled = _settled(reading, command)
    done, files, left_out = 0, 0, list[str]()
    job.progress(0, len(wanted))
    again: Iterator[PaperFile] | None = _files(job, wanted, folder, left_out)
    while again is not None:
        redrawn: list[PaperFile] = []
        for file in _drawn(again, folder):
            printed = job.piece(
                partial(
                    record_originals,
                    document_ids=file.document_ids,
                    draft=_draft(file.path),
                    folder=str(folder),
                )
            )
            if printed:
                # Somebody printed one of them by itself meanwhile.
                with suppress(OSError):  # it is thrown away later
                    file.path.unlink()
                redrawn += _without(file, set(printed), wanted)
                continue
            _put_beside_the_others(file.path)
            done, files = done + len(file.document_ids), files + 1
            job.progress(done, len(wanted))
        again = iter(redrawn) if redrawn else None
    return BillsPrinted(
        folder=str(folder),
        files=files,
        bills=done,
        before=before,
        left_out=tuple(left_out),
        before_in=before_in,
        settled=settled,
    )


def _put_beside_the_others(path: Path) -> None:
    """Under its name, or with a number where something else is called so. Raises PrintedFileNotMoved."""
    wanted = path.parents[1] / path.name.split(" ", 1)[1]
    try:
        path.replace(_free(wanted))
    except OSError as error:
        if not path.exists() and wanted.is_file():
            return  # another job has put it there
        raise PrintedFileNotMoved(file=path, reason=error.strerror or str(error)) from error


def _free(wanted: Path) -> Path:
    place, number = wanted, 1
    while place.exists():
        number += 1
        place = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    return place


def _draft(path: Path) -> str:
    """What a file out of sight was named at random; empty where it is none of ours."""
    found = _DRAFT.fullmatch(path.name)
    return found[1] if found else ""


def _settle_what_was_left(reading: Reading, folder: Path) -> None:
    for path in sorted((folder / _NOT_RECORDED).glob("*.pdf*")):  # and what was half written
        draft = _draft(path)
        recorded = reading.session.get(PrintedFile, draft) if draft else None
        if recorded:
            _put_beside_the_others(path)
            continue
        with suppress(OSError):  # the job that draws it has taken it away, or somebody looks into it
            if time.time() - path.stat().st_mtime > _AN_HOUR:
                path.unlink()


def _drawn(files: Iterable[PaperFile], folder: Path) -> Iterator[PaperFile]:
    """The files as they are drawn. Raises FolderUnwritable, e.g. when the disk is full."""
    try:
        yield from draw_files(files)
    except OSError as error:
        raise FolderUnwritable(folder=folder, reason=error.strerror or str(error)) from error


def _writable(text: str) -> Path:
    """The folder, made if need be. Raises InvalidInput, FolderUnwritable."""
    if not text.strip():
        raise InvalidInput({"folder": FieldMissing()})
    folder = typed_path(text).absolute()
    probe = folder / _NOT_RECORDED / "probe"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise FolderUnwritable(folder=folder, reason=error.strerror or str(error)) from error
    return folder


def _folders_of_those_before(reading: Reading, command: PrintBills) -> tuple[str, ...]:
    """Where files with bills that are asked for were put. What a killed job left out of sight is put beside the others
    there; where that fails, the folder out of sight is named."""
    numbers = select(Bill.number).join(BillNow, BillNow.bill_id == Bill.id).where(*_asked(reading, command))
    folders = reading.session.scalars(
        select(PrintedFile.folder)
        .join(DocumentPrint, DocumentPrint.event_id == PrintedFile.event_id)
        .join(IssuedDocument, IssuedDocument.id == DocumentPrint.document_id)
        .where(IssuedDocument.kind == BillSheet.KIND, IssuedDocument.number.in_(numbers))
        .distinct()
        .order_by(PrintedFile.folder)
    ).all()
    return tuple(_where_they_lie(reading, Path(folder)) for folder in folders)


def _where_they_lie(reading: Reading, folder: Path) -> str:
    try:
        _settle_what_was_left(reading, folder)
    except (OSError, PrintedFileNotMoved):
        return str(folder / _NOT_RECORDED)
    return str(folder)


def _wanted(reading: Reading, command: PrintBills) -> tuple[int, list[_Wanted]]:
    """How many of the bills were printed before, and the others, zone by zone in the order of their numbers."""
    printed = exists().where(
        IssuedDocument.kind == BillSheet.KIND,
        IssuedDocument.number == Bill.number,
        DocumentPrint.document_id == IssuedDocument.id,
    )
    rows = reading.connection.execute(
        select(Bill.id, Bill.number, Bill.subject, TaxableObject.zone, printed.label("printed"))
        .join(BillNow, BillNow.bill_id == Bill.id)
        .outerjoin(TaxableObject, TaxableObject.id == Bill.object_id)
        .where(*_asked(reading, command))
        .order_by(TaxableObject.zone, Bill.id)
    ).all()
    names = {zone.code: pick(zone.names) for zone in profile_of(reading).zones}
    left = [
        _Wanted(row.id, row.number, names.get(row.zone or "", row.zone or ""), row.subject)
        for row in rows
        if not row.printed
    ]
    return len(rows) - len(left), left


def _asked(reading: Reading, command: PrintBills) -> list[Any]:
    """The conditions for the bills to be printed, on Bill and BillNow."""
    return [*_meant(reading, command), BillNow.settled < BillNow.amount]


def _meant(reading: Reading, command: PrintBills) -> list[Any]:
    """The conditions for the bills that are asked for, paid or not."""
    request = Bills(
        head_code=command.head_code, period=command.period, state=command.state, text=command.text
    )
    # A fine has its notice, and a fee is paid where it is asked.
    asked: list[Any] = [Bill.kind.in_(("roll", "hand", "opening"))]
    if command.bill_ids:
        asked.append(Bill.id.in_(command.bill_ids))
    return [*bills_matching(reading, request), *asked]


def _settled(reading: Reading, command: PrintBills) -> int:
    """On how many of the bills nothing is owed any more."""
    return (
        reading.connection.scalar(
            select(func.count())
            .select_from(Bill)
            .join(BillNow, BillNow.bill_id == Bill.id)
            .where(*_meant(reading, command), BillNow.settled >= BillNow.amount)
        )
        or 0
    )


def _files(job: Job, wanted: Sequence[_Wanted], folder: Path, left_out: list[str]) -> Iterator[PaperFile]:
    """The files to draw, one after the other, their papers frozen when it is their turn."""
    for _zone, bills in groupby(wanted, key=lambda bill: bill.zone):
        of_zone = list(bills)
        for start in range(0, len(of_zone), PAPERS_IN_FILE):
            part = of_zone[start : start + PAPERS_IN_FILE]
            papers = _frozen(job, part, left_out)
            if papers:
                with job.reading() as reading:
                    pictures = pictures_of(
                        reading, (sheet_from_json(text) for _bill, _document, text in papers)
                    )
                yield _file(folder, papers, pictures)


def _frozen(job: Job, bills: Sequence[_Wanted], left_out: list[str]) -> list[tuple[_Wanted, int, str]]:
    """The papers of the bills: document and text of each. Those with letters that no font has are left out."""
    papers = []
    for start in range(0, len(bills), _PIECE):
        found, strange = job.piece(partial(_freeze, bills=bills[start : start + _PIECE]))
        papers += found
        left_out += strange
    return papers


def _freeze(uow: UnitOfWork, bills: Sequence[_Wanted]) -> tuple[list[tuple[_Wanted, int, str]], list[str]]:
    by_id: dict[int, _Wanted] = {}
    strange = []
    for bill in bills:
        try:
            issued = issue_bill_sheet(uow, IssueBillSheet(bill_id=bill.bill_id))
        except LettersWithoutFont:
            strange.append(bill.number)
        else:
            by_id[issued.document_id] = bill
    texts = uow.session.execute(
        select(IssuedDocument.id, IssuedDocument.canonical).where(IssuedDocument.id.in_(by_id))
    ).all()
    return [(by_id[one.id], one.id, one.canonical) for one in texts], strange


def _file(
    folder: Path, papers: Sequence[tuple[_Wanted, int, str]], pictures: Mapping[str, bytes]
) -> PaperFile:
    """The file of these papers of one zone, called by it and its first and last number; inside, by address."""
    numbers = [bill.number for bill, _document, _text in sorted(papers, key=lambda paper: paper[0].bill_id)]
    name = " ".join(part for part in (papers[0][0].zone or _("Without a zone"), numbers[0]) if part)
    if len(numbers) > 1:
        name = f"{name} – {numbers[-1]}"
    walked = sorted(papers, key=lambda paper: (_walking(paper[0].subject), paper[0].bill_id))
    return PaperFile(
        path=folder / _NOT_RECORDED / f"{secrets.token_hex(8)} {_FORBIDDEN.sub(' ', name)}.pdf",
        title=name,
        document_ids=[document for _bill, document, _text in walked],
        texts=[text for _bill, _document, text in walked],
        pictures=pictures,
    )


def _walking(address: str) -> tuple[str, int]:
    """Sorts addresses as somebody who delivers walks: by street, then by house number."""
    number = re.search(r"\d+", address)
    street = re.sub(r"[\d\W_]+", " ", address).strip().casefold()
    return street, int(number.group()[:9]) if number else 0


def _without(file: PaperFile, printed: set[int], wanted: Sequence[_Wanted]) -> list[PaperFile]:
    """A file of what is left of it, without the papers that were printed meanwhile; none where nothing is."""
    by_number = {bill.number: bill for bill in wanted}
    left = [
        (by_number[sheet_from_json(text).number], document, text)
        for document, text in zip(file.document_ids, file.texts, strict=True)
        if document not in printed
    ]
    return [_file(file.path.parents[1], left, file.pictures)] if left else []
