"""Screens of civil status: requests and acts."""
