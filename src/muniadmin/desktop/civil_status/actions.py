"""What the menu and the command palette offer of requests and acts."""

from functools import partial
from typing import TYPE_CHECKING

from muniadmin.civil_status.names import HANDLE_REQUESTS, RECORD_ACTS, SIGN_ACTS
from muniadmin.desktop.civil_status.request_panel import STEP_WORDS
from muniadmin.desktop.shell.actions import Action
from muniadmin.kernel.i18n import _

if TYPE_CHECKING:
    from muniadmin.desktop.civil_status.acts_page import ActsPage
    from muniadmin.desktop.civil_status.requests_page import RequestsPage


def request_actions(page: "RequestsPage") -> list[Action]:
    """Taking requests, and what comes next for the one in hand."""
    group = _("Civil status")
    actions = [
        Action(
            id="requests new", title=_("New request"), run=page.open_new, key="Ctrl+N", icon="plus",
            group=group, permission=HANDLE_REQUESTS,
        ),
        Action(
            id="requests deliveries", title=_("Register of deliveries"), run=page.open_deliveries,
            icon="scroll-text", group=group,
        ),
    ]  # fmt: skip
    case = page.detail.case
    if case is not None:
        number = case.row.number
        if word := page.detail.primary_word():
            actions.append(
                Action(
                    id="requests next", title=word, run=page.detail.do_primary, key="Ctrl+Return", icon="arrow-right",
                    group=number,
                )
            )  # fmt: skip
        actions += [
            Action(
                id=f"requests {step}", title=_(words), run=partial(page.take_step, step.value), icon="arrow-right",
                group=number, permission=HANDLE_REQUESTS,
            )
            for step, words in STEP_WORDS.items()
            if step.value in case.allowed
        ]  # fmt: skip
    return actions


def act_actions(page: "ActsPage") -> list[Action]:
    """Recording acts, and what can be done with the one in hand."""
    group = _("Acts")
    actions = [
        Action(
            id="acts new", title=_("New act"), run=page.open_new, key="Ctrl+N", icon="plus", group=group,
            permission=RECORD_ACTS,
        ),
        Action(id="acts registers", title=_("Registers"), run=page.open_registers, icon="book-open", group=group),
    ]  # fmt: skip
    act = page.detail.act
    if act is not None and act.row.state == "draft":
        actions += [
            Action(
                id="acts change", title=_("Change the draft"), run=page.open_change, icon="pencil",
                group=act.row.name, permission=RECORD_ACTS,
            ),
            Action(
                id="acts sign", title=_("Sign the act"), run=page.ask_sign, key="Ctrl+Return", icon="badge-check",
                group=act.row.name, permission=SIGN_ACTS,
            ),
            Action(
                id="acts discard", title=_("Discard the draft"), run=page.ask_discard, icon="trash-2",
                group=act.row.name, permission=RECORD_ACTS,
            ),
        ]  # fmt: skip
    elif act is not None:
        actions.append(
            Action(
                id="acts request", title=_("New request"), run=page.open_request, icon="stamp",
                group=act.row.reference, permission=HANDLE_REQUESTS,
            )
        )  # fmt: skip
    return actions
