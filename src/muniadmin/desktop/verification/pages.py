"""The page of the verification."""

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.desktop.shell.navigation import PageSpec
from muniadmin.kernel.i18n import N_

VERIFICATION = PageSpec(
    id="verification",
    title=N_("Verification"),
    icon="shield-check",
    place=11,
    permission=VIEW_AUDIT,
    page="muniadmin.desktop.verification.verification_page:VerificationPage",
)

PAGES = (VERIFICATION,)
