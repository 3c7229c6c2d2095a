"""Finds the files shipped with the program: in the installed package, or at the top of a source checkout."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


@cache
def _top(folder: str) -> Path:
    installed = PACKAGE / folder
    return installed if installed.is_dir() else PACKAGE.parent.parent / folder


def resource(path: str) -> Path:
    """The path of a shipped resource, e.g. ``profiles/fes.toml`` or ``fonts/NotoSans-Regular.ttf``."""
    return _top("resources") / path


def schema(name: str) -> Path:
    """The path of a shipped schema, e.g. ``profile.schema.json``."""
    return _top("schemas") / name
