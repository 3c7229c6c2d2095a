"""Puts the statement of an account on paper."""

from muniadmin.audit.services import record
from muniadmin.billing.commands import IssueStatement, StatementIssued
from muniadmin.billing.names import STATEMENT_NUMBER
from muniadmin.billing.reads import AccountStatement, Movement, OpenInstalment, Statement
from muniadmin.billing.rules import debt_words, movement_words, which_words
from muniadmin.billing.sheets import AccountStatementSheet, StatementInstalment, StatementMovement
from muniadmin.billing.statement import account_statement
from muniadmin.documents.services import issue, issuer_of
from muniadmin.kernel.i18n import use_language
from muniadmin.kernel.numbers import yearly_number
from muniadmin.storage.numbering import next_in_series
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer

_SERIES = "statement"


def issue_statement(uow: UnitOfWork, command: IssueStatement) -> StatementIssued:
    """Freezes the statement as it stands now."""
    statement = account_statement(
        uow,
        AccountStatement(
            taxpayer_id=command.taxpayer_id,
            account_id=command.account_id,
            on=command.on,
            known=command.known,
        ),
    )
    taxpayer = uow.session.get(Taxpayer, statement.taxpayer_id) if statement.taxpayer_id is not None else None
    language = command.language or (taxpayer.language if taxpayer else "") or uow.municipality.language
    year = uow.municipality.calendar.year_of(uow.today)
    number = yearly_number(STATEMENT_NUMBER, year, next_in_series(uow, _SERIES, year))
    with use_language(language):
        sheet = _sheet(uow, statement, taxpayer, number, language)
    document_id = issue(uow, sheet)
    record(
        uow,
        "billing:statement:issued",
        statement.number or statement.name,
        {"document": number, "owed": statement.balance.minor},
    )
    return StatementIssued(document_id=document_id, number=number)


def _sheet(
    uow: UnitOfWork, statement: Statement, taxpayer: Taxpayer | None, number: str, language: str
) -> AccountStatementSheet:
    return AccountStatementSheet(
        issuer=issuer_of(uow.municipality, language),
        number=number,
        language=language,
        issued_on=uow.today,
        on=statement.on,
        known=statement.known,
        name=statement.name,
        taxpayer_number=statement.number or None,
        address=(taxpayer.address,) if taxpayer is not None and taxpayer.address else (),
        instalments=tuple(_instalment(one) for one in statement.instalments),
        movements=tuple(_movement(one) for one in statement.movements),
        booked=statement.booked,
        accrued=statement.accrued,
        suspended=statement.suspended,
        rebate=statement.rebate,
        credit=statement.credit,
        to_pay=statement.to_pay,
    )


def _instalment(one: OpenInstalment) -> StatementInstalment:
    return StatementInstalment(
        what=debt_words(one),
        detail=which_words(one),
        due_on=one.due_on,
        booked=one.booked,
        accrued=one.accrued,
        suspended=one.suspended,
    )


def _movement(one: Movement) -> StatementMovement:
    return StatementMovement(
        booked_on=one.booked_on,
        value_on=one.value_on,
        what=movement_words(one),
        detail=" · ".join(text for text in (debt_words(one), which_words(one)) if text),
        charged=one.charged,
        settled=one.settled,
        credit=one.credit,
        balance=one.balance,
    )
