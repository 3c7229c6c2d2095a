"""The pages of requests and of acts."""

from muniadmin.access.permissions import Permission
from muniadmin.civil_status.reads import LateRequests
from muniadmin.desktop.shell.navigation import Badge, Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind


def _requests(shell: Shell) -> Page:
    from muniadmin.desktop.civil_status.requests_page import RequestsPage

    return RequestsPage(shell)


def _acts(shell: Shell) -> Page:
    from muniadmin.desktop.civil_status.acts_page import ActsPage

    return ActsPage(shell)


REQUESTS = PageSpec(
    id="civil_status",
    title=N_("Civil status"),
    icon="stamp",
    key="F8",
    permission=Permission.VIEW_CIVIL_STATUS,
    make=_requests,
    opens=frozenset({NumberKind.REQUEST}),
    badge=Badge(LateRequests, frozenset({Topic.REQUESTS})),
)

ACTS = PageSpec(
    id="acts",
    title=N_("Acts"),
    icon="book-open",
    key="Shift+F8",
    permission=Permission.VIEW_CIVIL_STATUS,
    make=_acts,
)
