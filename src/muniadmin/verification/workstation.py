"""What a workstation remembers outside the database: the last row of every chain that it has seen written.

Rows that are cut off the end of a chain leave nothing behind in the database; the workstation that saw them knows that
they were there. Each database has one small file in the user's folder, replaced as a whole after the orders. A chain
that is no longer as remembered keeps what was remembered until somebody begins anew, with a reason that is recorded.
"""

import hashlib
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import URL

from muniadmin.anchors.models import Anchor
from muniadmin.anchors.queries import heads
from muniadmin.anchors.reads import Head
from muniadmin.anchors.rules import ANCHORS
from muniadmin.audit.services import record
from muniadmin.documents.keys import public_key
from muniadmin.kernel.canonical import canonical_json
from muniadmin.kernel.errors import FieldMissing, InvalidInput
from muniadmin.kernel.formats import format_instant
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.places import data_folder
from muniadmin.kernel.texts import ensure_fits
from muniadmin.storage.unit_of_work import Job, Reading
from muniadmin.verification.commands import BeginHeadsAnew, Finding
from muniadmin.verification.digests import digest_at
from muniadmin.verification.errors import HeadsFileBroken
from muniadmin.verification.remembered_reads import LostHeads

CHECK = "remembered"
_FORM = 1
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RememberedHead:
    """The last row of a chain when it was looked at."""

    last: int
    digest: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What a workstation remembers of one database."""

    municipality: str
    #: SHA-256 of the municipality's public key: tells whether it is the same database.
    key: str
    demonstration: bool
    #: Since when it remembers; what happened before it cannot tell.
    begun: datetime
    heads: Mapping[str, RememberedHead] = field(default_factory=dict)

    @property
    def since(self) -> datetime | None:
        """The latest instant at which something was remembered."""
        return max((head.since for head in self.heads.values()), default=None)


# --- the file -------------------------------------------------------------------------------------------------------


def file_of(url: URL) -> Path:
    """Where what is remembered of the database at this address is kept, whoever signs in to it."""
    if url.get_backend_name() == "sqlite":
        place = Path(str(url.database)).resolve().as_posix()
    else:
        place = f"{url.host or 'localhost'}:{url.port or 5432}/{url.database}"
    name = re.sub(r"\W+", "-", Path(place).stem)[:40]
    digest = hashlib.sha256(place.encode()).hexdigest()[:12]
    return data_folder() / "heads" / f"{name}-{digest}.json"


def is_heads_file(text: str) -> bool:
    """Whether a text at least begins like a workstation's file."""
    return text.lstrip().startswith("{")


def written(remembered: Remembered) -> str:
    """The file's text; its last entry tells whether it is whole."""
    facts = {
        "form": _FORM,
        "municipality": remembered.municipality,
        "key": remembered.key,
        "demonstration": remembered.demonstration,
        "begun": remembered.begun.isoformat(),
        "heads": {
            chain: [head.last, head.digest, head.since.isoformat()]
            for chain, head in sorted(remembered.heads.items())
        },
    }
    return json.dumps({**facts, "whole": _sum(facts)}, indent=1) + "\n"


def read(text: str, path: object) -> Remembered:
    """What a file's text says. Raises HeadsFileBroken."""
    try:
        facts = json.loads(text)
        whole = facts.pop("whole")
        if whole != _sum(facts) or facts["form"] != _FORM:
            raise HeadsFileBroken(path=path)
        return Remembered(
            municipality=facts["municipality"],
            key=facts["key"],
            demonstration=facts["demonstration"],
            begun=datetime.fromisoformat(facts["begun"]),
            heads={
                chain: RememberedHead(last=last, digest=digest, since=datetime.fromisoformat(since))
                for chain, (last, digest, since) in facts["heads"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HeadsFileBroken(path=path) from error


def _sum(facts: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def load(path: Path) -> Remembered | None:
    """What is remembered; None where nothing is yet. Raises HeadsFileBroken."""
    try:
        return read(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise HeadsFileBroken(path=path) from error


def save(path: Path, remembered: Remembered) -> None:
    """Replaces the file: whoever is killed here leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.half")
    try:
        half.write_text(written(remembered), encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


# --- remembering ----------------------------------------------------------------------------------------------------


def remember(reading: Reading) -> None:
    """Brings the file up to what the database holds now. A chain that is not as remembered, or ends before the row that
    is, is left as it was: what is missing must not be forgotten because the work goes on."""
    path = file_of(reading.connection.engine.url)
    now = _now(reading)
    try:
        before = load(path)
    except HeadsFileBroken as problem:
        _log.warning("%s %s", problem.sentence(), problem.advice())
        path.replace(_set_aside(path))
        before = None
    if before is not None and before.key != now.key:
        if not before.demonstration:
            return
        # A demonstration town was made anew in the place of another.
        _log.warning("another demonstration town is at %s: its chains are remembered from now on", path)
        before = None
    kept = {} if before is None else dict(before.heads)
    begun = now.begun if before is None else before.begun
    moved = {
        chain: head for chain, head in now.heads.items() if _has_grown(reading, chain, kept.get(chain), head)
    }
    if moved or before is None:
        save(path, Remembered(**{**vars(now), "begun": begun, "heads": kept | moved}))


def _now(reading: Reading) -> Remembered:
    """What there would be to remember now."""
    found = heads(reading)
    last = select(Anchor.number, Anchor.digest).where(
        Anchor.number == select(func.max(Anchor.number)).scalar_subquery()
    )
    found += [
        Head(chain=ANCHORS, last=number, digest=digest) for number, digest in reading.connection.execute(last)
    ]
    return Remembered(
        municipality=reading.municipality.code,
        key=key_of(reading),
        demonstration=reading.municipality.demonstration,
        begun=reading.now,
        heads={
            head.chain: RememberedHead(last=head.last, digest=head.digest, since=reading.now)
            for head in found
        },
    )


def key_of(reading: Reading) -> str:
    """What tells the municipality's key from every other; empty where there is none that can be read."""
    try:
        return hashlib.sha256(public_key(reading).to_pem()).hexdigest()
    except Exception:  # noqa: BLE001 - whatever somebody has put in its place
        return ""


def _has_grown(reading: Reading, chain: str, before: RememberedHead | None, head: RememberedHead) -> bool:
    """Whether a chain goes on behind the row that is remembered; both are there, whatever its head says."""
    if before is not None and (head.last <= before.last or not _stands(reading.connection, chain, before)):
        return False
    return _stands(reading.connection, chain, head)


def _stands(connection: Connection, chain: str, head: RememberedHead) -> bool:
    return digest_at(connection, chain, head.last) == head.digest


# --- comparing ------------------------------------------------------------------------------------------------------


def compared(reading: Reading, remembered: Remembered, *, check: str, source: str) -> Iterator[Finding]:
    """Each chain of which the remembered row is gone or another; ``source`` is who remembers. What is remembered may be
    newer than the state that is read, so a row that is not there is looked for once more in what there is now."""
    zone = reading.municipality.calendar.zone
    if remembered.key != key_of(reading):
        since = remembered.since
        yield Finding(
            check=check,
            table="chain_head",
            subject=source,
            message=N_(
                "{subject} remembers another database than the one that is open, last on {since}: its key is another."
            ),
            facts={"since": "?" if since is None else format_instant(since, zone)},
        )
        return
    for chain, head in sorted(remembered.heads.items()):
        found = digest_at(reading.connection, chain, head.last)
        if found == head.digest:
            continue
        with reading.connection.engine.connect() as now:
            if _stands(now, chain, head):
                continue
        message = (
            N_(
                "{subject}: row {seq} of chain {chain} is gone, which was there on {since} ({digest}): the end of the "
                "chain was cut off, or an older copy of the database was put in its place."
            )
            if found is None
            else N_(
                "{subject}: row {seq} of chain {chain} is another than the one that was there on {since} ({digest}): "
                "the chain was written anew, or an older copy of the database was put in its place."
            )
        )
        yield Finding(
            check=check,
            table="chain_head",
            key=chain,
            subject=source,
            message=message,
            facts={
                "seq": head.last,
                "chain": chain,
                "digest": head.digest,
                "since": format_instant(head.since, zone),
            },
            said={"last": head.last, "digest": head.digest},
            says={} if found is None else {"last": head.last, "digest": found},
        )


def lost_heads(reading: Reading, request: LostHeads) -> list[Finding]:
    """What this workstation remembers and the database no longer holds."""
    path = file_of(reading.connection.engine.url)
    found = [_unreadable(broken)] if (broken := _set_aside(path)).exists() else []
    try:
        remembered = load(path)
    except HeadsFileBroken:
        return [_unreadable(path)]
    if remembered is not None:
        found += compared(reading, remembered, check=CHECK, source=reading.actor.workstation or "?")
    return found


def _unreadable(path: Path) -> Finding:
    return Finding(
        check=CHECK,
        table="chain_head",
        subject=str(path),
        message=N_(
            "What this workstation remembered of the chains cannot be read ({subject}), so that it cannot tell whether "
            "the end of a chain was cut off, or an older copy of the database put in its place."
        ),
    )


def _set_aside(path: Path) -> Path:
    """Where a file goes that cannot be read; it is a finding there until somebody begins anew."""
    return path.with_suffix(".broken")


def known_since(reading: Reading) -> tuple[int, str]:
    """Of how many chains this workstation remembers the last row, and a sentence, in the language in force, on what it
    therefore cannot tell: a file that somebody took away leaves nothing but a later beginning."""
    try:
        remembered = load(file_of(reading.connection.engine.url))
    except HeadsFileBroken:
        return 0, ""  # which is a finding
    if remembered is None:
        return 0, _(
            "This workstation remembers nothing of this database yet: that the end of a chain was cut off, or an older "
            "copy put in its place, it cannot tell."
        )
    since = format_instant(remembered.begun, reading.municipality.calendar.zone)
    return len(remembered.heads), _(
        "This workstation remembers the chains of this database since {since}; what was cut off before, it cannot tell."
    ).format(since=since)


def begin_heads_anew(job: Job, command: BeginHeadsAnew) -> int:
    """Forgets what is remembered and remembers what is there now; how many chains had not been as remembered. What was
    remembered is kept beside it, for ``verify --against``. Raises InvalidInput without a reason."""
    reason = command.reason.strip()
    if not reason:
        raise InvalidInput({"reason": FieldMissing()})
    ensure_fits(reason, 300)
    with job.reading() as reading:
        lost = lost_heads(reading, LostHeads())
        path = file_of(reading.connection.engine.url)
    with job.unit_of_work() as uow:
        detail = {
            "reason": reason,
            "lost": [" ".join([one.key, *map(str, one.said.values())]) for one in lost],
        }
        record(uow, "verification:heads:begun-anew", job.actor.workstation, detail)
        now = uow.now
    for old in (path, _set_aside(path)):
        if old.exists():
            old.replace(old.with_suffix(f".until-{now:%Y%m%dT%H%M%S}{old.suffix}"))
    with job.reading() as reading:
        remember(reading)
    return len(lost)
