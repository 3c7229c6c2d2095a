"""Where the rejected lines of an import are offered to go."""

from pathlib import Path

import pytest

from muniadmin.desktop.exchange.rejects_place import place_for_rejects


def test_beside_the_file_under_a_name_nothing_has_yet(tmp_path: Path) -> None:
    source = tmp_path / "roll.csv.gz"
    assert place_for_rejects(source) == tmp_path / "roll-rejects.csv"
    (tmp_path / "roll-rejects.csv").touch()
    (tmp_path / "roll-rejects-2.csv").touch()
    assert place_for_rejects(source) == tmp_path / "roll-rejects-3.csv"


@pytest.mark.skipif(
    not Path("/proc/self").is_dir(), reason="a folder even an administrator cannot write into"
)
@pytest.mark.parametrize("documents", [True, False])
def test_from_a_folder_that_cannot_be_written_to_it_goes_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    folder = tmp_path / "Documents" if documents else tmp_path
    folder.mkdir(exist_ok=True)
    assert place_for_rejects(Path("/proc/self/roll.csv")) == folder / "roll-rejects.csv"
