"""What a user installs holds everything the program reads at run time."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

READ_WHAT_WAS_SHIPPED = """
from pathlib import Path

import muniadmin
from muniadmin.kernel.i18n import LANGUAGES, _, set_language
from muniadmin.kernel.shipped import resource, schema

here = Path(muniadmin.__file__).parent
for shipped in (resource("fonts"), resource("profiles/fes.toml"), schema("profile.schema.json")):
    assert shipped.exists() and shipped.is_relative_to(here), shipped
for language in LANGUAGES.keys() - {"en"}:
    set_language(language)
    assert _("This field is required.") != "This field is required.", language
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.mark.slow
def test_the_wheel_holds_every_shipped_file(wheel: Path) -> None:
    listed = ["git", "ls-files", "resources", "schemas", "src/muniadmin"]
    files = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()

    inside = set(zipfile.ZipFile(wheel).namelist())

    assert {f"muniadmin/{file.removeprefix('src/muniadmin/')}" for file in files} <= inside


@pytest.mark.slow
def test_the_installed_program_reads_its_own_files(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", READ_WHAT_WAS_SHIPPED],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
