"""The layouts of real files that are known: one TOML file each in ``resources/imports``; a new one is a new file."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from muniadmin.exchange.errors import LayoutUnknown
from muniadmin.exchange.imports import is_about_rejects
from muniadmin.kernel.i18n import pick
from muniadmin.kernel.shipped import resource

Template = str | Mapping[str, str] | Sequence[str]


@dataclass(frozen=True)
class Layout:
    """What becomes of the columns of one kind of file."""

    #: Also the beginning of the keys under which its lines are known.
    code: str
    names: Mapping[str, str]
    header: tuple[str, ...]
    #: The profile's kinds of object its lines may be, the first that the profile has counts.
    object_kinds: tuple[str, ...]
    #: Field to templates, of which the first that gives something counts.
    fields: Mapping[str, tuple[str, ...]]
    #: Field to what the file's codes mean: the first code that the profile knows counts.
    values: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


def layout_codes() -> list[str]:
    """The codes of the layouts that are shipped."""
    return sorted(path.stem for path in resource("imports").glob("*.toml"))


def layouts(language: str) -> list[Layout]:
    """Every shipped layout; texts that it puts in come in ``language``."""
    return [layout_called(code, language) for code in layout_codes()]


@cache
def layout_called(code: str, language: str) -> Layout:
    """A shipped layout. Raises LayoutUnknown."""
    path = resource(f"imports/{code}.toml")
    if code not in layout_codes():
        raise LayoutUnknown(layout=code, known=", ".join(layout_codes()))
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Layout(
        code=code,
        names=table["names"],
        header=tuple(table["header"]),
        object_kinds=tuple(table["object_kinds"]),
        fields={name: _templates(template, language) for name, template in table["fields"].items()},
        values=table.get("values", {}),
    )


def _templates(template: Template, language: str) -> tuple[str, ...]:
    if isinstance(template, str):
        return (template,)
    if isinstance(template, Mapping):
        return (pick(template, language),)
    return tuple(template)


def recognised(columns: Sequence[str], language: str) -> Layout | None:
    """The shipped layout whose columns these are, in whatever order; columns of a file of rejects do not count."""
    wanted = {column for column in columns if not is_about_rejects(column)}
    return next((layout for layout in layouts(language) if set(layout.header) == wanted), None)


def header_code(columns: Sequence[str]) -> str:
    """A short name for files with these columns: what their mapping is remembered and their lines are known by."""
    wanted = "\n".join(sorted(column for column in columns if not is_about_rejects(column)))
    return hashlib.sha256(wanted.encode()).hexdigest()[:12]
