"""The pages of the side bar, in its order. A new slice adds its PAGES here; nothing else names them.

Keys: counter F2, taxpayers F3, assessment F4, cash desk F5, arrears F6, fines F7, civil status F8, queue F9,
indicators F10, administration F12 (F11 is the full screen).
"""

from muniadmin.desktop.shell.navigation import PageSpec


def all_pages() -> list[PageSpec]:
    """Every page there is; the side bar shows those the user may see."""
    return []
