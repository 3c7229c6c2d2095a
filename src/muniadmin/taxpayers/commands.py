"""Orders about taxpayers and what of theirs is taxed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from muniadmin.kernel.requests import Command
from muniadmin.taxpayers.names import EDIT_TAXPAYERS

Kind = Literal["person", "organisation"]
Status = Literal["active", "dormant", "closed"]


@dataclass(frozen=True, kw_only=True)
class TaxpayerData:
    """What is kept about a taxpayer, as typed: the service checks it and brings it into canonical form.

    ``identifiers`` are values by the profile's identifier kind. ``phone`` may be written as people write it.
    """

    kind: Kind = "person"
    name: str = ""
    name_arabic: str = ""
    born_on: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    zone: str = ""
    language: str = ""
    notes: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ObjectData:
    """What is kept about a taxable object. ``attributes`` hold the kind's facts: money in minor units, decimals as
    text, choices by code, dates as ISO text. ``label`` may be empty where an attribute identifies the object."""

    kind: str
    label: str = ""
    zone: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    started_on: date | None = None


@dataclass(frozen=True)
class TaxpayerSaved:
    """The taxpayer as saved."""

    taxpayer_id: int
    number: str
    version: int


@dataclass(frozen=True, kw_only=True)
class RegisterTaxpayer(TaxpayerData, Command[TaxpayerSaved]):
    """Enters somebody on the register, with what of theirs is taxed if it is known already.

    Raises InvalidInput; asks IdentifierShared or LikelyDuplicate.
    """

    permission: ClassVar = EDIT_TAXPAYERS
    objects: tuple[ObjectData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangeTaxpayer(TaxpayerData, Command[TaxpayerSaved]):
    """Changes what is kept about a taxpayer; everything is given, changed or not.

    Raises InvalidInput or StaleRecord; asks IdentifierShared.
    """

    permission: ClassVar = EDIT_TAXPAYERS
    taxpayer_id: int
    version: int
    status: Status = "active"


@dataclass(frozen=True)
class ObjectSaved:
    """The object as saved."""

    object_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class AddTaxableObject(ObjectData, Command[ObjectSaved]):
    """Registers something a taxpayer owns or runs. Raises InvalidInput."""

    permission: ClassVar = EDIT_TAXPAYERS
    taxpayer_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeTaxableObject(ObjectData, Command[ObjectSaved]):
    """Changes what is kept about an object; everything is given, changed or not. Raises InvalidInput, StaleRecord."""

    permission: ClassVar = EDIT_TAXPAYERS
    object_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class EndTaxableObject(Command[ObjectSaved]):
    """The object is sold, closed or scrapped: it is taxed no longer after ``ended_on``. It stays on the register."""

    permission: ClassVar = EDIT_TAXPAYERS
    object_id: int
    version: int
    ended_on: date
    reason: str
