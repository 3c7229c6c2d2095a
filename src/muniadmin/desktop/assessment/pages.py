"""The page of the assessment office."""

from muniadmin.billing.names import BILL_NUMBER, VIEW_BILLS
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_


def _assessment(shell: Shell) -> Page:
    from muniadmin.desktop.assessment.assessment_page import AssessmentPage

    return AssessmentPage(shell)


ASSESSMENT = PageSpec(
    id="assessment",
    title=N_("Assessment"),
    icon="calculator",
    key="F4",
    place=4,
    permission=VIEW_BILLS,
    make=_assessment,
    opens=frozenset({BILL_NUMBER}),
)

PAGES = (ASSESSMENT,)
