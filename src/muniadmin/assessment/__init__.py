"""Assessment: what is owed for a period on each taxable object, by the tariff of its revenue head.

A tariff has versions with effective dates. A roll is the run that assesses every object of a head for a period and
issues the bills; it can be stopped and run again, and adds only what is missing.
"""
