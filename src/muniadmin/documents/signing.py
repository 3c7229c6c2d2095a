"""Signed texts: what the square code of a receipt or an extract holds, so that anyone can check the paper offline.

A text is plain words between bars, ``MA1|R|3-2026-000123-K|20261123|85125|MAD|C-0018342-7|3|k7Qa|<signature>``:
version, kind, the claims, the first letters of the key's fingerprint, and an Ed25519 signature (RFC 8032) over
everything before it, in base64url without padding.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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

from muniadmin.documents.errors import DamagedText, NotPrintable
from muniadmin.documents.scanned import EXTRACT, RECEIPT, VERSION, SignedText
from muniadmin.kernel.money import Money


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
        claims = f"{VERSION}|{'|'.join(parts)}|{self.public.fingerprint}"
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


def receipt_claims(claim: ReceiptClaim) -> tuple[str, ...]:
    """The claims as they stand in the text, in the order of scanned.FIELDS."""
    return (
        claim.number,
        _day(claim.taken_on),
        str(claim.amount.minor),
        claim.currency,
        claim.taxpayer_number or "",
        claim.desk,
    )


def extract_claims(claim: ExtractClaim) -> tuple[str, ...]:
    """The claims as they stand in the text, in the order of scanned.FIELDS."""
    return (
        claim.number,
        _day(claim.issued_on),
        _bare(claim.act),
        _bare(claim.holder),
        _day(claim.born_on),
    )


def sign_receipt(key: SigningKey, claim: ReceiptClaim) -> str:
    """The text for the square code of a receipt."""
    return key.sign(RECEIPT, *receipt_claims(claim))


def sign_extract(key: SigningKey, claim: ExtractClaim) -> str:
    """The text for the square code of an extract."""
    return key.sign(EXTRACT, *extract_claims(claim))


class Signature(StrEnum):
    """What is to be said of a signature."""

    GOOD = "good"
    #: It is none of the key that the text names, over these claims.
    BAD = "bad"
    #: The text names a key that is not at hand.
    OTHER_KEY = "other_key"


def signature_of(text: SignedText, keys: Iterable[PublicKey]) -> Signature:
    """Whether one of ``keys`` signed exactly this. Raises NotPrintable where letters were lost on the way."""
    candidates = [key for key in keys if key.fingerprint == text.key]
    signature = base64.urlsafe_b64decode(text.signature + "==")
    # The last letter has bits that no byte needs: they are part of the paper, too.
    whole = _base64url(signature) == text.signature
    if whole and any(key.verifies(signature, text.signed.encode(errors="replace")) for key in candidates):
        return Signature.GOOD
    if not text.printable:
        raise NotPrintable
    return Signature.BAD if candidates else Signature.OTHER_KEY


def claim_of(text: SignedText) -> ReceiptClaim | ExtractClaim:
    """The claims of a text whose signature holds. Raises DamagedText for what only a newer program can have signed."""
    says = text.says
    try:
        if text.kind == RECEIPT:
            return ReceiptClaim(
                number=says["number"],
                taken_on=date.fromisoformat(says["taken_on"]),
                amount=Money(int(says["amount"])),
                currency=says["currency"],
                taxpayer_number=says["taxpayer_number"] or None,
                desk=says["desk"],
            )
        return ExtractClaim(
            number=says["number"],
            issued_on=date.fromisoformat(says["issued_on"]),
            act=says["act"],
            holder=says["holder"],
            born_on=date.fromisoformat(says["born_on"]),
        )
    except ValueError as error:
        raise DamagedText from error
