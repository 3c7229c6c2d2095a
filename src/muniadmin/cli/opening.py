"""Opens the database a command works on, and says who acts."""

import getpass
import platform
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from muniadmin.cli.errors import FileUnreadable, NoDatabase, NoPassword
from muniadmin.kernel.paths import is_there
from muniadmin.kernel.places import default_database
from muniadmin.kernel.requests import Actor

if TYPE_CHECKING:
    from muniadmin.app import App


_STANDARD_INPUT = ("-",)


def address(arguments: Namespace) -> str:
    """The database the command names, else the usual one."""
    return str(arguments.url or default_database())


@contextmanager
def opened(arguments: Namespace) -> Iterator["App"]:
    """The program on the command's database. Raises NoDatabase, NotSetUp, DatabaseNeedsUpgrade..."""
    from muniadmin.bootstrap import open_app
    from muniadmin.verification.keeper import Keeper

    url = address(arguments)
    ensure_there(url)
    app = open_app(url)
    try:
        _ = app.municipality
        Keeper(app)
        yield app
    finally:
        app.close()


@contextmanager
def opened_to_verify(arguments: Namespace) -> Iterator["App"]:
    """The same, also where the municipality's own card is damaged or gone and the rest can be verified."""
    from muniadmin.bootstrap import open_app
    from muniadmin.kernel.errors import DatabaseDamaged
    from muniadmin.settings.errors import NotSetUp
    from muniadmin.storage.migrations.head import revision_of
    from muniadmin.verification.services import UNKNOWN

    url = address(arguments)
    ensure_there(url)
    app = open_app(url)
    try:
        try:
            _ = app.municipality
        except DatabaseDamaged:
            app.go_on_as(UNKNOWN)
        except NotSetUp:
            if revision_of(app.database) is None:
                raise
            app.go_on_as(UNKNOWN)
        yield app
    finally:
        app.close()


def ensure_there(url: str) -> None:
    """Raises NoDatabase for a local file that is not there: opening it would make an empty one."""
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        if path and not is_there(path):
            raise NoDatabase(path=path)


def operator() -> Actor:
    """Whoever runs the command: the system's own user of this name at this computer, who may do everything."""
    from muniadmin.bootstrap import system_actor

    return system_actor(f"{_user()}@{platform.node()}"[:80])


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"


def password_for(user_name: str, password_file: str | None) -> str:
    """The password from a file's first line or standard input, else asked for twice at the terminal."""
    if password_file in _STANDARD_INPUT:
        return sys.stdin.readline().rstrip("\r\n")
    if password_file:
        return next(iter(read_text(password_file).splitlines()), "")
    if not sys.stdin.isatty():
        raise NoPassword(user_name=user_name)
    return getpass.getpass(f"{user_name}: ")


def read_text(path: str) -> str:
    """A file's text. Raises FileUnreadable."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(path=path, reason=getattr(error, "strerror", None) or error) from error
