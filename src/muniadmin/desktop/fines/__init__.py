"""Fines: the list with its plate histories, capture by keyboard, import of tickets."""
