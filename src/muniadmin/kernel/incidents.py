"""The number under which something unexpected is found again in the log."""

import secrets
from datetime import datetime


def incident_number(now: datetime) -> str:
    """What the user tells the support, and the support finds in the log: ``20261122-1204-7F3A``."""
    return f"{now:%Y%m%d-%H%M}-{secrets.token_hex(2).upper()}"
