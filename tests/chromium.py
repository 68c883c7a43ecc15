"""The one Chromium of a test process: Playwright's plain interface allows a single loop in it."""

import os

import pytest

from launch import browser as browsers

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PHONE, DESKTOP = (360, 740), (1280, 800)


@pytest.fixture(scope="session")
def chromium():
    found = os.environ.get("CHROMIUM") or browsers.find()
    if not found:
        pytest.skip(f"No browser: {browsers.HOW}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()
