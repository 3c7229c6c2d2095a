"""Whoever is at the counter, and what they came to pay. No widget is touched here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from muniadmin.billing.reads import BillDetail, OpenCharge, OpenCharges
from muniadmin.desktop.collection import debts
from muniadmin.desktop.collection.typed import Typed


@dataclass
class Citizen:
    """The citizen in hand: all that a taxpayer owes, and beside it papers of others, or of somebody who is not on the
    register. Made without anything, it is nobody."""

    #: What the field calls them: what was scanned or chosen last.
    called: str = ""
    #: Whose debts are all listed, if they are on the register.
    taxpayer_id: int | None = None
    #: Papers listed beside them, whoever owes them: numbers by the bills' ids.
    papers: dict[int, str] = field(default_factory=dict)
    #: Numbers of what they brought, as it was scanned: it stands first.
    brought: list[str] = field(default_factory=list)
    #: What of it has not been listed yet: what is due of it is ticked when it is.
    unlisted: list[str] = field(default_factory=list)
    #: Whether nothing was listed yet since they came, or came back.
    fresh: bool = True
    #: Whether all that is due is ticked when they are first listed: they were found by name or number.
    ticks_all: bool = False
    #: What was ticked, by the charges' ids, and typed when they were put aside; None when they were not.
    ticked: frozenset[int] | None = None
    typed: Typed | None = None
    #: The account of the payer whose name stands above the list; the receipt names it, and what is left over becomes
    #: its credit.
    account_id: int | None = None

    def __bool__(self) -> bool:
        return self.taxpayer_id is not None or bool(self.papers)

    @property
    def is_basket(self) -> bool:
        """Whether several papers or people were put together by hand."""
        return len(self.brought) > 1 or (self.taxpayer_id is not None and bool(self.papers))

    def bring(self, bill: BillDetail) -> None:
        """Lists what is open of a bill beside the rest, whoever owes it."""
        # What was written off is not among what its debtor owes.
        self.add(
            {} if self.owes(bill) and not bill.written_off else {bill.bill_id: bill.number}, [bill.number]
        )

    def add(self, papers: Mapping[int, str], asked_for: Iterable[str]) -> None:
        """Lists more papers; what is due of those ``asked_for`` is ticked."""
        self.papers |= papers
        for number in asked_for:
            self.unlisted.append(number)
            if number not in self.brought:
                self.brought.append(number)

    def owes(self, bill: BillDetail) -> bool:
        """Whether a bill is listed anyway: it is the taxpayer's own."""
        return bill.taxpayer_id is not None and bill.taxpayer_id == self.taxpayer_id

    def questions(self) -> dict[str, OpenCharges]:
        """What has to be asked to list what they owe and brought; a later answer says more of a debt."""
        asked = {}
        if self.taxpayer_id is not None:
            asked["debts"] = OpenCharges(taxpayer_id=self.taxpayer_id)
        if self.papers:
            asked["papers"] = OpenCharges(bill_ids=tuple(self.papers))
        return asked

    def put_aside(self, ticked: Iterable[OpenCharge], typed: Typed) -> None:
        """Somebody else is looked at: they come back as they were."""
        if not self.fresh:
            self.ticked, self.typed, self.fresh = frozenset(debt.charge_id for debt in ticked), typed, True

    def arrange(self, found: Collection[OpenCharge]) -> list[OpenCharge]:
        """What is owed in the order of the list: what was brought first, then the payer's own."""
        place = {number: place for place, number in enumerate(self.brought)}
        in_order = sorted(found, key=lambda debt: place.get(debt.number, len(place)))
        self.account_id = self._account_of(in_order)
        return sorted(
            in_order,
            key=lambda debt: (place.get(debt.number, len(place)), debt.account_id != self.account_id),
        )

    def to_tick(self, found: Sequence[OpenCharge], ticked: Iterable[OpenCharge]) -> list[OpenCharge]:
        """What was ticked before, and what is asked for of each paper brought since, or of a payer found by name."""
        before = self.ticked or frozenset()
        if not self.fresh:
            before = frozenset(debt.charge_id for debt in ticked)
        wanted = set(before)
        asked = [[debt for debt in found if debt.number == number] for number in self.unlisted]
        if self.ticks_all and self.fresh and self.ticked is None:
            wanted |= {debt.charge_id for debt in found if debts.is_due(debt)}
            # Somebody who owes only what is not due yet may still want to pay it, whatever else they brought.
            own = [debt for debt in found if debt.number not in self.brought]
            asked += [own] if len(own) == 1 else []
        for paper in asked:
            # Who brings a paper of which nothing is due yet wants to pay its next instalment.
            payable = [debt for debt in paper if not debts.is_covered(debt)]
            due = [debt for debt in payable if debts.is_due(debt)]
            wanted |= {debt.charge_id for debt in due or payable[:1]}
        return [debt for debt in found if debt.charge_id in wanted]

    def were_listed(self) -> None:
        """All that they brought is on the screen, which knows from now on what is ticked and typed."""
        self.unlisted = []
        self.fresh, self.ticked, self.typed = False, None, None

    def _account_of(self, in_order: Iterable[OpenCharge]) -> int | None:
        """The taxpayer's account, or that of the first paper."""
        whose = (
            debt.account_id
            for debt in in_order
            if self.taxpayer_id is None or debt.taxpayer_id == self.taxpayer_id
        )
        return next(whose, None)
