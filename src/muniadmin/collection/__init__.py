"""The counter: cash desks and their sessions, payments, receipts, reversals.

Everything that happens at a desk is chained under "desk:<number>", so that desks do not wait for each other.
"""
