"""Births as they are declared, acts signed, requests taken."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from muniadmin.app import App
from muniadmin.civil_status.commands import (
    ActSaved,
    ActSigned,
    DraftBirthAct,
    RequestTaken,
    SignAct,
    TakeRequest,
)
from muniadmin.civil_status.reads import ActRegisters
from muniadmin.kernel.errors import NeedsConfirmation
from muniadmin.kernel.requests import Actor
from tests.builders import everything


def this_year_s_register(app: App) -> int:
    """The register the town starts with."""
    registers = app.read(ActRegisters(), everything(app))
    return next(row.register_id for row in registers if (row.year, row.office) == (2026, "main"))


def a_birth(app: App, **more: Any) -> DraftBirthAct:
    """Yasmine Bennani, born in Fès on 14 March 2026."""
    known: dict[str, Any] = {
        "register_id": this_year_s_register(app),
        "child_family_name": "BENNANI",
        "child_given_names": "Yasmine",
        "child_family_name_arabic": "بناني",
        "child_given_names_arabic": "ياسمين",
        "sex": "F",
        "born_on": date(2026, 3, 14),
        "born_at": "4h35",
        "birthplace": "Fès, CHU Hassan II",
        "birthplace_arabic": "فاس",
        "father_family_name": "BENNANI",
        "father_given_names": "Karim",
        "father_family_name_arabic": "بناني",
        "father_given_names_arabic": "كريم",
        "mother_family_name": "EL ALAOUI",
        "mother_given_names": "Fatima Zahra",
        "mother_family_name_arabic": "العلوي",
        "mother_given_names_arabic": "فاطمة الزهراء",
        "mother_born_on": date(1995, 6, 2),
        "declarant_kind": "father",
        "declarant": "Karim BENNANI",
        "declared_on": date(2026, 3, 20),
        **more,
    }
    return DraftBirthAct(**known)


def a_draft(
    app: App, actor: Actor, *, confirmed: Collection[type[NeedsConfirmation]] = (), **more: Any
) -> ActSaved:
    """The birth, drafted."""
    return app.execute(a_birth(app, **more), actor, confirmed=confirmed).outcome


def a_signed_act(app: App, actor: Actor, **more: Any) -> ActSigned:
    """The birth, signed."""
    draft = a_draft(app, actor, **more)
    return app.execute(SignAct(act_id=draft.act_id, version=draft.version), actor).outcome


@dataclass(frozen=True)
class Asked:
    """A request with the act it is on."""

    taken: RequestTaken
    act: ActSigned

    @property
    def number(self) -> str:
        return self.taken.number


def a_request(
    app: App,
    actor: Actor,
    act: ActSigned | None = None,
    *,
    confirmed: Collection[type[NeedsConfirmation]] = (),
    **more: Any,
) -> Asked:
    """Two copies of the extract for the father."""
    act = act or a_signed_act(app, everything(app))
    known: dict[str, Any] = {
        "key": str(uuid.uuid4()),
        "document_code": "birth_extract",
        "act_id": act.act_id,
        "requester": "Karim Bennani",
        "identifier": "CIN A123456",
        "relation": "parent",
        "copies": 2,
        **more,
    }
    command = TakeRequest(**known)
    return Asked(app.execute(command, actor, confirmed=confirmed).outcome, act)
