"""What manuals and texts name is there: commands, buttons and keys."""

import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from catalogues import ROOT, SOURCE
from muniadmin.cli.arguments import parse
from tests.architecture.program import every_string

MANUALS = sorted((ROOT / "docs").rglob("*.md"))


@cache
def texts() -> set[str]:
    """Every English string of the program."""
    found: set[str] = set()
    for message in every_string():
        found |= {message.id} if isinstance(message.id, str) else set(message.id)
    return found


def test_every_command_that_is_named_is_there() -> None:
    written = "\n".join([*(file.read_text() for file in MANUALS), *sorted(texts())])
    named = set(re.findall(r"\bmuniadmin\s+([a-z][a-z-]*)(?:\s+([a-z][a-z-]*)\b(?![/.\w]))?", written))

    assert len(named) > 10
    for command, below in named:
        # What is not understood raises Misuse; gui and tour leave --help to the programs they start.
        with suppress(SystemExit):
            parse([*filter(None, (command, below)), "--help"])


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.name)
def test_buttons_of_a_manual_are_called_so_on_the_screens(manual: Path) -> None:
    """What ends in … and what stands before its key is the name of a button, word by word."""
    text = " ".join(manual.read_text().split())
    named = re.findall(r"\*([^*]+…)\*", text) + re.findall(r"\*\*([^*+]+)\*\* \(Ctrl\+[\w+]+\)", text)

    assert set(named) - texts() == set()


def test_keys_of_the_manuals_are_keys_of_the_program() -> None:
    code = "\n".join(file.read_text() for file in SOURCE.rglob("*.py"))
    named = {
        key
        for manual in MANUALS
        for key in re.findall(r"\b(?:Ctrl|Shift)\+(?:\w+\+)*\w+", manual.read_text())
    }
    # Ctrl+1 to Ctrl+5 are made by counting; Ctrl+C ends a command in a terminal.
    bound = {key for key in named if f'"{key.replace("Enter", "Return")}"' in code}

    assert {key for key in named - bound if not re.fullmatch(r"Ctrl\+([1-5]|C)", key)} == set()
