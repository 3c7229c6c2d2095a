"""Every refusal says what happened and what to do, in words that translators get to see."""

import re
from functools import cache

import pytest

from muniadmin.kernel.errors import NeedsConfirmation, UserError
from tests.architecture.program import every_string, every_subclass


@cache
def translatable() -> set[str]:
    """What translators get to see."""
    return {message.id for message in every_string() if isinstance(message.id, str)}


@pytest.mark.parametrize("refusal", every_subclass(UserError), ids=lambda kind: kind.__qualname__)
class TestEveryRefusal:
    def test_says_what_happened(self, refusal: type[UserError]) -> None:
        if refusal is not NeedsConfirmation:  # Each question below it has words of its own.
            assert refusal.message != UserError.message
        assert refusal.message in translatable()

    def test_says_what_to_do(self, refusal: type[UserError]) -> None:
        assert refusal.hint != UserError.hint
        assert refusal.hint in translatable()

    def test_is_made_of_whole_sentences(self, refusal: type[UserError]) -> None:
        for text in (refusal.message, refusal.hint):
            assert re.search(r"[.?!:…]$|\{\w+\}$", text), f"{text!r} does not end like a sentence"
