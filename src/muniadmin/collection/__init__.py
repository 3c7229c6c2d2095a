"""The counter: cash desks and their sessions, payments and their receipts, stubs, what is taken back or corrected.

Everything that happens at a desk is chained under "desk:<number>", so that desks do not wait for each other.
"""
