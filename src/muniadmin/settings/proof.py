"""How the settings are proved."""

from muniadmin.settings.models import Setting
from muniadmin.storage.proof import Proof, declare

declare(Proof.JOURNALED, Setting)
