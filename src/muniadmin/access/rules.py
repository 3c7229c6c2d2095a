"""What a good user name and a good password are."""

import re

from muniadmin.access.errors import PasswordTooWeak, UserNameWrong
from muniadmin.kernel.folding import fold

SHORTEST_PASSWORD = 10
TRIES_BEFORE_LOCK = 5
LOCK_MINUTES = 5

# The start of every published list of leaked passwords, folded; longer ones are caught by their pattern.
_COMMON = frozenset(
    "password motdepasse azerty azertyuiop qwerty qwertyuiop iloveyou administrator administrateur "
    "contrasena bienvenue welcome municipality municipalite commune mairie muniadmin".split()
)


def ensure_good_user_name(user_name: str) -> None:
    """Raises UserNameWrong unless the name can be typed at any keyboard."""
    if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9.\-_]{1,39}", user_name):
        raise UserNameWrong


def ensure_good_password(password: str, user_name: str, name: str) -> None:
    """Raises PasswordTooWeak for one that is short, common, repeated, a sequence, or the user's own name."""
    bare = fold(password).replace(" ", "")
    letters = re.sub(r"\d+", "", bare)
    own = {fold(part) for part in (*re.split(r"[.\-_ ]", user_name), *name.split()) if len(part) > 2}
    if (
        len(password) < SHORTEST_PASSWORD
        or len(set(bare)) < 5
        or letters in _COMMON
        or letters in own
        or bare in "01234567890123456789"
        or bare in "abcdefghijklmnopqrstuvwxyz"
    ):
        raise PasswordTooWeak(length=SHORTEST_PASSWORD)
