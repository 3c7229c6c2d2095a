"""The taxpayers page: the register as a list, a taxpayer's file, its form, the import of rolls."""
