"""What a command touched, so that screens know when to ask again."""

from dataclasses import dataclass
from enum import Enum


class Topic(Enum):
    """A kind of thing a screen may be showing."""

    TAXPAYERS = "taxpayers"
    OBJECTS = "objects"
    HEADS = "heads"
    BILLS = "bills"
    PAYMENTS = "payments"
    CASH_SESSIONS = "cash_sessions"
    FINES = "fines"
    OFFENCES = "offences"
    ACTS = "acts"
    REQUESTS = "requests"
    USERS = "users"
    SETTINGS = "settings"
    AUDIT = "audit"
    INDICATORS = "indicators"


@dataclass(frozen=True)
class ChangeSet:
    """The topics one command touched."""

    topics: frozenset[Topic] = frozenset()

    def touches(self, *topics: Topic) -> bool:
        """Whether any of ``topics`` was touched."""
        return not self.topics.isdisjoint(topics)
