"""What a good entry on the register is: identifiers, phones, attributes, what is searched for, who is alike."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib import import_module
from typing import Any

from rapidfuzz import fuzz

from muniadmin.kernel.errors import ChoiceUnknown, FieldMissing, FieldTooLong, InvalidInput, UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.formats import parse_date, parse_money
from muniadmin.kernel.i18n import N_, pick
from muniadmin.kernel.money import Currency
from muniadmin.settings.profile import AttributeSpec, IdentifierKind, ObjectKind
from muniadmin.taxpayers.errors import (
    EmailWrong,
    IdentifierWrong,
    NumberWrong,
    PhoneWrong,
)

# Room in the database for the texts that a person or a file may overfill.
ROOM: Mapping[str, int] = {"name": 160, "name_arabic": 160, "email": 120, "address": 200, "label": 160}

_SEPARATORS = re.compile(r"[\s\-._/·'’]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def ensure_fits(field_name: str, text: str) -> None:
    """Raises FieldTooLong when the database has no room for ``text``."""
    limit = ROOM[field_name]
    if len(text) > limit:
        raise FieldTooLong(limit=limit)


# --- identifiers, phones, addresses --------------------------------------------------------------------------------


def canonical_identifier(kind: IdentifierKind, text: str) -> str:
    """The value as it is kept: as the kind's algorithm writes it, else in capitals without separators.

    Raises IdentifierWrong.
    """
    bare = _SEPARATORS.sub("", text).upper()
    if kind.checked_by is not None:
        algorithm = import_module(f"stdnum.{kind.checked_by}")
        try:
            value: str = algorithm.validate(text.strip())
        except Exception:  # noqa: BLE001 - some algorithms trip over letters with errors of their own
            try:
                value = algorithm.validate(bare)
            except Exception as error:
                raise _wrong(kind, text) from error
        return value
    if kind.pattern is not None and not re.fullmatch(kind.pattern, bare):
        raise _wrong(kind, text)
    return bare


def _wrong(kind: IdentifierKind, text: str) -> IdentifierWrong:
    return IdentifierWrong(value=text.strip(), kind=pick(kind.names), example=kind.example)


def canonical_phone(text: str, country: str) -> str:
    """The number in E.164, e.g. "+212661234567"; ``country`` is where it is dialled without a prefix.

    Raises PhoneWrong.
    """
    import phonenumbers  # loads its tables, only needed when a phone is typed

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise PhoneWrong(text=text.strip()) from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneWrong(text=text.strip())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_as_dialled(phone: str, country: str) -> str:
    """An E.164 number as people of ``country`` write it: nationally if it is theirs, else internationally."""
    if not phone:
        return ""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return phone
    form = phonenumbers.PhoneNumberFormat
    at_home = number.country_code == phonenumbers.country_code_for_region(country)
    return phonenumbers.format_number(number, form.NATIONAL if at_home else form.INTERNATIONAL)


def ensure_email(text: str) -> None:
    """Raises EmailWrong unless the text can be an e-mail address."""
    if not _EMAIL.fullmatch(text):
        raise EmailWrong(text=text)


# --- attributes of objects -----------------------------------------------------------------------------------------


def attribute_from_text(spec: AttributeSpec, text: str, currency: Currency) -> Any:
    """The value an attribute keeps for what a person typed or a file holds; None for nothing.

    Raises NumberWrong, NotUnderstood or ChoiceUnknown.
    """
    bare = text.strip()
    if not bare:
        return None
    if spec.type == "money":
        return parse_money(bare, currency).minor
    if spec.type == "integer":
        if not re.fullmatch(r"\d{1,9}", re.sub(r"[\s\u00a0\u202f]", "", bare)):
            raise NumberWrong(text=bare)
        return int(re.sub(r"[\s\u00a0\u202f]", "", bare))
    if spec.type == "decimal":
        return _decimal_text(bare)
    if spec.type == "date":
        return parse_date(bare).isoformat()
    if spec.type == "boolean":
        return _truth(bare)
    if spec.type == "choice":
        return _choice(spec, bare)
    ensure_fits("label", bare)
    return bare


def _decimal_text(text: str) -> str:
    try:
        number = Decimal(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", "."))
    except InvalidOperation as error:
        raise NumberWrong(text=text) from error
    if not number.is_finite() or number < 0 or number >= 10**9:
        raise NumberWrong(text=text)
    return format(number.quantize(Decimal("0.01")).normalize(), "f")


def _truth(text: str) -> bool:
    folded = fold(text)
    if folded in {"1", "yes", "y", "true", "oui", "o", "vrai", "si", "نعم"}:
        return True
    if folded in {"0", "no", "n", "false", "non", "faux", "لا"}:
        return False
    raise ChoiceUnknown(text=text, known="1, 0")


def _choice(spec: AttributeSpec, text: str) -> str:
    folded = fold(text)
    for choice in spec.choices:
        if folded == fold(choice.code) or folded in {fold(name) for name in choice.names.values()}:
            return choice.code
    raise ChoiceUnknown(text=text, known=", ".join(pick(choice.names) for choice in spec.choices))


def checked_attributes(kind: ObjectKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values worth keeping, each of its attribute's type. Raises InvalidInput with a problem per attribute code;
    unknown codes are a mistake of the program and are left out."""
    problems: dict[str, UserError] = {}
    kept: dict[str, Any] = {}
    for spec in kind.attributes:
        value = values.get(spec.code)
        if value is None or value == "":
            if spec.required:
                problems[spec.code] = FieldMissing()
        elif not _has_type(spec, value):
            problems[spec.code] = NumberWrong(text=value)
        else:
            kept[spec.code] = value
    if problems:
        raise InvalidInput(problems)
    return kept


def _has_type(spec: AttributeSpec, value: Any) -> bool:
    if spec.type in ("money", "integer"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if spec.type == "boolean":
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if spec.type == "choice":
        return value in {choice.code for choice in spec.choices}
    if spec.type == "decimal":
        return re.fullmatch(r"\d{1,9}(\.\d{1,2})?", value) is not None
    if spec.type == "date":
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None
    return True


def identifying_value(kind: ObjectKind, attributes: Mapping[str, Any]) -> str:
    """The object's own plate, parcel or licence; empty when it has none."""
    return str(attributes.get(kind.identifying.code, "")) if kind.identifying is not None else ""


def plain_attributes(kind: ObjectKind) -> set[str]:
    """The attributes that tax is worked out from, and that name nobody: all but texts."""
    return {spec.code for spec in kind.attributes if spec.type != "text"}


def told_change(
    before: Mapping[str, Any], after: Mapping[str, Any], plain: Collection[str]
) -> dict[str, Any]:
    """What the audit log says of a change: of the ``plain`` facts the values before and after, of the others only which
    they are, since an audit log cannot forget what a person is called or where they live. Empty: nothing changed."""
    differ = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    told: dict[str, Any] = {
        name: {"before": before.get(name), "after": after.get(name)} for name in differ if name in plain
    }
    if others := [name for name in differ if name not in plain]:
        told["fields"] = others
    return told


def object_key(kind_code: str, identifying: str) -> str | None:
    """The key under which an object is on the register once: "vehicle:12345a15", "property:1-12"; None without a
    number of its own. Separators count between two digits only: parcels 1-12 and 11-2 are two."""
    bare = re.sub(r"(?<!\d) | (?!\d)", "", fold(identifying)).replace(" ", "-")
    return f"{kind_code}:{bare}"[:80] if bare else None


# --- what is searched for ------------------------------------------------------------------------------------------


def compact(text: str) -> str:
    """A code as it is compared: letters and digits only, folded: "12345-A-15" and "12345 a 15" are one."""
    return fold(text).replace(" ", "")


def search_text(
    *,
    names: Iterable[str],
    number: str,
    phone: str = "",
    address: str = "",
    codes: Iterable[str] = (),
    labels: Iterable[str] = (),
) -> str:
    """What the search box finds a taxpayer by: every word after a blank, so that " am" finds a word's beginning.

    ``codes`` are identifiers, plates and parcels (kept without separators), ``labels`` what their objects are called.
    """
    words: dict[str, None] = {}
    for text in names:
        words.update(dict.fromkeys(fold(text).split()))
    for code in (number, phone, *codes):
        if bare := compact(code):
            words[bare] = None
    for text in (address, *labels):
        words.update(dict.fromkeys(fold(text).split()))
    return "".join(f" {word}" for word in words)


def name_words(*names: str) -> set[str]:
    """The words of names that are worth correcting a typing slip in: four to thirty letters."""
    return {
        word for name in names for word in fold(name).split() if 4 <= len(word) <= 30 and not word.isdigit()
    }


def halves(word: str) -> tuple[str, str]:
    """The two halves of a word. One slip (a letter wrong, missing, added) leaves one of them as it was; two letters
    swapped across the middle leave neither, and are tried on their own."""
    middle = len(word) // 2
    return word[:middle], word[middle:]


def swapped_across_the_middle(word: str) -> str:
    """The word with the letters on both sides of its middle swapped."""
    one, other = halves(word)
    return one[:-1] + other[:1] + one[-1:] + other[1:]


# --- who is alike --------------------------------------------------------------------------------------------------

LIKENESS_NAMES: Mapping[str, str] = {
    "identifier": N_("same identifier"),
    "name": N_("similar name"),
    "phone": N_("same phone"),
    "birth": N_("same date of birth"),
    "address": N_("same address"),
}
"""Why two taxpayers look alike, as the screens say it."""

ASKS_FROM = 90
SHOWN_FROM = 60


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What is compared between two taxpayers; names and address folded."""

    name: str
    name_arabic: str
    born_on: date | None
    phone: str
    address: str
    identifiers: frozenset[tuple[str, str]]


def name_likeness(one: str, other: str) -> float:
    """0 to 100 for two folded names; word order does not matter, a missing middle name costs little."""
    if not one or not other:
        return 0.0
    return max(fuzz.token_sort_ratio(one, other), 0.95 * fuzz.token_set_ratio(one, other))


def duplicate_score(one: Likeness, other: Likeness) -> tuple[int, tuple[str, ...]]:
    """How likely two taxpayers are one (0 to 100), and why.

    A shared identifier settles it. A like name alone only suggests it; with the same birth date, phone or address it
    is likely enough to ask before saving. Different birth dates speak against it.
    """
    reasons: list[str] = []
    if one.identifiers & other.identifiers:
        return 100, ("identifier",)
    alike = max(name_likeness(one.name, other.name), name_likeness(one.name_arabic, other.name_arabic))
    same_phone = bool(one.phone) and one.phone == other.phone
    if alike >= 80:
        reasons.append("name")
    if same_phone:
        reasons.append("phone")
    same_birth = one.born_on is not None and one.born_on == other.born_on
    if same_birth:
        reasons.append("birth")
    same_address = bool(one.address) and fuzz.token_sort_ratio(one.address, other.address) >= 90
    if same_address:
        reasons.append("address")
    if alike < 80:
        return (SHOWN_FROM, tuple(reasons)) if same_phone else (0, ())
    score = alike * 0.8 + 15 * (same_phone + same_birth + same_address)
    if one.born_on and other.born_on and not same_birth:
        score -= 35
    return max(0, min(99, round(score))), tuple(reasons)
