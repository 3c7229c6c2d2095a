"""Finds taxpayers by what somebody types, and keeps the words that mistyped names are looked up in.

Exact things (number, phone, identifier, plate) come first and are never mixed up with names in one ranking. Names are
found by their words' beginnings in any order, then by any part of a word, and only then by words one slip away.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from weakref import WeakKeyDictionary

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection, Engine, and_, func, literal_column, or_, select, text
from sqlalchemy.sql import ColumnElement

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.numbers import NumberKind, WrongNumber, read_number
from muniadmin.settings.services import profile_of
from muniadmin.storage.bulk import insert_missing
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.models import Identifier, NameWord, NameWordKey, Taxpayer
from muniadmin.taxpayers.rules import (
    canonical_identifier,
    canonical_phone,
    compact,
    deletion_keys,
    name_words,
)

# How many of a broad search's rows are put in order: ranking all of "mar" would cost more than anybody reads.
_RANKED = 200
_CORRECTIONS = 8


@dataclass(frozen=True)
class Match:
    """A taxpayer found, and by what."""

    taxpayer_id: int
    why: str


def matches(reading: Reading, typed: str, limit: int) -> list[Match]:
    """The taxpayers ``typed`` finds, the best first."""
    found: dict[int, str] = {}
    for taxpayer_id, why in islice(_all_ways(reading, typed.strip()[:120], limit), 4 * limit):
        found.setdefault(taxpayer_id, why)
        if len(found) >= limit:
            break
    return [Match(taxpayer_id, why) for taxpayer_id, why in found.items()]


def _all_ways(reading: Reading, typed: str, limit: int) -> Iterator[tuple[int, str]]:
    folded = fold(typed)
    if not folded:
        return
    try:
        number = read_number(typed)
    except WrongNumber:
        # A mistyped number must not pass for its neighbour; it may still be somebody's identifier.
        yield from _by_identifier(reading, typed, limit)
        return
    if number is not None and number[0] is NumberKind.TAXPAYER:
        yield from _ids(reading, Taxpayer.number == number[1], "number", 1)
        return
    found = False
    for hit in chain(
        _by_beginning_of_number(reading, folded, limit),
        _by_phone(reading, typed, limit),
        _by_identifier(reading, typed, limit),
        _by_words(reading, folded, limit),
    ):
        found = True
        yield hit
    if not found:
        yield from _by_similar_words(reading, folded)


# --- exactly -------------------------------------------------------------------------------------------------------


def _by_beginning_of_number(reading: Reading, folded: str, limit: int) -> Iterator[tuple[int, str]]:
    beginning = compact(folded)
    if re.fullmatch(r"c\d{2,9}", beginning):
        start = f"C-{beginning[1:]}"
        begins = and_(Taxpayer.number >= start, Taxpayer.number < start + "\uffff")
        yield from _ids(reading, begins, "number", limit)


def _by_phone(reading: Reading, typed: str, limit: int) -> Iterator[tuple[int, str]]:
    if not re.fullmatch(r"[\d\s+().\-/]{6,}", typed):
        return
    try:
        phone = canonical_phone(typed, reading.municipality.country)
    except UserError:
        return
    yield from _ids(reading, Taxpayer.phone == phone, "phone", limit)


def _by_identifier(reading: Reading, typed: str, limit: int) -> Iterator[tuple[int, str]]:
    if not re.search(r"\d", typed):
        return
    values: set[tuple[str, str]] = set()
    for kind in profile_of(reading).identifier_kinds:
        try:
            values.add((kind.code, canonical_identifier(kind, typed)))
        except UserError:
            continue
    if not values:
        return
    rows = reading.connection.execute(
        select(Identifier.taxpayer_id, Identifier.kind, Identifier.value)
        .where(Identifier.value.in_({value for _kind, value in values}))
        .limit(limit)
    )
    yield from ((row[0], "identifier") for row in rows if (row[1], row[2]) in values)


def _ids(reading: Reading, wanted: ColumnElement[bool], why: str, limit: int) -> Iterator[tuple[int, str]]:
    rows = reading.connection.execute(
        select(Taxpayer.id).where(wanted).order_by(Taxpayer.sort_name).limit(limit)
    )
    yield from ((row[0], why) for row in rows)


# --- by words ------------------------------------------------------------------------------------------------------


def _by_words(reading: Reading, folded: str, limit: int) -> Iterator[tuple[int, str]]:
    words = folded.split()
    if len(words) == 1:
        # Names that begin with it, in their order, straight from the index the list is sorted by.
        begins = and_(Taxpayer.sort_name >= words[0], Taxpayer.sort_name < words[0] + "\uffff")
        yield from _ids(reading, begins, "name", limit)
    asked: list[Sequence[Sequence[str]]] = [[[f" {word}"] for word in words]]
    if re.search(r"\d", folded):
        asked.append([[compact(folded)]])
    if any(len(word) >= 3 for word in words):
        asked.append([[word] for word in words])
    for parts in asked:
        yield from _ranked(_candidates(reading, parts), words)


def _by_similar_words(reading: Reading, folded: str) -> Iterator[tuple[int, str]]:
    words = folded.split()
    alternatives = [
        [f" {word}", *(f" {like}" for like in similar_words(reading.connection, word))] for word in words
    ]
    if all(len(others) == 1 for others in alternatives):
        return
    found = _candidates(reading, alternatives)
    # The nearest name first: how far each typed word is from the nearest word of the name.
    ranked = sorted(
        (sum(min(OSA.distance(w, n) for n in name.split() or [""]) for w in words), name, key)
        for key, name in found
    )
    yield from ((key, "similar") for _distance, _name, key in ranked)


def _ranked(found: Iterable[tuple[int, str]], words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Names that have all the words before those found by an address or a plate; then in the order of names."""

    def rank(entry: tuple[int, str]) -> tuple[bool, bool, str]:
        name = f" {entry[1]}"
        return not all(f" {word}" in name for word in words), not entry[1].startswith(words[0]), entry[1]

    for entry in sorted(found, key=rank):
        yield entry[0], "other" if rank(entry)[0] else "name"


def _candidates(reading: Reading, parts: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """(id, folded names) of taxpayers whose search text holds, for each of ``parts``, one of its alternatives."""
    connection = reading.connection
    if connection.dialect.name == "sqlite":
        condition = _on_sqlite(parts)
    elif _finds_inside_words(connection.engine):
        condition = and_(*(or_(*(_holds(part) for part in some)) for some in parts))
    else:
        condition = _on_plain_postgresql(parts)
    if condition is None:
        return []
    rows = connection.execute(
        select(Taxpayer.id, Taxpayer.sort_name, Taxpayer.name_arabic).where(condition).limit(_RANKED)
    )
    return [(row[0], f"{row[1]} {fold(row[2])}" if row[2] else row[1]) for row in rows]


def _holds(part: str) -> ColumnElement[bool]:
    escaped = part.replace("_", "\\_")
    return Taxpayer.search_text.like(f"%{escaped}%")


def _on_sqlite(parts: Sequence[Sequence[str]]) -> ColumnElement[bool] | None:
    # The index knows three letters in a row; shorter parts are looked for in the rows it finds.
    known = [some for some in parts if all(len(part) >= 3 for part in some)]
    if not known:
        return None
    query = " AND ".join("(" + " OR ".join(f'"{part}"' for part in some) + ")" for some in known)
    conditions: list[ColumnElement[bool]] = [
        Taxpayer.id.in_(
            select(literal_column("rowid"))
            .select_from(text("taxpayer_search"))
            .where(text("taxpayer_search MATCH :words").bindparams(words=query))
        )
    ]
    conditions += [or_(*(_holds(part) for part in some)) for some in parts if some not in known]
    return and_(*conditions)


def _on_plain_postgresql(parts: Sequence[Sequence[str]]) -> ColumnElement[bool]:
    query = " & ".join("(" + " | ".join(f"{part.strip()}:*" for part in some) + ")" for some in parts)
    return func.to_tsvector(text("'simple'"), Taxpayer.search_text).op("@@")(
        func.to_tsquery(text("'simple'"), query)
    )


_INSIDE: "WeakKeyDictionary[Engine, bool]" = WeakKeyDictionary()


def _finds_inside_words(engine: Engine) -> bool:
    """Whether this PostgreSQL has the index of three letters in a row, or only that of words."""
    known = _INSIDE.get(engine)
    if known is None:
        with engine.connect() as connection:
            definition = connection.scalar(
                text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_taxpayer_search'")
            )
        known = _INSIDE[engine] = "gin_trgm_ops" in (definition or "")
    return known


# --- words one slip away -------------------------------------------------------------------------------------------


def similar_words(connection: Connection, word: str) -> list[str]:
    """Words of names that are one slip from ``word``; when there are none, two slips for words of six letters on."""
    if not 4 <= len(word) <= 30 or word.isdigit():
        return []
    sharing = connection.scalars(
        select(NameWordKey.word).where(NameWordKey.key.in_(deletion_keys(word))).distinct().limit(400)
    )
    near = sorted((distance, other) for other in sharing if (distance := OSA.distance(word, other)) <= 1)
    if near:
        return [other for _distance, other in near[:_CORRECTIONS]]
    if len(word) < 6:
        return []
    others = connection.scalars(
        select(NameWord.word).where(func.length(NameWord.word).between(len(word) - 2, len(word) + 2))
    ).all()
    far = process.extract(word, others, scorer=OSA.distance, score_cutoff=2, limit=_CORRECTIONS)
    return [other for other, _distance, _place in far]


def note_names(connection: Connection, *names: str) -> None:
    """Makes the words of these names findable with a slip; called whenever a name is saved."""
    _add_words(connection, name_words(*names))


def fill_search(connection: Connection, after_id: int = 0) -> None:
    """Does for all taxpayers above an id at once what saving does for each: called after rows came in bulk."""
    words: set[str] = set()
    rows = connection.execute(
        select(Taxpayer.sort_name, Taxpayer.name_arabic)
        .where(Taxpayer.id > after_id)
        .execution_options(yield_per=5000)
    )
    for name, name_arabic in rows:
        words |= name_words(name, name_arabic)
    _add_words(connection, words)
    if connection.dialect.name == "postgresql" and _finds_inside_words(connection.engine):
        connection.exec_driver_sql("SELECT gin_clean_pending_list('ix_taxpayer_search')")


def _add_words(connection: Connection, words: set[str]) -> None:
    known: set[str] = set()
    ordered = sorted(words)
    for start in range(0, len(ordered), 500):
        known.update(
            connection.scalars(select(NameWord.word).where(NameWord.word.in_(ordered[start : start + 500])))
        )
    # In one order everywhere, so that two who add the same words wait for each other and not in a circle.
    new = [word for word in ordered if word not in known]
    keys = sorted((key, word) for word in new for key in deletion_keys(word))
    insert_missing(connection, NameWord, ("word",), [(word,) for word in new])
    insert_missing(connection, NameWordKey, ("key", "word"), keys)
