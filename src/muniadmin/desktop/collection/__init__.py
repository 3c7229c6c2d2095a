"""The counter and the cash desk: taking payments, receipts, opening and closing the till."""
