"""The layouts of real files of fines that are known: one TOML file each in ``resources/imports/fines``."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from muniadmin.exchange.errors import ColumnMissing, LayoutUnknown
from muniadmin.exchange.layouts import header_code
from muniadmin.exchange.mapping import columns_of
from muniadmin.exchange.schemas import Field, fields_of
from muniadmin.exchange.tabular import Table
from muniadmin.kernel.shipped import resource

SCHEMA = "fines.import.schema.json"


@dataclass(frozen=True)
class FineLayout:
    """What becomes of the columns of one kind of file."""

    #: Also the beginning of the keys under which its fines are known.
    code: str
    names: Mapping[str, str]
    #: The columns by which it is recognised; a file may have more.
    header: tuple[str, ...]
    #: Field of the schema to template.
    fields: Mapping[str, str]
    #: How moments are written, for strptime; empty: as people write days and times.
    moment: str = ""
    exported: str = ""
    #: Times are figures of hours and minutes without leading zeros: 945 is 9:45, 45 is 0:45.
    hours_in_figures: bool = False


def fine_layout_codes() -> list[str]:
    """The codes of the layouts that are shipped."""
    return sorted(path.stem for path in resource("imports/fines").glob("*.toml"))


@cache
def fine_layout(code: str) -> FineLayout:
    """A shipped layout. Raises LayoutUnknown."""
    known = fine_layout_codes()
    if code not in known:
        raise LayoutUnknown(layout=code, known=", ".join(known))
    table = tomllib.loads(resource(f"imports/fines/{code}.toml").read_text(encoding="utf-8"))
    return FineLayout(
        code=code,
        names=table["names"],
        header=tuple(table["header"]),
        fields=table["fields"],
        moment=table.get("moment", ""),
        exported=table.get("exported", ""),
        hours_in_figures=table.get("hours_in_figures", False),
    )


def fine_fields() -> tuple[Field, ...]:
    """Everything a file of fines may say."""
    return fields_of(SCHEMA)


def recognised_fines(columns: Sequence[str]) -> FineLayout | None:
    """The layout whose columns are all there; of several, the one that knows most of them."""
    layouts = [fine_layout(code) for code in fine_layout_codes()]
    fitting = [layout for layout in layouts if set(layout.header) <= set(columns)]
    return max(fitting, key=lambda layout: len(layout.header), default=None)


def mapped_by_hand(columns: Sequence[str], mapping: Mapping[str, str]) -> FineLayout:
    """A layout for the columns of this file, as somebody said what they are."""
    return FineLayout(header_code(columns), {}, (), dict(mapping))


def fitted(layout: FineLayout, table: Table) -> FineLayout:
    """The layout without what this file does not have. Raises ColumnMissing when it is another kind of file."""
    for column in layout.header:
        if column not in table.columns:
            raise ColumnMissing(file=table.name, column=column)
    there = {
        name: template
        for name, template in layout.fields.items()
        if set(columns_of(template)) <= set(table.columns)
    }
    return replace(layout, fields=there)
