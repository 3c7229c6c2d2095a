"""What becomes of a file's columns: a template for each field, with the columns' names in braces.

"{Owner}" takes a column as it is, "{Street}, {City}" joins two, "organisation" is a fixed word.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from muniadmin.exchange.errors import ColumnMissing

Cells = Sequence[str]
Take = Callable[[Cells], str]

_PLACE = re.compile(r"\{([^{}]+)\}")
_LOOSE_COMMAS = re.compile(r"(?:^|,)\s*(?=,|$)|^\s*,\s*")


def columns_of(template: str) -> list[str]:
    """The columns a template takes."""
    return _PLACE.findall(template)


def column_template(column: str) -> str:
    """The template that takes one column as it is."""
    return f"{{{column}}}"


def compiled(template: str, columns: Sequence[str], file: str) -> Take:
    """The function that fills a template from a line's fields. Raises ColumnMissing."""
    places = {column: place for place, column in enumerate(columns)}
    for column in columns_of(template):
        if column not in places:
            raise ColumnMissing(file=file, column=column)
    parts = _PLACE.split(template)
    if len(parts) == 1:
        return lambda _cells: template
    if parts[0] == parts[-1] == "" and len(parts) == 3:
        place = places[parts[1]]
        return lambda cells: " ".join(cells[place].split())
    texts, wanted = parts[::2], [places[column] for column in parts[1::2]]

    def fill(cells: Cells) -> str:
        filled = texts[0] + "".join(
            f"{cells[place]}{text}" for place, text in zip(wanted, texts[1:], strict=True)
        )
        return tidy(filled)

    return fill


def tidy(text: str) -> str:
    """Joined fields without the blanks and commas that empty ones leave."""
    text = " ".join(text.split())
    if "," not in text:
        return text
    text = text.replace(" ,", ",")
    while (shorter := _LOOSE_COMMAS.sub("", text).strip()) != text:
        text = shorter
    return text


def translated(value: str, table: Mapping[str, Sequence[str]], known: Sequence[str]) -> str:
    """What a file's code means here: the first of the table's codes that is known; "*" stands for every other code."""
    wanted = table.get(value) or table.get("*")
    if wanted is None:
        return value
    return next((code for code in wanted if not known or code in known), value)
