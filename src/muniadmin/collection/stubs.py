"""Stub books: receipts that a collector wrote by hand, entered late."""

from sqlalchemy import select

from muniadmin.collection.commands import EnterStub, PaymentTaken, TenderGiven
from muniadmin.collection.errors import PointUnknown, StubBookUnwritable, StubEntered, StubInTheFuture
from muniadmin.collection.models import Point, Receipt
from muniadmin.collection.plan import PaymentOrder, Wanted, debtors_of, plan_payment
from muniadmin.collection.receipts import stub_series
from muniadmin.collection.rules import book_as_printed, same_book
from muniadmin.collection.services import (
    book_payments,
    books_to_pay,
    digest_of,
    ensure_credit_wanted,
    taken_earlier,
)
from muniadmin.kernel.errors import FieldMissing, InvalidInput
from muniadmin.storage.unit_of_work import UnitOfWork


def _entered_before(uow: UnitOfWork, book: str, number: int) -> str | None:
    """The book from which a stub of this number was entered, however its name was typed; None: it was not."""
    of_books = stub_series("")
    found = uow.connection.scalars(
        select(Receipt.series).where(
            Receipt.year == 0, Receipt.seq == number, Receipt.series.startswith(of_books)
        )
    )
    books = (series.removeprefix(of_books) for series in found)
    return next((one for one in books if same_book(one, book)), None)


def enter_stub(uow: UnitOfWork, command: EnterStub) -> PaymentTaken:
    """Books a receipt of a stub book: its money counts for the day that stands on it, and ``plan_payment`` settles what
    follows from that late fact. The whole books are read, since money that came later may have to give way."""
    taken, _last = taken_earlier(uow, command)
    if taken is not None:
        return taken
    point = uow.session.get(Point, command.point)
    if point is None or point.kind != "collector":
        raise PointUnknown(point=command.point)
    if command.value_on > uow.today:
        raise InvalidInput({"value_on": StubInTheFuture()})
    book = book_as_printed(command.book)
    if not book:
        raise InvalidInput({"book": FieldMissing()})
    if "|" in book or not command.book.strip().isprintable():
        raise InvalidInput({"book": StubBookUnwritable()})
    if (known := _entered_before(uow, book, command.number)) is not None:
        raise InvalidInput({"number": StubEntered(number=command.number, book=known)})
    books = books_to_pay(uow, command.charge_ids, command.rest_account_id, whole=True)
    debtors = debtors_of(books, command.charge_ids)
    plan = plan_payment(
        books,
        Wanted(
            charge_ids=command.charge_ids,
            tenders=(TenderGiven(channel="cash", amount=command.amount),),
            value_on=command.value_on,
            point=command.point,
            # Named even where one debtor goes without saying: somebody may have paid all of these debts meanwhile.
            rest_account_id=command.rest_account_id or (min(debtors) if len(debtors) == 1 else None),
        ),
        uow.municipality.currency,
    )
    ensure_credit_wanted(uow, plan)
    order = PaymentOrder(
        request_id=command.request_id,
        request_digest=digest_of(command),
        point=command.point,
        payer=command.payer,
        plan=plan,
        stub=(book, command.number),
    )
    return book_payments(uow, [order])[0]
