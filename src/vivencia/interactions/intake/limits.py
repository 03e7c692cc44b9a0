"""What one request may bring. Said in the answers and in the OpenAPI document."""

from __future__ import annotations

MOST_ITEMS = 2_000
LARGEST_BODY = 4 * 1024 * 1024  # bytes, also after inflating
LARGEST_ITEM = 32 * 1024
DEEPEST = 32
LONGEST_ID = 255

# Segment's own limits.
LARGEST_SEGMENT_BATCH = 500 * 1024
