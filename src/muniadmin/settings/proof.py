"""How the settings are proved."""

from muniadmin.settings.models import Setting
from muniadmin.storage.proof import Proof, declare

# One of them is the key that signs what is issued; a later one may be another program's password.
declare(Proof.JOURNALED, Setting, secret=("value",))
