"""The page of the assessment office."""

from muniadmin.access.permissions import Permission
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind


def _assessment(shell: Shell) -> Page:
    from muniadmin.desktop.assessment.assessment_page import AssessmentPage

    return AssessmentPage(shell)


ASSESSMENT = PageSpec(
    id="assessment",
    title=N_("Assessment"),
    icon="calculator",
    key="F4",
    permission=Permission.VIEW_BILLS,
    make=_assessment,
    opens=frozenset({NumberKind.BILL}),
)
