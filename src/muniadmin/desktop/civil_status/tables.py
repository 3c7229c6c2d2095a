"""How requests and acts are listed: columns, words and tones."""

from datetime import date
from zoneinfo import ZoneInfo

from muniadmin.civil_status import rules
from muniadmin.civil_status.commands import Relation, Sex
from muniadmin.civil_status.reads import ActRow, RequestDetail, RequestRow, StepTaken
from muniadmin.civil_status.rules import (
    OPEN_STATES,
    RELATION_NAMES,
    SEXES,
    RequestState,
    Step,
)
from muniadmin.desktop.lists.columns import amount_column, count_column, day_column
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.detail import Happening
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.formats import format_time
from muniadmin.kernel.i18n import N_, _, pick

_TONES = {
    RequestState.RECEIVED: Tone.INFO,
    RequestState.IN_PROCESS: Tone.WARNING,
    RequestState.READY: Tone.GOOD,
    RequestState.DELIVERED: Tone.NEUTRAL,
    RequestState.REFUSED: Tone.BAD,
}


def state_word(state: str) -> str:
    """The state in the user's language."""
    return rules.state_word(RequestState(state))


def tone_of(state: str) -> Tone:
    """The state's tone."""
    return _TONES[RequestState(state)]


def is_open(row: RequestRow) -> bool:
    """Whether somebody still waits for it."""
    return RequestState(row.state) in OPEN_STATES


def due_word(shell: Shell, row: RequestRow) -> str:
    """When it should be ready: the hour today, else the day; of what is done, the day it was done."""
    calendar = shell.municipality.calendar
    if not is_open(row):
        return shell.day(calendar.business_date(row.closed_at)) if row.closed_at else ""
    local = row.due_at.astimezone(ZoneInfo(calendar.zone))
    return format_time(local.time()) if local.date() == shell.today() else shell.day(local.date())


def request_columns(shell: Shell) -> list[Column[RequestRow]]:
    """The columns of the work list."""
    return [
        Column(
            "due", _("Due"), lambda row: due_word(shell, row), width=88, sort="due", exact=True,
            look=lambda row: "bad" if row.late else "plain" if is_open(row) else "muted",
        ),
        Column("holder", _("Holder"), lambda row: row.holder, width=164, stretch=True, look="strong", sort="holder"),
        Column("document", _("Document"), lambda row: pick(row.document_names), width=170, hidden=True),
        Column("requester", _("Requester"), lambda row: row.requester, width=118, look="muted", leaves=1),
        count_column("copies", _("Copies"), lambda row: row.copies, width=88, hidden=True),
        Column(
            "number", _("Number"), lambda row: row.number, width=134, look="muted", sort="number", exact=True, leaves=2
        ),
        Column(
            "received", _("Received"), lambda row: shell.instant(row.received_at), width=132, look="muted",
            sort="received", hidden=True, exact=True,
        ),
        Column("state", _("State"), lambda row: state_word(row.state), width=100, pill=lambda row: tone_of(row.state)),
        amount_column(
            shell, "fee", _("To pay"), lambda row: row.due, width=100, nothing="—",
            look=lambda row: "strong" if row.due else "muted",
        ),
    ]  # fmt: skip


_STEP_WORDS = {
    "receive": N_("Received by {agent}"),
    Step.START: N_("Taken up by {agent}"),
    Step.PREPARE: N_("Extract issued by {agent}"),
    Step.DELIVER: N_("Handed over by {agent} to {note}"),
    Step.REWORK: N_("Sent back by {agent}: {note}"),
    Step.REFUSE: N_("Refused by {agent}: {note}"),
}
_STEP_TONES = {Step.DELIVER: Tone.GOOD, Step.REWORK: Tone.WARNING, Step.REFUSE: Tone.BAD}


def happenings(shell: Shell, case: RequestDetail) -> list[Happening]:
    """The request's way so far, the latest first."""
    return [_happening(shell, step) for step in reversed(case.steps)]


def _happening(shell: Shell, step: StepTaken) -> Happening:
    words = _(_STEP_WORDS[step.step]).format(agent=step.agent, note=step.note)
    tone = _STEP_TONES.get(Step(step.step), Tone.NEUTRAL) if step.step != "receive" else Tone.NEUTRAL
    return Happening(shell.instant(step.at), words, tone)


def relation_word(relation: str) -> str:
    """What the requester is to the person."""
    return _(RELATION_NAMES[Relation(relation)])


# --- acts ----------------------------------------------------------------------------------------------------------


def act_state_word(state: str) -> str:
    """Draft or signed, in the user's language."""
    return _("draft") if state == "draft" else _("signed")


def act_tone(state: str) -> Tone:
    """The state's tone."""
    return Tone.WARNING if state == "draft" else Tone.GOOD


def sex_word(sex: Sex) -> str:
    """The sex in the user's language."""
    return _(SEXES[sex])


def born_words(shell: Shell, born_on: date, born_at: str) -> str:
    """Day and hour of birth."""
    day = shell.day(born_on)
    return _("{day} at {time}").format(day=day, time=born_at) if born_at else day


def act_columns(shell: Shell) -> list[Column[ActRow]]:
    """The columns of the list of acts."""
    return [
        Column(
            "reference", _("Act"), lambda row: row.reference or "—", width=84, look="muted", sort="reference",
            exact=True,
        ),
        Column("name", _("Name"), lambda row: row.name, width=160, stretch=True, look="strong", sort="name"),
        Column("arabic", _("Name in Arabic"), lambda row: row.name_arabic, width=120, leaves=1),
        day_column(shell, "born", _("Born on"), lambda row: row.born_on, sort="born"),
        Column("mother", _("Mother"), lambda row: row.mother, width=150, look="muted", leaves=2),
        Column("father", _("Father"), lambda row: row.father, width=150, look="muted", hidden=True),
        Column(
            "state", _("State"), lambda row: act_state_word(row.state), width=86,
            pill=lambda row: act_tone(row.state),
        ),
    ]  # fmt: skip
