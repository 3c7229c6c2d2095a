"""Questions about what was remembered outside the database."""

from dataclasses import dataclass
from typing import ClassVar

from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.kernel.requests import Query
from muniadmin.verification.commands import Finding


@dataclass(frozen=True, kw_only=True)
class LostHeads(Query[list[Finding]]):
    """What this workstation remembers of the chains and the database no longer holds; nothing when all is well."""

    permission: ClassVar = VIEW_AUDIT
