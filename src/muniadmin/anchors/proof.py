"""How anchors are proved."""

from muniadmin.anchors.models import Anchor
from muniadmin.storage.numbering import numbers_stand_in
from muniadmin.storage.proof import Proof, declare

declare(Proof.APPEND_ONLY, Anchor)

numbers_stand_in("anchor", Anchor.number)
