"""Bills: everything that can be owed becomes one, whether a tax, a fine or a fee.

A bill has a charge for each instalment; a settlement is a part of a charge paid or reduced. What is owed on a day, with
its penalty or early discount, is computed by ``standing`` and nowhere else; what follows from the rows alone is kept
beside them (``charge_now``, ``bill_now``, ``account_now``).
"""
