"""A municipality's profile: its own rules as data, read from TOML, checked against the schema and in itself."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from muniadmin.kernel.dates import FiscalCalendar
from muniadmin.kernel.money import Currency, Money
from muniadmin.kernel.shipped import resource
from muniadmin.settings.errors import ProfileUnknown, ProfileUnreadable
from muniadmin.settings.profile_checks import check_profile
from muniadmin.settings.tariffs import Condition, TariffSpec, rate_of, read_condition, read_tariff

Names = Mapping[str, str]


@dataclass(frozen=True)
class IdentifierKind:
    """A kind of official identifier: identity card, tax number, company number."""

    code: str
    names: Names
    #: "person", "organisation" or both.
    holders: tuple[str, ...]
    #: Regular expression of the value in capitals without blanks and dashes.
    pattern: str | None
    #: Module of python-stdnum that checks it, e.g. "ma.ice".
    checked_by: str | None
    example: str


@dataclass(frozen=True)
class Zone:
    """A part of the territory."""

    code: str
    names: Names


@dataclass(frozen=True)
class Choice:
    """One value of an attribute."""

    code: str
    names: Names


@dataclass(frozen=True)
class AttributeSpec:
    """A fact kept about each taxable object of a kind.

    Objects keep money in minor units, decimals as text with two places at most, choices by code, dates as ISO text.
    """

    code: str
    names: Names
    #: text | integer | decimal | money | choice | boolean | date
    type: str
    unit: str
    required: bool
    #: The object's own number (parcel, plate): searched for, and unique within the kind.
    identifies: bool
    #: Stated anew by the taxpayer for each period.
    declared: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class ObjectKind:
    """A kind of taxable object and what is kept about it."""

    code: str
    names: Names
    attributes: tuple[AttributeSpec, ...]

    def attribute(self, code: str) -> AttributeSpec | None:
        """The attribute of this code, if the kind has it."""
        return next((attribute for attribute in self.attributes if attribute.code == code), None)

    @property
    def identifying(self) -> AttributeSpec | None:
        """The attribute that is the object's own number, if it has one."""
        return next((attribute for attribute in self.attributes if attribute.identifies), None)


@dataclass(frozen=True)
class Instalment:
    """One due date: ``months`` after the period starts on ``day``, or ``days`` after the bill is issued."""

    months: int | None
    day: int | None
    days: int | None
    share: int


@dataclass(frozen=True)
class DueRule:
    """When a head's bills must be paid; never earlier than ``notice_days`` after they were issued."""

    instalments: tuple[Instalment, ...]
    notice_days: int


@dataclass(frozen=True)
class PenaltySpec:
    """What is added to a late bill; ratios of the principal. Applied by billing."""

    #: published | example
    figures: str
    source: str
    grace_days: int
    once: Decimal
    first_month: Decimal
    #: For each further month or fraction of one.
    month: Decimal
    yearly: Decimal
    #: (days past the due date, share added then)
    steps: tuple[tuple[int, Decimal], ...]
    cap: Decimal | None

    @property
    def document(self) -> dict[str, Any]:
        """The rule as billing keeps it with the head: rates as decimal text."""
        document: dict[str, Any] = {
            "grace_days": self.grace_days,
            "once": str(self.once),
            "first_month": str(self.first_month),
            "month": str(self.month),
            "yearly": str(self.yearly),
            "steps": [{"after_days": days, "rate": str(rate)} for days, rate in self.steps],
        }
        return document if self.cap is None else {**document, "cap": str(self.cap)}


@dataclass(frozen=True)
class RevenueHeadSpec:
    """A revenue head: what is levied, on what, when it is due, what lateness costs."""

    code: str
    names: Names
    #: tax | fee | fine
    kind: str
    account: str
    #: yearly | quarterly | monthly | once
    periodicity: str
    object_kind: str | None
    #: Which objects of the kind it is assessed on.
    applies_when: Condition
    #: Oldest first, without overlap; none for fines and fees of requests.
    tariffs: tuple[TariffSpec, ...]
    due: DueRule
    penalty: PenaltySpec | None


@dataclass(frozen=True)
class FineStep:
    """What a fine comes to when paid within, or unpaid after, ``days``: an amount or a share of the full one."""

    days: int
    amount: Money | None
    rate: Decimal | None

    def of(self, full: Money) -> Money:
        """The amount due at this step."""
        return self.amount if self.amount is not None else full.times(self.rate or Decimal(0))


@dataclass(frozen=True)
class OffenceSpec:
    """An offence of the catalogue; its steps are already those of the general rule where it has none of its own."""

    code: str
    names: Names
    amount: Money
    #: published | example
    figures: str
    source: str
    tow: bool
    #: Paid within so many days; the shortest first.
    reduced: tuple[FineStep, ...]
    #: Unpaid after so many days; the first first.
    increased: tuple[FineStep, ...]


@dataclass(frozen=True)
class FineRules:
    """What holds for every fine."""

    head: str
    due_days: int


@dataclass(frozen=True)
class CivilDocumentSpec:
    """A document a citizen may ask for."""

    code: str
    names: Names
    #: extract | full_copy | family_booklet | certificate | legalisation | certified_copy
    kind: str
    #: birth, marriage, divorce, death: the acts it is drawn from.
    acts: tuple[str, ...]
    #: Of one copy.
    fee: Money
    #: published | example
    figures: str
    source: str
    #: Revenue head of the fee; None when it is free.
    head: str | None
    target_hours: int
    #: Languages it is printed in, side by side when there are two.
    languages: tuple[str, ...]


@dataclass(frozen=True)
class DeskSpec:
    """A cash desk."""

    number: int
    names: Names
    #: Cash in the till above which a remittance is asked for.
    cash_limit: Money | None


@dataclass(frozen=True)
class ChannelSpec:
    """A way to pay."""

    #: cash | cheque | card | transfer | mobile
    kind: str
    names: Names
    #: Whether a reference must be typed.
    reference: bool


@dataclass(frozen=True)
class Denomination:
    """A coin or note counted when a till is closed."""

    value: Money
    note: bool


@dataclass(frozen=True)
class Profile:
    """Everything a municipality's database is set up from."""

    code: str
    names: Names
    departments: Names
    country: str
    languages: tuple[str, ...]
    phone_country: str
    #: Scripts names are kept in: "latin", "arabic".
    scripts: tuple[str, ...]
    address: str
    phone: str
    email: str
    website: str
    currency: Currency
    calendar: FiscalCalendar
    #: On light and on dark surfaces.
    accent: tuple[str, str]
    identifier_kinds: tuple[IdentifierKind, ...]
    zones: tuple[Zone, ...]
    object_kinds: tuple[ObjectKind, ...]
    heads: tuple[RevenueHeadSpec, ...]
    fines: FineRules
    offences: tuple[OffenceSpec, ...]
    civil_documents: tuple[CivilDocumentSpec, ...]
    desks: tuple[DeskSpec, ...]
    channels: tuple[ChannelSpec, ...]
    #: Coins first, ascending.
    denominations: tuple[Denomination, ...]
    #: receipt_footer, bill_notice, fine_notice, extract_footer, reminder: text by language.
    texts: Mapping[str, Names]
    #: The profile as it was written, to be kept in the database.
    written: str

    def object_kind(self, code: str) -> ObjectKind:
        """The kind of taxable object of this code; KeyError when there is none."""
        return {kind.code: kind for kind in self.object_kinds}[code]

    def head(self, code: str) -> RevenueHeadSpec:
        """The revenue head of this code; KeyError when there is none."""
        return {head.code: head for head in self.heads}[code]


def profile_codes() -> list[str]:
    """The codes of the profiles that are shipped."""
    return sorted(path.stem for path in resource("profiles").glob("*.toml"))


def load_profile(code: str) -> Profile:
    """The shipped profile of this code. Raises ProfileUnknown."""
    known = profile_codes()
    if code not in known:
        raise ProfileUnknown(code=code, known=", ".join(known))
    return read_profile(resource(f"profiles/{code}.toml"))


def read_profile(path: Path) -> Profile:
    """The profile in a file. Raises a ProfileInvalid that names the place of the first thing that is wrong."""
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileUnreadable(file=path.name, reason=error) from error
    return parse_profile(written, file=path.name)


def parse_profile(written: str, *, file: str) -> Profile:
    """The profile written in TOML; ``file`` is what messages call it. Raises ProfileInvalid."""
    try:
        table = tomllib.loads(written, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ProfileUnreadable(file=file, reason=error) from error
    check_profile(table, file=file)
    return _profile(table, written)


def profile_as_kept(written: str) -> Profile:
    """The profile that a database keeps. It was checked when the municipality was set up; checking takes longer than
    all else that a first page asks. Whatever is wrong with it by now is raised as it comes."""
    return _profile(tomllib.loads(written, parse_float=Decimal), written)


def _profile(table: Mapping[str, Any], written: str) -> Profile:
    who = table["municipality"]
    currency = Currency(**table["currency"])
    year = table["fiscal_year"]
    return Profile(
        code=who["code"],
        names=who["names"],
        departments=who["departments"],
        country=who["country"],
        languages=tuple(who["languages"]),
        phone_country=who["phone_country"],
        scripts=tuple(who["scripts"]),
        address=who["address"],
        phone=who.get("phone", ""),
        email=who.get("email", ""),
        website=who.get("website", ""),
        currency=currency,
        calendar=FiscalCalendar(who["time_zone"], year["month"], year["day"]),
        accent=(table["appearance"]["accent_light"], table["appearance"]["accent_dark"]),
        identifier_kinds=tuple(_identifier_kind(kind) for kind in table["identifiers"]),
        zones=tuple(Zone(zone["code"], zone["names"]) for zone in table["zones"]),
        object_kinds=tuple(_object_kind(kind) for kind in table["object_kinds"]),
        heads=tuple(_head(head) for head in table["heads"]),
        fines=FineRules(table["fines"]["head"], table["fines"]["due_days"]),
        offences=tuple(_offence(offence, table["fines"], currency) for offence in table["offences"]),
        civil_documents=tuple(_civil_document(document, currency) for document in table["civil_documents"]),
        desks=tuple(
            DeskSpec(desk["number"], desk["names"], _amount(desk.get("cash_limit"), currency))
            for desk in table["desks"]
        ),
        channels=tuple(
            ChannelSpec(channel["kind"], channel["names"], channel.get("reference", False))
            for channel in table["channels"]
        ),
        denominations=tuple(
            Denomination(currency.of(value), note)
            for note, values in ((False, table["cash"]["coins"]), (True, table["cash"]["notes"]))
            for value in values
        ),
        texts=table["texts"],
        written=written,
    )


def _amount(value: Any, currency: Currency) -> Money | None:
    return None if value is None else currency.of(value)


def _identifier_kind(table: Mapping[str, Any]) -> IdentifierKind:
    return IdentifierKind(
        code=table["code"],
        names=table["names"],
        holders=tuple(table["holders"]),
        pattern=table.get("pattern"),
        checked_by=table.get("checked_by"),
        example=table.get("example", ""),
    )


def _object_kind(table: Mapping[str, Any]) -> ObjectKind:
    return ObjectKind(
        table["code"], table["names"], tuple(_attribute(attribute) for attribute in table["attributes"])
    )


def _attribute(table: Mapping[str, Any]) -> AttributeSpec:
    return AttributeSpec(
        code=table["code"],
        names=table["names"],
        type=table["type"],
        unit=table.get("unit", ""),
        required=table.get("required", False),
        identifies=table.get("identifies", False),
        declared=table.get("declared", False),
        choices=tuple(Choice(choice["code"], choice["names"]) for choice in table.get("choices", ())),
    )


def _head(table: Mapping[str, Any]) -> RevenueHeadSpec:
    applies_to = table.get("applies_to", {})
    return RevenueHeadSpec(
        code=table["code"],
        names=table["names"],
        kind=table["kind"],
        account=table["account"],
        periodicity=table["periodicity"],
        object_kind=applies_to.get("kind"),
        applies_when=read_condition(applies_to.get("when")),
        tariffs=tuple(read_tariff(tariff) for tariff in table.get("tariffs", ())),
        due=DueRule(
            tuple(
                Instalment(part.get("months"), part.get("day"), part.get("days"), part.get("share", 1))
                for part in table["due"]["instalments"]
            ),
            table["due"].get("notice_days", 0),
        ),
        penalty=_penalty(table["penalty"]) if "penalty" in table else None,
    )


def _penalty(table: Mapping[str, Any]) -> PenaltySpec:
    return PenaltySpec(
        figures=table["figures"],
        source=table.get("source", ""),
        grace_days=table.get("grace_days", 0),
        once=rate_of(table.get("once", "0 %")),
        first_month=rate_of(table.get("first_month", "0 %")),
        month=rate_of(table.get("month", "0 %")),
        yearly=rate_of(table.get("yearly", "0 %")),
        steps=tuple((step["after_days"], rate_of(step["rate"])) for step in table.get("steps", ())),
        cap=rate_of(table["cap"]) if "cap" in table else None,
    )


def _offence(table: Mapping[str, Any], general: Mapping[str, Any], currency: Currency) -> OffenceSpec:
    return OffenceSpec(
        code=table["code"],
        names=table["names"],
        amount=currency.of(table["amount"]),
        figures=table["figures"],
        source=table.get("source", ""),
        tow=table.get("tow", False),
        reduced=_fine_steps(table.get("reduced", general.get("reduced", ())), "within_days", currency),
        increased=_fine_steps(table.get("increased", general.get("increased", ())), "after_days", currency),
    )


def _fine_steps(steps: Sequence[Mapping[str, Any]], window: str, currency: Currency) -> tuple[FineStep, ...]:
    return tuple(
        FineStep(
            days=step[window],
            amount=_amount(step.get("amount"), currency),
            rate=rate_of(step["rate"]) if "rate" in step else None,
        )
        for step in steps
    )


def _civil_document(table: Mapping[str, Any], currency: Currency) -> CivilDocumentSpec:
    return CivilDocumentSpec(
        code=table["code"],
        names=table["names"],
        kind=table["kind"],
        acts=tuple(table.get("acts", ())),
        fee=currency.of(table["fee"]),
        figures=table["figures"],
        source=table.get("source", ""),
        head=table.get("head"),
        target_hours=table["target_hours"],
        languages=tuple(table.get("languages", ())),
    )
