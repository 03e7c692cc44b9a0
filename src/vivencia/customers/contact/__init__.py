"""How often a person may be contacted, by which channel, for what, and at what hour."""
