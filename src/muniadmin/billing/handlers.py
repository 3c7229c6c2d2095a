"""Questions about bills, and who answers them."""

from muniadmin.billing.queries import (
    balances_of,
    bills,
    one_bill,
    open_bills,
    revenue_heads,
    taxpayer_balance,
)
from muniadmin.billing.reads import BalancesOf, Bills, OneBill, OpenBills, RevenueHeads, TaxpayerBalance

QUERIES = {
    RevenueHeads: revenue_heads,
    OpenBills: open_bills,
    OneBill: one_bill,
    Bills: bills,
    TaxpayerBalance: taxpayer_balance,
    BalancesOf: balances_of,
}
