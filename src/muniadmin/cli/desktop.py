"""The command that opens the desktop."""

from argparse import Namespace

from muniadmin.cli.terminal import Terminal


def gui(arguments: Namespace, terminal: Terminal) -> int:
    """Opens the desktop; its options follow."""
    from muniadmin.desktop.start import main

    language = getattr(arguments, "language", "")  # it may be typed before the command
    return main([*(["--language", language] if language else []), *arguments.rest])
