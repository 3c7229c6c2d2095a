"""Rules of civil status: which step a request may take next, who may receive an extract, what an act is. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from muniadmin.civil_status.commands import Cause, Channel, DeclarantKind, Relation, Sex
from muniadmin.kernel.folding import fold
from muniadmin.kernel.i18n import N_, NP_, pgettext, pick

BIRTH = "birth"
MAIN_OFFICE = "main"
#: What papers call the office a municipality starts with.
MAIN_OFFICE_NAMES: Mapping[str, str] = {
    "fr": "Bureau central",
    "en": "Main office",
    "es": "Oficina central",
    "ar": "المكتب المركزي",
}
COMING_OF_AGE = 18
ARABIC = "ar"

# --- requests ------------------------------------------------------------------------------------------------------


class RequestState(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    IN_PROCESS = "in_process"
    READY = "ready"
    DELIVERED = "delivered"
    REFUSED = "refused"


STATE_NAMES: Mapping[RequestState, str] = {
    RequestState.RECEIVED: NP_("request", "received"),
    RequestState.IN_PROCESS: NP_("request", "in process"),
    RequestState.READY: NP_("request", "ready"),
    RequestState.DELIVERED: NP_("request", "delivered"),
    RequestState.REFUSED: NP_("request", "refused"),
}


def state_word(state: RequestState) -> str:
    """The state in the language in force."""
    return pgettext("request", STATE_NAMES[state])


def written_in(languages: Sequence[str]) -> tuple[str, ...]:
    """The languages of these in which an extract is written, each once. Arabic stands face to face with another one:
    the program has no texts of its own in it."""
    return tuple(code for code in dict.fromkeys(languages) if code != ARABIC)


#: What somebody still waits for.
OPEN_STATES = (RequestState.RECEIVED, RequestState.IN_PROCESS, RequestState.READY)


class Step(StrEnum):
    """Something an agent does with a request."""

    START = "start"
    PREPARE = "prepare"
    DELIVER = "deliver"
    REWORK = "rework"
    REFUSE = "refuse"


#: Where each step leads from each state: buttons and services both look here.
STEPS: Mapping[RequestState, Mapping[Step, RequestState]] = {
    RequestState.RECEIVED: {
        Step.START: RequestState.IN_PROCESS,
        Step.PREPARE: RequestState.READY,
        Step.REFUSE: RequestState.REFUSED,
    },
    RequestState.IN_PROCESS: {
        Step.PREPARE: RequestState.READY,
        Step.REFUSE: RequestState.REFUSED,
    },
    RequestState.READY: {
        Step.DELIVER: RequestState.DELIVERED,
        Step.REWORK: RequestState.IN_PROCESS,
        Step.REFUSE: RequestState.REFUSED,
    },
    # An error found after delivery opens the request again; its fee is not asked twice.
    RequestState.DELIVERED: {Step.REWORK: RequestState.IN_PROCESS},
    RequestState.REFUSED: {},
}


def next_state(state: RequestState, step: Step) -> RequestState | None:
    """Where ``step`` leads; None when it is not allowed in ``state``."""
    return STEPS[state].get(step)


CAUSE_NAMES: Mapping[Cause, str] = {
    Cause.DATA_ENTRY: N_("Data-entry error"),
    Cause.WRONG_ACT: N_("Wrong act"),
    Cause.MISSING_NOTE: N_("Marginal note missing"),
    Cause.PRINT: N_("Bad print"),
    Cause.OTHER: N_("Other"),
}


CHANNEL_NAMES: Mapping[Channel, str] = {
    Channel.COUNTER: N_("Counter"),
    Channel.KIOSK: N_("Kiosk"),
    Channel.POST: N_("Post"),
    Channel.ONLINE: N_("Online"),
}


def due_at(received_at: datetime, target_hours: int) -> datetime:
    """When the document should be ready. Hours count day and night: the promise is made in hours."""
    return received_at + timedelta(hours=target_hours)


# --- who may receive -----------------------------------------------------------------------------------------------


RELATION_NAMES: Mapping[Relation, str] = {
    Relation.SELF: N_("The person"),
    Relation.PARENT: N_("Father or mother"),
    Relation.CHILD: N_("Son or daughter"),
    Relation.SPOUSE: N_("Husband or wife"),
    Relation.GUARDIAN: N_("Legal guardian"),
    Relation.REPRESENTATIVE: N_("Authorised representative"),
    Relation.AUTHORITY: N_("Court or authority"),
    Relation.OTHER: N_("Somebody else"),
}

#: They show a judgment, a power of attorney or a letter, whose reference is written down.
WITH_MANDATE = frozenset({Relation.GUARDIAN, Relation.REPRESENTATIVE, Relation.AUTHORITY})


class Entitlement(StrEnum):
    """Whether the requester may receive the extract."""

    YES = "yes"
    NEEDS_MANDATE = "needs_mandate"
    #: They say they are somebody whom the act does not show them to be: the agent looks at their papers.
    NAME_DIFFERS = "name_differs"
    MINOR = "minor"
    NO = "no"


@dataclass(frozen=True)
class PeopleOnAct:
    """Everybody an act names, in every script it names them."""

    child: tuple[str, ...]
    parents: tuple[str, ...]
    born_on: date


def entitlement(
    relation: Relation, requester: str, mandate: str, people: PeopleOnAct, day: date
) -> Entitlement:
    """Who may receive an extract with the parents' names: the person when of age, parents, children, spouse, and
    whoever brings a mandate; nobody else."""
    if relation is Relation.OTHER:
        return Entitlement.NO
    if relation in WITH_MANDATE:
        return Entitlement.YES if mandate.strip() else Entitlement.NEEDS_MANDATE
    if relation is Relation.SELF:
        if age_on(people.born_on, day) < COMING_OF_AGE:
            return Entitlement.MINOR
        return _if_named(requester, people.child)
    if relation is Relation.PARENT:
        return _if_named(requester, people.parents)
    return Entitlement.YES


def _if_named(requester: str, names: tuple[str, ...]) -> Entitlement:
    known = any(same_person(requester, name) for name in names)
    return Entitlement.YES if known else Entitlement.NAME_DIFFERS


def same_person(one: str, other: str) -> bool:
    """Whether two spellings of a name can be one person's: the shorter stands whole in the longer, two words at least.

    Given names alone, or a family name alone, are shared by many: that two words agree is not enough.
    """
    first, second = sorted((set(fold(one).split()), set(fold(other).split())), key=len)
    return bool(first) and (first == second or (len(first) > 1 and first <= second))


def age_on(born_on: date, day: date) -> int:
    """Completed years of life."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


# --- acts ----------------------------------------------------------------------------------------------------------

SEXES: Mapping[Sex, str] = {"F": N_("Female"), "M": N_("Male")}


DECLARANT_NAMES: Mapping[DeclarantKind, str] = {
    DeclarantKind.FATHER: N_("Father"),
    DeclarantKind.MOTHER: N_("Mother"),
    DeclarantKind.RELATIVE: N_("Relative"),
    DeclarantKind.HOSPITAL: N_("Hospital or midwife"),
    DeclarantKind.COURT: N_("Court decision"),
}

_TIME = re.compile(r"([01]?\d|2[0-3])[:hH. ]?([0-5]\d)")


def read_time(text: str) -> str | None:
    """An hour as people write it (``4:35``, ``4h35``, ``0435``) as ``04:35``; None when it is none."""
    match = _TIME.fullmatch(text.strip())
    return f"{int(match[1]):02d}:{match[2]}" if match else None


def act_reference(seq: int | None, year: int) -> str:
    """How an act is called: its number in the register and the register's year, ``123/2026``; a draft has none."""
    return f"{seq}/{year}" if seq is not None else ""


#: So many letters of what is put into a search box are looked at; a page pasted there is no name.
SEARCHED = 120

_REFERENCE = re.compile(r"(\d{1,6})\s*/\s*(\d{4})")
_YEAR = re.compile(r"(1[89]|20)\d{2}")


@dataclass(frozen=True)
class ActSearch:
    """What somebody typed to find an act: its reference, or words of names and a year."""

    seq: int | None = None
    year: int | None = None
    words: tuple[str, ...] = ()


def read_search(text: str) -> ActSearch:
    """``123/2026`` is a reference; otherwise a number like a year is the year of birth or register, the rest names."""
    if match := _REFERENCE.fullmatch(text.strip()):
        return ActSearch(seq=int(match[1]), year=int(match[2]))
    year: int | None = None
    words = []
    for word in fold(text[:SEARCHED]).split():
        if year is None and _YEAR.fullmatch(word):
            year = int(word)
        else:
            words.append(word)
    return ActSearch(year=year, words=tuple(words))


def canonical_act(facts: Mapping[str, object]) -> str:
    """The frozen text of a signed act: the same facts always give the same characters. Days are ISO texts."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot stand in an act")


# --- above the municipality ----------------------------------------------------------------------------------------

#: Official names of states, as they head civil-status papers (United Nations terminology database, UNTERM).
_STATES: Mapping[str, Mapping[str, str]] = {
    "MA": {"fr": "Royaume du Maroc", "ar": "المملكة المغربية", "en": "Kingdom of Morocco", "es": "Reino de Marruecos"},
    "UG": {"fr": "République de l’Ouganda", "en": "Republic of Uganda", "es": "República de Uganda"},
    "CR": {"fr": "République du Costa Rica", "en": "Republic of Costa Rica", "es": "República de Costa Rica"},
    "SN": {"fr": "République du Sénégal", "en": "Republic of Senegal", "es": "República del Senegal"},
}  # fmt: skip


def state_name(country: str, language: str) -> str:
    """The state's official name; empty where we do not hold it."""
    return pick(_STATES.get(country, {}), language)
