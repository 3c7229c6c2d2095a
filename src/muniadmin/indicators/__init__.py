"""Indicators: figures of a period with the question they answer, how they are made, their baseline and target.

The catalogue (``catalogue.py``) says what there is. A figure without a denominator is not available, never zero.
Collections come from the totals that each payment's own transaction keeps by day, head and channel; what a month
came to is kept once it is over (``standings.py``); every figure leads to the rows behind it.
"""
