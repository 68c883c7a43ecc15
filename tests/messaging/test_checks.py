import pytest

from messaging.checks import gateway_address, gateway_in_production, is_loopback


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("", []),
        ("http://127.0.0.1:9000", []),
        ("https://sms.example/v1", []),
        ("sms.example", ["messaging.E001"]),
        ("ftp://sms.example", ["messaging.E001"]),
        ("http://", ["messaging.E001"]),
        ("http://sms.example:port", ["messaging.E001"]),
        ("http://[::1", ["messaging.E001"]),
    ],
)
def test_a_wrong_address_is_noticed_at_the_start(settings, url, ids):
    settings.MESSAGE_GATEWAY_URL = url

    assert [found.id for found in gateway_address(None)] == ids


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("", ["messaging.W001"]),
        ("http://127.0.0.1:9000", []),
        ("http://localhost:9000", []),
        ("https://sms.example", []),
        ("http://sms.example", ["messaging.E002"]),
        ("nonsense", []),
    ],
)
def test_production_sends_nothing_in_the_clear(settings, url, ids):
    settings.MESSAGE_GATEWAY_URL = url

    assert [found.id for found in gateway_in_production(None)] == ids


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:1", True),
        ("http://[::1]:1", True),
        ("http://localhost", True),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine(url, own):
    assert is_loopback(url) is own
