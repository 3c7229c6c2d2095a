"""Finds taxpayers by what somebody types.

Exact things (number, phone, identifier, plate) come first and are never mixed up with names in one ranking. Names are
found by their words' beginnings in any order, then by any part of a word, and only then by words one or two slips away.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection, bindparam, text

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.numbers import WrongNumber, read_number
from muniadmin.settings.services import profile_of
from muniadmin.storage.unit_of_work import Reading
from muniadmin.taxpayers.index import fill_search, finds_inside_words, note_names
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.taxpayers.rules import (
    canonical_identifier,
    canonical_phone,
    compact,
    halves,
    object_key,
    swapped_across_the_middle,
)

__all__ = ["Match", "fill_search", "matches", "note_names", "similar_words"]

# How many of a broad search's rows are put in order: ranking all of "mar" would cost more than anybody reads.
_RANKED = 200
_CORRECTIONS = 8
# Fewer names than this, and like names are shown below them.
_FEW = 3
_LAST = "\U0010ffff"
# A whole number plate, however it is written: 12345-A-15.
_PLATE = re.compile(r"\d{1,6}[\s\-|/]*[^\W\d_][\s\-|/]*\d{1,2}")


@dataclass(frozen=True)
class Match:
    """A taxpayer found, and by what."""

    taxpayer_id: int
    why: str


def matches(reading: Reading, typed: str, limit: int) -> list[Match]:
    """The taxpayers ``typed`` finds, the best first."""
    found: dict[int, str] = {}
    for taxpayer_id, why in _all_ways(reading, typed.strip()[:120], limit):
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
        yield from _by_object(reading, typed, limit)
        return
    if number is not None and number[0] is TAXPAYER_NUMBER:
        yield from _ids(reading, "number = :number", "number", 1, number=number[1])
        return
    exact = False
    exactly = (_by_phone, _by_identifier, _by_object)
    for hit in chain.from_iterable(way(reading, typed, limit) for way in exactly):
        exact = True
        yield hit
    if not exact and _PLATE.fullmatch(typed):
        # Nobody else's: neither a number that has these figures inside, nor a plate that is only like it.
        yield from _ranked(_candidates(reading.connection, [[f" {compact(folded)}"]]), [compact(folded)])
    elif not exact:
        yield from _by_beginning_of_number(reading, folded, limit)
        yield from _by_name(reading, folded, limit)


# --- exactly -------------------------------------------------------------------------------------------------------


def _by_beginning_of_number(reading: Reading, folded: str, limit: int) -> Iterator[tuple[int, str]]:
    beginning = compact(folded)
    if re.fullmatch(r"c\d{2,9}", beginning):
        start = f"C-{beginning[1:]}"
        yield from _ids(
            reading, "number >= :start AND number < :stop", "number", limit, start=start, stop=start + _LAST
        )


def _by_phone(reading: Reading, typed: str, limit: int) -> Iterator[tuple[int, str]]:
    if not re.fullmatch(r"[\d\s+().\-/]{6,}", typed):
        return
    try:
        phone = canonical_phone(typed, reading.municipality.country)
    except UserError:
        return
    yield from _ids(reading, "phone = :phone", "phone", limit, phone=phone)


def _by_identifier(reading: Reading, typed: str, limit: int) -> Iterator[tuple[int, str]]:
    if not re.search(r"\d", typed):
        return
    wanted: set[tuple[str, str]] = set()
    for kind in profile_of(reading).identifier_kinds:
        try:
            wanted.add((kind.code, canonical_identifier(kind, typed)))
        except UserError:
            continue
    if not wanted:
        return
    rows = reading.connection.execute(
        _IDENTIFIERS, {"values": sorted({value for _kind, value in wanted}), "limit": limit}
    )
    yield from ((row[0], "identifier") for row in rows if (row[1], row[2]) in wanted)


def _by_object(reading: Reading, typed: str, limit: int) -> Iterator[tuple[int, str]]:
    if not re.search(r"\d", typed):
        return
    keys = [object_key(kind.code, typed) for kind in profile_of(reading).object_kinds]
    rows = reading.connection.execute(_OBJECTS, {"keys": [key for key in keys if key], "limit": limit})
    yield from ((row[0], "object") for row in rows)


_IDENTIFIERS = text(
    "SELECT taxpayer_id, kind, value FROM identifier WHERE value IN :values LIMIT :limit"
).bindparams(bindparam("values", expanding=True))
_OBJECTS = text("SELECT taxpayer_id FROM taxable_object WHERE external_key IN :keys LIMIT :limit").bindparams(
    bindparam("keys", expanding=True)
)


def _ids(reading: Reading, wanted: str, why: str, limit: int, **values: str) -> Iterator[tuple[int, str]]:
    rows = reading.connection.execute(
        text(f"SELECT id FROM taxpayer WHERE {wanted} ORDER BY sort_name LIMIT :limit"),  # noqa: S608 - own text
        {**values, "limit": limit},
    )
    yield from ((row[0], why) for row in rows)


# --- by words ------------------------------------------------------------------------------------------------------


def _by_name(reading: Reading, folded: str, limit: int) -> Iterator[tuple[int, str]]:
    """Words by their beginnings; when that finds next to nothing and a word is unknown, by its parts, then by slips."""
    words = folded.split()
    found = 0
    for hit in _by_beginnings(reading, words, limit):
        found += 1
        yield hit
    if found >= _FEW or not (unknown := _unknown(reading.connection, words)):
        return
    for hit in _ranked(_candidates(reading.connection, [[word] for word in words]), words):
        found += 1
        yield hit
    if found < _FEW:
        yield from _by_similar_words(reading, words, unknown)


def _by_beginnings(reading: Reading, words: Sequence[str], limit: int) -> Iterator[tuple[int, str]]:
    if len(words) == 1:
        # Names that begin with it, in their order, straight from the index the list is sorted by.
        begins = "sort_name >= :start AND sort_name < :stop"
        yield from _ids(reading, begins, "name", limit, start=words[0], stop=words[0] + _LAST)
    yield from _ranked(_candidates(reading.connection, [[f" {word}"] for word in words]), words)
    if len(words) > 1 and any(word.isdigit() for word in words):
        # A plate or an identifier typed with blanks.
        yield from _ranked(_candidates(reading.connection, [["".join(words)]]), words)


def _ranked(found: Iterable[tuple[int, str]], words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Names that have all the words before those found by an address or a plate; then in the order of names."""

    def rank(entry: tuple[int, str]) -> tuple[bool, bool, str]:
        name = f" {entry[1]}"
        return not all(f" {word}" in name for word in words), not entry[1].startswith(words[0]), entry[1]

    for entry in sorted(found, key=rank):
        yield entry[0], "other" if rank(entry)[0] else "name"


def _by_similar_words(
    reading: Reading, words: Sequence[str], unknown: Collection[str]
) -> Iterator[tuple[int, str]]:
    alternatives = [
        [
            f" {word}",
            *(f" {like}" for like in (similar_words(reading.connection, word) if word in unknown else ())),
        ]
        for word in words
    ]
    if all(len(others) == 1 for others in alternatives):
        return
    # The nearest name first: how far each typed word is from the nearest word of the name.
    ranked = sorted(
        (sum(min(OSA.distance(word, part) for part in name.split() or [""]) for word in words), name, key)
        for key, name in _candidates(reading.connection, alternatives)
    )
    yield from ((key, "similar") for _distance, _name, key in ranked)


def _candidates(connection: Connection, parts: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """(id, folded names) of taxpayers whose search text holds, for each of ``parts``, one of its alternatives."""
    if connection.dialect.name == "sqlite":
        asked = _on_sqlite(parts)
    elif finds_inside_words(connection):
        asked = _holding("taxpayer", parts)
    else:
        asked = _on_plain_postgresql(parts)
    if asked is None:
        return []
    source, condition, values = asked
    rows = connection.execute(
        text(
            f"SELECT taxpayer.id, sort_name, name_arabic FROM {source} WHERE {condition} LIMIT :limit"  # noqa: S608
        ),
        {**values, "limit": _RANKED},
    )
    return [(row[0], f"{row[1]} {fold(row[2])}" if row[2] else row[1]) for row in rows]


_Asked = tuple[str, str, dict[str, str]]


def _holding(source: str, parts: Sequence[Sequence[str]], prefix: str = "part") -> _Asked:
    """The rows of ``source`` whose search text holds the parts."""
    values: dict[str, str] = {}
    conditions = []
    for some in parts:
        either = []
        for part in some:
            name = f"{prefix}{len(values)}"
            escaped = part.replace("_", "\\_")
            values[name] = f"%{escaped}%"
            either.append(f"taxpayer.search_text LIKE :{name}")
        conditions.append(f"({' OR '.join(either)})")
    return source, " AND ".join(conditions), values


def _on_sqlite(parts: Sequence[Sequence[str]]) -> _Asked | None:
    # The index knows three letters in a row; shorter parts are looked for in the rows it finds.
    known = [some for some in parts if all(len(part) >= 3 for part in some)]
    if not known:
        return None
    query = " AND ".join("(" + " OR ".join(f'"{part}"' for part in some) + ")" for some in known)
    source = "taxpayer_search JOIN taxpayer ON taxpayer.id = taxpayer_search.rowid"
    _source, short, values = _holding(source, [some for some in parts if some not in known])
    condition = "taxpayer_search MATCH :query" + (f" AND {short}" if short else "")
    return source, condition, {**values, "query": query}


def _on_plain_postgresql(parts: Sequence[Sequence[str]]) -> _Asked:
    query = " & ".join("(" + " | ".join(f"{part.strip()}:*" for part in some) + ")" for some in parts)
    return "taxpayer", "to_tsvector('simple', search_text) @@ to_tsquery('simple', :query)", {"query": query}


# --- words one or two slips away -----------------------------------------------------------------------------------


def similar_words(connection: Connection, word: str) -> list[str]:
    """Words of names that are one slip from ``word``; when there are none, two slips for words of six letters on."""
    if not 4 <= len(word) <= 30 or word.isdigit():
        return []
    beginning, ending = halves(word)
    near = _nearest(word, _words_like(connection, beginning, ending, len(word), 1), 1)
    near += _nearest(word, _exactly(connection, swapped_across_the_middle(word)), 1)
    if near or len(word) < 6:
        return near
    return _nearest(word, _words_like(connection, word[:1], word[-2:], len(word), 2), 2)


def _nearest(word: str, others: Sequence[str], slips: int) -> list[str]:
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=slips, limit=_CORRECTIONS)
    return list(dict.fromkeys(other for other, _distance, _place in found if other != word))


def _words_like(
    connection: Connection, beginning: str, ending: str, length: int, longer_or_shorter: int
) -> Sequence[str]:
    """Words of about that length that begin or end like this."""
    backwards = ending[::-1]
    return connection.scalars(
        text(
            "SELECT word FROM name_word WHERE word >= :a AND word < :b AND length(word) BETWEEN :least AND :most "
            "UNION ALL SELECT word FROM name_word "
            "WHERE backwards >= :c AND backwards < :d AND length(word) BETWEEN :least AND :most"
        ),
        {
            "a": beginning,
            "b": beginning + _LAST,
            "c": backwards,
            "d": backwards + _LAST,
            "least": length - longer_or_shorter,
            "most": length + longer_or_shorter,
        },
    ).all()


def _unknown(connection: Connection, words: Sequence[str]) -> set[str]:
    """The words that occur in nobody's name as they are: unfinished, mistyped, or no names at all."""
    return {word for word in words if not _exactly(connection, word)}


def _exactly(connection: Connection, word: str) -> Sequence[str]:
    return connection.scalars(text("SELECT word FROM name_word WHERE word = :word"), {"word": word}).all()
