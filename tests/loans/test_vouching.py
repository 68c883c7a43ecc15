"""A guarantor says yes themselves, by a code to their own phone or on paper before a witness, and may take it back."""

import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from enterprises.actions import codes
from enterprises.models import Person
from journal.models import Event
from journal.moves import MoveRefused
from loans.actions import guarantors, vouching
from loans.conditions import conditions
from loans.guarantee import guarantors_left, may_add, why_missing
from loans.models import Application, Guarantor
from loans.views import guarantors as views
from messaging.texts import parts
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import NOON, ApplicationFactory, GuarantorFactory, approved, lender, visited
from tests.loans.test_models import refused_by
from tests.loans.test_views import text_of

pytestmark = pytest.mark.django_db
UNSAID = {"consent": "", "consented_at": None, "witness": ""}
DIGITS = "123456"


@pytest.fixture
def place():
    return lender(guarantors_needed=1)


def vouched(place, *, state=visited, **attributes):
    """An application with one guarantor, who has not said yes."""
    application = ApplicationFactory(product=place.product, branch=place.branch, **state())
    facts = UNSAID | {"person__phone": "+923001234567"} | attributes
    return GuarantorFactory(application=application, **facts)


@pytest.fixture
def digits(monkeypatch):
    """Which digits are drawn; and what the phones are told."""
    said = []
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _most: int(DIGITS))
    monkeypatch.setattr(codes, "queue_code", lambda *, text, **_how: said.append(text))
    return said


def send(client, path, **typed):
    return client.post(path, {"request_key": str(uuid.uuid4()), **typed})


def left(guarantor):
    return guarantors_left(Application.objects.get(pk=guarantor.application_id))


def by_code(guarantor, by, digits=DIGITS):
    return vouching.agree_by_code(guarantor=guarantor, digits=digits, source="1.2.3.4", by=by)


def test_who_has_not_said_yes_does_not_count(place):
    guarantor = vouched(place)

    assert left(guarantor) == 1
    assert why_missing(1, guarantor.application, by=place.staff.officer)[0] == (
        "1 guarantor has not said yes themselves, and does not count yet."
    )


def test_without_the_rule_they_count(place, monkeypatch):
    """The control."""
    from django.db.models import Q

    monkeypatch.setattr("loans.guarantee.WILLING", Q())

    assert left(vouched(place)) == 0


def test_by_the_code_that_they_read_out(place, digits):
    guarantor, officer = vouched(place), place.staff.officer
    vouching.send_code(guarantor=guarantor, by=officer)

    with pytest.raises(ValidationError, match="not right"):
        by_code(guarantor, officer, digits="654321")
    made = by_code(guarantor, officer)

    assert (made.consent, made.has_consented, left(guarantor)) == ("code", True, 0)
    assert Event.objects.filter(name="loans.guarantee_agreed").count() == 1
    for act in (lambda: by_code(guarantor, officer), lambda: vouching.send_code(guarantor=guarantor, by=officer)):
        with pytest.raises(ValidationError):
            act()


@pytest.mark.parametrize(("language", "most"), [("en", 1), ("ur", 2)])
def test_the_text_says_what_it_means_and_fits(place, digits, language, most):
    guarantor = vouched(place, person__language=language)
    Person.objects.filter(pk=guarantor.applicant_id).update(name="Muhammad Ahsan-ur-Rehman Khan Tareen")

    vouching.send_code(guarantor=guarantor, by=place.staff.officer)

    (text,) = digits
    assert DIGITS in text
    assert "6,000" in text
    assert parts(text) <= most


def test_a_code_for_a_number_that_changed_is_void(place, digits):
    guarantor = vouched(place)
    vouching.send_code(guarantor=guarantor, by=place.staff.officer)
    Person.objects.filter(pk=guarantor.person_id).update(phone="+923007654321")

    with pytest.raises(ValidationError):
        by_code(Guarantor.objects.get(pk=guarantor.pk), place.staff.officer)


@pytest.mark.parametrize("shared", ["none", "applicant", "other", "elsewhere", "colleague", "not theirs"])
def test_where_the_phone_is_shared_they_sign_on_paper(place, digits, shared):
    guarantor = vouched(place)
    person, application = guarantor.person, guarantor.application
    match shared:
        case "none":
            Person.objects.filter(pk=person.pk).update(phone="")
        case "applicant":
            Person.objects.filter(pk=application.person_id).update(phone=person.phone)
        case "other":
            GuarantorFactory(application=application, person__phone=person.phone)
        case "elsewhere":
            PersonFactory(phone=person.phone)
        case "colleague":
            type(place.staff.officer).objects.filter(pk=place.staff.officer.pk).update(phone=person.phone)
        case _:
            Person.objects.filter(pk=person.pk).update(phone_owner="neighbour")

    with pytest.raises(ValidationError, match="sign on paper"):
        vouching.send_code(guarantor=Guarantor.objects.get(pk=guarantor.pk), by=place.staff.officer)
    assert digits == []


@pytest.mark.parametrize("rule", ["is_of_others", "is_of_colleague"])
def test_without_the_rule_the_officer_says_yes_for_them(place, digits, monkeypatch, rule):
    """The control."""
    monkeypatch.setattr(vouching, rule, lambda _person: False)
    guarantor, officer = vouched(place), place.staff.officer
    if rule == "is_of_others":
        PersonFactory(phone=guarantor.person.phone)
    else:
        type(officer).objects.filter(pk=officer.pk).update(phone=guarantor.person.phone)

    vouching.send_code(guarantor=guarantor, by=officer)

    assert len(digits) == 1


def test_on_paper_before_a_witness(place):
    guarantor, officer = vouched(place), place.staff.officer

    with pytest.raises(ValidationError, match="witnessed"):
        vouching.agree_on_paper(guarantor=guarantor, witness="", by=officer)
    made = vouching.agree_on_paper(guarantor=guarantor, witness="Imam Bakhsh", by=officer)

    assert (made.consent, made.witness, left(guarantor)) == ("paper", "Imam Bakhsh", 0)
    with pytest.raises(ValidationError, match="already"):
        vouching.agree_on_paper(guarantor=guarantor, witness="Imam Bakhsh", by=officer)


def test_taken_back_the_money_waits_and_another_may_be_added(place):
    guarantor, officer = vouched(place, state=approved, consent="before", consented_at=NOON), place.staff.officer
    application = guarantor.application
    assert (left(guarantor), may_add(application)) == (0, False)

    with pytest.raises(ValidationError, match="Write what"):
        vouching.take_back(guarantor=guarantor, reason="", by=officer)
    vouching.take_back(guarantor=guarantor, reason="They quarrelled.", by=officer)

    assert (left(guarantor), may_add(application)) == (1, True)
    assert not next(one for one in conditions(application, left(guarantor)) if one.label == "Guarantors").is_met
    with pytest.raises(ValidationError, match="back already"):
        vouching.take_back(guarantor=guarantor, reason="Again.", by=officer)
    guarantors.add_guarantor(
        application=application, version=0, cnic="36302-4829105-6", name="Zahida Bibi", sex="woman",
        phone="+923001234568", relation="neighbour", consent="paper", witness="Imam Bakhsh", by=officer,
    )  # fmt: skip
    assert left(guarantor) == 0


def test_whoever_took_it_back_may_say_yes_again(place):
    guarantor = vouched(place, consent="before", consented_at=NOON)
    vouching.take_back(guarantor=guarantor, reason="They quarrelled.", by=place.staff.officer)

    vouching.agree_on_paper(guarantor=guarantor, witness="Imam Bakhsh", by=place.staff.officer)

    made = Guarantor.objects.get(pk=guarantor.pk)
    assert (made.has_consented, made.taken_back_because, left(guarantor)) == (True, "", 0)


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_once_it_ended_nothing_is_changed(place, state):
    guarantor = vouched(place)
    Application.objects.filter(pk=guarantor.application_id).update(
        state="withdrawn", unshared_at=None if state == "refused" else NOON
    )

    with pytest.raises(MoveRefused):
        vouching.agree_on_paper(guarantor=guarantor, witness="x", by=place.staff.officer)


def test_nobody_else_writes_it_down(place, signed_in):
    guarantor = vouched(place)

    with pytest.raises(PermissionDenied):
        vouching.agree_on_paper(guarantor=guarantor, witness="x", by=place.staff.cashier)
    assert (
        signed_in(place.staff.cashier).get(reverse("loans:guarantor-consent", args=[guarantor.pk])).status_code == 403
    )
    assert (
        signed_in(lender().staff.officer).get(reverse("loans:guarantor-consent", args=[guarantor.pk])).status_code
        == 404
    )


# On file under another name than the officer wrote


def test_nothing_goes_to_whom_nobody_named(place, digits):
    guarantor, officer = vouched(place, is_named=False), place.staff.officer

    for act in (
        lambda: vouching.send_code(guarantor=guarantor, by=officer),
        lambda: vouching.agree_on_paper(guarantor=guarantor, witness="Imam Bakhsh", by=officer),
    ):
        with pytest.raises(ValidationError, match="Write them down again"):
            act()
    assert (digits, Guarantor.objects.get().consent) == ([], "")


def test_without_the_rule_a_stranger_is_told(place, digits, monkeypatch):
    """The control."""
    monkeypatch.setattr(vouching, "refuse_unnamed", lambda _guarantor: None)

    vouching.send_code(guarantor=vouched(place, is_named=False), by=place.staff.officer)

    assert len(digits) == 1


def test_the_page_of_whom_nobody_named_shows_no_phone_and_sends_away(place, signed_in):
    client, guarantor = signed_in(place.staff.officer), vouched(place, is_named=False)
    listed = reverse("loans:application-guarantors", args=[guarantor.application_id])
    path = reverse("loans:guarantor-consent", args=[guarantor.pk])

    shown = client.get(path)

    assert (shown.status_code, shown.url) == (302, listed)
    assert path not in client.get(listed).content.decode()


def test_of_a_phone_its_owner_knows_the_last_digits_alone(place, signed_in):
    guarantor = vouched(place)

    shown = text_of(signed_in(place.staff.officer).get(reverse("loans:guarantor-consent", args=[guarantor.pk])))

    assert ("03**-****567" in shown, "1234567" in shown.replace("-", "")) == (True, False)


# Pages


def test_the_page_reads_out_what_it_means_and_takes_each_yes(place, digits, signed_in):
    client = signed_in(place.staff.officer)
    first, second = vouched(place), vouched(place, person__phone="+923001234569")
    pages = [reverse("loans:guarantor-consent", args=[one.pk]) for one in (first, second)]

    shown = text_of(client.get(pages[0]))
    sent = client.post(f"{pages[0]}code/", {"request_key": str(uuid.uuid4())}, follow=True)
    wrong = send(client, pages[0], code="000000")
    right = send(client, pages[0], code=DIGITS)
    unsigned = send(client, pages[1], witness="")
    signed = send(client, pages[1], witness="Imam Bakhsh")

    assert "no interest, no fee, no fine" in shown
    # Whoever takes it back is asked: `TakeBackForm` wants what they said.
    assert ("It costs nothing" in shown, "nobody asks why" in shown) == (True, False)
    assert "on its way" in text_of(sent)
    assert "not right" in text_of(wrong)
    assert "Write who witnessed" in text_of(unsigned)
    assert [right.status_code, signed.status_code] == [302, 302]
    assert [Guarantor.objects.get(pk=one.pk).consent for one in (first, second)] == ["code", "paper"]


def test_the_page_takes_it_back(place, signed_in):
    client, guarantor = signed_in(place.staff.officer), vouched(place, consent="paper", consented_at=NOON, witness="I")
    page = reverse("loans:guarantor-consent", args=[guarantor.pk])

    empty, done = send(client, page, reason=""), send(client, page, reason="They quarrelled.")

    assert ("Write what they said." in text_of(empty), done.status_code) == (True, 302)
    listed = text_of(client.get(reverse("loans:application-guarantors", args=[guarantor.application_id])))
    assert "Took it back on" in listed


def test_too_many_codes_are_not_sent(place, digits, signed_in, monkeypatch):
    monkeypatch.setattr(views, "GUARANTORS_A_DAY", 0)
    guarantor = vouched(place)

    signed_in(place.staff.officer).post(
        reverse("loans:guarantor-send", args=[guarantor.pk]), {"request_key": str(uuid.uuid4())}
    )

    assert digits == []


def test_the_form_asks_how_they_say_yes(place, signed_in):
    application = ApplicationFactory(product=place.product, branch=place.branch, **visited())
    client, path = signed_in(place.staff.officer), reverse("loans:application-guarantors", args=[application.pk])
    who = {
        "version": 0, "cnic": "36302-4829105-6", "name": "Zahida Bibi", "sex": "woman", "phone": "0300-1234567",
        "relation": "neighbour", "has_agreed": "on",
    }  # fmt: skip

    unsaid = send(client, path, **who)
    unwitnessed = send(client, path, **who, consent="paper")
    sent = send(client, path, **who, consent="code")

    assert "Choose one of these." in text_of(unsaid)
    assert "Write who witnessed" in text_of(unwitnessed)
    assert (sent.status_code, Guarantor.objects.get().consent) == (302, "")
    assert "Has not said yes yet" in text_of(client.get(path))


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("loans_guarantor", {"consent", "witness", "taken_back_because"}),
        ("loans_vote", {"level"}),
        ("casework_referral", {"told_wording"}),
    ],
)
def test_the_code_of_before_may_write_while_a_release_goes_out(table, columns):
    """It names none of these columns: the database fills them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = %s AND column_default IS NOT NULL",
            [table],
        )
        assert columns <= {name for (name,) in cursor.fetchall()}


def test_a_day_that_the_code_of_before_wrote_is_no_yes(place):
    guarantor = vouched(place, consented_at=NOON)

    assert (guarantor.has_consented, left(guarantor)) == (False, 1)


def test_those_of_before_are_marked():
    guarantor = GuarantorFactory(**UNSAID)
    Guarantor.objects.filter(pk=guarantor.pk).update(consent="before", consented_at=NOON)
    module = import_module("loans.migrations.0025_mark_guarantors_before_the_rule")

    module.mark(apps, None)

    assert Guarantor.objects.get(pk=guarantor.pk).has_consented


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("loans_guarantor_consent_with_its_day", {"consent": "code", "consented_at": None, "witness": ""}),
        ("loans_guarantor_consent_with_its_day", {"consent": "paper"}),
        ("loans_guarantor_takes_back_what_was_given", {"taken_back_at": NOON}),
    ],
)
def test_constraints(constraint, wrong):
    assert refused_by(constraint, lambda: GuarantorFactory(**wrong))
    assert not refused_by(constraint, GuarantorFactory)
