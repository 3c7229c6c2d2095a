"""The whole program, imported: what the checks of this folder look at."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import TypeVar

from babel.messages.catalog import Catalog

import muniadmin
from catalogues import extract_strings

T = TypeVar("T")

# Alembic runs its environment and the revisions itself; they cannot be imported on their own.
NOT_IMPORTABLE = ("muniadmin.storage.migrations.env", "muniadmin.storage.migrations.versions")


@cache
def every_module() -> tuple[ModuleType, ...]:
    """All modules of the program."""
    names = (found.name for found in pkgutil.walk_packages(muniadmin.__path__, "muniadmin."))
    return tuple(
        importlib.import_module(name)
        for name in names
        if not name.startswith(NOT_IMPORTABLE) and not name.endswith("__main__")
    )


@cache
def every_string() -> Catalog:
    """What translators get to see; to read the whole source for it takes seconds."""
    return extract_strings()


def every_subclass(of: type[T]) -> list[type[T]]:
    """All classes of the program that stand under ``of``, at any depth, in the order of their names."""
    every_module()
    found: set[type[T]] = set()
    waiting = [of]
    while waiting:
        below = set(waiting.pop().__subclasses__()) - found
        found |= below
        waiting += below
    ours = (kind for kind in found if kind.__module__.startswith("muniadmin."))
    return sorted(ours, key=lambda kind: (kind.__module__, kind.__qualname__))
