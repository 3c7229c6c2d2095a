"""Money in whole minor units of the municipality's one currency. Never a float, never a stored decimal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount in minor units (centimes for MAD, whole shillings for UGX); may be negative."""

    minor: int

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + other.minor)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - other.minor)

    def __neg__(self) -> "Money":
        return Money(-self.minor)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count)

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, rate: Decimal) -> "Money":
        """This amount times an exact rate, rounded half-up (away from zero at the half) to the minor unit."""
        return Money(int((Decimal(self.minor) * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Parts in proportion to ``weights`` that always sum to the whole; the first parts take the remainder."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must not be negative and must have a positive sum")
        sign, whole = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [whole * weight // total for weight in weights]
        left = whole - sum(parts)
        for index, weight in enumerate(weights):
            if left == 0:
                break
            if weight:
                parts[index] += 1
                left -= 1
        return [Money(sign * part) for part in parts]


ZERO = Money(0)

LARGEST = Money(10**15)
"""The most that one amount may be, so that sums of many still fit a BIGINT; beyond it, somebody mistyped."""


def total(amounts: Iterable[Money]) -> Money:
    """The sum of ``amounts``; zero for none."""
    return Money(sum(amount.minor for amount in amounts))


@dataclass(frozen=True, slots=True)
class Currency:
    """The municipality's currency: ISO 4217 code, number of decimals in use, and the sign printed beside amounts."""

    code: str
    decimals: int
    symbol: str

    @property
    def unit(self) -> int:
        """Minor units in one major unit (100 for MAD, 1 for UGX)."""
        return int(10**self.decimals)

    def decimal(self, amount: Money) -> Decimal:
        """The amount in major units, exact, with the currency's number of decimals."""
        return Decimal(amount.minor).scaleb(-self.decimals)

    def of(self, major: Decimal | int | str) -> Money:
        """Money from an exact number of major units; ValueError when it has more decimals than the currency."""
        try:
            minor = Decimal(major).scaleb(self.decimals)
        except InvalidOperation as error:
            raise ValueError(f"not a number: {major!r}") from error
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise ValueError(f"{major} has more decimals than {self.code} allows")
        return Money(int(minor))
