import pytest
from django.core.exceptions import RequestDataTooBig
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.html import strip_tags

from kit import errors

DRAWN = {
    400: errors.handler400,
    403: errors.handler403,
    404: errors.handler404,
    409: errors.conflict,
    413: errors.too_large,
    429: lambda request: errors.too_many(request, 290),
    500: errors.handler500,
    503: errors.unavailable,
}


def asked(language="en", **headers):
    return RequestFactory().get("/cases/7/", headers=headers | {"cookie": f"django_language={language}"})


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("status", DRAWN)
def test_error_page_speaks_the_readers_language_first_and_the_other_below(status, language):
    """No database is allowed here, and the request carries no session, user or messages."""
    other = "ur" if language == "en" else "en"

    response = DRAWN[status](asked(language))

    shown = strip_tags(response.content.decode())
    titles = {}
    for code in ("en", "ur"):
        with translation.override(code):
            titles[code] = str(errors.TITLES[status])
    assert (response.status_code, response["Content-Language"]) == (status, language)
    assert shown.index(titles[language]) < shown.rindex(titles[other])
    assert "0800-00000" in shown


def test_language_comes_from_the_browser_when_there_is_no_cookie():
    request = RequestFactory().get("/", headers={"accept-language": "ur-PK,ur;q=0.9"})

    assert errors.handler404(request)["Content-Language"] == "ur"


@pytest.mark.parametrize(("status", "seconds"), [(429, "290"), (503, "120")])
def test_page_says_when_to_come_back(status, seconds):
    assert DRAWN[status](asked())["Retry-After"] == seconds


def test_minutes_of_waiting_are_rounded_up():
    assert "possible in <bdi>5</bdi> minutes." in DRAWN[429](asked()).content.decode()


def test_body_that_is_too_large_is_not_called_unreadable():
    assert errors.handler400(asked(), RequestDataTooBig()).status_code == 413


def test_form_without_its_token_is_asked_for_again():
    response = errors.csrf_failure(asked(), reason="no cookie")

    assert response.status_code == 403
    assert "<h1>Please send the form again</h1>" in response.content.decode()


def test_error_page_is_not_kept_by_browsers():
    assert "no-store" in DRAWN[500](asked())["Cache-Control"]


def test_page_is_drawn_while_the_manifest_of_static_files_is_missing(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }

    assert errors.stylesheet() == "/static/portal.css"


def test_last_resort_is_plain_words_in_both_languages(settings):
    settings.TEMPLATES = []

    response = errors.handler500(asked())

    assert (response.status_code, response.content.decode()) == (500, errors.LAST_RESORT)


def test_page_can_be_written_to_a_file_for_the_server_in_front():
    assert errors.page(503, language="ur").split()[:5] == ["<!doctype", "html>", "<html", 'lang="ur"', 'dir="rtl">']


def test_conflict_says_what_happened_and_who_did_it():
    facts = {"what": "Approved", "by": "Kashif Shah", "at": timezone.now(), "back": "/"}
    assert "<b>Approved</b> · <bdi>Kashif Shah</bdi>" in render_to_string("errors/edit_conflict.html", facts, asked())


def test_conflict_shows_both_texts():
    rows = [{"label": "Note", "yours": "Mine <b>", "theirs": ""}]
    found = render_to_string("errors/edit_conflict.html", {"rows": rows, "back": "/cases/7/"}, asked())

    assert '<dd dir="auto">Mine &lt;b&gt;</dd>' in found
    assert '<dd dir="auto">Nothing: it is empty</dd>' in found
    assert 'href="/cases/7/"' in found
