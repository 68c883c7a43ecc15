import threading

import pytest

from messaging import gateway, kinds
from messaging.fake_gateway import Server


@pytest.fixture
def fake(tmp_path, settings):
    """The fake gateway, running in a thread, as the way out."""
    server = Server(0, tmp_path / "phones.sqlite3")
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    settings.MESSAGE_GATEWAY_URL = server.url
    yield server
    gateway.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def install():
    """`kinds.install` for one test."""
    before = kinds.installed()
    yield kinds.install
    kinds.install(before)


@pytest.fixture
def no_jitter(monkeypatch):
    """Pauses of exactly their middle length."""
    monkeypatch.setattr("random.uniform", lambda low, high: (low + high) / 2)
