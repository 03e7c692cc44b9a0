"""Saved views: the address of a page with its filters, kept under a name."""
