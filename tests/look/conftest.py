from tests.browser.conftest import world  # noqa: F401 - the same portal, looked at
