"""Proves that nothing was lost or changed: chains, ledger sums, gapless numbers, settlements, tills, protections.

Each check is a function that yields what it finds wrong, with its rule in its docstring; ``checks.CHECKS`` lists them.
"""
