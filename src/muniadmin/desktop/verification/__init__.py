"""Verification for auditors: everything is checked, and each finding leads to its row."""
