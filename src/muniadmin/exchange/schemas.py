"""What a line of an imported file may say: Table Schemas shipped as data in ``schemas/``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from muniadmin.kernel.folding import fold
from muniadmin.kernel.shipped import schema


@dataclass(frozen=True)
class Field:
    """Something a file may say about each line. ``headers`` are the column names it is recognised by, folded."""

    name: str
    #: string | date
    type: str
    titles: Mapping[str, str]
    headers: frozenset[str]
    longest: int | None = None


@cache
def fields_of(file: str) -> tuple[Field, ...]:
    """The fields of a shipped Table Schema, e.g. ``taxpayers.import.schema.json``."""
    document = json.loads(schema(file).read_text(encoding="utf-8"))
    return tuple(
        Field(
            name=entry["name"],
            type=entry["type"],
            titles=entry["titles"],
            headers=frozenset(_header(text) for text in (*entry["headers"], *entry["titles"].values())),
            longest=entry.get("constraints", {}).get("maxLength"),
        )
        for entry in document["fields"]
    )


def guess(columns: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """Which column each field is likely to be, by its name; a column serves one field, the first of ``fields``."""
    free = {_header(column): column for column in reversed(columns)}
    guessed: dict[str, str] = {}
    for field in fields:
        header = next((header for header in free if header in field.headers), None)
        if header is not None:
            guessed[field.name] = free.pop(header)
    return guessed


def _header(text: str) -> str:
    return fold(text.replace("_", " "))
