"""What came in and could not be stored: seen, mended, replayed or dropped by a person."""
