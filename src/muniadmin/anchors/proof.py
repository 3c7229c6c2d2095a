"""How anchors are proved."""

from muniadmin.anchors.models import Anchor
from muniadmin.storage.proof import Proof, declare

declare(Proof.APPEND_ONLY, Anchor)
