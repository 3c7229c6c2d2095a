"""What one line of a register or roll says: a taxpayer, and what of theirs is taxed. Pure: no database."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

from muniadmin.exchange.errors import ColumnsNotRecognised, ValueMissing, ValueWrong
from muniadmin.exchange.layouts import Layout
from muniadmin.exchange.mapping import Take, compiled, translated
from muniadmin.exchange.schemas import Field, fields_of
from muniadmin.exchange.tabular import Line, Table
from muniadmin.kernel.errors import ChoiceUnknown, FieldMissing, FieldTooLong, InvalidInput, UserError
from muniadmin.kernel.folding import fold
from muniadmin.kernel.formats import parse_date
from muniadmin.kernel.i18n import pick
from muniadmin.kernel.texts import ensure_seen
from muniadmin.settings.profile import AttributeSpec, ObjectKind, Profile
from muniadmin.taxpayers.rules import (
    attribute_from_text,
    canonical_identifier,
    canonical_phone,
    checked_attributes,
    ensure_email,
    ensure_fits,
    identifying_value,
    object_key,
)

SCHEMA = "taxpayers.import.schema.json"
_IDENTIFIER, _ATTRIBUTE = "identifier.", "attribute."

# Words that only organisations have in their names; who has none of them is taken for a person.
_ORGANISATIONS = re.compile(
    r"\b(?:llc|inc|incorporated|corp|corporation|co|company|ltd|limited|plc|lp|llp|trust|bank|church|city|county|town|"
    r"state|school|college|university|hospital|association|assn|foundation|society|club|partners|partnership|holdings|"
    r"group|properties|realty|management|services|enterprises|investments|development|"
    r"sarl|sa|sas|sasu|sci|eurl|snc|scp|ste|societe|cooperative|association|commune|ministere|office|agence|banque|"
    r"hotel|restaurant|cafe|garage|pharmacie|ecole|syndicat|fondation|entreprise|etablissements|ets|sociedad|"
    r"compania|cia|شركه|جمعيه|مؤسسه|تعاونيه)\b"
)


def choices_of(profile: Profile) -> tuple[tuple[Field, str], ...]:
    """Everything a column may be, with the object kind it belongs to (empty: any): the schema's fields, the
    profile's identifiers, and the attributes of its object kinds."""
    shipped = [(entry, "") for entry in fields_of(SCHEMA)]
    identifiers = [
        (Field(_IDENTIFIER + kind.code, "string", kind.names, _headers(kind.code, kind.names)), "")
        for kind in profile.identifier_kinds
    ]
    attributes = [
        (
            Field(_ATTRIBUTE + spec.code, "string", spec.names, _headers(spec.code, spec.names)),
            kind.code,
        )
        for kind in profile.object_kinds
        for spec in kind.attributes
        if not spec.identifies
    ]
    return (*shipped, *identifiers, *attributes)


def _headers(code: str, names: Mapping[str, str]) -> frozenset[str]:
    return frozenset({fold(code.replace("_", " ")), *(fold(name) for name in names.values())})


@dataclass(frozen=True)
class TaxpayerFacts:
    """The taxpayer of a line, in canonical form."""

    key: str
    kind: str
    name: str
    name_arabic: str = ""
    born_on: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    zone: str = ""
    language: str = ""
    notes: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Of everything the line says about the taxpayer."""
        return _digest(
            self.kind, self.name, self.name_arabic, str(self.born_on or ""), self.phone, self.email, self.address,
            self.zone, self.language, self.notes, sorted(self.identifiers.items()),
        )  # fmt: skip


@dataclass(frozen=True)
class ObjectFacts:
    """The taxable object of a line, in canonical form."""

    key: str
    owner_key: str
    kind: str
    number: str
    label: str
    zone: str
    attributes: Mapping[str, Any]
    started_on: date | None

    @cached_property
    def digest(self) -> str:
        """Of everything the line says about the object, its owner included."""
        return _digest(
            self.owner_key,
            self.kind,
            self.label,
            self.zone,
            sorted(self.attributes.items()),
            str(self.started_on or ""),
        )


def in_words(problem: UserError) -> str:
    """What is wrong and what would be right; that a field is missing says it all."""
    return (
        problem.sentence()
        if isinstance(problem, FieldMissing)
        else f"{problem.sentence()} {problem.advice()}"
    )


def _digest(*facts: object) -> str:
    return hashlib.blake2b(repr(facts).encode(errors="replace"), digest_size=20).hexdigest()


@dataclass(frozen=True)
class RollLine:
    """A line of a register or roll."""

    taxpayer: TaxpayerFacts
    taxed: ObjectFacts | None


class LineReader:
    """Makes a RollLine of each line of one file, by its layout and the municipality's profile."""

    def __init__(self, table: Table, layout: Layout, profile: Profile) -> None:
        self._file = table.name
        self._profile = profile
        self._layout = layout
        self._takes: dict[str, tuple[Take, ...]] = {
            name: tuple(compiled(template, table.columns, table.name) for template in templates)
            for name, templates in layout.fields.items()
        }
        self._source = layout.code
        self._object_kind = _first_known(layout.object_kinds, profile)
        self._zones = {
            fold(text): zone.code for zone in profile.zones for text in (zone.code, *zone.names.values())
        }
        self._titles = {choice.name: choice.titles for choice, _kind in choices_of(profile)}
        self._longest = {
            choice.name: choice.longest
            for choice, _kind in choices_of(profile)
            if choice.longest and choice.name in self._takes and choice.name != "key"
        }
        #: What the words of a file mean for choices; the same few come in every line.
        self._meanings: dict[tuple[str, str], Any] = {}
        self._identifiers = [
            kind for kind in profile.identifier_kinds if _IDENTIFIER + kind.code in self._takes
        ]
        if not {"name", "last_name", "name_arabic"} & self._takes.keys():
            raise ColumnsNotRecognised(file=table.name, field=pick(self._titles["name"]))

    @property
    def object_kind(self) -> ObjectKind | None:
        """What the objects of the file are; None when it holds taxpayers only."""
        return self._object_kind

    def read(self, line: Line) -> RollLine:
        """What the line says. Raises InvalidInput with everything that is wrong with it."""
        values = {name: _value(takes, line.cells) for name, takes in self._takes.items()}
        problems: dict[str, UserError] = {}
        for name, text in values.items():
            self._checked(name, problems, partial(ensure_seen, text))
        taxpayer = self._taxpayer(values, problems)
        taxed = self._taxed(values, taxpayer.key, problems) if self._object_kind is not None else None
        if problems:
            raise InvalidInput(problems)
        return RollLine(taxpayer, taxed)

    def _checked(
        self, name: str, problems: dict[str, UserError], check: Callable[[], Any], blank: Any = ""
    ) -> Any:
        """What ``check`` makes of a field; its refusal is noted with the field's name."""
        try:
            return check()
        except UserError as problem:
            problems[name] = ValueWrong(
                field=pick(self._titles.get(name, {"en": name})), reason=in_words(problem)
            )
            return blank

    # --- the taxpayer ------------------------------------------------------------------------------------------

    def _taxpayer(self, values: Mapping[str, str], problems: dict[str, UserError]) -> TaxpayerFacts:
        get = values.get
        given = f"{get('first_name', '')} {get('last_name', '')}".strip()
        name = get("name", "") or given or get("name_arabic", "")
        if not name:
            problems["name"] = ValueMissing(field=pick(self._titles["name"]))
        for field_name in ("name", "name_arabic", "address"):
            if text := get(field_name, ""):
                self._checked(field_name, problems, partial(ensure_fits, field_name, text))
        self._check_lengths(values, problems)
        phone, email = get("phone", ""), get("email", "")
        if phone:
            phone = self._checked(
                "phone", problems, lambda: canonical_phone(phone, self._profile.phone_country)
            )
        if email:
            self._checked("email", problems, lambda: ensure_email(email))
        kind = self._kind(get("kind", ""), name, problems)
        identifiers: dict[str, str] = {}
        for identifier in self._identifiers:
            code = _IDENTIFIER + identifier.code
            if text := values[code]:
                identifiers[identifier.code] = self._checked(
                    code, problems, partial(canonical_identifier, identifier, text)
                )
        address = get("address", "")
        return TaxpayerFacts(
            key=self._key(get("key", ""), name, address, identifiers, phone),
            kind=kind,
            name=name,
            name_arabic=get("name_arabic", ""),
            born_on=self._day("born_on", get("born_on", ""), problems),
            phone=phone,
            email=email,
            address=address,
            zone=self._zone("zone", get("zone", ""), problems),
            language=self._language(get("language", ""), problems),
            notes=get("notes", ""),
            identifiers=identifiers,
        )

    def _key(self, own: str, name: str, address: str, identifiers: Mapping[str, str], phone: str) -> str:
        """The line's own key, else what tells the taxpayer best: an identifier, else name with address and phone."""
        if own and len(own) <= 60:
            return f"{self._source}:{fold(own)}"[:80]
        if own:
            return f"{self._source}:{_digest(fold(own))}"
        if identifiers:
            return f"{self._source}:{_digest(sorted(identifiers.items()))}"
        return f"{self._source}:{_digest(fold(name), fold(address), phone)}"

    def _kind(self, text: str, name: str, problems: dict[str, UserError]) -> str:
        folded = fold(text)
        if not folded:
            return "organisation" if _ORGANISATIONS.search(fold(name)) else "person"
        if folded in _PERSON_WORDS:
            return "person"
        if folded in _ORGANISATION_WORDS:
            return "organisation"
        problems["kind"] = ValueWrong(
            field=pick(self._titles["kind"]),
            reason=in_words(ChoiceUnknown(text=text, known="person, organisation")),
        )
        return "person"

    def _zone(self, name: str, text: str, problems: dict[str, UserError]) -> str:
        if not text:
            return ""
        code = self._zones.get(fold(text))
        if code is None:
            known = ", ".join(pick(zone.names) for zone in self._profile.zones)
            problems[name] = ValueWrong(
                field=pick(self._titles[name]), reason=in_words(ChoiceUnknown(text=text, known=known))
            )
        return code or ""

    def _language(self, text: str, problems: dict[str, UserError]) -> str:
        if text and text.lower() not in self._profile.languages:
            problems["language"] = ValueWrong(
                field=pick(self._titles["language"]),
                reason=in_words(ChoiceUnknown(text=text, known=", ".join(self._profile.languages))),
            )
        return text.lower()

    def _day(self, name: str, text: str, problems: dict[str, UserError]) -> date | None:
        # A workbook's or database's instant: the day is what counts.
        day = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$", "", text)
        found: date | None = self._checked(name, problems, lambda: parse_date(day), None) if day else None
        return found

    def _check_lengths(self, values: Mapping[str, str], problems: dict[str, UserError]) -> None:
        for name, longest in self._longest.items():
            if len(values[name]) > longest and name not in problems:
                problems[name] = ValueWrong(
                    field=pick(self._titles[name]), reason=in_words(FieldTooLong(limit=longest))
                )

    # --- what is taxed -----------------------------------------------------------------------------------------

    def _taxed(
        self, values: Mapping[str, str], owner_key: str, problems: dict[str, UserError]
    ) -> ObjectFacts | None:
        kind = self._object_kind
        assert kind is not None
        attributes: dict[str, Any] = {}
        number, label = values.get("object_number", ""), values.get("object_label", "")
        if not number and not label and not any(values.get(_ATTRIBUTE + one.code) for one in kind.attributes):
            return None
        if kind.identifying is not None and number:
            attributes[kind.identifying.code] = number
        for spec in kind.attributes:
            if text := values.get(_ATTRIBUTE + spec.code, ""):
                attributes[spec.code] = self._attribute(spec, text, problems)
        try:
            kept = checked_attributes(kind, attributes)
        except InvalidInput as several:
            kept = {}
            for code, problem in several.problems.items():
                problems.setdefault(
                    _ATTRIBUTE + code,
                    ValueWrong(field=pick(_spec(kind, code).names), reason=in_words(problem)),
                )
        label = label or number
        self._checked("object_label", problems, lambda: ensure_fits("label", label))
        own = object_key(kind.code, identifying_value(kind, kept))
        return ObjectFacts(
            key=own or f"{self._source}:{_digest(owner_key, kind.code, fold(label))}",
            owner_key=owner_key,
            kind=kind.code,
            number=number,
            label=label,
            zone=self._zone("object_zone", values.get("object_zone", ""), problems),
            attributes=kept,
            started_on=self._day("object_started_on", values.get("object_started_on", ""), problems),
        )

    def _attribute(self, spec: AttributeSpec, text: str, problems: dict[str, UserError]) -> Any:
        if (found := self._meanings.get((spec.code, text))) is not None:
            return found
        known = [choice.code for choice in spec.choices]
        meaning = translated(text, self._layout.values.get(_ATTRIBUTE + spec.code, {}), known)
        value = self._checked(
            _ATTRIBUTE + spec.code,
            problems,
            lambda: attribute_from_text(spec, meaning, self._profile.currency),
            None,
        )
        if spec.choices and value is not None:
            self._meanings[spec.code, text] = value
        return value


def _value(takes: Sequence[Take], cells: Sequence[str]) -> str:
    if len(takes) == 1:
        return takes[0](cells)
    return next((text for take in takes if (text := take(cells))), "")


_PERSON_WORDS = frozenset(
    {"person", "personne", "persona", "individual", "particulier", "physique", "p", "شخص"}
)
_ORGANISATION_WORDS = frozenset(
    {
        "organisation",
        "organization",
        "company",
        "societe",
        "entreprise",
        "morale",
        "business",
        "o",
        "m",
        "شركه",
    }
)


def _spec(kind: ObjectKind, code: str) -> AttributeSpec:
    return next(spec for spec in kind.attributes if spec.code == code)


def _first_known(codes: Sequence[str], profile: Profile) -> ObjectKind | None:
    known = {kind.code: kind for kind in profile.object_kinds}
    return next((known[code] for code in codes if code in known), None)
