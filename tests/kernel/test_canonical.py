"""The canonical text is what chains are made of: it stays the same to the letter, whoever writes it."""

import json

from muniadmin.kernel.canonical import canonical_json

EVERY_CHARACTER = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)


def test_it_is_what_the_standard_library_writes() -> None:
    facts = {
        "text": EVERY_CHARACTER,
        EVERY_CHARACTER: "key",
        "numbers": (0, -1, 2**63 - 1, -(2**63), True, None),
        "\U00010000": {"b": [], "a": {}},
        "\uffff": "before it",
    }
    assert canonical_json(facts) == json.dumps(
        facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
