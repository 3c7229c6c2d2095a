"""What a command touched, so that screens know when to ask again."""

from dataclasses import dataclass
from typing import NewType

Topic = NewType("Topic", str)
"""A kind of thing a screen may be showing; each stands in the ``names.py`` of the slice whose rows it is."""

AUDIT_TOPIC = Topic("audit")
"""What was done, by whom: every order touches it."""


@dataclass(frozen=True)
class ChangeSet:
    """The topics one command touched."""

    topics: frozenset[Topic] = frozenset()

    def touches(self, *topics: Topic) -> bool:
        """Whether any of ``topics`` was touched."""
        return not self.topics.isdisjoint(topics)
