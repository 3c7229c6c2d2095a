"""What may be typed: commands, options, and their explanations."""

from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import Any, NoReturn

from muniadmin import __version__
from muniadmin.cli.errors import Misuse
from muniadmin.kernel.command_line import argparse_speaks
from muniadmin.kernel.i18n import LANGUAGES, _


class _Parser(ArgumentParser):
    """Refuses in one sentence instead of printing its whole usage."""

    def error(self, message: str) -> NoReturn:
        """What was not understood."""
        raise _misuse(message, self.prog)


def _misuse(message: str, command: str) -> Misuse:
    return Misuse(problem=message[:1].upper() + message[1:].rstrip("."), command=command)


def parse(arguments: Sequence[str]) -> Namespace:
    """The command with its options. Raises Misuse; ends the program for --help and --version."""
    argparse_speaks()
    parser = _parser()
    understood, rest = parser.parse_known_args(arguments)
    if getattr(understood, "passes_on", False):
        understood.rest = rest
    elif rest:
        raise _misuse(_("unrecognized arguments: %s") % " ".join(rest), parser.prog)
    return understood


def _parser() -> ArgumentParser:
    common = _common()
    database = ArgumentParser(add_help=False)
    database.add_argument(
        "--url",
        default=None,
        metavar="URL",
        help=_(
            "the database, sqlite:///FILE or postgresql://…; else MUNIADMIN_URL, else this computer’s own"
        ),
    )
    parser = _Parser(
        prog="muniadmin",
        parents=[common],
        formatter_class=RawDescriptionHelpFormatter,
        description=_("MuniAdmin: the municipality’s daily work on one desk."),
        epilog=_("Exit code: 0 done, 1 refused or found wrong, 2 command not understood."),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"MuniAdmin {__version__}",
        help=_("show program's version number and exit"),
    )
    commands = _Commands(parser.add_subparsers(metavar=_("COMMAND"), required=True, dest="command"), [common])
    _desktop(commands)
    _databases(commands, database)
    _work(commands, database)
    _checks(commands, database)
    return parser


def _common() -> ArgumentParser:
    """The options every command has, at whichever level they are typed."""
    common = ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", default=SUPPRESS, help=_("answer as JSON"))
    common.add_argument(
        "--language", choices=sorted(LANGUAGES), default=SUPPRESS, help=_("language of the answers")
    )
    return common


class _Commands:
    """Adds commands to a parser, each with what is common to all."""

    def __init__(self, actions: Any, parents: Sequence[ArgumentParser]) -> None:
        self._actions = actions
        self._parents = list(parents)

    def add(
        self, name: str, help_text: str, *parents: ArgumentParser, run: str = "", **more: Any
    ) -> ArgumentParser:
        """A command; ``run`` names the function that carries it out."""
        parser: ArgumentParser = self._actions.add_parser(
            name,
            help=help_text,
            description=help_text[:1].upper() + help_text[1:] + ".",
            parents=[*self._parents, *parents],
            **more,
        )
        if run:
            parser.set_defaults(run=f"muniadmin.cli.{run}")
        return parser

    def group(self, name: str, help_text: str) -> "_Commands":
        """A command with commands below it."""
        parser = self.add(name, help_text)
        return _Commands(
            parser.add_subparsers(metavar=_("COMMAND"), required=True, dest="subcommand"), self._parents
        )


def _desktop(commands: _Commands) -> None:
    """It explains its options itself."""
    gui = commands.add(
        "gui", _("open the desktop; further options go to muniadmin-gui"), run="desktop:gui", add_help=False
    )
    gui.set_defaults(passes_on=True)


def _databases(commands: _Commands, database: ArgumentParser) -> None:
    db = commands.group("db", _("set up, upgrade and check databases"))
    init = db.add("init", _("set up a municipality in an empty database"), database, run="databases:init")
    init.add_argument(
        "--profile", required=True, metavar="PROFILE", help=_("code of a shipped profile, or a file")
    )
    init.add_argument("--admin", metavar="USER", help=_("user name of the first administrator"))
    init.add_argument("--name", metavar="NAME", help=_("the administrator’s full name"))
    init.add_argument("--password-file", metavar="FILE", help=_("file whose first line is the password"))
    db.add("upgrade", _("bring a database’s tables up to date"), database, run="databases:upgrade")
    db.add("rebuild", _("add the totals kept by day up again"), database, run="databases:rebuild")
    db.add("check", _("tell what a database holds and look for damage"), database, run="databases:check")

    demo = commands.add("demo", _("make a generated town to look around in"), database, run="towns:demo")
    demo.add_argument("--profile", default="fes", metavar="PROFILE", help=_("code of a shipped profile"))
    demo.add_argument("--taxpayers", type=int, default=2000, metavar="N", help=_("how many taxpayers"))
    demo.add_argument("--seed", type=int, default=1, metavar="S", help=_("the same seed gives the same town"))

    user = commands.group("user", _("manage users"))
    add = user.add("add", _("let somebody sign in"), database, run="users:add")
    add.add_argument("user_name", metavar="USER")
    add.add_argument("--name", required=True, metavar="NAME", help=_("full name"))
    add.add_argument(
        "--role", required=True, action="append", metavar="ROLE", help=_("a role; may be given several times")
    )
    add.add_argument("--password-file", metavar="FILE", help=_("file whose first line is the password"))


def _work(commands: _Commands, database: ArgumentParser) -> None:
    imports = commands.group("import", _("bring in files"))
    for what, help_text in (
        ("taxpayers", _("bring in a register of taxpayers (CSV or XLSX)")),
        ("fines", _("bring in fines (CSV, JSON or XLSX)")),
    ):
        one = imports.add(what, help_text, database, run=f"imports:{what}")
        one.add_argument("file", metavar="FILE")
        one.add_argument("--preset", metavar="PRESET", help=_("how the file is laid out"))
        one.add_argument(
            "--map",
            action="append",
            metavar="FIELD=TEMPLATE",
            help=_("what becomes of a column; may be given several times"),
        )
        if what == "taxpayers":
            one.add_argument("--objects", metavar="KIND", help=_("kind of the taxable objects in the file"))
        one.add_argument("--dry-run", action="store_true", help=_("look at everything, change nothing"))
        one.add_argument(
            "--rejects", metavar="FILE", help=_("write the rows that were refused, with reasons")
        )

    roll = commands.group("roll", _("assess and issue bills"))
    issue = roll.add("issue", _("issue the roll of a head for a period"), database, run="rolls:issue")
    issue.add_argument("head", metavar="HEAD", help=_("code of the revenue head"))
    issue.add_argument("period", metavar="PERIOD", help=_("2026, 2026/27, 2026-T3 or 2026-05"))
    issue.add_argument("--dry-run", action="store_true", help=_("only tell what would be issued"))

    prints_roll = roll.add(
        "print",
        _("print the bills of a roll as PDF files of one zone each"),
        database,
        run="rolls:print_bills",
    )
    prints_roll.add_argument("head", metavar="HEAD", help=_("code of the revenue head"))
    prints_roll.add_argument("period", metavar="PERIOD", help=_("2026, 2026/27, 2026-T3 or 2026-05"))
    prints_roll.add_argument("folder", metavar="FOLDER", help=_("where the files go; it is made if need be"))

    indicators = commands.add(
        "indicators", _("figures of a period, with what they are compared to"), database, run="figures:show"
    )
    indicators.add_argument(
        "--period", metavar="PERIOD", help=_("2026, 2026/27, 2026-T3, 2026-05 or last-12-months")
    )
    indicators.add_argument("--compare", metavar="PERIOD", help=_("another period; else the one before"))

    receipt = commands.group("receipt", _("receipts"))
    prints = receipt.add("print", _("print an issued receipt as PDF"), database, run="papers:print_receipt")
    prints.add_argument("number", metavar="NUMBER")
    prints.add_argument("--out", metavar="FILE", help=_("where to write it; else NUMBER.pdf here"))
    prints.add_argument(
        "--paper", choices=["a4", "a5", "roll_80", "roll_58"], default="a5", help=_("paper size")
    )
    prints.add_argument("--reason", default="", metavar="TEXT", help=_("why it is printed again"))
    check = receipt.add(
        "verify",
        _("tell from its square code whether a receipt or an extract is genuine, and what became of it"),
        run="checking:paper",
        formatter_class=RawDescriptionHelpFormatter,
        epilog=_(
            "Exit code: 0 genuine (with --key: signed with that key; what became of it is not known),\n"
            "1 could not be checked, 2 command not understood, 3 cancelled, money returned or withdrawn,\n"
            "4 unknown or signed with another key, 5 forged or not what was issued."
        ),
    )
    check.add_argument("text", metavar="TEXT", help=_("what the scanner read; - reads standard input"))
    known_by = check.add_mutually_exclusive_group()
    known_by.add_argument(
        "--url", metavar="URL", help=_("the database to ask; else MUNIADMIN_URL, else this computer’s own")
    )
    known_by.add_argument(
        "--key", metavar="FILE", help=_("public key of the municipality; no database is needed")
    )


def _checks(commands: _Commands, database: ArgumentParser) -> None:
    verify = commands.add(
        "verify", _("prove that nothing was lost or changed"), database, run="verifying:everything"
    )
    instead = verify.add_mutually_exclusive_group()
    instead.add_argument(
        "--tables", action="store_true", help=_("say how each table is proved, and verify nothing")
    )
    instead.add_argument(
        "--export",
        metavar="FILE",
        help=_(
            "write what an independent checker reads into a new SQLite file, whichever engine the database lies on, "
            "and verify nothing; what is secret stays out"
        ),
    )
    verify.add_argument(
        "--since-anchor",
        action="store_true",
        help=_(
            "look only at what came after the newest anchor that holds (with --against, one of these if any does); "
            "the report says what was not looked at"
        ),
    )
    verify.add_argument(
        "--against",
        action="extend",
        nargs="+",
        default=[],
        metavar="FILE",
        help=_(
            "compare it with anchors, or with what a workstation remembers; of a folder, with every file in it"
        ),
    )

    anchor = commands.group("anchor", _("signed lines that say where every chain stood"))
    make = anchor.add("make", _("make an anchor now"), database, run="anchors:make")
    make.add_argument("--out", metavar="FILE", help=_("also write it to this file; else standard output"))
    show = anchor.add("list", _("list the anchors, the newest first"), database, run="anchors:show")
    show.add_argument("--limit", type=int, default=20, metavar="N", help=_("how many"))
    folder = anchor.add(
        "folder", _("say or change in which folder anchors are also written"), database, run="anchors:folder"
    )
    place = folder.add_mutually_exclusive_group()
    place.add_argument("path", nargs="?", metavar="FOLDER", help=_("a share or a stick"))
    place.add_argument("--none", action="store_true", help=_("write them to no folder"))
    anew = anchor.add(
        "begin-anew",
        _("have this workstation remember the chains as they are now, e.g. after a backup was put back"),
        database,
        run="anchors:begin_anew",
    )
    anew.add_argument("--reason", required=True, metavar="TEXT", help=_("why; it is recorded"))

    arms = commands.add(
        "arms",
        _("put a picture of the municipality’s arms on its papers"),
        database,
        run="papers:change_arms",
    )
    arms_from = arms.add_mutually_exclusive_group(required=True)
    arms_from.add_argument(
        "file", nargs="?", default="", metavar="FILE", help=_("PNG, JPEG or another picture")
    )
    arms_from.add_argument("--none", action="store_true", help=_("take the arms off again"))

    key = commands.group("key", _("the municipality’s public key"))
    export = key.add(
        "export", _("write the key with which anybody can check receipts"), database, run="papers:export_key"
    )
    export.add_argument("--out", metavar="FILE", help=_("where to write it; else standard output"))
