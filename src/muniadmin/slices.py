"""What a slice of the house brings with it. Each says so in its ``slice.py``; bootstrap has the list of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from muniadmin.documents.papers import Paper
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.permissions import Permission
from muniadmin.settings.profile import Profile
from muniadmin.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One slice. What it does not have is left out."""

    name: str
    #: The module that says how the slice's tables are proved, by being imported: ``muniadmin.fines.proof``.
    proof: str = ""
    #: By the class of the order or question: who carries it out in one transaction, in several (``jobs``), answers it.
    handlers: Mapping[Any, Any] = field(default_factory=dict)
    jobs: Mapping[Any, Any] = field(default_factory=dict)
    queries: Mapping[Any, Any] = field(default_factory=dict)
    #: What its events are called in the audit log, by their codes: ``"fines:fine:captured": N_("Fine captured")``.
    events: Mapping[str, str] = field(default_factory=dict)
    permissions: Sequence[Permission] = ()
    numbers: Sequence[NumberKind] = ()
    papers: Sequence[Paper] = ()
    #: Writes what the slice takes from the profile when a municipality is set up; lower slices come first.
    install: Callable[[UnitOfWork, Profile], None] | None = None
    #: The module with the slice's ``PAGES``, e.g. ``muniadmin.desktop.fines.pages``: imported when a window needs it.
    pages: str = ""
