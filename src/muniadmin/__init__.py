"""MuniAdmin: the administrative and financial daily work of a municipality."""

__version__ = "0.1.0"
