"""A file takes its place when it is whole, and nothing else is left beside it."""

import os
import time
from pathlib import Path

import pytest

from muniadmin.kernel.drafts import draft_of, drafted

_DAY = 24 * 60 * 60


def old(path: Path) -> Path:
    """A file of the day before yesterday."""
    path.write_text("half of it")
    before = time.time() - 2 * _DAY
    os.utime(path, (before, before))
    return path


def test_what_a_killed_program_left_goes_with_the_next_file(tmp_path: Path) -> None:
    left = old(tmp_path / ".4711-3.part")
    others = [old(tmp_path / name) for name in (".4711-3.part.txt", "4711-3.part", ".x-1.part", "list.csv")]
    at_work = draft_of(tmp_path / "other.csv")
    at_work.write_text("somebody is at work")
    with drafted(tmp_path / "list.csv") as draft:
        draft.write_text("all of it")
    assert not left.exists()
    assert all(one.exists() for one in (*others, at_work))
    assert (tmp_path / "list.csv").read_text() == "all of it"


def test_what_stood_there_stays_where_the_new_one_does_not_come_about(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text("before")

    def break_off() -> None:
        with drafted(place) as draft:
            draft.write_text("half")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        break_off()
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]
    assert place.read_text() == "before"


def test_a_folder_that_is_not_there_is_told_by_whoever_writes(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), drafted(tmp_path / "gone" / "list.csv") as draft:
        draft.write_text("x")
