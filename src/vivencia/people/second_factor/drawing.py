"""An app's secret as a QR code: dark on white whatever the theme, nothing inline, shown once."""

from __future__ import annotations

import segno


def qr_in_page(text: str) -> str:
    """The code as a data address, for an <img>."""
    drawn: str = segno.make_qr(text, error="m").svg_data_uri(
        dark="#000", light="#fff", border=4, omitsize=True
    )
    return drawn
