"""Papers are drawn and read back as the slices say: importing bootstrap has asked them."""

import muniadmin.bootstrap  # noqa: F401
