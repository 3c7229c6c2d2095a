"""Proves that nothing was lost or changed: protections, chains, rows and what events say of them, money, numbers.

Each check is a function that yields what it finds wrong, with its rule in its docstring; ``checks`` lists them, and
``services`` runs them, on everything or on what came after an anchor (``start``). ``workstation`` and ``keeper``
remember the chains' last rows outside the database, ``export`` writes what an independent checker reads, ``papers``
tells whether a paper is genuine, ``damage`` names damaged pages. ``findings`` says a finding as people read it,
``logged`` finds its lines in the audit log, ``shown`` the page that shows its row.
"""
