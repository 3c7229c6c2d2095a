"""The one JSON text of some facts: the same facts always give the same characters, so that they can be hashed."""

from collections.abc import Mapping

import orjson

_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def canonical_json(facts: Mapping[str, object]) -> str:
    """Keys sorted, no blanks. Facts are texts, whole numbers of 64 bits, booleans, nothing, and lists and dicts of
    these with texts as keys; TypeError for money, days and instants, and for numbers beyond."""
    return orjson.dumps(facts, option=_FORM).decode()
