"""A believable generated town of any size: register, rolls, three years at the counter, fines, civil status.

The register, the rolls and the fines go through the slices' own services with the clock set back. What happened at
the counter is planned here and written in bulk, link by link in the same chains, so that ``verify`` finds nothing.
Nobody in it exists; the same seed gives the same town. Passwords and the signing key are new each time.
"""
