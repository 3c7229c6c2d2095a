"""The first picture comes before anything slow is imported, and the program starts from nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# What may be loaded when the window is first painted, beside the standard library and Qt.
ALLOWED = (
    "muniadmin",
    "muniadmin.access",
    "muniadmin.access.errors",
    "muniadmin.desktop",
    "muniadmin.kernel",
)
FORBIDDEN = (
    "sqlalchemy", "alembic", "psycopg", "pandas", "numpy", "reportlab", "babel", "pypdfium2", "argon2", "cryptography",
    "openpyxl", "PIL", "stdnum", "phonenumbers", "jsonschema", "num2words",
)  # fmt: skip

_PROBE = """
import json, sys
from PySide6.QtCore import QObject, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from muniadmin.desktop import start

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not seen:
            seen.append(sorted(sys.modules))
        return False

seen = []
app = QApplication([])
app.setOrganizationName("MuniAdmin tests"); app.setApplicationName("start")
desktop = start.Desktop(app, start.Options("", False, "fr", "light", ""))
watch = Watch()
desktop.window.installEventFilter(watch)
desktop.window.show()
while not seen:
    app.processEvents()
print(json.dumps(seen[0]), flush=True)
import os; os._exit(0)
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Another process without a display."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )


def test_nothing_slow_is_imported_before_the_first_picture() -> None:
    found = run("-c", _PROBE)
    assert found.returncode == 0, found.stderr
    modules = json.loads(found.stdout.splitlines()[-1])
    tops = {name.split(".")[0] for name in modules}
    assert not tops & set(FORBIDDEN)
    ours = [name for name in modules if name.split(".")[0] == "muniadmin"]
    stray = [
        name
        for name in ours
        if not any(name == a or name.startswith(f"{a}.") for a in ALLOWED[3:]) and name not in ALLOWED
    ]
    assert stray == []
    foreign = tops - set(sys.stdlib_module_names) - {"PySide6", "shiboken6", "muniadmin", "__mp_main__"}
    # Site hooks of the environment (coverage, editable installs) are not ours.
    assert {name for name in foreign if not name.startswith(("_", "a1_", "coverage", "sitecustomize"))} <= {
        "PySide6",
        "shibokensupport",
        "signature_bootstrap",
    }


@pytest.mark.slow
def test_the_first_start_asks_where_the_data_are_kept(tmp_path: Path) -> None:
    picture = tmp_path / "first.png"
    done = run(
        "-m", "muniadmin.desktop.start", "--screenshot", str(picture), "--language", "en",
        XDG_CONFIG_HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert picture.stat().st_size > 5_000


def test_a_wrong_option_ends_with_a_sentence() -> None:
    done = run("-m", "muniadmin.desktop.start", "--theme", "pink")
    assert done.returncode == 2
    assert "--theme" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_and_refusals_speak_the_language_asked_for() -> None:
    done = run("-m", "muniadmin.desktop.start", "--language", "fr", "--help")
    assert done.returncode == 0
    for words in (
        "usage\u00a0: muniadmin-gui",
        "{en,fr}",
        "afficher cette aide et quitter",
        "afficher la version du programme",
    ):
        assert words in done.stdout
    refused = run("-m", "muniadmin.desktop.start", "--language=fr", "--theme", "rose")
    assert "choix 'rose' invalide (choisir parmi 'light', 'dark', 'system')" in refused.stderr


def test_without_a_screen_one_sentence_says_so() -> None:
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in os.environ.items() if name not in named}
    command = [sys.executable, "-m", "muniadmin.desktop.start", "--language", "en"]
    ran = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("There is no screen")
    assert "Traceback" not in ran.stderr
