"""Whatever comes out of a scanner in place of a whole code is called by its name, with what to do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import muniadmin.bootstrap  # noqa: F401 - says which numbers there are
from muniadmin.billing.names import BILL_NUMBER
from muniadmin.collection.names import receipt_number
from muniadmin.documents.errors import (
    CodeOfNewerProgram,
    DamagedText,
    LettersChanged,
    NothingScanned,
    NotPrintable,
    NumberInstead,
    SeveralCodes,
    TextAdded,
    TextCut,
    TextOverlong,
    WebAddressInstead,
)
from muniadmin.documents.scanned import as_text, is_square_code, take_apart
from muniadmin.documents.signing import ReceiptClaim, Signature, SigningKey, sign_receipt, signature_of
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.money import Money
from muniadmin.kernel.numbers import WrongNumber, yearly_number

KEY = SigningKey.generate()
CODE = sign_receipt(
    KEY,
    ReceiptClaim(
        number="3-2026-000123-K",
        taken_on=date(2026, 11, 23),
        amount=Money(85125),
        currency="MAD",
        taxpayer_number="C-0018342-7",
        desk="3",
    ),
)

BILL = yearly_number(BILL_NUMBER, 2026, 41187)
MISTYPED = BILL[:-1] + ("A" if BILL[-1] != "A" else "B")

#: The keys of a French keyboard in the places of an American one, with Shift and without.
_AMERICAN = "`1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"|ZXCVBNM<>?"
_FRENCH = "²&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*wxcvbn,;:!~1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µWXCVBN?./§"
AMERICAN_SCANNER_AT_FRENCH_COMPUTER = str.maketrans(_AMERICAN, _FRENCH)
FRENCH_SCANNER_AT_AMERICAN_COMPUTER = str.maketrans(_FRENCH, _AMERICAN)


@pytest.mark.parametrize(
    "scanned",
    [
        CODE,
        f"  {CODE}\r\n",
        f"{CODE}\t",
        f"]Q1{CODE}\r",
        f"\x02{CODE}\x03",
        f"*{CODE}*",
        f"\ufeff{CODE}\x00",
        f"{CODE}\n".encode(),
        f"\ufeff{CODE}".encode(),
    ],
)
def test_what_scanners_put_around_a_code_does_not_matter(scanned: str | bytes) -> None:
    code = take_apart(as_text(scanned))
    assert signature_of(code, [KEY.public]) is Signature.GOOD
    assert code.says["number"] == "3-2026-000123-K"
    assert code.says["amount"] == "85125"


@pytest.mark.parametrize(
    ("scanned", "refusal"),
    [
        ("", NothingScanned),
        (" \r\n\t\x00", NothingScanned),
        (b"", NothingScanned),
        (CODE[:-1], TextCut),
        (CODE[:-40], TextCut),
        (CODE[:30], TextCut),
        ("MA1|", TextCut),
        ("MA1|R", TextCut),
        (CODE + "x", TextAdded),
        (CODE + "|paid", TextAdded),
        ("Receipt: " + CODE, TextAdded),
        (CODE.replace("|85125|", "|85125|0|"), TextAdded),
        (CODE + CODE, SeveralCodes),
        (f"{CODE}\n{CODE}", SeveralCodes),
        ("A" * 100_000, TextOverlong),
        (CODE + "A" * 100_000, TextOverlong),
        (CODE.lower(), LettersChanged),
        (CODE.upper(), LettersChanged),
        (CODE.swapcase(), LettersChanged),
        (CODE.replace("|", "~"), LettersChanged),
        (CODE.replace("|", "°"), LettersChanged),
        (CODE.translate(AMERICAN_SCANNER_AT_FRENCH_COMPUTER), LettersChanged),
        (CODE.translate(FRENCH_SCANNER_AT_AMERICAN_COMPUTER), LettersChanged),
        (CODE.replace("M", "’").replace("A", "ِ").replace("R", "ٌ"), LettersChanged),
        (CODE[:-10] + "ß" + CODE[-9:], LettersChanged),
        ("MA2|" + CODE[4:], CodeOfNewerProgram),
        (KEY.sign("Z", "1", "2"), CodeOfNewerProgram),
        ("https://example.org/r/3-2026-000123-K", WebAddressInstead),
        ("HTTP://EXAMPLE.ORG", WebAddressInstead),
        ("www.fes.ma/quittance", WebAddressInstead),
        (BILL, NumberInstead),
        (BILL.lower().replace("-", ""), NumberInstead),
        (receipt_number(3, 2026, 123), NumberInstead),
        (MISTYPED, WrongNumber),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", NotPrintable),
        (b"%PDF-1.7\n\xff\xfe\x00", NotPrintable),
        (b"\xff\xd8\xff\xe0", NotPrintable),
        ("no code\x07at all", NotPrintable),
        ("lone half \ud83d of a pair", NotPrintable),
        ("Yasmine Bennani", DamagedText),
        ("3017620422003", DamagedText),
        ("{'json': 1}", DamagedText),
        ("BEGIN:VCARD", DamagedText),
    ],
)
def test_everything_else_is_called_by_its_name(scanned: str | bytes, refusal: type[UserError]) -> None:
    with pytest.raises(UserError) as refused:
        signature_of(take_apart(as_text(scanned)), [KEY.public])
    assert type(refused.value) is refusal
    assert refused.value.sentence().endswith((".", "?"))
    assert refused.value.advice().endswith(".")


def test_letters_lost_inside_a_code_are_no_forgery() -> None:
    for hole in ("\x00", "\x1d", "\ufffd", "\udc80"):
        with pytest.raises(NotPrintable):
            signature_of(take_apart(as_text(CODE.replace("|MAD|", f"|M{hole}D|"))), [KEY.public])


@given(
    st.one_of(
        st.text(), st.binary(), st.text().map(lambda text: f"MA1|R|{text}"), st.text().map(CODE.__add__)
    )
)
def test_any_input_ends_in_a_sentence(scanned: str | bytes) -> None:
    refused, code = None, None
    try:
        code = take_apart(as_text(scanned))
    except UserError as problem:
        refused = problem
    if code is not None:
        whole = f"{code.signed}|{code.signature}" == CODE
        assert (signature_of(code, [KEY.public]) is Signature.GOOD) is whole
    else:
        assert refused is not None
        assert refused.sentence()
        assert refused.advice()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_what_is_asked_can_always_be_sent(text: str) -> None:
    sent = as_text(text)
    assert "\x00" not in sent
    assert as_text(sent) == sent


@pytest.mark.parametrize(
    "scanned",
    [
        CODE,
        CODE[:20],
        CODE.lower(),
        f"]Q1{CODE}",
        CODE.translate(AMERICAN_SCANNER_AT_FRENCH_COMPUTER),
        "MA2|X|1",
    ],
)
def test_a_code_is_told_from_what_people_search_for(scanned: str) -> None:
    assert is_square_code(scanned)


@pytest.mark.parametrize(
    "typed", ["", "Ma", "Mali", "MA1", "12345-A-6", "A-2026-0000001-P", "عمر", "C-0018342-7", "maçon | fils"]
)
def test_what_people_search_for_is_no_code(typed: str) -> None:
    assert not is_square_code(typed)
