"""Checks of the tamper-evident chains: events, and signed acts; and of what events say of themselves."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import literal, select, union_all

from muniadmin.kernel.i18n import N_
from muniadmin.ledger.models import Posting
from muniadmin.storage.base import ChainHead
from muniadmin.storage.events import FORM, Event, EventLine
from muniadmin.storage.unit_of_work import FIRST_DIGEST, Reading, link_digest
from muniadmin.verification.commands import Finding
from muniadmin.verification.digests import CHAINED
from muniadmin.verification.rows import TEXTS, Look, streamed
from muniadmin.verification.start import BEGINNING, Start

#: More of the form of an event, which is a number, is not shown.
_LONGEST_FORM = 20


def chains(reading: Reading, look: Look, start: Start = BEGINNING) -> Iterator[Finding]:
    """Every chain runs 1, 2, 3... up to its head, or goes on so from the row that an anchor names; each row holds the
    digest of the one before it, and its own digest is that of its frozen text. Every break is listed, not only the
    first."""
    rows = union_all(
        *(
            select(
                model.chain,
                model.chain_seq,
                model.canonical,
                model.previous_digest,
                model.digest,
                literal(model.__tablename__).label("source"),
                model.id,
            ).where(start.behind(model))
            for model in CHAINED
        )
    ).subquery()
    heads = {
        head.chain: (head.last, head.digest)
        for head in reading.connection.execute(select(ChainHead.__table__))
    }
    last = {chain: (head.last, head.digest) for chain, head in start.heads.items()}
    wanted = select(rows).order_by(rows.c.chain, rows.c.chain_seq)
    for row in streamed(reading, look, wanted, at_once=TEXTS):
        look()
        seq, digest = last.get(row.chain, (0, FIRST_DIGEST))
        place = {"check": "chains", "table": row.source, "key": str(row.id)}
        if row.chain_seq != seq + 1:
            yield Finding(
                **place,
                message=N_("{subject}: chain {chain} goes from {last} to {seq}."),
                facts={"chain": row.chain, "last": seq, "seq": row.chain_seq},
            )
        elif row.previous_digest != digest:
            yield Finding(
                **place,
                message=N_("{subject}: it does not follow the row before it in chain {chain}."),
                facts={"chain": row.chain},
            )
        if row.digest != link_digest(row.chain, row.chain_seq, row.previous_digest, row.canonical):
            yield Finding(
                **place,
                message=N_("{subject}: its text was changed after it was written."),
                facts={},
            )
        last[row.chain] = (row.chain_seq, row.digest)
    for chain in sorted(heads.keys() | last.keys()):
        if heads.get(chain) != last.get(chain, (0, FIRST_DIGEST)):
            yield Finding(
                check="chains",
                table="chain_head",
                key=chain,
                subject=chain,
                message=N_(
                    "Chain {subject} does not end where its head says: rows are missing or were added."
                ),
                facts={},
            )


def entries(reading: Reading, look: Look, start: Start = BEGINNING) -> Iterator[Finding]:
    """The postings of each event sum to zero."""
    wanted = (
        select(Posting.event_id, Posting.amount)
        .where(start.may_be_behind(Posting.event_id))
        .order_by(Posting.event_id)
    )
    for event_id, postings in groupby(streamed(reading, look, wanted), attrgetter("event_id")):
        look()
        if sum(posting.amount for posting in postings):
            yield Finding(
                check="entries",
                table="event",
                key=str(event_id),
                message=N_("{subject}: its postings do not sum to zero."),
                facts={},
            )


def events(reading: Reading, look: Look, start: Start = BEGINNING) -> Iterator[Finding]:
    """Each event's row and its lines of the audit log say what its frozen text says, in the form that is written."""
    lines = _lines(reading, look, start)
    group = next(lines, None)
    wanted = select(Event.__table__).where(start.may_be_behind(Event.id)).order_by(Event.id)
    for event in streamed(reading, look, wanted, at_once=TEXTS):
        look()
        while group is not None and group[0] < event.id:
            yield from _without_event(reading, group[0])
            group = next(lines, None)
        found: list[list[Any]] = []
        if group is not None and group[0] == event.id:
            found = group[1]
            group = next(lines, None)
        text = frozen(event.canonical)
        form = text.get("form", FORM if not text else None)  # that a text is none is said of its lines
        if type(form) is not int or form != FORM:
            yield Finding(
                check="events",
                table="event",
                key=str(event.id),
                message=N_("{subject}: its text has the form “{form}”, which no event of this program has."),
                facts={"form": str(form)[:_LONGEST_FORM]},
            )
        row = {
            "booked_on": _iso(event.booked_on),
            "at": _iso(event.at),
            "server_at": _iso(event.server_at),
            "user_id": event.user_id,
            "workstation": event.workstation,
        }
        written = text.get("lines")
        said = (
            [[place, *line[:2]] if isinstance(line, list) else line for place, line in enumerate(written, 1)]
            if isinstance(written, list)
            else None
        )
        otherwise = [name for name, value in row.items() if name not in text or text[name] != value]
        if found != said or otherwise:
            written_lines, lines_there = _by_line(said or []), _by_line(found)
            apart = [
                place
                for place in {**written_lines, **lines_there}
                if written_lines.get(place) != lines_there.get(place)
            ]
            yield Finding(
                check="events",
                table="event",
                key=str(event.id),
                message=N_("{subject}: the row or its lines in the audit log differ from what was recorded."),
                facts={},
                said={name: text.get(name) for name in otherwise}
                | {place: written_lines.get(place) for place in apart},
                says={name: row[name] for name in otherwise}
                | {place: lines_there.get(place) for place in apart},
            )
    while group is not None:
        yield from _without_event(reading, group[0])
        group = next(lines, None)


def _by_line(lines: list[Any]) -> dict[str, str]:
    """Lines of the audit log by their places; what is no line in a text is left out."""
    return {
        f"line {line[0]}": f"{line[1]} {line[2]}"
        for line in lines
        if isinstance(line, list) and len(line) == 3
    }


def _iso(value: Any) -> str:
    """A day or an instant as texts hold it; whatever else stands in its place as it is."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _without_event(reading: Reading, event_id: int) -> Iterator[Finding]:
    """That an event is missing, unless it is there and only cannot be read."""
    if reading.connection.scalar(select(Event.id).where(Event.id == event_id)) is None:
        yield Finding(
            check="events",
            table="event",
            key=str(event_id),
            message=N_("{subject} is missing, but lines of it are in the audit log."),
            facts={},
        )


def _lines(reading: Reading, look: Look, start: Start) -> Iterator[tuple[int, list[list[Any]]]]:
    event_id, lines = 0, list[list[Any]]()
    wanted = (
        select(EventLine.__table__)
        .where(start.may_be_behind(EventLine.event_id))
        .order_by(EventLine.event_id, EventLine.line)
    )
    for row in streamed(reading, look, wanted):
        if row.event_id != event_id:
            if lines:
                yield event_id, lines
            event_id, lines = row.event_id, []
        lines.append([row.line, row.name, row.subject])
    if lines:
        yield event_id, lines


def frozen(canonical: str) -> dict[str, Any]:
    """The facts of a frozen text; none when somebody has made it unreadable."""
    try:
        facts = orjson.loads(canonical)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def frozen_sheet(canonical: str) -> dict[str, Any]:
    """What an issued sheet shows; nothing when somebody has made it unreadable."""
    shows = frozen(canonical).get("shows")
    return shows if isinstance(shows, dict) else {}
