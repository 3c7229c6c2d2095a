"""``python -m muniadmin``: the command line."""

import sys

from muniadmin.cli.main import main

sys.exit(main())
