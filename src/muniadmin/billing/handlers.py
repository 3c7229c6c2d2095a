"""Questions about bills, and who answers them."""

from muniadmin.billing.queries import (
    balances_of,
    bills,
    one_bill,
    open_bills,
    revenue_heads,
    taxpayer_balance,
)
from muniadmin.billing.reads import (
    BalancesOf,
    Bills,
    OneBill,
    OpenBills,
    Register,
    RegisterCount,
    RegisterOrder,
    RegisterTotal,
    RevenueHeads,
    TaxpayerBalance,
)
from muniadmin.billing.register import register, register_count, register_order, register_total

QUERIES = {
    RevenueHeads: revenue_heads,
    OpenBills: open_bills,
    OneBill: one_bill,
    Bills: bills,
    TaxpayerBalance: taxpayer_balance,
    BalancesOf: balances_of,
    Register: register,
    RegisterCount: register_count,
    RegisterTotal: register_total,
    RegisterOrder: register_order,
}
