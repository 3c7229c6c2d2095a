"""Importing files: the steps that every page with an import shows."""
