"""The command line as scripts and installers use it: answers, exit codes, refusals in one sentence."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from muniadmin.access.commands import Approval, SignIn
from muniadmin.app import App
from muniadmin.bootstrap import open_app, system_actor
from muniadmin.cli.main import main
from muniadmin.collection.commands import CancelReceipt
from muniadmin.documents.models import IssuedDocument
from muniadmin.documents.signing import SigningKey
from muniadmin.fines.names import CAPTURE_FINES
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.places import data_folder, default_database, log_file
from muniadmin.storage.engine import Database
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers.models import TaxableObject
from muniadmin.verification.commands import Verify
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.collection.counter import a_stub
from tests.documents.samples import ON_PAPER
from tests.towns import PASSWORD, actor_with, user_name

Run = Callable[..., "Ran"]


class Ran:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def data(self) -> Any:
        """The answer to --json."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process, in English unless it says otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "MUNIADMIN_URL"):
        monkeypatch.delenv(name, raising=False)

    def run_command(*arguments: str) -> Ran:
        capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_command


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    """A file whose first line is a good password."""
    path = tmp_path / "password.txt"
    path.write_text(f"{PASSWORD}\nnot this line\n", encoding="utf-8")
    return str(path)


def one_sentence(err: str) -> bool:
    """Whether standard error holds one line that ends like a sentence, and no traceback."""
    lines = err.strip().splitlines()
    return len(lines) == 1 and lines[0].endswith((".", "!", "?")) and "Traceback" not in err


class TestUnderstanding:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["rubbish"],
            [],
            ["db"],
            ["db", "init"],
            ["verify", "--rubbish"],
            ["roll", "issue", "TSC"],
            ["demo", "--taxpayers", "many"],
            ["demo", "--taxpayers", "0"],
            ["receipt", "print", "1-2026-000001-X", "--paper", "a3"],
            ["user", "add", "x", "--name", "X", "--role", "king"],
            ["import", "taxpayers", "f.csv", "--map", "name"],
        ],
    )
    def test_what_is_not_understood_ends_with_2(self, run: Run, arguments: list[str]) -> None:
        ran = run(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert one_sentence(ran.err), ran.err
        assert "--help" in ran.err

    def test_misuse_speaks_the_language_of_the_environment(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LANG", "fr_MA.UTF-8")
        assert "muniadmin db init --help" in run("db", "init").err
        assert "Voir" in run("db", "init").err

    def test_help_lists_every_command(self, run: Run) -> None:
        ran = run("--help")
        assert ran.code == 0
        for command in (
            "gui", "db", "demo", "user", "import", "roll", "indicators", "receipt", "verify", "key",
        ):  # fmt: skip
            assert f"\n    {command} " in ran.out

    @pytest.mark.parametrize(
        "arguments", [["--help"], ["import", "taxpayers", "--help"], ["verify", "-h"], ["gui", "-h"]]
    )
    def test_help_speaks_the_language_asked_for(self, run: Run, arguments: list[str]) -> None:
        ran = run("--language", "fr", *arguments)
        assert ran.out.startswith("usage\u00a0: muniadmin")
        assert "afficher cette aide et quitter" in ran.out
        assert " help" not in ran.out

    def test_help_does_not_load_the_program(self) -> None:
        script = "import sys; from muniadmin.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        check = "print(sorted({'sqlalchemy','babel','PySide6','pandas','reportlab','psycopg'} & set(sys.modules)))"
        ended = subprocess.run(
            [sys.executable, "-c", script + check], capture_output=True, text=True, check=True, timeout=60
        )
        assert ended.stdout.strip().splitlines()[-1] == "[]"


class TestSettingUp:
    def test_a_municipality_with_its_administrator(
        self, run: Run, tmp_path: Path, password_file: str
    ) -> None:
        url = f"sqlite:///{tmp_path / 'town.db'}"
        ran = run(
            "db", "init", "--profile", "kampala", "--url", url, "--admin", "J.Okello", "--name", "Jane Okello",
            "--password-file", password_file, "--json",
        )  # fmt: skip
        assert ran.code == 0
        assert ran.data["municipality"] == "kampala"
        app = open_app(url)
        signed_in = app.execute(
            SignIn(user_name="j.okello", password=PASSWORD, workstation="pc"), system_actor("login")
        ).outcome
        assert signed_in.actor.name == "Jane Okello"
        app.close()

        assert run("db", "check", "--url", url).code == 0
        again = run("db", "init", "--profile", "kampala", "--url", url)
        assert again.code == 1
        assert one_sentence(again.err)

    def test_on_an_empty_server_database(self, run: Run, database_url: str) -> None:
        assert run("db", "init", "--profile", "fes", "--url", database_url).code == 0
        checked = run("db", "check", "--url", database_url, "--json").data
        assert (checked["municipality"], checked["undamaged"]) == ("fes", True)
        assert checked["rows"]["revenue_head"] == 9

    def test_the_usual_place_is_the_desktops(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from PySide6.QtCore import QCoreApplication, QStandardPaths

        before = QCoreApplication.organizationName(), QCoreApplication.applicationName()
        QCoreApplication.setOrganizationName("MuniAdmin")
        QCoreApplication.setApplicationName("MuniAdmin")
        location = QStandardPaths.StandardLocation.AppDataLocation
        assert str(data_folder()) == QStandardPaths.writableLocation(location)
        QCoreApplication.setOrganizationName(before[0])
        QCoreApplication.setApplicationName(before[1])
        monkeypatch.setenv("MUNIADMIN_URL", "postgresql://office/town")
        assert default_database() == "postgresql://office/town"

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["db", "init", "--profile", "atlantis"], "atlantis"),
            (["db", "init", "--profile", "nowhere.toml"], "nowhere.toml"),
            (
                ["db", "init", "--profile", "fes", "--admin", "x", "--password-file", "/no/such/file"],
                "/no/such/file",
            ),
            (["db", "init", "--profile", "fes", "--admin", "n.benali"], "--password-file"),
            (["db", "check"], "There is no database"),
            (["db", "upgrade"], "There is no database"),
            (["verify", "--url", "sqlite:////no/such/folder/x.db"], "/no/such/folder"),
            (["verify", "--url", f"sqlite:////{'n' * 300}.db"], "There is no database"),
            (["verify", "--url", f"sqlite:////{'n' * 300}/x.db"], "There is no database"),
            (["db", "init", "--profile", "fes", "--url", f"sqlite:////{'n' * 300}/x.db"], "cannot be opened"),
            (
                ["db", "init", "--profile", "fes", "--url", f"sqlite:////tmp/{'n' * 300}.db"],
                "cannot be opened",
            ),
            (["demo", "--taxpayers", "1", "--url", f"sqlite:////tmp/{'n' * 300}.db"], "cannot be opened"),
            (["verify", "--url", "mysql://x/y"], "mysql"),
            (["verify", "--url", "postgresql://nobody@127.0.0.1:1/x"], "cannot be opened"),
        ],
    )
    def test_what_cannot_be_done_ends_with_1_and_one_sentence(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
    ) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
        ran = run(*arguments)
        assert (ran.code, ran.out) == (1, "")
        assert one_sentence(ran.err), ran.err
        assert says in ran.err

    def test_a_weak_password_names_its_field(self, run: Run, tmp_path: Path) -> None:
        weak = tmp_path / "weak.txt"
        weak.write_text("123\n", encoding="utf-8")
        url = f"sqlite:///{tmp_path / 'town.db'}"
        ran = run(
            "db", "init", "--profile", "fes", "--url", url, "--admin", "a", "--password-file", str(weak)
        )
        assert ran.code == 1
        assert {line.split(":")[0] for line in ran.err.strip().splitlines()} == {"user_name", "password"}


class TestUsers:
    def test_somebody_new_can_sign_in(self, run: Run, town_url: str, password_file: str) -> None:
        arguments = [
            "user",
            "add",
            "k.tazi",
            "--name",
            "Kenza Tazi",
            "--role",
            "clerk",
            "--role",
            "fines-officer",
        ]
        ran = run(*arguments, "--url", town_url, "--password-file", password_file, "--json")
        assert ran.data["roles"] == ["clerk", "fines_officer"]
        app = open_app(town_url)
        actor = app.execute(
            SignIn(user_name="k.tazi", password=PASSWORD, workstation="pc"), system_actor("login")
        ).outcome.actor
        assert actor.may(CAPTURE_FINES)
        app.close()
        twice = run(*arguments, "--url", town_url, "--password-file", password_file)
        assert (twice.code, "user_name" in twice.err) == (1, True)

    def test_what_no_database_keeps_is_refused_at_its_field(
        self, run: Run, town_url: str, password_file: str
    ) -> None:
        typed_in_another_encoding = b"Ren\xe9e".decode("utf-8", "surrogateescape")
        wanted = ("user", "add", "r.alami", "--role", "clerk", "--url", town_url)
        ran = run(*wanted, "--name", typed_in_another_encoding, "--password-file", password_file)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("name: A text has a character that cannot be stored")
        assert one_sentence(ran.err)


class TestRolls:
    def test_a_dry_run_changes_nothing(self, run: Run, app: App, town_url: str) -> None:
        owner = a_taxpayer(app)
        with unit_of_work(
            app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
        ) as uow:
            uow.session.add(
                TaxableObject(
                    taxpayer_id=owner, kind="property", label="12, derb Sidi Ahmed",
                    attributes={"use": "second_home", "perimeter": "urban", "rental_value": 20_000_00},
                    started_on=date(2020, 1, 1),
                )
            )  # fmt: skip
        wanted = ("roll", "issue", "TH", "2026", "--url", town_url, "--json")
        preview = run(*wanted, "--dry-run").data
        assert (preview["bills"], preview["amount"], preview["dry_run"]) == (1, "1500.00", True)
        issued = run(*wanted).data
        assert (issued["bills"], issued["amount"]) == (1, "1500.00")
        assert run(*wanted).data["bills"] == 0, "a second run adds what is missing: nothing"

    @pytest.mark.parametrize(
        "head_and_period", [("XX", "2026"), ("TH", "2026-T1"), ("TH", "soon"), ("PV", "2026")]
    )
    def test_what_is_no_roll_is_refused(
        self, run: Run, town_url: str, head_and_period: tuple[str, str]
    ) -> None:
        ran = run("roll", "issue", *head_and_period, "--url", town_url)
        assert ran.code == 1
        assert one_sentence(ran.err)


@pytest.fixture
def receipt(app: App) -> str:
    """A receipt that was issued over a counter; its number."""
    clerk = actor_with(app, Role.CLERK)
    bill = a_bill(app, "851.25", taxpayer_id=a_taxpayer(app))
    return pay(app, clerk, an_open_desk(app, clerk), bill).receipt_number


class TestReceipts:
    def test_are_printed_once_as_the_original(
        self, run: Run, town_url: str, receipt: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "receipt.pdf"
        wanted = (
            "receipt",
            "print",
            receipt.lower().replace("-", ""),
            "--out",
            str(path),
            "--url",
            town_url,
            "--json",
        )
        assert run(*wanted).data["duplicate"] == 0
        assert run(*wanted).data["duplicate"] == 1
        text = PdfReader(path).pages[0].extract_text()
        assert receipt in text
        assert "DUPLICATA" in text

    def test_their_code_is_checked_with_the_exported_key_alone(
        self, run: Run, town_url: str, receipt: str, tmp_path: Path
    ) -> None:
        pdf, key = tmp_path / "receipt.pdf", tmp_path / "key.pem"
        run("receipt", "print", receipt, "--out", str(pdf), "--url", town_url)
        assert run("key", "export", "--out", str(key), "--url", town_url).code == 0
        text = square_code(pdf)
        found = run("receipt", "verify", text, "--key", str(key), "--json")
        assert found.code == 0
        assert found.data["verdict"] == "signed"
        assert found.data["says"] == {
            "number": receipt, "taken_on": "2026-11-23", "amount": "851.25", "currency": "MAD",
            "taxpayer_number": found.data["says"]["taxpayer_number"], "desk": "1",
        }  # fmt: skip
        assert "not known whether the receipt was cancelled" in found.data["advice"]
        assert "issued" not in found.data

        forged = run("receipt", "verify", text.replace("|85125|", "|95125|"), "--key", str(key))
        assert forged.code == 5
        assert forged.out.startswith("Forged: ")
        not_one = run("receipt", "verify", "not a code", "--key", str(key))
        assert (not_one.code, not_one.out) == (1, "")
        assert one_sentence(not_one.err)
        assert run("receipt", "verify", text, "--key", str(pdf)).code == 1
        assert run("receipt", "verify", text, "--key", str(tmp_path / "nowhere")).code == 1

    def test_their_code_is_checked_against_the_database(
        self, run: Run, town_url: str, receipt: str, tmp_path: Path, app: App
    ) -> None:
        pdf = tmp_path / "receipt.pdf"
        run("receipt", "print", receipt, "--out", str(pdf), "--url", town_url)
        text = square_code(pdf)
        asked = ("receipt", "verify", text, "--url", town_url)
        assert run(*asked).code == 0
        found = run(*asked, "--json").data
        assert (found["verdict"], found["issued"]["amount"], found["differs"]) == ("genuine", "851.25", [])

        forged = run("receipt", "verify", text.replace("|85125|", "|95125|"), "--url", town_url, "--json")
        assert forged.code == 5
        assert forged.data["differs"] == [{"field": "amount", "says": "951.25", "issued": "851.25"}]
        other = SigningKey.generate().sign(*text.split("|")[1:-2])
        assert run("receipt", "verify", other, "--url", town_url, "--json").code == 4

        app.execute(
            CancelReceipt(
                number=receipt,
                reason="wrong taxpayer",
                approval=Approval(user_name=user_name(Role.SUPERVISOR), password=PASSWORD),
            ),
            actor_with(app, Role.CLERK),
        )
        cancelled = run(*asked, "--json")
        assert (cancelled.code, cancelled.data["verdict"]) == (3, "cancelled")
        assert cancelled.data["cancelled"]["day"] == "2026-11-23"
        assert cancelled.data["cancelled"]["number"] == receipt

    @pytest.mark.parametrize(
        ("given", "why"),
        [
            (b"", "empty"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
            (b"\xff" * 1_000_000, "too_long"),
            (b"MA1|R|3-2026-000123-K|2026", "cut"),
            (b"ma1|r|3-2026-000123-k|2026", "letters_changed"),
            (b"https://fes.ma", "web_address"),
            (b"3-2026-000123-X", "number"),
            (b"3-2026-000123-Z", "wrong_number"),
        ],
    )
    def test_what_is_no_code_is_said_to_be_so(
        self, run: Run, town_url: str, monkeypatch: pytest.MonkeyPatch, given: bytes, why: str
    ) -> None:
        def feed() -> None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))

        feed()
        ran = run("receipt", "verify", "-", "--url", town_url, "--json")
        assert (ran.code, ran.data["verdict"], ran.data["why"], ran.err) == (1, "unreadable", why, "")
        for language in ("en", "fr"):
            feed()
            ran = run("receipt", "verify", "-", "--url", town_url, "--language", language)
            assert (ran.code, ran.out) == (1, "")
            assert one_sentence(ran.err)

    def test_arguments_that_are_no_text_are_no_incident(self, run: Run, town_url: str) -> None:
        for argument in ("\udcff\udcfe", "\x1b[31m", "", "MA1|R|\udc80"):
            ran = run("receipt", "verify", argument, "--url", town_url)
            assert ran.code == 1
            assert one_sentence(ran.err)

    def test_a_key_and_a_database_are_not_asked_together(self, run: Run, town_url: str) -> None:
        ran = run("receipt", "verify", "x", "--url", town_url, "--key", "key.pem")
        assert ran.code == 2
        assert one_sentence(ran.err)

    def test_of_a_stub_are_printed_by_their_whole_number(
        self, run: Run, app: App, town_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bill = a_bill(app, "100")
        for number in (10, 1):
            app.execute(a_stub(bill.charge_ids, "20", date(2026, 11, 20), number=number), everything(app))
        monkeypatch.chdir(tmp_path)
        ran = run("receipt", "print", "s-07/1", "--url", town_url, "--json")
        assert ran.code == 0, ran.err
        assert ran.data["number"] == "S-07/1"
        assert [one.name for one in tmp_path.glob("*.pdf")] == ["S-07 1.pdf"]

    def test_that_are_not_there_are_named(self, run: Run, town_url: str) -> None:
        ran = run("receipt", "print", "1-2026-000077-2", "--url", town_url)
        assert ran.code == 1
        assert one_sentence(ran.err)
        assert not Path("1-2026-000077-2.pdf").exists()

    @pytest.mark.parametrize(
        "place",
        [
            "/no/such/folder/r.pdf",
            "/dev/full",
            "/dev",
            "/proc/r.pdf",
            f"{'n' * 300}.pdf",
            f"{'n' * 300}/r.pdf",
        ],
    )
    def test_are_not_printed_where_nothing_can_be_written(
        self, run: Run, town_url: str, receipt: str, app: App, place: str
    ) -> None:
        ran = run("receipt", "print", receipt, "--out", place, "--url", town_url)
        assert ran.code == 1
        assert one_sentence(ran.err)
        with app.database.connect_to_read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM document_print").scalar() == 0


def square_code(pdf: Path) -> str:
    """The text of the QR code on the first page, by a decoder that is not ours."""
    import pypdfium2

    picture: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil()
    codes = zxingcpp.read_barcodes(picture, formats=ON_PAPER)
    return str(next(code.text for code in codes if code.text.startswith("MA1|")))


class TestVerify:
    def test_a_sound_database(self, run: Run, town_url: str, receipt: str) -> None:
        assert receipt
        ran = run("verify", "--url", town_url, "--json")
        assert ran.code == 0
        assert ran.data["clean"] is True
        assert {check["check"] for check in ran.data["checks"]} > {"chains", "receipts"}

    def test_names_the_culprit(self, run: Run, app: App, town_url: str, receipt: str) -> None:
        tamper(app)
        ran = run("verify", "--url", town_url)
        assert ran.code == 1
        assert receipt in ran.out
        told = run("verify", "--url", town_url, "--json").data
        assert told["clean"] is False
        assert any(receipt in finding["message"] for finding in told["findings"])


def tamper(app: App) -> None:
    """Changes an issued receipt behind the program's back."""
    database: Database = app.database
    table = IssuedDocument.__tablename__
    with database.connect_to_write() as connection:
        if database.kind == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_update")
        else:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.exec_driver_sql(f"UPDATE {table} SET canonical = replace(canonical, '85125', '95125')")
        connection.commit()
    assert not app.execute(Verify(), system_actor("test")).outcome.clean


class TestImports:
    @pytest.fixture
    def register(self, tmp_path: Path) -> str:
        """Three people, one without a name."""
        path = tmp_path / "register.csv"
        path.write_text(
            "Owner,Street,Id\nAmina Bennani,12 derb Touil,1\n,3 rue du Caire,2\nOmar Tazi,5 Saiss,3\n"
        )
        return str(path)

    def test_a_register_with_its_rejects(
        self, run: Run, town_url: str, register: str, tmp_path: Path
    ) -> None:
        rejects = tmp_path / "rejects.csv"
        wanted = (
            "import", "taxpayers", register, "--url", town_url, "--rejects", str(rejects),
            "--map", "name={Owner}", "--map", "address={Street}", "--map", "key={Id}", "--json",
        )  # fmt: skip
        dry = run(*wanted, "--dry-run")
        assert dry.code == 0, dry.err
        assert (dry.data["added"], dry.data["rejected"], dry.data["dry_run"]) == (2, 1, True)
        done = run(*wanted).data
        assert (done["taxpayers_added"], done["rejected"]) == (2, 1)
        assert "rue du Caire" in rejects.read_text(encoding="utf-8-sig")
        again = run(*wanted).data
        assert (again["added"], again["unchanged"]) == (0, 2)

    def test_what_was_refused_is_told_line_by_line(self, run: Run, town_url: str, register: str) -> None:
        ran = run(
            "import", "taxpayers", register, "--url", town_url, "--map", "name={Owner}", "--map", "key={Id}"
        )
        assert ran.code == 0
        assert "Line 3:" in ran.out

    @pytest.mark.parametrize("place", ["register.csv", "folder", f"{'n' * 300}.csv", "gone/rejects.csv"])
    def test_rejects_that_have_no_place_are_told_before_anything_goes_in(
        self, run: Run, town_url: str, register: str, tmp_path: Path, place: str
    ) -> None:
        (tmp_path / "folder").mkdir()
        before = Path(register).read_text()
        ran = run(
            "import", "taxpayers", register, "--url", town_url, "--rejects", str(tmp_path / place),
            "--map", "name={Owner}", "--map", "key={Id}",
        )  # fmt: skip
        assert ran.code == 1
        assert one_sentence(ran.err), ran.err
        assert "rejected lines cannot be written" in ran.err
        # The very file that was brought in is the office's only proof of it.
        assert Path(register).read_text() == before
        assert sorted(one.name for one in tmp_path.iterdir() if one.suffix == ".part") == []
        again = run(
            "import",
            "taxpayers",
            register,
            "--url",
            town_url,
            "--map",
            "name={Owner}",
            "--map",
            "key={Id}",
            "--json",
        )
        assert again.data["added"] == 2

    @pytest.mark.parametrize("what", ["taxpayers", "fines"])
    def test_a_file_that_is_not_there(self, run: Run, town_url: str, what: str) -> None:
        ran = run("import", what, "/no/such/file.csv", "--url", town_url)
        assert ran.code == 1
        assert one_sentence(ran.err)


class TestIndicators:
    def test_are_told_with_what_they_are_compared_to(self, run: Run, town_url: str, receipt: str) -> None:
        assert receipt
        told = run("indicators", "--period", "2026", "--url", town_url, "--json").data
        assert told["figures"]["collected"]["value"] == "851.25"
        assert told["figures"]["delay_median"]["value"] is None
        assert told["compare"]["name"] == "2025"
        assert [head["code"] for head in told["heads"]] == ["TSC"]
        text = run("indicators", "--url", town_url).out
        assert "851.25" in text
        assert "n/a" in text

    def test_a_period_that_is_none(self, run: Run, town_url: str) -> None:
        ran = run("indicators", "--period", "2026-T9", "--url", town_url)
        assert ran.code == 1
        assert one_sentence(ran.err)


class TestAProcessOfItsOwn:
    """The real command, as a shell starts it."""

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "muniadmin", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "LANG": "C", **environment},
        )

    def test_tells_its_version(self) -> None:
        ended = self.start("--version")
        assert (ended.returncode, ended.stdout[:10]) == (0, "MuniAdmin ")

    @pytest.mark.slow
    def test_makes_a_town_and_verifies_it(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'town.db'}"
        made = self.start(
            "demo", "--profile", "fes", "--taxpayers", "15", "--seed", "3", "--url", url, "--json"
        )
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["taxpayers"] == 15
        assert made.stderr == "", "no progress bar in a file"
        assert self.start("verify", MUNIADMIN_URL=url).returncode == 0

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    def test_never_shows_a_traceback(self, town_url: str, tmp_path: Path) -> None:
        """Something nobody expected: the user gets a number, the log the details."""
        state = tmp_path / "state"
        self.spoil(town_url.removeprefix("sqlite:///"))
        ended = self.start("indicators", "--url", town_url, XDG_DATA_HOME=str(state))
        assert ended.returncode == 1
        assert one_sentence(ended.stderr), ended.stderr
        number = ended.stderr.split("incident ")[1].split(")")[0]
        log = (state / "MuniAdmin" / "MuniAdmin" / "muniadmin.log").read_text(encoding="utf-8")
        assert number in log
        assert "Traceback" in log

    def spoil(self, path: str) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TABLE day_collection")
        connection.close()

    def test_a_reader_that_stops_listening_is_no_error_to_look_at(self) -> None:
        ended = subprocess.run(
            f"{sys.executable} -m muniadmin --help | head -1",
            shell=True,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in ended.stderr


def test_the_log_is_in_the_users_own_folder() -> None:
    assert log_file().parent.is_dir()


def test_arms_are_put_on_papers_and_taken_off(run: Run, town_url: str, tmp_path: Path) -> None:
    path = tmp_path / "arms.png"
    Image.new("RGB", (60, 80), "green").save(path)
    assert run("arms", str(path), "--url", town_url).code == 0
    assert run("arms", "--none", "--url", town_url).code == 0
    nothing = run("arms", str(tmp_path / "none.png"), "--url", town_url)
    assert (nothing.code, "cannot be read as a picture" in nothing.err) == (1, True)
    assert run("arms", "--url", town_url).code == 2
