"""Square codes: what was signed is read back; whatever was changed is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.documents.errors import DamagedText
from muniadmin.documents.signing import (
    ExtractClaim,
    PublicKey,
    ReceiptClaim,
    Signature,
    SigningKey,
    sign_extract,
    sign_receipt,
)
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.money import Money
from tests.documents.signed import DoesNotHold, read_signed

KEY = SigningKey.generate()
CLAIM = ReceiptClaim(
    number="3-2026-000123-K",
    taken_on=date(2026, 11, 23),
    amount=Money(85125),
    currency="MAD",
    taxpayer_number="C-0018342-7",
    desk="3",
)
TEXT = sign_receipt(KEY, CLAIM)


def test_a_receipt_says_what_was_signed() -> None:
    assert TEXT.startswith("MA1|R|3-2026-000123-K|20261123|85125|MAD|C-0018342-7|3|")
    assert read_signed(TEXT, [KEY.public]) == CLAIM


def test_blanks_around_a_scanned_text_do_not_matter() -> None:
    assert read_signed(f" {TEXT}\r\n", [KEY.public]) == CLAIM


@given(
    st.integers(-(10**12), 10**12),
    st.dates(),
    st.one_of(st.none(), st.just("C-0018342-7")),
    st.integers(1, 999),
)
def test_every_receipt_claim_comes_back(minor: int, day: date, taxpayer: str | None, desk: int) -> None:
    claim = ReceiptClaim(
        number="1-2026-000001-A",
        taken_on=day,
        amount=Money(minor),
        currency="UGX",
        taxpayer_number=taxpayer,
        desk=str(desk),
    )
    assert read_signed(sign_receipt(KEY, claim), [KEY.public]) == claim


def test_an_extract_says_whose_birth_it_attests() -> None:
    claim = ExtractClaim(
        number="E-2026-000917-4",
        issued_on=date(2026, 11, 23),
        act="123/2026/Agdal",
        holder="Yasmine BENNANI",
        born_on=date(2026, 3, 14),
    )
    assert read_signed(sign_extract(KEY, claim), [KEY.public]) == claim


def test_a_name_with_the_separating_mark_cannot_shift_the_claims() -> None:
    claim = ExtractClaim(
        number="E-1", issued_on=date(2026, 1, 1), act="1/2026", holder="A|B | C", born_on=date(2026, 1, 1)
    )
    read = read_signed(sign_extract(KEY, claim), [KEY.public])
    assert isinstance(read, ExtractClaim)
    assert read.holder == "A B C"


@given(st.integers(0, len(TEXT) - 1), st.characters(exclude_categories=["Cs"]))
def test_one_changed_character_is_always_found(place: int, char: str) -> None:
    changed = TEXT[:place] + char + TEXT[place + 1 :]
    if changed.strip() == TEXT:
        return
    with pytest.raises((DamagedText, DoesNotHold)):
        read_signed(changed, [KEY.public])


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 10))
def test_missing_or_added_characters_are_always_found(place: int, count: int) -> None:
    for changed in (TEXT[:place] + TEXT[place + count :], TEXT[:place] + "x" * count + TEXT[place:]):
        with pytest.raises((DamagedText, DoesNotHold)):
            read_signed(changed, [KEY.public])


@given(st.text())
def test_any_text_gives_a_sentence_and_no_traceback(text: str) -> None:
    with pytest.raises(UserError) as refused:
        read_signed(text, [KEY.public])
    assert refused.value.sentence()
    assert refused.value.advice()


def test_another_last_letter_that_stands_for_the_same_signature_is_found_too() -> None:
    """Of the 86 letters of a signature the last one has four bits that say nothing: two papers are never one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = alphabet[alphabet.index(TEXT[-1]) ^ 1]
    with pytest.raises(DoesNotHold) as found:
        read_signed(TEXT[:-1] + twin, [KEY.public])
    assert found.value.signature is Signature.BAD


def test_a_higher_amount_is_a_forgery() -> None:
    with pytest.raises(DoesNotHold) as found:
        read_signed(TEXT.replace("|85125|", "|15125|"), [KEY.public])
    assert found.value.signature is Signature.BAD


def test_another_municipality_s_receipt_is_not_ours() -> None:
    other = SigningKey.generate()
    with pytest.raises(DoesNotHold) as found:
        read_signed(sign_receipt(other, CLAIM), [KEY.public])
    assert found.value.signature is Signature.OTHER_KEY
    assert read_signed(sign_receipt(other, CLAIM), [KEY.public, other.public]) == CLAIM


def test_a_kind_of_a_newer_program_is_not_guessed_at() -> None:
    for parts in (("Z", "1", "2"), ("R", "too", "few"), ("R", "1", "not-a-day", "1", "MAD", "", "3")):
        with pytest.raises(DamagedText):
            read_signed(KEY.sign(*parts), [KEY.public])


def test_keys_survive_being_stored() -> None:
    again = SigningKey.from_pem(KEY.to_pem())
    published = PublicKey.from_pem(KEY.public.to_pem())
    assert read_signed(sign_receipt(again, CLAIM), [published]) == CLAIM
    assert published.fingerprint == KEY.public.fingerprint


def test_a_key_of_another_sort_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    other = X25519PrivateKey.generate()
    with pytest.raises(ValueError, match="Ed25519"):
        SigningKey.from_pem(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="Ed25519"):
        PublicKey.from_pem(other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
