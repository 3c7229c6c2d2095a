"""Commands that open the desktop."""

from argparse import Namespace

from muniadmin.cli.terminal import Terminal


def gui(arguments: Namespace, terminal: Terminal) -> int:
    """Opens the desktop; its options follow."""
    from muniadmin.desktop.start import main

    language = getattr(arguments, "language", "")  # it may be typed before the command
    return main([*(["--language", language] if language else []), *arguments.rest])


def tour(arguments: Namespace, terminal: Terminal) -> int:
    """Does the main job unattended."""
    from muniadmin.desktop.tour import main

    return main([*arguments.rest, *(["--json"] if terminal.as_json else [])])
