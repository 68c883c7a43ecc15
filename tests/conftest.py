import gc

import hypothesis
import pytest
from django.db import connections
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import Client
from django.utils import translation
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests import databases
from tests.chromium import chromium  # noqa: F401 - a fixture for all, because there can be one only
from tests.factories.enterprises import system
from tests.thorough import examples

# On a busy machine the wall clock says nothing about a law.
hypothesis.settings.register_profile("portal", deadline=None, max_examples=examples(30))
hypothesis.settings.load_profile("portal")

# What is imported stays: looking through it for garbage again and again took a tenth of the tests' time.
gc.freeze()
gc.set_threshold(50_000, 20, 100)


def pytest_collection_modifyitems(items):
    """A crowd of 200 connections must not meet another one: all crowds stay with one worker, all storms with one.

    Browser tests are handed out one by one, the longest first. The first of them waits for the sample people to be
    loaded; meanwhile the other workers do what needs none of them.
    """
    items.sort(key=browser_turn)
    for item in items:
        for mark in ("concurrency", "storm"):
            if item.get_closest_marker(mark) and "launch" not in item.path.parts:
                item.add_marker(pytest.mark.xdist_group(mark))


def browser_turn(item):
    """0 for all others, which keep their order."""
    if not item.get_closest_marker("browser"):
        return 0
    if "test_the_whole_way" in item.name:
        return 1 if item.callspec.params["language"] == "en" else 3
    return {"world": 4, "shown_world": 5}.get(next((name for name in item.fixturenames if "world" in name), ""), 2)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Each worker's database begins as a copy of one that was migrated before; a copy takes a fraction of a second."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = databases.empty_template()


@pytest.fixture(scope="session", autouse=True)
def what_never_changes_comes_back():
    """Django puts reference data back by saving it once more; what our triggers keep as it was, they let pass then."""
    put_back = BaseDatabaseCreation.deserialize_db_from_string

    def put_all_back(self, data):
        with databases.without_triggers(self.connection):
            put_back(self, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseCreation, "deserialize_db_from_string", put_all_back)
        yield


@pytest.fixture(autouse=True)
def plain_settings(settings):
    """Nothing collected, quick password hashes, no page kept, no language left over from another test's request.

    Every test client makes its middleware anew; WhiteNoise would read the whole static folder each time.
    """
    translation.deactivate()
    system.cache_clear()
    settings.CACHES = settings.CACHES | {"minute": settings.CACHES["default"]}
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def signed_in():
    """A function: a client signed in as the user, colleagues with their second factor."""

    def enter(user):
        client = Client()
        client.force_login(user, backend="accounts.backends.StaffBackend")
        if user.is_colleague:
            device, _ = TOTPDevice.objects.get_or_create(user=user, name="phone", defaults={"confirmed": True})
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
        return client

    return enter


@pytest.fixture
def papers_folder(settings, tmp_path):
    """An empty vault of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT
