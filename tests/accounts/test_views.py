from urllib.parse import parse_qs, urlsplit

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.roles import Role
from tests.factories.accounts import colleague

SIGN_IN = "/staff/sign-in/"
SECOND = "/staff/second-factor/"


def current_code(device):
    return f"{totp(bytes.fromhex(device.key)):06d}"


@pytest.fixture
def advisor(db):
    user = colleague(Role.ADVISOR)
    user.set_password("a long pass phrase")
    user.save()
    return user


def enter(client, user, password="a long pass phrase"):
    return client.post(SIGN_IN, {"email": user.email.upper(), "password": password, "request_key": ""})


def test_sign_in_asks_for_the_second_factor_next(client, advisor):
    response = enter(client, advisor)

    assert (response.status_code, response["Location"]) == (302, SECOND)


def test_sign_in_with_a_wrong_password_says_so_and_keeps_the_address(client, advisor):
    response = enter(client, advisor, password="wrong")

    assert response.context["form"].non_field_errors() == [
        "E-mail and password do not fit together. Check both and try again."
    ]
    assert response.context["form"]["email"].value() == advisor.email.upper()


def test_sign_in_is_limited_for_one_address(client, advisor):
    answers = [enter(client, advisor, password="wrong").status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]


def test_the_first_sign_in_sets_up_the_app(client, advisor):
    enter(client, advisor)
    page = client.get(SECOND)
    device = TOTPDevice.objects.get(user=advisor)

    response = client.post(SECOND, {"code": current_code(device)})

    assert "data:image/svg+xml" in page.content.decode()
    assert {len(group) for group in page.context["secret"]} == {4}  # in one word it would be wider than a phone
    assert (response.status_code, response["Location"]) == (302, "/staff/")
    assert list(TOTPDevice.objects.filter(user=advisor).values_list("confirmed", flat=True)) == [True]


def test_a_wrong_code_opens_nothing(client, advisor):
    TOTPDevice.objects.create(user=advisor, name="app", confirmed=True)
    enter(client, advisor)

    response = client.post(SECOND, {"code": "000000"})

    assert list(response.context["form"].errors) == ["code"]
    assert client.get("/desk/").status_code == 302


def test_the_right_code_opens_the_desk(client, advisor):
    device = TOTPDevice.objects.create(user=advisor, name="app", confirmed=True)
    enter(client, advisor)
    client.post(SECOND, {"code": current_code(device)})

    assert client.get("/staff/")["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_the_session_of_the_password_alone_is_left_behind(client, advisor):
    device = TOTPDevice.objects.create(user=advisor, name="app", confirmed=True)
    enter(client, advisor)
    before = client.session.session_key

    client.post(SECOND, {"code": current_code(device)})

    assert client.session.session_key != before


def test_a_next_page_with_questions_of_its_own_is_reached_whole(client, advisor):
    wanted = "/desk/?show=late&team=1"
    body = {"email": advisor.email, "password": "a long pass phrase", "next": wanted}

    response = client.post(SIGN_IN, body)

    assert parse_qs(urlsplit(response["Location"]).query) == {"next": [wanted]}


def test_a_foreign_next_page_is_not_followed(client, advisor):
    device = TOTPDevice.objects.create(user=advisor, name="app", confirmed=True)
    enter(client, advisor)

    response = client.post(f"{SECOND}?next=https://elsewhere.example/", {"code": current_code(device)})

    assert response["Location"] == "/staff/"


def test_an_entrepreneur_cannot_use_the_staff_sign_in(client, db):
    from tests.factories.enterprises import entrepreneur

    client.force_login(entrepreneur().person.user, backend="accounts.backends.StaffBackend")

    assert client.get(SECOND)["Location"] == SIGN_IN
