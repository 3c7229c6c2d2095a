"""Checks of what was carried out of the database: anchors, and what a workstation remembers."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Row, select

from muniadmin.anchors.errors import AnchorDamaged, AnchorForged, AnchorOfAnotherKey
from muniadmin.anchors.models import Anchor
from muniadmin.anchors.reads import Head
from muniadmin.anchors.rules import (
    ANCHORS,
    NOTHING_BEFORE,
    AnchorText,
    anchor_text,
    digest_of,
    is_anchor,
    read_anchor,
)
from muniadmin.documents.keys import public_key
from muniadmin.documents.signing import PublicKey
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.formats import format_date
from muniadmin.kernel.i18n import N_
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding, SinceAnchor, Witness
from muniadmin.verification.digests import digests_at
from muniadmin.verification.errors import HeadsFileBroken
from muniadmin.verification.remembered_reads import LostHeads
from muniadmin.verification.rows import Look, streamed
from muniadmin.verification.start import Start, start_behind
from muniadmin.verification.workstation import compared, is_heads_file, known_since, lost_heads, read

_AT_ONCE = 200


def anchors(reading: Reading, look: Look) -> Iterator[Finding]:
    """Anchors are numbered 1, 2, 3... without a gap; each is signed, says what its row says, and bears
    the digest of the one before it; and every row it names stands in its chain as it was."""
    keys = _keys(reading)
    number, digest = 0, NOTHING_BEFORE
    known: dict[str, Head] = {}
    texts: list[AnchorText] = []
    for row in streamed(reading, look, select(Anchor.__table__).order_by(Anchor.number)):
        look()
        if row.number != number + 1:
            yield _wrong(
                row.number, N_("{subject}: anchors go from {last} to {seq}."), last=number, seq=row.number
            )
            digest = ""
        text, problem = _read(row, keys, digest)
        if problem is not None:
            yield problem
        if text is not None:
            texts.append(text)
        number, digest = row.number, row.digest
        if len(texts) == _AT_ONCE:
            yield from _moved(reading, texts, known)
            texts = []
    yield from _moved(reading, texts, known)


def _read(row: Row[Any], keys: Sequence[PublicKey], before: str) -> tuple[AnchorText | None, Finding | None]:
    """What an anchor's line says, and what is wrong with the row; ``before``: the digest of the one before it, empty
    where that one is missing."""
    try:
        text = read_anchor(row.line, keys)
    except AnchorDamaged:
        return None, _wrong(row.number, N_("{subject}: its line is not a whole anchor any more."))
    except AnchorOfAnotherKey as problem:
        return None, _wrong(
            row.number, N_("{subject}: it was not signed with this municipality’s key."), **problem.facts
        )
    except AnchorForged:
        return None, _wrong(row.number, N_("{subject}: its line was changed after it was signed."))
    if (text.number, text.booked_on, text.made_at, digest_of(row.line)) != (
        row.number,
        row.booked_on,
        row.made_at,
        row.digest,
    ):
        return text, _wrong(row.number, N_("{subject}: the row differs from the line that was signed."))
    if before and text.previous != before:
        return text, _wrong(row.number, N_("{subject}: it does not follow the anchor before it."))
    return text, None


def _moved(reading: Reading, texts: Sequence[AnchorText], known: dict[str, Head]) -> Iterator[Finding]:
    """The rows named by ``texts`` that do not stand in their chains. A head that the anchor before named, too, was
    looked up with it: ``known`` holds the last of each chain."""
    named: dict[str, dict[int, tuple[int, str]]] = {}
    for text in texts:
        for head in text.heads:
            if known.get(head.chain) != head:
                known[head.chain] = head
                named.setdefault(head.chain, {})[head.last] = (text.number, head.digest)
    for chain, places in named.items():
        found = digests_at(reading.connection, chain, places.keys())
        for last, (number, digest) in places.items():
            if found.get(last) == digest:
                continue
            message = N_(
                "{subject}: row {seq} of chain {chain} is not the one that was there when it was made."
            )
            yield _wrong(number, message, chain=chain, seq=last, digest=digest)


def _wrong(number: int, message: str, **facts: object) -> Finding:
    return Finding(check=ANCHORS, table="anchor", key=str(number), message=message, facts=facts)


def _keys(reading: Reading) -> Sequence[PublicKey]:
    """The municipality's key; none where it cannot be read, and then no signature holds."""
    try:
        return [public_key(reading)]
    except Exception:  # noqa: BLE001 - whatever somebody has put in its place
        return []


def remembered(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every row that this workstation remembers as the last of its chain is still there, and the same."""
    chains, sentence = known_since(reading)
    for _chain in range(chains):
        look()
    if sentence:
        look.remark(sentence)
    yield from lost_heads(reading, LostHeads())


# --- verify --since-anchor --------------------------------------------------------------------------------------------


def newest_start(reading: Reading, kept_outside: Sequence[Witness]) -> Start | None:
    """The place behind the newest anchor that holds: of those kept outside if one does, else of those in the database.
    It holds if it is signed and every row it names stands in its chain as it was. None: there is no such anchor."""
    keys = _keys(reading)
    for source, line in itertools.chain(_newest_first(kept_outside), _newest_in_database(reading)):
        try:
            text = read_anchor(line, keys)
        except UserError:
            continue
        if not any(_moved(reading, [text], {})):
            anchor = SinceAnchor(
                number=text.number, booked_on=text.booked_on, digest=digest_of(line), source=source
            )
            return start_behind(reading, anchor, {head.chain: head for head in text.heads})
    return None


def _newest_first(kept_outside: Sequence[Witness]) -> list[tuple[str, str]]:
    """File and line of every anchor that was kept outside."""
    found: list[tuple[int, str, str]] = []
    for witness in kept_outside:
        for line in filter(is_anchor, witness.text.splitlines()):
            with suppress(AnchorDamaged):
                found.append((anchor_text(line).number, witness.name, line))
    return [(name, line) for _number, name, line in sorted(found, reverse=True)]


def _newest_in_database(reading: Reading) -> Iterator[tuple[str, str]]:
    for (line,) in reading.connection.execute(select(Anchor.line).order_by(Anchor.number.desc())):
        yield "", str(line)


# --- verify --against -----------------------------------------------------------------------------------------------


def against(witness: Witness, reading: Reading, look: Look) -> Iterator[Finding]:
    """A file kept outside, an anchor or what a workstation remembers, is whole and signed, and every row it names
    stands in its chain as it was."""
    if is_heads_file(witness.text):
        try:
            held = read(witness.text, witness.name)
        except HeadsFileBroken:
            yield _of_file(witness, N_("{subject}: it is damaged, so that it proves nothing."))
            return
        for _head in held.heads:
            look()
        yield from compared(reading, held, check="against", source=witness.name)
        return
    lines = [line for line in witness.text.splitlines() if line.strip()]
    if not lines or not all(map(is_anchor, lines)):
        yield _of_file(witness, N_("{subject}: it is neither an anchor nor what a workstation remembers."))
    keys = _keys(reading)
    for line in filter(is_anchor, lines):
        look()
        yield from _anchor_against(witness, line, keys, reading)


def _anchor_against(
    witness: Witness, line: str, keys: Sequence[PublicKey], reading: Reading
) -> Iterator[Finding]:
    try:
        text = read_anchor(line, keys)
    except AnchorDamaged:
        yield _of_file(witness, N_("{subject}: it is damaged, so that it proves nothing."))
        return
    except AnchorForged:
        yield _of_file(witness, N_("{subject}: it was changed or made up; its signature does not match."))
        return
    except AnchorOfAnotherKey as problem:
        # It proves what it says all the same: whoever exchanged the key in the database did not reach this file.
        message = N_("{subject}: it was signed with another key ({key}) than the one in the database.")
        yield _of_file(witness, message, **problem.facts)
        text = anchor_text(line)
    named: Mapping[str, tuple[int, str]] = {
        **{head.chain: (head.last, head.digest) for head in text.heads},
        ANCHORS: (text.number, digest_of(line)),
    }
    for chain, (last, digest) in named.items():
        found = digests_at(reading.connection, chain, [last]).get(last)
        if found == digest:
            continue
        message = (
            N_("{subject}: row {seq} of chain {chain} is gone, which was there on {day} ({digest}).")
            if found is None
            else N_("{subject}: row {seq} of chain {chain} is another than the one of {day} ({digest}).")
        )
        yield Finding(
            check="against",
            table="anchor" if chain == ANCHORS else "chain_head",
            key=str(last) if chain == ANCHORS else chain,
            subject=witness.name,
            message=message,
            facts={"seq": last, "chain": chain, "digest": digest, "day": format_date(text.booked_on)},
            said={"last": last, "digest": digest},
            says={} if found is None else {"last": last, "digest": found},
        )


def _of_file(witness: Witness, message: str, **facts: object) -> Finding:
    return Finding(check="against", subject=witness.name, message=message, facts=facts)
