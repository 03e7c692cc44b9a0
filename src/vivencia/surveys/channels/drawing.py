"""QR codes, as SVG with nothing inline: no style, no script, dark on white whatever the theme."""

from __future__ import annotations

import base64
import io

import segno


def qr(address: str) -> bytes:
    """The code of an address as an SVG document; a quarter of it may be lost or dirty."""
    out = io.BytesIO()
    segno.make_qr(address, error="q").save(
        out, kind="svg", dark="#000", light="#fff", border=4, omitsize=True, svgclass=None,
        lineclass=None, xmldecl=False, nl=False,
    )  # fmt: skip
    return out.getvalue()


def qr_in_page(address: str) -> str:
    """The code as a data address: for what is shown once and is kept nowhere."""
    return f"data:image/svg+xml;base64,{base64.b64encode(qr(address)).decode()}"
