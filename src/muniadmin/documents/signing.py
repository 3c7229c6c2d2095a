"""Signed texts: what the square code of a receipt or an extract holds, so that anyone can check the paper offline.

A text is plain words between bars, ``MA1|R|3-2026-000123-K|20261123|85125|MAD|C-0018342-7|3|k7Qa|<signature>``:
version, kind, the claims, the first letters of the key's fingerprint, and an Ed25519 signature (RFC 8032) over
everything before it, in base64url without padding.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from muniadmin.documents.errors import DamagedText, ForgedText, UnknownKey
from muniadmin.kernel.money import Money

_VERSION = "MA1"
_RECEIPT = "R"
_EXTRACT = "E"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _fingerprint(raw_public: bytes) -> str:
    """Four letters that tell keys apart; the signature, not these letters, is the proof."""
    return _base64url(hashlib.sha256(raw_public).digest()[:3])


class PublicKey:
    """What anybody may have: it checks signatures."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self.fingerprint = _fingerprint(key.public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def from_pem(cls, pem: bytes) -> "PublicKey":
        """Reads a SubjectPublicKeyInfo PEM; ValueError when it is not an Ed25519 key."""
        key = load_pem_public_key(pem)
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        return cls(key)

    def to_pem(self) -> bytes:
        """The key as a SubjectPublicKeyInfo PEM, to be published."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's over the message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """The municipality's secret key. Loaded once: signing then takes some 50 µs."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    @classmethod
    def generate(cls) -> "SigningKey":
        """A new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Reads an unencrypted PKCS#8 PEM; ValueError when it is not an Ed25519 key."""
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        return cls(key)

    def to_pem(self) -> bytes:
        """The key as an unencrypted PKCS#8 PEM: whoever stores it keeps it secret."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, *parts: str) -> str:
        """The signed text of ``parts``."""
        claims = f"{_VERSION}|{'|'.join(parts)}|{self.public.fingerprint}"
        return f"{claims}|{_base64url(self._key.sign(claims.encode()))}"


@dataclass(frozen=True, kw_only=True)
class ReceiptClaim:
    """What the signed text of a receipt says."""

    number: str
    #: The day for which the money counts: of a stub that is entered later, its own.
    taken_on: date
    amount: Money
    #: ISO 4217 code; the amount is in its minor units as the municipality uses them.
    currency: str
    #: None when the payer was not on the register.
    taxpayer_number: str | None
    desk: str


@dataclass(frozen=True, kw_only=True)
class ExtractClaim:
    """What the signed text of a civil-status extract says."""

    number: str
    issued_on: date
    #: The act's number, year and office, e.g. ``123/2026/1``.
    act: str
    #: The holder's name in Latin script, and birthday.
    holder: str
    born_on: date


def _bare(text: str) -> str:
    """Free text without the mark that separates the claims."""
    return " ".join(text.replace("|", " ").split())


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def sign_receipt(key: SigningKey, claim: ReceiptClaim) -> str:
    """The text for the square code of a receipt."""
    return key.sign(
        _RECEIPT,
        claim.number,
        _day(claim.taken_on),
        str(claim.amount.minor),
        claim.currency,
        claim.taxpayer_number or "",
        claim.desk,
    )


def sign_extract(key: SigningKey, claim: ExtractClaim) -> str:
    """The text for the square code of an extract."""
    return key.sign(
        _EXTRACT,
        claim.number,
        _day(claim.issued_on),
        _bare(claim.act),
        _bare(claim.holder),
        _day(claim.born_on),
    )


def read_signed(text: str, keys: Iterable[PublicKey]) -> ReceiptClaim | ExtractClaim:
    """What a scanned text says, once its signature is found to be one of ``keys``.

    Raises DamagedText (not ours, or incomplete), UnknownKey (another municipality's) or ForgedText (changed).
    """
    claims, _bar, signature_text = text.strip().rpartition("|")
    parts = claims.split("|")
    if parts[0] != _VERSION or len(parts) < 4:
        raise DamagedText
    try:
        signature = base64.b64decode(signature_text + "==", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise DamagedText from error
    if _base64url(signature) != signature_text:  # the last letter's unused bits are part of the paper, too
        raise DamagedText
    candidates = [key for key in keys if key.fingerprint == parts[-1]]
    if not candidates:
        raise UnknownKey(key=parts[-1])
    if not any(key.verifies(signature, claims.encode()) for key in candidates):
        raise ForgedText
    return _claim(parts[1], parts[2:-1])


def _claim(kind: str, claims: list[str]) -> ReceiptClaim | ExtractClaim:
    """The claims of a text whose signature holds; only a newer program can have signed what does not fit."""
    try:
        if kind == _RECEIPT:
            number, day, minor, currency, taxpayer, desk = claims
            return ReceiptClaim(
                number=number,
                taken_on=date.fromisoformat(day),
                amount=Money(int(minor)),
                currency=currency,
                taxpayer_number=taxpayer or None,
                desk=desk,
            )
        if kind == _EXTRACT:
            number, day, act, holder, born = claims
            return ExtractClaim(
                number=number,
                issued_on=date.fromisoformat(day),
                act=act,
                holder=holder,
                born_on=date.fromisoformat(born),
            )
    except ValueError as error:
        raise DamagedText from error
    raise DamagedText
