"""The command line: the same commands as the screens, for scripts and installers.

Answers go to standard output (``--json``: as JSON), refusals to standard error as one sentence and what to do.
Exit code 0: done; 1: refused or found wrong; 2: the command was not understood.
"""
