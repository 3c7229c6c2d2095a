"""Orders about accounts, questions about bills and accounts, and who carries them out."""

from muniadmin.billing.commands import ChangePenaltyRule, IssueStatement, RebuildTotals
from muniadmin.billing.head_rules import change_penalty_rule
from muniadmin.billing.queries import (
    balances_of,
    bills,
    one_bill,
    open_charges,
    revenue_heads,
    taxpayer_balance,
)
from muniadmin.billing.reads import (
    AccountStatement,
    BalancesOf,
    Bills,
    OneBill,
    OpenCharges,
    Register,
    RegisterCount,
    RegisterOrder,
    RegisterTotal,
    RevenueHeads,
    TaxpayerBalance,
)
from muniadmin.billing.register import register, register_count, register_order, register_total
from muniadmin.billing.statement import account_statement
from muniadmin.billing.statement_sheet import issue_statement
from muniadmin.billing.totals import rebuild_totals

HANDLERS = {
    IssueStatement: issue_statement,
    ChangePenaltyRule: change_penalty_rule,
    RebuildTotals: rebuild_totals,
}

QUERIES = {
    RevenueHeads: revenue_heads,
    OpenCharges: open_charges,
    OneBill: one_bill,
    Bills: bills,
    TaxpayerBalance: taxpayer_balance,
    BalancesOf: balances_of,
    AccountStatement: account_statement,
    Register: register,
    RegisterCount: register_count,
    RegisterTotal: register_total,
    RegisterOrder: register_order,
}
