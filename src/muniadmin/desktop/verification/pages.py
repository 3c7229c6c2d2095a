"""The page of the verification."""

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.desktop.shell.navigation import Page, PageSpec
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.i18n import N_


def _verification(shell: Shell) -> Page:
    from muniadmin.desktop.verification.verification_page import VerificationPage

    return VerificationPage(shell)


VERIFICATION = PageSpec(
    id="verification",
    title=N_("Verification"),
    icon="shield-check",
    place=11,
    permission=VIEW_AUDIT,
    make=_verification,
)

PAGES = (VERIFICATION,)
