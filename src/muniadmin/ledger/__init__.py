"""The double-entry ledger: accounts, journal entries, postings. Everything of value that happens is here.

A posting's amount is positive for a debit and negative for a credit; the postings of an entry sum to zero.
"""
