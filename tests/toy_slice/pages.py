"""The page of lost property."""

from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.kernel.i18n import N_
from tests.toy_slice.names import THING_NUMBER, VIEW_THINGS

PAGES = (
    PageSpec(
        id="things",
        title=N_("Lost property"),
        icon="search",
        place=11,
        permission=VIEW_THINGS,
        make=lambda shell: Page(shell, "Lost property"),
        opens=frozenset({THING_NUMBER}),
    ),
)
