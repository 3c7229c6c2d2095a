"""Civil status: act registers, birth acts, and citizens' requests for extracts.

An act is a draft until the registrar signs it; from then on it never changes. Its number is taken at signing, so
that a register's numbers have no gap. A request goes received → in process → ready → delivered, or is refused.
"""
