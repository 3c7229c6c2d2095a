"""What the chains of events and of signed acts are called where people read of them."""

from collections.abc import Mapping

from muniadmin.kernel.i18n import N_, _

_NAMES: Mapping[str, str] = {
    "office": N_("Office"),
    "anchors": N_("Anchors"),
    # The points that every office has beside its desks.
    "desk:90": N_("Bank"),
    "desk:91": N_("Stub books"),
}
_NUMBERED: Mapping[str, str] = {
    "desk": N_("Desk {number}"),
    "register": N_("Civil-status register {number}"),
}


def chain_name(chain: str) -> str:
    """A chain in the language in force: "desk:1" is Desk 1; one that is none of ours keeps its code."""
    if chain in _NAMES:
        return _(_NAMES[chain])
    kind, _colon, number = chain.partition(":")
    if kind in _NUMBERED and number.isdecimal():
        return _(_NUMBERED[kind]).format(number=number)
    return chain


def chain_order(chain: str) -> tuple[str, int, str]:
    """Sorts chains as people number them: register 2 before register 10."""
    kind, _colon, number = chain.partition(":")
    return (kind, int(number), "") if number.isdecimal() else (kind, 0, number)
