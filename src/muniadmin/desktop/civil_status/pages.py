"""The pages of requests and of acts."""

from muniadmin.civil_status.names import REQUEST_NUMBER, REQUESTS_TOPIC, VIEW_CIVIL_STATUS
from muniadmin.civil_status.reads import LateRequests
from muniadmin.desktop.shell.navigation import Badge, PageSpec
from muniadmin.kernel.i18n import N_

REQUESTS = PageSpec(
    id="civil_status",
    title=N_("Civil status"),
    icon="stamp",
    key="F8",
    place=8,
    permission=VIEW_CIVIL_STATUS,
    page="muniadmin.desktop.civil_status.requests_page:RequestsPage",
    opens=frozenset({REQUEST_NUMBER}),
    badge=Badge(LateRequests, frozenset({REQUESTS_TOPIC})),
)

ACTS = PageSpec(
    id="acts",
    title=N_("Acts"),
    icon="book-open",
    key="Shift+F8",
    place=9,
    permission=VIEW_CIVIL_STATUS,
    page="muniadmin.desktop.civil_status.acts_page:ActsPage",
)

PAGES = (REQUESTS, ACTS)
