"""What came out of a scanner, a keyboard or a file, taken apart before any signature is looked at.

A square code holds ``MA1|R|<claims>|<key>|<signature>`` (see ``signing``). Whatever else was scanned in its place is
refused by a sentence that says what it is: a part of a code, two codes, a number, a web address, changed letters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import category

from muniadmin.documents.errors import (
    CodeOfNewerProgram,
    DamagedText,
    LettersChanged,
    NothingScanned,
    NotPrintable,
    NumberInstead,
    SeveralCodes,
    TextAdded,
    TextCut,
    TextOverlong,
    WebAddressInstead,
)
from muniadmin.kernel.numbers import read_number

VERSION = "MA1"
RECEIPT = "R"
EXTRACT = "E"

FIELDS: Mapping[str, tuple[str, ...]] = {
    RECEIPT: ("number", "taken_on", "amount", "currency", "taxpayer_number", "desk"),
    EXTRACT: ("number", "issued_on", "act", "holder", "born_on"),
}
"""The claims of each kind, in their order."""

#: An Ed25519 signature of 64 bytes in base64url.
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{86}")
#: No code of ours is a third as long; a QR code of the size we print holds no more.
_LONGEST = 1000
#: What "MA1|R|" becomes when scanner and computer are set to the keyboards of different countries: other bars, QWERTY
#: read as AZERTY and the other way round, Arabic letters.
_OTHER_KEYBOARD = re.compile(r"(?i)ma1\W[re]\W|[?,]q[&1]|:q!|.{0,3}[\u0600-\u06ff].{0,3}[|<>]")
_WEB_ADDRESS = re.compile(r"(?i)([a-z][a-z+.-]*:)?//|www\.|https?:")


@dataclass(frozen=True)
class SignedText:
    """A code of our form. Nothing of it is believed yet."""

    #: RECEIPT or EXTRACT.
    kind: str
    claims: tuple[str, ...]
    #: The first letters of the fingerprint of the key that is said to have signed it.
    key: str
    #: Everything before the signature: what was signed.
    signed: str
    signature: str

    @property
    def says(self) -> dict[str, str]:
        """The claims by their names, as they stand in the text."""
        return dict(zip(FIELDS[self.kind], self.claims, strict=True))

    @property
    def printable(self) -> bool:
        """Whether it has letters, digits and signs only, as every code has that was read rightly."""
        return _is_printable(self.signed)


def as_text(raw: str | bytes) -> str:
    """What was read, as a text that can be sent to the database; what is no letter stands as "�"."""
    text = raw[: 4 * _LONGEST].decode(errors="replace") if isinstance(raw, bytes) else raw
    text = _without_wrapping(text[: _LONGEST + 1])
    return "".join("\ufffd" if category(char) in ("Cc", "Cs") else char for char in text)


def is_square_code(text: str) -> bool:
    """Whether it is a square code of ours, whole or not, with changed letters or without, rather than a name or a
    number that somebody typed."""
    bare = _without_wrapping(text)
    return bool(re.match(r"(?i)ma\d+\|", bare) or (len(bare) > 40 and _OTHER_KEYBOARD.match(bare)))


def take_apart(text: str) -> SignedText:
    """The parts of a code. Raises DamagedText, in the form that says what is the case, or WrongNumber."""
    text = _without_wrapping(text)
    if not text:
        raise NothingScanned
    if len(text) > _LONGEST:
        raise TextOverlong
    version, *parts = text.split("|")
    if version != VERSION:
        raise _something_else(text)
    kind = parts[0]
    if len(parts) > 1 and kind not in FIELDS:
        raise CodeOfNewerProgram if len(parts) > 3 else TextCut
    wanted = 3 + len(FIELDS.get(kind, ()))
    if len(parts) < wanted or (len(parts) == wanted and len(parts[-1]) < 86):
        raise TextCut
    if len(parts) > wanted or len(parts[-1]) > 86:
        raise SeveralCodes if f"{VERSION}|" in text[len(VERSION) :] else TextAdded
    *claims, key, signature = parts[1:]
    if not _SIGNATURE.fullmatch(signature) or signature in (signature.lower(), signature.upper()):
        raise LettersChanged
    return SignedText(kind, tuple(claims), key, text.rpartition("|")[0], signature)


def _something_else(text: str) -> Exception:
    """What this is that is no code of ours."""
    if not _is_printable(text):
        return NotPrintable()
    if f"{VERSION}|" in text:
        return TextAdded()
    if text[:4].upper() == f"{VERSION}|" or _OTHER_KEYBOARD.match(text):
        return LettersChanged()
    if re.match(r"MA\d+\|", text):
        return CodeOfNewerProgram()
    if _WEB_ADDRESS.match(text):
        return WebAddressInstead()
    number = read_number(text)
    return DamagedText() if number is None else NumberInstead(number=number[1])


def _without_wrapping(text: str) -> str:
    """Without what scanners put around a code: line ends and other control characters, blanks, the three letters that
    name the sort of bar code (AIM, ISO/IEC 15424), asterisks."""
    start, end = 0, len(text)
    while start < end and _wraps(text[start]):
        start += 1
    while start < end and _wraps(text[end - 1]):
        end -= 1
    return re.sub(r"^\][A-Za-z][0-9A-Za-z](?=\S)", "", text[start:end])


def _wraps(char: str) -> bool:
    return char.isspace() or char == "*" or category(char) in ("Cc", "Cf")


def _is_printable(text: str) -> bool:
    return not any(char == "\ufffd" or category(char) in ("Cc", "Cs") for char in text)
