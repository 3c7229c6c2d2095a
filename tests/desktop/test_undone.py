"""Whoever locks a button while an order is under way can go on when nothing comes of it: after an incident, too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import muniadmin.desktop

SCREENS = Path(muniadmin.desktop.__file__).parent


def sends(tree: ast.AST) -> Iterator[ast.Call]:
    """Every ``….run(…)`` by a function that locks a button, or by a dialog that unlocks one when it is refused."""
    locking = [
        part
        for part in ast.walk(tree)
        if isinstance(part, ast.FunctionDef) and ".setEnabled(False)" in ast.unparse(part)
    ]
    of_locking = {id(part) for function in locking for part in ast.walk(function)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run":
            failed = next((ast.unparse(one.value) for one in call.keywords if one.arg == "failed"), "")
            if failed.endswith(".refuse") or (failed and id(call) in of_locking):
                yield call


def test_what_is_unlocked_after_a_refusal_is_unlocked_after_an_incident() -> None:
    said = {
        f"{path.relative_to(SCREENS)}:{call.lineno}": {keyword.arg for keyword in call.keywords}
        for path in SCREENS.rglob("*.py")
        for call in sends(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(said) > 20
    assert [place for place, keywords in said.items() if "undone" not in keywords] == []
