"""Where money comes in: cash desks, the bank account, the stub books; and the ledger accounts that it goes into."""

from collections.abc import Sequence

from muniadmin.collection.models import Point
from muniadmin.ledger.rules import CREDIT, OVER_SHORT, AccountKind, cash
from muniadmin.ledger.services import ensure_account
from muniadmin.storage.unit_of_work import UnitOfWork

BANK_POINT, STUBS_POINT = 90, 91
"""The points that every office has beside its desks: its bank account, and its stub books."""


def desk_chain(point: int) -> str:
    """The chain of everything that happens at a point."""
    return f"desk:{point}"


def install_points(uow: UnitOfWork, desks: Sequence[tuple[int, dict[str, str]]]) -> None:
    """Adds the cash desks of a profile and the points that every office has, with the accounts money goes into."""
    for code, account_kind, names in (
        ("cheques", AccountKind.CHEQUES, {"en": "Cheques in hand", "fr": "Chèques à encaisser"}),
        ("card", AccountKind.CARD, {"en": "Card terminal", "fr": "Carte bancaire"}),
        ("bank", AccountKind.BANK, {"en": "Bank", "fr": "Banque"}),
        ("mobile", AccountKind.MOBILE, {"en": "Mobile money", "fr": "Paiement mobile"}),
        (CREDIT, AccountKind.CREDIT, {"en": "Taxpayers' credits", "fr": "Crédits des contribuables"}),
        (OVER_SHORT, AccountKind.OVER_SHORT, {"en": "Cash over and short", "fr": "Écarts de caisse"}),
        ("treasury", AccountKind.TREASURY, {"en": "Treasury", "fr": "Trésorerie"}),
    ):
        ensure_account(uow, code, account_kind, names)
    for number, kind, names in (
        *((number, "desk", names) for number, names in desks),
        (BANK_POINT, "bank", {"en": "Bank", "fr": "Banque"}),
        (STUBS_POINT, "collector", {"en": "Stub books", "fr": "Carnets à souche"}),
    ):
        if uow.session.get(Point, number) is None:
            uow.session.add(Point(number=number, kind=kind, names=names))
        ensure_account(uow, cash(number), AccountKind.CASH, names)
    uow.session.flush()
