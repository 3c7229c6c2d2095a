"""The page of the assessment office."""

from muniadmin.billing.names import BILL_NUMBER, VIEW_BILLS
from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.kernel.i18n import N_

ASSESSMENT = PageSpec(
    id="assessment",
    title=N_("Assessment"),
    icon="calculator",
    key="F4",
    place=4,
    permission=VIEW_BILLS,
    page="muniadmin.desktop.assessment.assessment_page:AssessmentPage",
    opens=frozenset({BILL_NUMBER}),
)

PAGES = (ASSESSMENT,)
