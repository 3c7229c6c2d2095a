"""The whole day in the real window, in a process of its own, as ./run does it without a display."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfWriter
from pytestqt.qtbot import QtBot

from muniadmin.desktop.shell.main_window import MainWindow
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.kernel.errors import DatabaseBusy
from tests import tour as tour_module
from tests.documents.samples import ON_PAPER
from tests.tour import NothingHappened, NothingOnIt, Tour


def codes_on(pdf: Path) -> set[str]:
    """Everything a scanner reads on the first page."""
    page: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil()
    return {found.text for found in zxingcpp.read_barcodes(page, formats=ON_PAPER)}


def test_a_paper_with_nothing_on_it_stops_the_tour(tmp_path: Path, qtbot: QtBot) -> None:
    paper = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(420, 595)
    writer.write(paper)
    tour = Tour(tmp_path, "en", "fes", 10, lambda _text: None)
    with pytest.raises(NothingOnIt, match=r"blank\.pdf"):
        tour.keep("blank", paper.getvalue())
    assert tour.papers == []


def test_what_the_tour_waited_for_in_vain_is_said_with_what_the_window_says(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour_module, "_PATIENCE_MS", 0)
    tour = Tour(tmp_path, "en", "fes", 10, lambda _text: None)
    tour.window = MainWindow(Preferences(), tour.incidents)
    qtbot.addWidget(tour.window)
    tour.window.show()
    left_open = ConfirmDialog(tour.window, "Leave without saving?")
    left_open.notice.show_error(DatabaseBusy())
    left_open.open()
    tour.incidents.report(ZeroDivisionError("by nobody"))
    with pytest.raises(NothingHappened) as stopped:
        tour.wait(lambda: False, "the receipt")
    said = stopped.value.sentence()
    for part in (
        "the receipt",
        "[Leave without saving?]",
        DatabaseBusy().sentence(),
        "ZeroDivisionError: by nobody",
    ):
        assert part in said
    assert (tmp_path / "stopped-here.png").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "language"),
    [("fes", "fr"), ("kampala", "en"), pytest.param("cartago", "en", marks=pytest.mark.deep)],
)
def test_the_tour_does_the_day_and_leaves_what_a_person_would_look_at(
    tmp_path: Path, profile: str, language: str
) -> None:
    command = [
        sys.executable, "-m", "tests.tour",
        "--out", str(tmp_path), "--profile", profile, "--language", language, "--taxpayers", "120", "--json",
    ]  # fmt: skip
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    assert summary["findings"] == []
    assert summary["incidents"] == []
    assert summary["request"]["state"] == "delivered"
    assert len(summary["receipts"]) >= 4
    assert summary["instalments"]["parts"] > 1
    assert len(summary["instalments"]["means"]) == 2
    assert summary["credit"]["used"] == summary["credit"]["held"] > 0
    assert summary["stub"]["due_before"] > summary["stub"]["due_after"] == 0
    assert summary["stub"]["days_late"] > 0
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")) == summary
    for picture in summary["pictures"]:
        with Image.open(tmp_path / picture) as image:
            assert image.size == (1366, 768)
            assert len(image.convert("RGB").getcolors(1_000_000) or ()) > 20
    for document in summary["documents"]:
        assert len(pypdfium2.PdfDocument(tmp_path / document)) >= 1
    receipt = summary["receipts"][0]["number"]
    codes = codes_on(tmp_path / "receipt-bill.pdf")
    assert receipt in codes
    signed = next(code for code in codes if code.startswith("MA1|R|"))
    assert receipt in signed
    assert summary["bill"]["number"] in codes_on(tmp_path / "bill.pdf")
    assert summary["fine"]["number"] in codes_on(tmp_path / "fine-notice.pdf")
    verify = [
        sys.executable,
        "-m",
        "muniadmin",
        "receipt",
        "verify",
        signed,
        "--url",
        f"sqlite:///{tmp_path}/town.db",
    ]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    forged = [*verify[:5], signed.replace(receipt, "9-2026-000001-X"), *verify[6:]]
    assert subprocess.run(forged, capture_output=True, check=False).returncode == 5
