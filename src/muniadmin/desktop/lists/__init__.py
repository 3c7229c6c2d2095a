"""Every list of the program is one :class:`~muniadmin.desktop.lists.listing.Listing`."""
