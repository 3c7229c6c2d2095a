"""What the extract of a birth act shows."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from muniadmin.documents.sheets import Sheet


@dataclass(frozen=True, kw_only=True)
class PersonOnAct:
    """A person as an act names them, in Latin and, where held, Arabic script."""

    family_name: str
    given_names: str
    family_name_arabic: str = ""
    given_names_arabic: str = ""

    @property
    def name(self) -> str:
        """Given names, then family name, in Latin script."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def name_arabic(self) -> str:
        """Given names, then family name, in Arabic script; empty when not held."""
        return f"{self.given_names_arabic} {self.family_name_arabic}".strip()


@dataclass(frozen=True, kw_only=True)
class ExtractSheet(Sheet):
    """Extract of a birth act. Bilingual French and Arabic where the act holds Arabic names."""

    KIND: ClassVar[str] = "extract"

    #: The document's name, e.g. ``Extrait d’acte de naissance``.
    title: str
    title_arabic: str = ""
    #: The authorities above the document, top down, e.g. ``Royaume du Maroc``, ``Commune de Fès``.
    authorities: tuple[str, ...] = ()
    authorities_arabic: tuple[str, ...] = ()
    #: The act's number in its register, e.g. ``123``, and the register's year and office.
    act_number: str
    act_year: int
    office: str
    office_arabic: str = ""
    child: PersonOnAct
    #: ``F`` or ``M``, as the register holds it.
    sex: str
    born_on: date
    #: The hour as written in the act, e.g. ``14:35``; empty when not held.
    born_at_time: str = ""
    birthplace: str
    birthplace_arabic: str = ""
    father: PersonOnAct | None = None
    mother: PersonOnAct | None = None
    declared_on: date
    #: Marginal notes in the order they were written.
    notes: tuple[str, ...] = ()
    issued_on: date
    place: str
    registrar: str
    requester: str = ""
    #: How many copies are handed over; each is printed.
    copies: int = 1
    verification: str
    texts: tuple[str, ...] = ()

    @property
    def bilingual(self) -> bool:
        """Whether the act holds the child's name in Arabic script, so that both scripts are printed."""
        return bool(self.child.name_arabic)
