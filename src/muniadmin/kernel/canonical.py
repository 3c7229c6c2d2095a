"""The one JSON text of some facts: the same facts always give the same characters, so that they can be hashed."""

import json
from collections.abc import Mapping

# Built once: json.dumps with options builds an encoder at every call, and a payment is on the counter's clock.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False, allow_nan=False
)


def canonical_json(facts: Mapping[str, object]) -> str:
    """Keys sorted, no blanks. Facts are texts, whole numbers, booleans, nothing, and lists and dicts of these."""
    return _ENCODER.encode(facts)
