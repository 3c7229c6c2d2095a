"""Gives the import statement back to Python.

PySide6 puts itself before every import, for a feature of its own (``from __feature__ import ...``) that nobody uses
here: it reads and searches the source of each module imported after it, which an office PC feels at every start.
"""

import builtins

# Kept by PySide6 itself under this name; a version that no longer wraps the statement has none.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
