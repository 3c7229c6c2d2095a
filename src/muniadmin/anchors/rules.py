"""What an anchor says, and how it is read back.

An anchor is one signed line, ``MA1|A|1|fes|12|20261123|2026-11-23T17:04:11.120000+00:00|<digest of anchor 11>|
desk:1:57:<digest>|office:103:<digest>|k7Qa|<signature>``: version, kind, form, municipality, number, business day,
instant, the digest of the anchor before it, the place and digest of every chain's last row, the letters of the key and
an Ed25519 signature over all of it. Its digest is the SHA-256 of the line.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from muniadmin.anchors.errors import AnchorDamaged, AnchorForged, AnchorOfAnotherKey
from muniadmin.anchors.reads import Head
from muniadmin.documents.signing import PublicKey, SigningKey
from muniadmin.kernel.i18n import N_

FORM = 1
ANCHORS = "anchors"
"""What anchors are called where they are looked at as a chain: each bears the digest of the one before it."""
NOTHING_BEFORE = "0" * 64
SHORT = 16
"""How many letters of a digest are printed."""

Occasion = Literal["session", "order"]

OCCASION_NAMES: Mapping[str, str] = {
    "session": N_("Cash session closed"),
    "order": N_("Ordered"),
}

_VERSION, _KIND = "MA1", "A"


@dataclass(frozen=True, kw_only=True)
class AnchorText:
    """What an anchor says."""

    form: int = FORM
    #: The municipality's code.
    municipality: str
    number: int
    booked_on: date
    made_at: datetime
    #: The digest of the anchor before it.
    previous: str
    #: By the chains' names.
    heads: Sequence[Head]


def sign_anchor(key: SigningKey, text: AnchorText) -> str:
    """The signed line."""
    return key.sign(
        _KIND,
        str(text.form),
        text.municipality,
        str(text.number),
        text.booked_on.isoformat().replace("-", ""),
        text.made_at.isoformat(),
        text.previous,
        *(f"{head.chain}:{head.last}:{head.digest}" for head in text.heads),
    )


def digest_of(line: str) -> str:
    """The digest by which an anchor is named on paper and in the anchor after it; hexadecimal."""
    return hashlib.sha256(line.encode()).hexdigest()


def is_anchor(text: str) -> bool:
    """Whether a text at least begins like an anchor."""
    return text.startswith(f"{_VERSION}|{_KIND}|")


def anchor_text(line: str) -> AnchorText:
    """What a line says, whoever signed it. Raises AnchorDamaged."""
    parts = line.split("|")
    # Version, kind, form, municipality, number, day, instant, digest before; key and signature at the end.
    if len(parts) < 10 or not is_anchor(line) or parts[2] != str(FORM):
        raise AnchorDamaged
    try:
        return AnchorText(
            municipality=parts[3],
            number=int(parts[4]),
            booked_on=date.fromisoformat(parts[5]),
            made_at=datetime.fromisoformat(parts[6]),
            previous=parts[7],
            heads=tuple(_head(part) for part in parts[8:-2]),
        )
    except ValueError as error:
        raise AnchorDamaged from error


def _head(part: str) -> Head:
    chain, last, digest = part.rsplit(":", 2)
    return Head(chain=chain, last=int(last), digest=digest)


def read_anchor(line: str, keys: Iterable[PublicKey]) -> AnchorText:
    """What a line says, once its signature is found to be one of ``keys``.

    Raises AnchorDamaged, AnchorOfAnotherKey or AnchorForged.
    """
    said = anchor_text(line)
    claims, _bar, signature_text = line.rpartition("|")
    fingerprint = claims.rpartition("|")[2]
    try:
        signature = base64.b64decode(signature_text + "==", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise AnchorDamaged from error
    candidates = [key for key in keys if key.fingerprint == fingerprint]
    if not candidates:
        raise AnchorOfAnotherKey(key=fingerprint[:8])
    if not any(key.verifies(signature, claims.encode()) for key in candidates):
        raise AnchorForged
    return said
