"""The page of lost property."""

from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from tests.toy_slice.names import THING_NUMBER, VIEW_THINGS


class LostProperty(Page):
    """What was found."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell, "Lost property")


PAGES = (
    PageSpec(
        id="things",
        title=N_("Lost property"),
        icon="search",
        place=11,
        permission=VIEW_THINGS,
        page="tests.toy_slice.pages:LostProperty",
        opens=frozenset({THING_NUMBER}),
    ),
)
