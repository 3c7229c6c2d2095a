"""The order to verify, and who carries it out."""

from muniadmin.verification.commands import Verify
from muniadmin.verification.services import verify

JOBS = {Verify: verify}
