"""The only writer of accounts, journal entries and postings."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import insert, select

from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.errors import NotFound
from muniadmin.ledger.models import Account, JournalEntry, Posting
from muniadmin.ledger.rules import AccountKind, Line, ensure_balanced
from muniadmin.storage.bulk import bulk_insert
from muniadmin.storage.unit_of_work import UnitOfWork

LEDGER_CHAIN = "ledger"
# From here on the bulk port is faster than one statement for each posting.
_MANY = 20

_ADD_ENTRY = insert(JournalEntry).returning(JournalEntry.id)
_ADD_POSTING = insert(Posting)


def canonical_entry(
    booked_on: date, booked_at: str, event: str, subject: str, reverses_id: int | None, lines: Sequence[Line]
) -> str:
    """The frozen text of an entry: what it says, and each posting as [account, amount, taxpayer, bill]."""
    return canonical_json(
        {
            "booked_on": booked_on.isoformat(),
            "booked_at": booked_at,
            "event": event,
            "subject": subject,
            "reverses": reverses_id,
            "postings": [[line.account, line.amount, line.taxpayer_id, line.bill_id] for line in lines],
        }
    )


def post_entry(
    uow: UnitOfWork,
    lines: Sequence[Line],
    *,
    event: str,
    subject: str,
    chain: str = LEDGER_CHAIN,
    reverses_id: int | None = None,
) -> int:
    """Books ``lines`` on today's date as one entry; its id. Raises EntryDoesNotBalance.

    What happens at a cash desk goes into that desk's chain, so that desks do not wait for each other.
    """
    ensure_balanced(lines)
    booked_at = uow.now.isoformat()
    canonical = canonical_entry(uow.today, booked_at, event, subject, reverses_id, lines)
    link = uow.seal(chain, canonical)
    entry_id = uow.connection.execute(
        _ADD_ENTRY,
        {
            **link._asdict(),
            "canonical": canonical,
            "booked_on": uow.today,
            "booked_at": uow.now,
            "event": event,
            "subject": subject,
            "reverses_id": reverses_id,
        },
    ).scalar_one()
    postings = [
        {
            "entry_id": entry_id,
            "line": number,
            "account": line.account,
            "amount": line.amount,
            "taxpayer_id": line.taxpayer_id,
            "bill_id": line.bill_id,
        }
        for number, line in enumerate(lines, 1)
    ]
    if len(postings) < _MANY:
        uow.connection.execute(_ADD_POSTING, postings)
    else:
        bulk_insert(uow, Posting, postings)
    return entry_id


def reverse_entry(uow: UnitOfWork, entry_id: int, *, subject: str, chain: str = LEDGER_CHAIN) -> int:
    """Books the mirror of an entry, line by line; the new entry's id. An entry can be reversed once."""
    entry = uow.session.get(JournalEntry, entry_id)
    if entry is None:
        raise NotFound(what=entry_id)
    postings = uow.session.scalars(
        select(Posting).where(Posting.entry_id == entry_id).order_by(Posting.line)
    ).all()
    mirror = [Line(row.account, -row.amount, row.taxpayer_id, row.bill_id) for row in postings]
    return post_entry(uow, mirror, event="reversal", subject=subject, chain=chain, reverses_id=entry_id)


def ensure_account(uow: UnitOfWork, code: str, kind: AccountKind, names: Mapping[str, str]) -> None:
    """Adds the account unless it is there."""
    if uow.session.get(Account, code) is None:
        uow.session.add(Account(code=code, kind=kind, names=dict(names)))
        uow.session.flush()
