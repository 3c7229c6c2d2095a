"""Damages copies of a town's file, and looks at what the command line makes of them."""

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from muniadmin.storage.base import Base
from muniadmin.storage.proof import DECLARED, Proof
from tests.verification.tampering import SAYS_NOTHING

#: The words of the last net: nobody may ever see them here.
INCIDENT = "incident"

Run = Callable[..., "Said"]


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


class Verdict(NamedTuple):
    """What became of a damaged file: refused, found or clean; and the words."""

    kind: str
    said: str


def changed_byte(original: Path, copy: Path, seed: int) -> int:
    """A copy in which one byte, chosen by ``seed``, is another; where it stands."""
    shutil.copyfile(original, copy)
    chance = random.Random(seed)
    place = chance.randrange(original.stat().st_size)
    with copy.open("r+b") as file:
        file.seek(place)
        before = file.read(1)[0]
        file.seek(place)
        file.write(bytes([(before + chance.randrange(1, 256)) % 256]))
    return place


def packed(original: Path, packed_file: Path) -> Path:
    """The same town in pages of 512 bytes: a byte hit by chance is seldom one that nobody uses."""
    with closing(sqlite3.connect(original)) as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("VACUUM INTO ?", (str(packed_file),))
    return packed_file


def looked_at(run: Run, url: str) -> Verdict:
    """What ``db check`` and ``verify`` say of a database. Fails when either ends in an incident."""
    kind, said = "clean", ""
    for command, is_well in (("db check", "undamaged"), ("verify", "clean")):
        answer = run(*command.split(), "--url", url, "--json")
        words = f"{command}: {answer.err}{answer.out}"
        assert "Traceback" not in words, words
        assert INCIDENT not in answer.err, words
        assert answer.code in (0, 1), words
        if not answer.out:
            assert answer.err.strip().endswith("."), words
            return Verdict("refused", words)
        report: Mapping[str, Any] = json.loads(answer.out)
        assert (answer.code == 0) is report[is_well], words
        if not report[is_well]:
            kind, said = "found", said + words
    return Verdict(kind, said)


def tables_that_differ(one: Path, other: Path) -> set[str]:
    """The tables of which something that is to be proved is not the same in both files, the schema among them."""
    with closing(_opened(one)) as first, closing(_opened(other)) as second:
        names = [
            row[0].decode() for row in first.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name
            for name in ("sqlite_master", *names)
            if not _is_ephemeral(name) and _rows(first, name) != _rows(second, name)
        }


def _is_ephemeral(table: str) -> bool:
    return table in DECLARED and DECLARED[table].proof is Proof.EPHEMERAL


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{file}?immutable=1", uri=True)
    connection.text_factory = bytes
    return connection


def _rows(connection: sqlite3.Connection, table: str) -> list[str]:
    wanted = "*"
    if table in DECLARED:
        names = Base.metadata.tables[table].columns.keys()
        wanted = ", ".join(f'"{name}"' for name in names if name not in DECLARED[table].beside)
    says_something = " OR ".join(f"{name} <> 0" for name in SAYS_NOTHING.get(table, ())) or "1"
    found = connection.execute(f'SELECT {wanted} FROM "{table}" WHERE {says_something}')
    return sorted(map(repr, found))
