"""Checks of the tamper-evident chains."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Executable, Row, literal, select, union_all

from muniadmin.audit.models import AuditEvent
from muniadmin.audit.services import canonical_event
from muniadmin.civil_status.models import SignedAct
from muniadmin.documents.models import IssuedDocument
from muniadmin.kernel.i18n import N_
from muniadmin.ledger.models import JournalEntry, Posting
from muniadmin.ledger.rules import Line
from muniadmin.ledger.services import canonical_entry
from muniadmin.storage.base import ChainHead
from muniadmin.storage.unit_of_work import FIRST_DIGEST, Reading, link_digest
from muniadmin.verification.commands import Finding

Count = Callable[[], None]

_TABLES = (
    (JournalEntry, "journal_entry"),
    (IssuedDocument, "issued_document"),
    (AuditEvent, "audit_event"),
    (SignedAct, "signed_act"),
)
_BATCH = 5_000


def streamed(reading: Reading, wanted: Executable) -> Iterator[Row[Any]]:
    """The rows of a question too large to be held at once."""
    result = reading.connection.execution_options(stream_results=True, yield_per=_BATCH).execute(wanted)
    yield from result


def chains(reading: Reading, count: Count) -> Iterator[Finding]:
    """Every chain runs 1, 2, 3... up to its head; each row holds the digest of the one before it, and its own digest
    is that of its frozen text. Every break is listed, not only the first."""
    rows = union_all(
        *(
            select(
                model.chain,
                model.chain_seq,
                model.canonical,
                model.previous_digest,
                model.digest,
                literal(table).label("source"),
                model.id,
            )
            for model, table in _TABLES
        )
    ).subquery()
    heads = {
        head.chain: (head.last, head.digest)
        for head in reading.connection.execute(select(ChainHead.__table__))
    }
    last: dict[str, tuple[int, str]] = {}
    for row in streamed(reading, select(rows).order_by(rows.c.chain, rows.c.chain_seq)):
        count()
        seq, digest = last.get(row.chain, (0, FIRST_DIGEST))
        subject = f"{row.source} {row.id}"
        if row.chain_seq != seq + 1:
            yield Finding(
                check="chains",
                subject=subject,
                message=N_("{subject}: chain {chain} goes from {last} to {seq}."),
                facts={"chain": row.chain, "last": seq, "seq": row.chain_seq},
            )
        elif row.previous_digest != digest:
            yield Finding(
                check="chains",
                subject=subject,
                message=N_("{subject}: it does not follow the row before it in chain {chain}."),
                facts={"chain": row.chain},
            )
        if row.digest != link_digest(row.chain, row.chain_seq, row.previous_digest, row.canonical):
            yield Finding(
                check="chains",
                subject=subject,
                message=N_("{subject}: its text was changed after it was written."),
                facts={},
            )
        last[row.chain] = (row.chain_seq, row.digest)
    for chain in sorted(heads.keys() | last.keys()):
        if heads.get(chain) != last.get(chain, (0, FIRST_DIGEST)):
            yield Finding(
                check="chains",
                subject=chain,
                message=N_(
                    "Chain {subject} does not end where its head says: rows are missing or were added."
                ),
                facts={},
            )


def entries(reading: Reading, count: Count) -> Iterator[Finding]:
    """Each journal entry and its postings say what its frozen text says, and the postings sum to zero."""
    postings = _postings(reading)
    group = next(postings, None)
    for entry in streamed(reading, select(JournalEntry.__table__).order_by(JournalEntry.id)):
        count()
        lines: list[Line] = []
        while group is not None and group[0] < entry.id:
            yield _without_entry(group[0])
            group = next(postings, None)
        if group is not None and group[0] == entry.id:
            lines = group[1]
            group = next(postings, None)
        if sum(line.amount for line in lines):
            yield Finding(
                check="entries",
                subject=f"journal_entry {entry.id}",
                message=N_("{subject} ({about}): its postings do not sum to zero."),
                facts={"about": entry.subject},
            )
        written = canonical_entry(
            entry.booked_on,
            entry.booked_at.isoformat(),
            entry.event,
            entry.subject,
            entry.reverses_id,
            lines,
        )
        if written != entry.canonical:
            yield Finding(
                check="entries",
                subject=f"journal_entry {entry.id}",
                message=N_("{subject} ({about}): the row or its postings differ from what was booked."),
                facts={"about": entry.subject},
            )
    while group is not None:
        yield _without_entry(group[0])
        group = next(postings, None)


def _without_entry(entry_id: int) -> Finding:
    return Finding(
        check="entries",
        subject=f"journal_entry {entry_id}",
        message=N_("{subject} is missing, but postings of it are there."),
        facts={},
    )


def _postings(reading: Reading) -> Iterator[tuple[int, list[Line]]]:
    entry_id, lines = 0, list[Line]()
    wanted = select(
        Posting.entry_id, Posting.account, Posting.amount, Posting.account_id, Posting.bill_id
    ).order_by(Posting.entry_id, Posting.line)
    for row in streamed(reading, wanted):
        if row.entry_id != entry_id:
            if lines:
                yield entry_id, lines
            entry_id, lines = row.entry_id, []
        lines.append(Line(row.account, row.amount, row.account_id, row.bill_id))
    if lines:
        yield entry_id, lines


def audit_lines(reading: Reading, count: Count) -> Iterator[Finding]:
    """Each line of the audit log says what its frozen text says."""
    for row in streamed(reading, select(AuditEvent.__table__).order_by(AuditEvent.id)):
        count()
        detail = frozen(row.canonical).get("detail", {})
        try:
            written = canonical_event(
                row.at.isoformat(), row.user_name, row.workstation, row.event, row.subject, detail
            )
        except TypeError:  # it holds what no text of ours can
            written = ""
        if written != row.canonical:
            yield Finding(
                check="audit_lines",
                subject=f"audit_event {row.id}",
                message=N_("{subject} ({about}): the row differs from what was recorded."),
                facts={"about": row.subject},
            )


def documents(reading: Reading, count: Count) -> Iterator[Finding]:
    """Each issued document's number, kind and language are those of its frozen sheet."""
    for row in streamed(reading, select(IssuedDocument.__table__).order_by(IssuedDocument.id)):
        count()
        sheet, shows = frozen(row.canonical), frozen_sheet(row.canonical)
        if (sheet.get("kind"), shows.get("number"), shows.get("language")) != (
            row.kind,
            row.number,
            row.language,
        ):
            yield Finding(
                check="documents",
                subject=f"issued_document {row.id}",
                message=N_("{subject} ({about}): the row differs from the sheet that was issued."),
                facts={"about": row.number},
            )


def frozen(canonical: str) -> dict[str, Any]:
    """The facts of a frozen text; none when somebody has made it unreadable."""
    try:
        facts = json.loads(canonical)
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def frozen_sheet(canonical: str) -> dict[str, Any]:
    """What an issued sheet shows; nothing when somebody has made it unreadable."""
    shows = frozen(canonical).get("shows")
    return shows if isinstance(shows, dict) else {}
