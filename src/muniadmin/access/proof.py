"""How the tables of people are proved."""

from muniadmin.access.models import User, UserRole
from muniadmin.storage.proof import Proof, declare

# Wrong passwords are counted without an order.
declare(Proof.JOURNALED, User, secret=("password_hash",), beside=("failed_tries", "locked_until", "version"))
declare(Proof.JOURNALED, UserRole)
