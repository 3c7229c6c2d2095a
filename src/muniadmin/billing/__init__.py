"""Bills: everything that can be owed becomes one, whether a tax, a fine or a fee.

A settlement is a part of a bill paid or reduced. What is due on a day, with its penalty or early discount, is
computed by ``rules``; arrears are always computed, never stored.
"""
