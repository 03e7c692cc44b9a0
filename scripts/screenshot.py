"""Take the picture of the README from the demo itself: `python -m scripts.screenshot`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.docs import DOCS
from tests.browser.conftest import CHROMIUM, WIDE, Visitor, sign_in
from tests.browser.server import Server


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as data,
        Server(Path(data), "--demo") as server,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        visitor = Visitor(chromium, server, sign_in(chromium, server))
        tab = visitor.context("en").new_page()
        tab.set_viewport_size(WIDE)
        tab.goto("/")
        tab.screenshot(path=DOCS / "images" / "home.png")
        chromium.close()


if __name__ == "__main__":
    main()
