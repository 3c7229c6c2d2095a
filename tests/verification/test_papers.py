"""Papers checked by their square codes, on both databases: what each is told to be, and what is said to do."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.billing.decisions import Grounds, annul_bill, write_off
from muniadmin.civil_status.commands import Cause, PrepareRequest, RefuseRequest, ReworkRequest, StartRequest
from muniadmin.collection.commands import PaymentTaken
from muniadmin.collection.errors import AmountExceedsDebts, StubBookUnwritable
from muniadmin.documents.errors import DamagedText, NumberInstead
from muniadmin.documents.keys import signing_key
from muniadmin.documents.signing import ExtractClaim, ReceiptClaim, SigningKey, sign_extract, sign_receipt
from muniadmin.kernel.errors import InvalidInput, NotAllowed
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.money import Money
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import read_unit, unit_of_work
from muniadmin.verification.papers import check_offline
from muniadmin.verification.reads import CheckedPaper, CheckPaper, Verdict
from muniadmin.verification.wording import differences_of, facts_of, words_of
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.civil_status.builders import Asked, a_request
from tests.collection.counter import a_cancellation, a_stub, at, give_back, given, take
from tests.towns import TownClock

ActorWith = Callable[[Role], Actor]


@pytest.fixture
def clerk(actor: ActorWith) -> Actor:
    return actor(Role.CLERK)


def code_of(app: App, number: str, kind: str = "receipt") -> str:
    """What the square code of an issued paper holds."""
    with app.database.connect_to_read() as connection:
        canonical = connection.execute(
            text("SELECT canonical FROM issued_document WHERE kind = :kind AND number = :number"),
            {"kind": kind, "number": number},
        ).scalar_one()
    return str(json.loads(canonical)["shows"]["verification"])


def key_of(app: App) -> SigningKey:
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        return signing_key(reading)


def behind_the_back(app: App, table: str, statement: str) -> None:
    """What the owner of the database could do: the table's triggers and the rows that point at it do not hinder."""
    with app.database.connect_to_write() as connection:
        if connection.dialect.name == "sqlite":
            triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
            for name in connection.execute(triggers, {"table": table}).scalars().all():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.exec_driver_sql(statement)
        connection.commit()


def check(app: App, code: str, actor: Actor | None = None) -> CheckedPaper:
    return app.read(CheckPaper(text=code), actor or everything(app))


def a_receipt(app: App, clerk: Actor) -> PaymentTaken:
    """851.25 paid in cash for one bill of one taxpayer."""
    bill = a_bill(app, "851.25", taxpayer_id=a_taxpayer(app))
    return pay(app, clerk, an_open_desk(app, clerk), bill)


def an_extract(app: App, clerk: Actor) -> tuple[Asked, str]:
    """A request and the number of the extract that was made for it."""
    asked = a_request(app, clerk)
    app.execute(StartRequest(number=asked.number), clerk)
    return asked, prepare(app, clerk, asked)


def prepare(app: App, clerk: Actor, asked: Asked) -> str:
    app.execute(PrepareRequest(number=asked.number), clerk)
    with app.database.connect_to_read() as connection:
        return str(connection.execute(text("SELECT number FROM extract ORDER BY id DESC")).scalars().first())


def said(paper: CheckedPaper) -> str:
    """Everything a person reads."""
    words = words_of(paper)
    facts = [f"{name}: {value}" for name, value in facts_of(paper)]
    otherwise = [" / ".join(one) for one in differences_of(paper)]
    return " | ".join([words.sentence, words.advice, *otherwise, *facts]).replace("\u00a0", " ")


# --- Receipts --------------------------------------------------------------------------------------------------------


def test_a_receipt_is_genuine_and_shows_what_was_issued(app: App, clerk: Actor) -> None:
    taken = a_receipt(app, clerk)
    paper = check(app, code_of(app, taken.receipt_number), clerk)
    assert paper.verdict is Verdict.GENUINE
    words = said(paper)
    assert words.startswith(f"Genuine: receipt {taken.receipt_number} of 23/11/2026, 851.25 MAD.")
    assert "Payer: Amina Bennani" in words
    assert "Means: Espèces 851.25 MAD" in words


def test_what_a_scanner_puts_around_a_code_makes_no_paper_less_genuine(app: App, clerk: Actor) -> None:
    code = code_of(app, a_receipt(app, clerk).receipt_number)
    assert check(app, f"\x02{code}\x03\r\n", clerk).verdict is Verdict.GENUINE


def test_a_cancelled_receipt_names_the_day_and_who_signed(app: App, clerk: Actor, actor: ActorWith) -> None:
    taken = a_receipt(app, clerk)
    code = code_of(app, taken.receipt_number)
    app.execute(a_cancellation(taken), clerk)
    paper = check(app, code)
    assert paper.verdict is Verdict.CANCELLED
    assert paper.cancelled is not None
    assert (paper.cancelled.number, paper.cancelled.cancelled_on) == (
        taken.receipt_number,
        date(2026, 11, 23),
    )
    words = said(paper)
    assert f"receipt {taken.receipt_number} was cancelled on 23/11/2026" in words
    assert f"Cancelled by: {clerk.name}" in words
    assert f"Approved by: {actor(Role.SUPERVISOR).name}" in words
    assert "Reason: wrong taxpayer" in words


def test_money_that_came_back_is_named_with_its_day_and_its_part(
    app: App, clerk: Actor, clock: TownClock
) -> None:
    bill = a_bill(app, "851.25", taxpayer_id=a_taxpayer(app))
    session = an_open_desk(app, clerk)
    taken = take(
        app, clerk, session, bill.charge_ids, given("cheque", "800", reference="CHQ-77"), given("cash")
    )
    code = code_of(app, taken.receipt_number)
    at(clock, date(2026, 11, 27))
    give_back(app, taken, "cheque")
    paper = check(app, code)
    assert paper.verdict is Verdict.RETURNED
    (back,) = paper.returned
    assert (back.channel, back.amount, back.reference) == ("cheque", Money(80_000), "CHQ-77")
    words = said(paper)
    assert words.startswith(f"Money returned: 800.00 MAD of receipt {taken.receipt_number} came back")
    assert "27/11/2026" in words
    assert "CHQ-77" in words
    assert "no cover" in words
    assert back.number
    assert back.number in words


def test_of_money_that_came_back_on_two_days_the_last_is_said(
    app: App, clerk: Actor, clock: TownClock
) -> None:
    bill = a_bill(app, "900", taxpayer_id=a_taxpayer(app))
    tenders = (
        given("cheque", "500", reference="CHQ-77"),
        given("card", "300", reference="C 1"),
        given("cash"),
    )
    taken = take(app, clerk, an_open_desk(app, clerk), bill.charge_ids, *tenders)
    for day, channel in ((25, "card"), (27, "cheque")):
        at(clock, date(2026, 11, day))
        give_back(app, taken, channel)
    sentence = words_of(check(app, code_of(app, taken.receipt_number))).sentence
    assert sentence.endswith("came back, the last on 27/11/2026.")


def test_all_the_money_that_came_back_is_said_to_be_all(app: App, clerk: Actor) -> None:
    bill = a_bill(app, "851.25", taxpayer_id=a_taxpayer(app))
    taken = pay(app, clerk, an_open_desk(app, clerk), bill, channel="cheque", reference="CHQ-78")
    give_back(app, taken, "cheque")
    assert "all the money of receipt" in said(check(app, code_of(app, taken.receipt_number)))


def test_a_bill_annulled_since_is_said_beside_the_genuine_receipt(app: App, clerk: Actor) -> None:
    bill = a_bill(app, "851.25", taxpayer_id=a_taxpayer(app))
    other = a_bill(app, "10", taxpayer_id=a_taxpayer(app, "Omar Alami"))
    taken = pay(app, clerk, an_open_desk(app, clerk), bill, other)
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        annul_bill(uow, bill.bill_id, Grounds(reason="counted twice", document="n/a"))
    paper = check(app, code_of(app, taken.receipt_number))
    assert paper.verdict is Verdict.GENUINE
    assert paper.annulled_bills == (bill.number,)
    assert f"Bill {bill.number} was annulled since" in said(paper)


def test_a_bill_of_which_the_rest_was_given_up_is_not_said_to_be_annulled(app: App, clerk: Actor) -> None:
    bill = a_bill(app, "851.25", taxpayer_id=a_taxpayer(app))
    taken = pay(app, clerk, an_open_desk(app, clerk), bill, amount="800")
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        write_off(uow, bill.charge_ids, Grounds(reason="left the country", document="n/a"))
    paper = check(app, code_of(app, taken.receipt_number))
    assert (paper.verdict, paper.annulled_bills) == (Verdict.GENUINE, ())


def test_a_stub_entered_late_bears_a_code_of_its_own_day(app: App) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    order = a_stub(bill.charge_ids, "100", date(2026, 11, 20))
    taken = app.execute(order, everything(app)).outcome
    paper = check(app, code_of(app, taken.receipt_number))
    assert paper.verdict is Verdict.GENUINE
    assert "20/11/2026" in words_of(paper).sentence
    assert "Counts from: 20/11/2026" in said(paper)


def test_what_was_taken_after_midnight_counts_from_its_own_day(
    app: App, clerk: Actor, clock: TownClock
) -> None:
    """In Fès, where it is the 24th already."""
    clock.instant = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    paper = check(app, code_of(app, a_receipt(app, clerk).receipt_number))
    assert "Taken at: 24/11/2026 00:30" in said(paper)
    assert "Counts from" not in said(paper)


def test_of_many_debts_the_rest_is_summed_up_and_what_was_too_much_is_kept(app: App, clerk: Actor) -> None:
    whose = a_taxpayer(app)
    bills = [a_bill(app, amount, taxpayer_id=whose) for amount in ("100", "20", "3", "0.40")]
    session = an_open_desk(app, clerk)
    taken = pay(app, clerk, session, *bills, amount="130", confirmed=[AmountExceedsDebts])
    words = said(check(app, code_of(app, taken.receipt_number)))
    assert "2 more debts: 3.40 MAD" in words
    assert "Kept as credit: 6.60 MAD" in words
    exact = pay(app, clerk, session, a_bill(app, "5", taxpayer_id=a_taxpayer(app, "Omar Alami")))
    assert "Kept as credit" not in said(check(app, code_of(app, exact.receipt_number)))


@pytest.mark.parametrize("book", ["S|07", "S\n07", "S\t07"])
def test_a_stub_book_whose_name_would_break_the_code_is_refused(app: App, book: str) -> None:
    bill = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    order = replace(a_stub(bill.charge_ids, "100", date(2026, 11, 20)), book=book)
    with pytest.raises(InvalidInput) as refused:
        app.execute(order, everything(app))
    assert isinstance(refused.value.problems["book"], StubBookUnwritable)


# --- Extracts --------------------------------------------------------------------------------------------------------


def test_an_extract_is_genuine_until_it_is_made_again(app: App, clerk: Actor) -> None:
    asked, first = an_extract(app, clerk)
    code = code_of(app, first, "extract")
    paper = check(app, code)
    assert paper.verdict is Verdict.GENUINE
    assert "Holder: Yasmine BENNANI" in said(paper)

    app.execute(ReworkRequest(number=asked.number, cause=Cause.DATA_ENTRY, note=""), clerk)
    paper = check(app, code)
    assert paper.verdict is Verdict.WITHDRAWN
    assert f"see request {asked.number}" in said(paper)
    assert "was withdrawn on 23/11/2026 10:00." in said(paper)  # nine in London

    second = prepare(app, clerk, asked)
    paper = check(app, code)
    assert paper.verdict is Verdict.WITHDRAWN
    assert f"Extract {second} was made in its place" in said(paper)
    assert check(app, code_of(app, second, "extract")).verdict is Verdict.GENUINE


def test_the_extract_of_a_refused_request_is_withdrawn(app: App, clerk: Actor) -> None:
    asked, number = an_extract(app, clerk)
    code = code_of(app, number, "extract")
    app.execute(RefuseRequest(number=asked.number, reason="the requester is somebody else"), clerk)
    paper = check(app, code)
    assert paper.verdict is Verdict.WITHDRAWN
    assert paper.withdrawn is not None
    assert paper.withdrawn.replaced_by == ""


# --- Forged, unknown, of others --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "was", "now", "shown"),
    [
        ("amount", "|85125|", "|95125|", "951.25 MAD / 851.25 MAD"),
        ("taken_on", "|20261123|", "|20261224|", "24/12/2026 / 23/11/2026"),
        ("taken_on", "|20261123|", "|Christmas|", "Christmas / 23/11/2026"),
        ("amount", "|85125|", "|a lot|", "a lot / 851.25 MAD"),
        ("desk", "|1|", "|2|", "2 / 1"),
        ("currency", "|MAD|", "|EUR|", "EUR / MAD"),
    ],
)
def test_a_changed_code_is_forged_and_the_field_is_named(
    app: App, clerk: Actor, field: str, was: str, now: str, shown: str
) -> None:
    code = code_of(app, a_receipt(app, clerk).receipt_number)
    assert was in code
    paper = check(app, code.replace(was, now))
    assert paper.verdict is Verdict.FORGED
    assert [one.field for one in paper.differs] == [field]
    assert shown in said(paper) or field == "currency"
    assert "tell your supervisor" in said(paper)


def test_a_code_under_a_number_that_was_never_issued_is_forged(app: App, clerk: Actor) -> None:
    taken = a_receipt(app, clerk)
    code = code_of(app, taken.receipt_number)
    paper = check(app, code.replace(taken.receipt_number, "9-2026-000001-X"))
    assert paper.verdict is Verdict.FORGED
    assert paper.issued is None
    assert "nothing that can be read was issued as 9-2026-000001-X" in said(paper)


def test_a_code_with_the_signature_of_another_paper_is_forged(app: App, clerk: Actor) -> None:
    bills = [a_bill(app, "10", taxpayer_id=a_taxpayer(app)) for _ in range(2)]
    session = an_open_desk(app, clerk)
    one, two = (code_of(app, pay(app, clerk, session, bill).receipt_number) for bill in bills)
    paper = check(app, f"{one.rpartition('|')[0]}|{two.rpartition('|')[2]}")
    assert paper.verdict is Verdict.FORGED
    assert paper.differs == ()
    assert "this is not its signature" in said(paper)


def test_a_paper_signed_with_our_key_that_was_never_issued_is_unknown(app: App) -> None:
    key = key_of(app)
    receipt = sign_receipt(
        key,
        ReceiptClaim(
            number="9-2026-000001-X",
            taken_on=date(2026, 11, 23),
            amount=Money(1),
            currency="MAD",
            taxpayer_number=None,
            desk="9",
        ),
    )
    extract = sign_extract(
        key,
        ExtractClaim(
            number="E-2026-000001-X",
            issued_on=date(2026, 11, 23),
            act="1/2026",
            holder="Nobody",
            born_on=date(2026, 1, 1),
        ),
    )
    for code in (receipt, extract):
        paper = check(app, code)
        assert paper.verdict is Verdict.UNKNOWN
        assert "is not in this database" in said(paper)


def test_a_receipt_whose_row_is_gone_is_not_called_genuine(app: App, clerk: Actor) -> None:
    taken = a_receipt(app, clerk)
    code = code_of(app, taken.receipt_number)
    behind_the_back(app, "receipt", f"DELETE FROM receipt WHERE payment_id = {taken.payment_id}")
    assert check(app, code).verdict is Verdict.UNKNOWN


def test_another_town_s_paper_is_not_ours(app: App, clerk: Actor) -> None:
    code = code_of(app, a_receipt(app, clerk).receipt_number)
    other = SigningKey.generate()
    paper = check(app, other.sign(*code.split("|")[1:-2]))
    assert paper.verdict is Verdict.OTHER_KEY
    assert other.public.fingerprint in said(paper)
    assert "it is false: keep it" in said(paper)


def test_a_database_that_was_changed_is_not_blamed_on_the_paper(app: App, clerk: Actor) -> None:
    taken = a_receipt(app, clerk)
    code = code_of(app, taken.receipt_number)
    behind_the_back(
        app,
        "issued_document",
        """UPDATE issued_document SET canonical = replace(canonical, '"total":85125', '"total":5125')""",
    )
    paper = check(app, code)
    assert paper.verdict is Verdict.DIFFERS
    assert [(one.field, one.on_paper, one.issued) for one in paper.differs] == [("amount", "85125", "5125")]
    assert "the database may have been changed" in said(paper)


@pytest.mark.parametrize("stored", ["", "{}", '{"kind":"receipt"}', "no sheet at all", "[1]", "null"])
def test_a_stored_paper_that_cannot_be_read_is_said_to_be_so(app: App, clerk: Actor, stored: str) -> None:
    taken = a_receipt(app, clerk)
    code = code_of(app, taken.receipt_number)
    behind_the_back(app, "issued_document", f"UPDATE issued_document SET canonical = '{stored}'")
    paper = check(app, code)
    assert paper.verdict is Verdict.DIFFERS
    assert "cannot be read" in said(paper)
    forged = check(app, code.replace("|85125|", "|1|"))
    assert forged.verdict is Verdict.FORGED
    assert said(forged)


# --- Who may ask, and without a database -----------------------------------------------------------------------------


def test_who_may_not_see_receipts_may_not_check_them(app: App, clerk: Actor, actor: ActorWith) -> None:
    receipt = code_of(app, a_receipt(app, clerk).receipt_number)
    _asked, number = an_extract(app, clerk)
    extract = code_of(app, number, "extract")
    with pytest.raises(NotAllowed):
        check(app, receipt, actor(Role.REGISTRAR))
    assert check(app, extract, actor(Role.REGISTRAR)).verdict is Verdict.GENUINE
    with pytest.raises(NotAllowed):
        check(app, extract, actor(Role.FINES_OFFICER))


def test_a_number_is_no_proof(app: App, clerk: Actor) -> None:
    taken = a_receipt(app, clerk)
    with pytest.raises(NumberInstead) as refused:
        check(app, taken.receipt_number.lower())
    assert taken.receipt_number in refused.value.sentence()
    with pytest.raises(DamagedText):
        check(app, "")


def test_without_a_database_the_signature_is_known_and_nothing_else(app: App, clerk: Actor) -> None:
    taken = a_receipt(app, clerk)
    code, key = code_of(app, taken.receipt_number), key_of(app).public
    app.execute(a_cancellation(taken), clerk)
    paper = check_offline(code, [key])
    assert paper.verdict is Verdict.SIGNED
    words = said(paper)
    assert "not known whether the receipt was cancelled" in words
    assert "Amount: 851.25 MAD" in words
    assert check_offline(code.replace("|85125|", "|1|"), [key]).verdict is Verdict.FORGED
    assert check_offline(code, [SigningKey.generate().public]).verdict is Verdict.OTHER_KEY


def test_every_verdict_is_whole_sentences_in_every_language(app: App, clerk: Actor) -> None:
    taken = a_receipt(app, clerk)
    code = code_of(app, taken.receipt_number)
    for language in ("en", "fr"):
        with use_language(language):
            for paper in (check(app, code), check(app, code.replace("|85125|", "|1|"))):
                words = words_of(paper)
                assert words.sentence.endswith(".")
                assert words.advice.endswith(".")
