"""Drawn sheets: the text read back is the sheet's, the codes decode from the page, nothing leaves its paper."""

import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from muniadmin.assessment.sheets import BillLine
from muniadmin.collection.sheets import ChannelTotal, ReceiptSheet, ReceiptTender
from muniadmin.documents import drawing
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.documents.rolls import WORKERS, PaperFile, draw_files
from muniadmin.documents.sheets import Sheet
from muniadmin.documents.signing import ExtractClaim, ReceiptClaim
from muniadmin.kernel.errors import Cancelled
from muniadmin.kernel.formats import format_date, format_long_date, format_money
from muniadmin.kernel.money import Currency, Money, total
from tests.documents.samples import (
    KEY,
    MAD,
    ON_PAPER,
    a_bill,
    a_cancellation,
    a_fine_notice,
    a_receipt,
    a_receipt_of_many_means,
    a_report,
    a_slip,
    a_statement,
    an_extract,
    every_kind,
    issuer,
    said,
)
from tests.documents.signed import read_signed

draw = partial(drawing.draw, pictures={})
draw_file = partial(drawing.draw_file, pictures={})

MM = 72 / 25.4
# What a scanner at the counter is set to read: a page full of text has stripes that look like other codes.


def plain(text: str) -> str:
    """Text without the accidents of typography and line breaks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def pages(pdf: bytes) -> list[str]:
    return [plain(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)]


def text_of(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def codes_on(pdf: bytes, *, dpi: int = 150, page: int = -1) -> set[str]:
    document = pypdfium2.PdfDocument(pdf)
    image = document[page % len(document)].render(scale=dpi / 72).to_pil()
    return {found.text for found in zxingcpp.read_barcodes(image, formats=ON_PAPER)}


def money(amount: Money, language: str) -> str:
    return plain(format_money(amount, MAD, language))


# --- What is on the paper ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_receipt_shows_everything_that_was_paid(paper: ReceiptPaper, language: str) -> None:
    sheet = a_receipt(language)
    shown = text_of(draw(sheet, paper=paper))
    for fact in (
        sheet.issuer.name, sheet.number, sheet.payer, "C-0018342-7", sheet.desk, sheet.cashier,
        sheet.tenders[0].channel,
        "23/11/2026 10:14", sheet.in_words, money(Money(85125), language), money(Money(100000), language),
        money(Money(14875), language), *sheet.texts,
    ):  # fmt: skip
        assert plain(fact) in shown
    for line in sheet.lines:
        assert plain(f"{line.subject} · {line.bill_number}") in shown
        assert money(line.amount, language) in shown
        assert plain(line.what).split()[0] in shown
    assert money(Money(3750), language) in shown
    assert said(language, "Taxe d’habitation 2026 · ", "Housing tax 2026 · ") in shown
    assert said(language, "compte pour", "counts for") not in shown.lower()


@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_receipt_tells_debts_debtors_and_means_apart(paper: ReceiptPaper) -> None:
    sheet = a_receipt_of_many_means("en")
    shown = text_of(draw(sheet, paper=paper))
    for fact in (
        "Amina Bennani · 12, derb Sidi Ahmed · A-2026-0041187-K reduction granted 20.00",
        "Municipal services tax 2025 ·" if paper is not ReceiptPaper.ROLL_58 else "Municipal services tax",
        "part 3 of 4",
        "Youssef El Fassi · 4, rue de Tanger · A-2025-0039004-Z",
        "of which penalties 45.50 · left to pay 113.00",
        "Counts for 20/11/2026",
        "Left as credit on the account 50.00",
        "Cash 80.00 Cheque · CHQ 0071234 400.00 Transfer · VIR-2026-11-88123 250.00",
        "Cash received 100.00 Change given 20.00",
    ):
        assert fact in shown
    assert "Means of payment" not in shown
    assert codes_on(draw(sheet, paper=paper)) == {sheet.number, sheet.verification}


@pytest.mark.parametrize("paper", ReceiptPaper)
def test_the_day_is_the_municipality_s(paper: ReceiptPaper) -> None:
    late = a_receipt("en", taken_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC), value_on=date(2026, 11, 24))
    assert "Counts for" not in text_of(draw(late, paper=paper))


@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_receipt_of_a_stub_book_names_no_cashier(paper: ReceiptPaper) -> None:
    stub = a_receipt("en", number="S-07/112", cashier="", desk="91", value_on=date(2026, 11, 5))
    shown = text_of(draw(stub, paper=paper))
    assert "S-07/112" in shown
    assert "Counts for 05/11/2026" in shown
    assert "91 ·" not in shown
    assert "Taken for" not in shown
    assert codes_on(draw(stub, paper=paper)) == {stub.number, stub.verification}


@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_stub_of_a_bill_that_was_paid_already_names_it(paper: ReceiptPaper) -> None:
    stub = a_receipt(
        "en",
        number="S-07/112",
        cashier="",
        lines=(),
        credit=Money(85125),
        given_for=("A-2026-0041187-K", "A-2026-0041188-3"),
    )
    shown = text_of(draw(stub, paper=paper))
    assert "Taken for, nothing owed A-2026-0041187-K, A-2026-0041188-3" in shown
    assert "Left as credit on the account 851.25" in shown


@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_receipt_s_codes_are_read_from_the_page_and_verify(paper: ReceiptPaper) -> None:
    sheet = a_receipt()
    codes = codes_on(draw(sheet, paper=paper))
    assert codes == {sheet.number, sheet.verification}
    claim = read_signed(sheet.verification, [KEY.public])
    assert isinstance(claim, ReceiptClaim)
    assert claim.amount == sheet.total


@pytest.mark.parametrize("lines", [1, 3, 5, 12, 40])
@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_receipt_of_any_length_keeps_its_lines_total_and_codes(paper: ReceiptPaper, lines: int) -> None:
    sheet = a_receipt("en", count=lines, tendered=None)
    pdf = draw(sheet, paper=paper)
    shown = text_of(pdf)
    assert shown.count("A-2026-0041187-K") == -(-lines // 3)
    assert shown.count("A-2026-0041188-3") == (lines + 1) // 3
    assert money(total(line.amount for line in sheet.lines), "en") in shown
    assert codes_on(pdf) == {sheet.number, sheet.verification}
    if paper in (ReceiptPaper.ROLL_80, ReceiptPaper.ROLL_58):
        assert len(pypdfium2.PdfDocument(pdf)) == 1


def test_three_debts_fit_on_one_a5_page() -> None:
    for language in ("fr", "en"):
        assert len(pages(draw(a_receipt(language)))) == 1


def test_a_receipt_names_credit_reference_and_whom_it_was_paid_for() -> None:
    sheet = a_receipt(
        "en",
        payer="Karim Tazi",
        tenders=(ReceiptTender(channel="Cheque", amount=Money(90125), reference="CHQ 0071234"),),
        tendered=None,
        credit=Money(5000),
    )
    shown = text_of(draw(sheet))
    assert "Karim Tazi, for Amina Bennani" in shown
    assert "Cheque · CHQ 0071234" in shown
    assert "Left as credit on the account 50.00" in shown
    assert "Change given" not in shown


@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_reprint_says_which_duplicate_it_is_and_the_original_does_not(paper: ReceiptPaper) -> None:
    sheet = a_receipt("en")
    assert "DUPLICATE" not in text_of(draw(sheet, paper=paper))
    for rank in (1, 2, 13):
        assert f"DUPLICATE {rank}" in text_of(draw(sheet, paper=paper, duplicate=rank))


@pytest.mark.parametrize(
    "sheet",
    [
        a_bill("en"),
        a_statement("en"),
        a_fine_notice("en"),
        an_extract("en"),
        a_slip("en"),
        a_cancellation("en"),
    ],
)
def test_every_issued_document_has_its_duplicate(sheet: Sheet) -> None:
    assert "DUPLICATE 3" in text_of(draw(sheet, duplicate=3))


@pytest.mark.parametrize("sheet", [*every_kind("en"), a_bill("en", count=60), a_statement("en", count=120)])
def test_a_specimen_says_so_on_every_page_and_a_real_paper_on_none(sheet: Sheet) -> None:
    for paper in ReceiptPaper if isinstance(sheet, ReceiptSheet) else (ReceiptPaper.A5,):
        assert not any("SPECIMEN" in page for page in pages(draw(sheet, paper=paper)))
        assert not any("SPECIMEN" in page for page in pages(draw(sheet, paper=paper, duplicate=2)))
        assert all("SPECIMEN" in page for page in pages(draw(sheet, paper=paper, specimen=True)))


def test_a_cancellation_says_who_approved_it_and_why() -> None:
    sheet = a_cancellation("en")
    shown = text_of(draw(sheet))
    for fact in ("Nadia Berrada", "Hassan El Idrissi", "Amount entered twice.", "851.25", "23/11/2026 11:02"):
        assert fact in shown
    assert codes_on(draw(sheet)) == {sheet.number}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_bill_shows_its_computation_instalments_and_bar_code(language: str) -> None:
    sheet = a_bill(language)
    pdf = draw(sheet)
    shown = text_of(pdf)
    for fact in (
        sheet.head, sheet.period, sheet.taxpayer_name, *sheet.address, sheet.object, "C-0018342-7",
        *sheet.payment_places, *sheet.texts, money(sheet.total, language),
    ):  # fmt: skip
        assert plain(fact) in shown
    for line in sheet.lines:
        assert plain(line.what) in shown
        assert plain(line.computation) in shown
        assert line.amount is not None
        assert money(line.amount, language) in shown
    for part in sheet.instalments:
        assert format_date(part.due_on, language) in shown
        assert money(part.amount, language) in shown
    assert codes_on(pdf) == {sheet.number}


def test_a_line_that_only_prepares_the_next_shows_no_amount() -> None:
    base = BillLine(what="Rental value", computation="9,000.00 − 75 %", amount=None)
    shown = text_of(draw(a_bill("en", lines=(base, *a_bill("en").lines))))
    assert "Rental value 9,000.00 − 75 % Housing tax, main part" in shown


def test_a_long_bill_goes_on_over_pages_and_repeats_its_head() -> None:
    sheet = a_bill("en", count=60, parts=4)
    pdf = draw(sheet)
    found = pages(pdf)
    assert len(found) > 2
    assert sum(page.count("4,125.00 × 10 %") for page in found) == 30
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
        assert sheet.number in page
    assert codes_on(pdf, page=0) == {sheet.number}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_statement_shows_every_movement_and_where_the_account_stands(language: str) -> None:
    sheet = a_statement(language)
    pdf = draw(sheet)
    shown = text_of(pdf)
    for fact in (
        sheet.name, *sheet.address, "C-0018342-7", "23/11/2026", "20/11/2026", money(sheet.balance, language),
        money(sheet.booked, language), money(sheet.accrued, language), money(sheet.credit, language),
        money(sheet.to_pay, language),
    ):  # fmt: skip
        assert plain(fact) in shown
    for one in sheet.instalments:
        assert plain(f"{format_date(one.due_on, language)} {one.what} {one.detail}") in shown
    for movement in sheet.movements:
        assert plain(movement.what) in shown
        assert money(movement.balance, language) in shown
    assert shown.count(format_date(date(2026, 6, 18), language)) == 4
    assert codes_on(pdf, page=0) == {"C-0018342-7"}


def test_a_long_statement_repeats_its_head_and_loses_no_line() -> None:
    sheet = a_statement("en", count=120)
    found = pages(draw(sheet))
    assert len(found) > 3
    assert all("Booked on What was booked Charges Settlements Credits Balance" in page for page in found)
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
    shown = " ".join(found)
    assert all(money(one.balance, "en") in shown for one in sheet.movements)
    assert "What was booked after 20/11/2026 is not in this statement." in found[-1]


def test_a_statement_says_what_would_settle_it_on_its_day() -> None:
    sheet = a_statement("en", rebate=Money(2000), to_pay=Money(308067))
    shown = text_of(draw(sheet))
    assert "Balance as booked" in shown
    assert "Saved by paying by that day 20.00" in shown
    assert "To pay on 23/11/2026 3,080.67" in shown


def test_a_statement_says_in_whose_favour_it_is() -> None:
    theirs = a_statement("en", credit=Money(900000), to_pay=Money(0))
    assert "Balance in your favour" in text_of(draw(theirs))
    assert "To pay on" not in text_of(draw(theirs))
    assert money(-theirs.balance, "en") in text_of(draw(theirs))
    nothing = a_statement("en", movements=(), instalments=(), taxpayer_number=None)
    assert "Nothing was booked on this account up to that day." in text_of(draw(nothing))
    assert codes_on(draw(nothing)) == set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_fine_notice_says_what_happened_and_what_it_costs_until_when(language: str) -> None:
    sheet = a_fine_notice(language)
    pdf = draw(sheet)
    shown = text_of(pdf)
    for fact in (
        sheet.offence, sheet.legal_basis, sheet.plate, sheet.vehicle, sheet.place, sheet.officer, sheet.remarks,
        sheet.owner_name, *sheet.address, *sheet.texts, "18/11/2026 17:42", "02/12/2026", "17/01/2027",
    ):  # fmt: skip
        assert plain(fact) in shown
    for step in sheet.steps:
        assert money(step.amount, language) in shown
        assert plain(step.what) in shown
    assert codes_on(pdf) == {sheet.number}


def test_the_slip_of_a_notice_asks_for_what_the_fine_costs_on_the_day_of_issue() -> None:
    sheet = a_fine_notice("en")
    shown = text_of(draw(sheet))
    slip = shown[shown.index("Payment slip") :]
    first, *later = sheet.steps
    assert first.until is not None
    assert f"{money(first.amount, 'en')} MAD" in slip[:400]
    assert format_date(first.until, "en") in slip[:400]
    for step in later:
        assert money(step.amount, "en") not in slip[:400]


def test_a_notice_to_an_unknown_owner_is_addressed_to_the_plate() -> None:
    shown = text_of(draw(a_fine_notice("en", owner_name="", address=())))
    assert "The owner of the vehicle 12345-A-15" in shown


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_extract_says_what_the_act_says(language: str) -> None:
    sheet = an_extract(language, notes=("Reconnue par son père le 2 avril 2026.",))
    pdf = draw(sheet)
    shown = text_of(pdf)
    for fact in (
        sheet.title, *sheet.authorities, "BENNANI", "Yasmine", "EL ALAOUI", "Fatima Zahra", sheet.birthplace,
        format_long_date(sheet.born_on, language), format_long_date(sheet.declared_on, language), "04:35",
        format_long_date(sheet.issued_on, language), sheet.registrar, sheet.number, *sheet.notes, "123",
    ):  # fmt: skip
        assert plain(fact) in shown
    assert codes_on(pdf) == {sheet.number, sheet.verification}
    claim = read_signed(sheet.verification, [KEY.public])
    assert isinstance(claim, ExtractClaim)
    assert claim.holder == "Yasmine BENNANI"


def test_an_extract_of_an_act_with_arabic_names_shows_both_scripts() -> None:
    both, latin = text_of(draw(an_extract())), text_of(draw(an_extract(arabic=False)))
    for word in ("بناني", "ياسمين", "كريم", "فاطمة", "العلوي", "فاس", "المملكة", "الجنس", "أنثى"):
        assert word in both
        assert word not in latin


def test_every_copy_of_an_extract_is_printed_and_says_which_it_is() -> None:
    found = pages(draw(an_extract("en", copies=3)))
    assert [f"copy {rank} of 3" in page for rank, page in enumerate(found, 1)] == [True] * 3
    assert "copy 1" not in text_of(draw(an_extract("en")))


def test_a_slip_shows_the_count_and_the_difference() -> None:
    sheet = a_slip("en")
    shown = text_of(draw(sheet))
    for fact in (
        "12,450.00",
        "12,445.00 MAD",
        "-5.00 MAD",
        "200.00 × 62",
        "A 5 DH coin is missing.",
        "20,370.00",
    ):
        assert fact in shown.replace("−", "-")
    assert "90, of which 1 cancelled" in shown


def test_a_report_prints_every_row_and_its_columns_on_every_page() -> None:
    sheet = a_report("en", rows=200)
    found = pages(draw(sheet))
    assert len(found) > 3
    for row in sheet.rows:
        assert any(" ".join(row) in page for page in found)
    assert all("Revenue head" in page for page in found)
    assert "Without cancelled receipts." in found[-1]


def test_a_report_of_many_columns_lies_across() -> None:
    columns = a_report().columns * 3
    sheet = replace(a_report(rows=3), columns=columns, rows=(("x",) * 9,), totals=())
    page = pypdfium2.PdfDocument(draw(sheet))[0]
    assert page.get_width() > page.get_height()


# --- Nothing leaves its paper --------------------------------------------------------------------------------

LONG = "Société Immobilière et Touristique des Remparts de Bab Bou Jeloud et Fils, succession Benabdeljalil-Lahlou"
UNBROKEN = "Rechtsschutzversicherungsgesellschaften" * 3
ARABIC = "شركة العقار والسياحة لأسوار باب بوجلود وأبنائه ورثة بنعبد الجليل لحلو"


def ink_outside(pdf: bytes, margin: float) -> Iterator[str]:
    """Every character that does not lie within the margins of its page."""
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_width(), page.get_height()
        letters = page.get_textpage()
        for index in range(letters.count_chars()):
            left, bottom, right, top = letters.get_charbox(index)
            if right > left and not (
                left >= margin and right <= width - margin and bottom >= margin and top <= height - margin
            ):
                yield letters.get_text_range(index, 1)


def long_winded(name: str) -> list[tuple[Callable[[], bytes], float]]:
    long_issuer = replace(issuer("fr"), name=f"Commune urbaine de {name}", department=name, address=name)
    lines = tuple(
        replace(line, what=name, period=name[:20], subject=name, debtor=name) for line in a_receipt().lines
    )
    tenders = tuple(
        replace(tender, channel=name[:60], reference=name[:60], amount=Money(999_999_999_999_999))
        for tender in a_receipt_of_many_means().tenders
    )
    person = replace(an_extract().child, family_name=name, given_names=name, family_name_arabic=ARABIC)
    receipt = a_receipt(
        issuer=long_issuer, payer=name, taxpayer_name="X" + name, lines=lines, cashier=name, desk=name,
        tenders=tenders, total=Money(999_999_999_999_999), texts=(name,),
    )  # fmt: skip
    return [
        (lambda: draw(receipt), 8 * MM),
        (lambda: draw(receipt, paper=ReceiptPaper.A4), 8 * MM),
        (lambda: draw(receipt, paper=ReceiptPaper.ROLL_80), 3 * MM),
        (lambda: draw(receipt, paper=ReceiptPaper.ROLL_58), 4 * MM),
        (lambda: draw(a_cancellation(reason=f"{name} {name}", payer=name, approved_by=name)), 8 * MM),
        (
            lambda: draw(
                a_bill(
                    issuer=long_issuer, head=name, taxpayer_name=name, address=(name, name), object=name,
                    lines=tuple(replace(line, what=name, computation=name) for line in a_bill().lines),
                    total=Money(999_999_999_999_999), texts=(name,), payment_places=(name,),
                )
            ),
            10 * MM,
        ),
        (
            lambda: draw(
                a_fine_notice(offence=name, place=name, vehicle=name, owner_name=name, remarks=name, officer=name[:40])
            ),
            10 * MM,
        ),
        (lambda: draw(an_extract(child=person, father=person, mother=person, office=name, registrar=name)), 10 * MM),
        (
            lambda: draw(
                a_statement(
                    name=name, address=(name,), booked=Money(999_999_999_999_999),
                    movements=tuple(replace(one, what=name, detail=name) for one in a_statement().movements),
                    instalments=tuple(replace(one, what=name, detail=name) for one in a_statement().instalments),
                )
            ),
            10 * MM,
        ),
        (lambda: draw(a_slip(cashier=name, desk=name, explanation=name)), 10 * MM),
        (lambda: draw(replace(a_report(rows=3), title=name, subtitle=name, rows=((name, name, name),))), 10 * MM),
    ]  # fmt: skip


@pytest.mark.parametrize("name", [LONG, UNBROKEN, ARABIC], ids=["long", "unbroken", "arabic"])
def test_long_names_wrap_or_shrink_and_stay_on_the_page(name: str) -> None:
    for make, margin in long_winded(name):
        assert list(ink_outside(make(), margin)) == []


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120))
def test_any_name_can_be_printed(name: str) -> None:
    assert list(ink_outside(draw(a_receipt(payer=name, taxpayer_name=name)), 8 * MM)) == []


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def with_words(value: Any, words: Iterator[str]) -> Any:
    """The same with other words in every text, but for what the program itself wrote."""
    if isinstance(value, str):
        return next(words)
    if isinstance(value, tuple):
        return tuple(with_words(item, words) for item in value)
    if is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Currency | Money):
        kept = ("language", "zone", "accent", "chain", "verification", "arms")
        changed = {name: with_words(item, words) for name, item in vars(value).items() if name not in kept}
        return replace(value, **changed)
    return value


@settings(max_examples=15, deadline=None)
@given(st.lists(ANYTHING, min_size=3, max_size=3), st.sampled_from(range(len(every_kind("fr")))))
def test_whatever_stands_in_a_sheet_can_be_drawn(texts: list[str], kind: int) -> None:
    """A paper that cannot be drawn would be one for which money was taken: there is none."""
    sheet = with_words(every_kind("fr")[kind], cycle(texts))
    for paper in ReceiptPaper if isinstance(sheet, ReceiptSheet) else (ReceiptPaper.A5,):
        assert draw(sheet, paper=paper, duplicate=1).startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sample_stays_on_its_paper(language: str) -> None:
    for sheet in every_kind(language):
        assert list(ink_outside(draw(sheet), 8 * MM)) == []


# --- One after the other -------------------------------------------------------------------------------------


def test_the_same_sheet_always_gives_the_same_bytes() -> None:
    for sheet in every_kind("fr"):
        assert draw(sheet) == draw(sheet)


def numbered_bills(count: int) -> Iterator[Sheet]:
    for index in range(count):
        yield a_bill("en", number=f"A-2026-{index:07d}-X", taxpayer_name=f"Élodie Ngọc Nº{index} بناني")


def test_many_papers_make_one_file_with_an_outline(tmp_path: Path) -> None:
    path = tmp_path / "roll.pdf"
    draw_file(numbered_bills(50), path, title="Roll 2026")
    document = pypdfium2.PdfDocument(path)
    assert len(document) == 50
    for index in (0, 23, 49):
        page = document[index]
        assert f"A-2026-{index:07d}-X" in page.get_textpage().get_text_range()
        image = page.render(scale=150 / 72).to_pil()
        found = zxingcpp.read_barcodes(image, formats=ON_PAPER)
        assert [one.text for one in found] == [f"A-2026-{index:07d}-X"]
    assert document.get_metadata_value("Title") == "Roll 2026"
    outline = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]
    assert [one for one in outline if not one[0]] == [(0, f"Bill A-2026-{n:07d}-X", n) for n in range(50)]


def test_a_stopped_file_leaves_the_one_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "roll.pdf"
    path.write_bytes(b"yesterday's roll")

    def broken_off() -> Iterator[Sheet]:
        yield from numbered_bills(10)
        raise Cancelled

    with pytest.raises(Cancelled):
        draw_file(broken_off(), path, title="Roll")
    assert path.read_bytes() == b"yesterday's roll"
    assert list(tmp_path.iterdir()) == [path]


def a_file(path: Path) -> PaperFile:
    """Three bills, to be drawn as one file by a process of its own."""
    sheets = list(numbered_bills(3))
    return PaperFile(path, path.stem, range(len(sheets)), [sheet.to_json() for sheet in sheets], {})


@pytest.mark.slow
def test_two_processes_that_draw_the_same_file_do_not_spoil_it(tmp_path: Path) -> None:
    """One outlived its job, and the job was begun again."""
    path = tmp_path / "roll.pdf"

    def meanwhile() -> Iterator[Sheet]:
        for number, sheet in enumerate(numbered_bills(50)):
            if number == 25:
                list(draw_files([a_file(path)]))
            yield sheet

    draw_file(meanwhile(), path, title="Roll")
    assert len(pypdfium2.PdfDocument(path)) == 50
    assert list(tmp_path.iterdir()) == [path]


_DRAWING_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
import muniadmin.bootstrap
from tests.documents.test_drawing import a_file, draw_files
for file in draw_files(a_file(Path(sys.argv[1]) / f"{number}.pdf") for number in count()):
    pass
"""


@pytest.mark.slow
def test_when_the_program_is_killed_nobody_goes_on_drawing_or_waiting(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _DRAWING_FOR_EVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        while not list(tmp_path.glob("*.pdf")):
            assert program.poll() is None
            time.sleep(0.05)
        drawing = psutil.Process(program.pid).children(recursive=True)
        program.kill()
    assert len(drawing) >= WORKERS
    _gone, left = psutil.wait_procs(drawing, timeout=20)
    for one in left:
        one.kill()
    assert left == []


@pytest.mark.slow
def test_a_roll_is_asked_for_as_it_is_drawn_and_never_held_whole(tmp_path: Path) -> None:
    asked: list[Path] = []

    def files() -> Iterator[PaperFile]:
        for number in range(8):
            asked.append(tmp_path / f"{number}.pdf")
            yield a_file(asked[-1])

    drawn = []
    for file in draw_files(files()):
        drawn.append(file.path)
        assert file.path.exists()
        assert len(asked) - len(drawn) <= WORKERS + 1  # those at work, and one waiting for them
    assert sorted(drawn) == asked
    assert len(asked) == 8


def test_a_file_may_mix_kinds_and_languages(tmp_path: Path) -> None:
    path = tmp_path / "mixed.pdf"
    sheets = [*every_kind("fr"), *every_kind("en")]
    draw_file(sheets, path, title="Mixed")
    shown = plain(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)))
    assert "Commune de Fès" in shown
    assert "Municipality of Fès" in shown


# --- What the file says of itself ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_file_tells_its_title_language_and_issuer(language: str) -> None:
    for sheet in every_kind(language):
        reader = PdfReader(BytesIO(draw(sheet)))
        assert str(reader.root_object["/Lang"]) == language
        assert reader.metadata is not None
        assert reader.metadata.author == sheet.issuer.name
        assert reader.metadata.title
        assert sheet.number in reader.metadata.title
    reader = PdfReader(BytesIO(draw(a_receipt(language))))
    assert reader.metadata is not None
    assert reader.metadata.title == said(language, "Quittance 3-2026-000123-K", "Receipt 3-2026-000123-K")


def test_a_paper_of_several_pages_has_an_outline_and_one_page_has_none() -> None:
    long = pypdfium2.PdfDocument(draw(a_statement("en", count=120)))
    assert [mark.get_title() for mark in long.get_toc()] == [
        "Statement of account S-2026-000018-7", "What is open", "Movements",
    ]  # fmt: skip
    assert list(pypdfium2.PdfDocument(draw(a_receipt())).get_toc()) == []


@pytest.mark.parametrize("paper", ReceiptPaper)
def test_a_plate_that_is_on_no_register_stands_once_on_its_line(paper: ReceiptPaper) -> None:
    """It is the debtor's name and the beginning of the subject in one."""
    sheet = a_receipt()
    line = replace(sheet.lines[0], debtor="74125-A-1", subject="74125-A-1 · Stationnement interdit")
    assert text_of(draw(replace(sheet, lines=(line,)), paper=paper)).count("74125-A-1") == 1


def test_the_slip_of_a_session_tells_too_much_from_too_little() -> None:
    assert "+10.00 MAD" in text_of(draw(a_slip("en", counted=Money(1246000))))
    assert "−5.00 MAD" in text_of(draw(a_slip("en")))


def test_the_slip_of_a_session_adds_up_no_payments_that_had_two_means() -> None:
    means = (
        ChannelTotal(channel="Cash", count=411, amount=Money(100)),
        ChannelTotal(channel="Card", count=322, amount=Money(50)),
    )
    shown = text_of(draw(a_slip("en", totals=means)))
    assert "411" in shown
    assert "322" in shown
    assert "733" not in shown
