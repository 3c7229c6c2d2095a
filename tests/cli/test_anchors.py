"""Anchors on the command line: made, listed, carried to a folder, and compared with the database."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from muniadmin.app import App
from muniadmin.cli.main import main
from muniadmin.kernel.i18n import set_language
from muniadmin.verification.workstation import file_of, load

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(app: App, town_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the town; its exit code, what it answered to --json, and what it said beside."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUNIADMIN_URL", town_url)

    def run_command(*arguments: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = main([*arguments, "--json"])
        said = capsys.readouterr()
        set_language("en")
        return code, json.loads(said.out) if said.out else None, said.err

    return run_command


def test_a_name_that_no_disk_takes_is_refused_before_an_anchor_is_made(run: Run) -> None:
    code, _made, said = run("anchor", "make", "--out", "n" * 300)
    assert code == 1
    assert "cannot be written" in said


def test_an_anchor_is_made_kept_in_a_file_and_verified_against(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "monday.txt"
    code, made, _err = run("anchor", "make", "--out", str(file))
    assert (code, made["number"]) == (0, 1)
    assert file.read_text() == made["line"] + "\n"
    code, listed, _err = run("anchor", "list")
    assert [(one["number"], one["digest"]) for one in listed["anchors"]] == [(1, made["digest"])]

    code, report, _err = run("verify", "--against", str(file))
    assert (code, report["clean"]) == (0, True)

    # The same file is not written over.
    code, _made, err = run("anchor", "make", "--out", str(file))
    assert (code, str(file) in err) == (1, True)
    assert file.read_text() == made["line"] + "\n"


def test_a_folder_is_chosen_filled_and_compared_as_a_whole(run: Run, app: App, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    run("anchor", "make")
    assert run("anchor", "folder", str(stick))[1] == {"folder": str(stick), "written": 1}
    code, made, err = run("anchor", "make")
    assert (code, made["written"], err) == (0, 1, "")
    assert run("verify", "--against", str(stick))[0] == 0

    changed = next(stick.glob("*000002.txt"))
    changed.write_text(changed.read_text().replace("office:", "office:1"))
    code, report, _err = run("verify", "--against", str(stick))
    assert (code, [one["check"] for one in report["findings"]]) == (1, ["against"])
    assert str(changed) in report["findings"][0]["message"]

    # A stick that was pulled out: the anchor is made all the same, and a sentence says so.
    stick.rename(tmp_path / "elsewhere")
    code, made, err = run("anchor", "make")
    assert (code, made["number"], made["written"]) == (0, 3, 0)
    assert str(stick) in err
    assert "Traceback" not in err
    assert run("anchor", "folder", "--none")[1] == {"folder": "", "written": 0}


def test_files_that_are_no_text_are_findings_and_files_that_are_not_there_refusals(
    run: Run, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.bin"
    odd.write_bytes(bytes(range(256)))
    code, report, err = run("verify", "--against", str(odd))
    assert (code, [one["check"] for one in report["findings"]], err) == (1, ["against"], "")
    code, report, err = run("verify", "--against", str(tmp_path / "none.txt"))
    assert (code, report) == (1, None)
    assert "There is no file or folder" in err
    assert "none.txt" in err


def test_a_command_remembers_where_the_chains_stand(run: Run, app: App) -> None:
    run("anchor", "make")
    held = load(file_of(app.database.url))
    assert held is not None
    assert held.heads["anchors"].last == 1

    with closing(sqlite3.connect(str(app.database.writers.url.database))) as plain:
        plain.execute("DROP TRIGGER event_no_delete")
        plain.execute(
            "DELETE FROM event WHERE chain = 'office' AND chain_seq = ?", (held.heads["office"].last,)
        )
        plain.commit()
    code, report, _err = run("verify")
    assert code == 1
    assert "remembered" in [one["check"] for one in report["findings"]]

    assert run("anchor", "begin-anew", "--reason", "the test is over")[1] == {"lost": 1}
    code, report, _err = run("verify")
    assert "remembered" not in [one["check"] for one in report["findings"]]
