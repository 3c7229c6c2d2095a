"""The one JSON text of some facts: the same facts always give the same characters, so that they can be hashed."""

from collections.abc import Mapping

import orjson

_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def canonical_json(facts: Mapping[str, object]) -> str:
    """Keys sorted, no blanks. Facts are texts, whole numbers, booleans, nothing, and lists and dicts of these;
    TypeError for anything else."""
    return orjson.dumps(facts, option=_FORM).decode()
