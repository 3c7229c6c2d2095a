"""Questions about files to be imported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from muniadmin.kernel.requests import Query
from muniadmin.taxpayers.names import IMPORT_TAXPAYERS


@dataclass(frozen=True, kw_only=True)
class FieldChoice:
    """Something a file's column may be. ``object_kind`` is set for what only that kind of object has."""

    name: str
    titles: Mapping[str, str]
    required: bool
    #: Whether it is said of an object, so that a file without objects cannot say it.
    about_object: bool = False
    object_kind: str = ""


@dataclass(frozen=True, kw_only=True)
class FileInspection:
    """How a file is written, its first lines, and what its columns are taken to be."""

    path: str
    file: str
    #: "csv" or "xlsx".
    kind: str
    encoding: str
    delimiter: str
    #: About how many lines there are.
    about: int
    columns: tuple[str, ...]
    #: The first lines: (line number, fields).
    sample: tuple[tuple[int, tuple[str, ...]], ...]
    #: Code and names of the layout that was recognised; empty when there is none.
    layout: str
    layout_names: Mapping[str, str]
    #: Whether the mapping is the one this file's columns were given the last time.
    remembered: bool
    #: Field to template.
    mapping: Mapping[str, str]
    object_kind: str
    fields: tuple[FieldChoice, ...]


@dataclass(frozen=True, kw_only=True)
class InspectTaxpayerFile(Query[FileInspection]):
    """Looks at a file before it is imported. Raises a FileUnusable."""

    permission: ClassVar = IMPORT_TAXPAYERS
    path: str


@dataclass(frozen=True, kw_only=True)
class LayoutRow:
    """A layout of files that is shipped."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Layouts(Query[list[LayoutRow]]):
    """Every shipped layout, by its name."""

    permission: ClassVar = IMPORT_TAXPAYERS
