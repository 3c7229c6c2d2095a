"""What a signed text says to whoever has the keys."""

from collections.abc import Iterable

from muniadmin.documents.scanned import take_apart
from muniadmin.documents.signing import (
    ExtractClaim,
    PublicKey,
    ReceiptClaim,
    Signature,
    claim_of,
    signature_of,
)


class DoesNotHold(Exception):
    """The signature is none of these keys', or not of this text."""

    def __init__(self, signature: Signature) -> None:
        super().__init__(signature)
        self.signature = signature


def read_signed(text: str, keys: Iterable[PublicKey]) -> ReceiptClaim | ExtractClaim:
    """The claims of a text. Raises DamagedText for what is no signed text, DoesNotHold."""
    apart = take_apart(text)
    signature = signature_of(apart, keys)
    if signature is not Signature.GOOD:
        raise DoesNotHold(signature)
    return claim_of(apart)
