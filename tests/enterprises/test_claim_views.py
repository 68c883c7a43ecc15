"""The advisor's pages for two people with one card."""

import uuid

import pytest
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions import claims
from enterprises.models import Claim, Draft, Enterprise, Person
from tests.factories.accounts import OfficeDistrictFactory, OfficeFactory, colleague
from tests.factories.enterprises import (
    CardReleaseFactory,
    ClaimFactory,
    EnterpriseFactory,
    OwnershipFactory,
    PersonFactory,
    district,
)
from tests.factories.loans import LoanFactory

pytestmark = pytest.mark.django_db
OTHER_PHONE = {"phone": "+923007777777", "phone_owner": "self"}


@pytest.fixture
def claim():
    claim = ClaimFactory(person=PersonFactory(name="Who Is On File"))
    claim.draft.answers["who"]["cnic"] = claim.person.cnic
    claim.draft.save()
    return claim


def post(client, claim, **changes):
    fields = {"outcome": "same", "version": claim.version, "request_key": str(uuid.uuid4())}
    return client.post(f"/desk/claims/{claim.pk}/", fields | changes)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(signed_in, advisor, count, django_assert_num_queries):
    for _claim in range(count):
        ClaimFactory()
    client = signed_in(advisor)

    with django_assert_num_queries(8):
        page = client.get("/desk/claims/")

    assert (len(page.context["page"].rows), page.content.decode().count("Nasreen Bibi")) == (count, count)


def test_the_list_shows_what_waits_here_the_longest_overdue_first(signed_in, advisor):
    today = timezone.localdate()
    late = ClaimFactory(due_on=today - timezone.timedelta(days=2))
    soon = ClaimFactory(due_on=today + timezone.timedelta(days=1))
    now = ClaimFactory(due_on=today)
    ClaimFactory(district=district("lahore"))
    ClaimFactory(settled_at=timezone.now(), settled_by=advisor, outcome="same")

    page = signed_in(advisor).get("/desk/claims/")

    assert page.context["page"].rows == [late, now, soon]


def test_long_lists_go_on(signed_in, advisor):
    for _claim in range(26):
        ClaimFactory()
    client = signed_in(advisor)

    first = client.get("/desk/claims/")
    second = client.get("/desk/claims/", {"after": first.context["page"].next})

    assert (len(first.context["page"].rows), len(second.context["page"].rows)) == (25, 1)
    assert [b'rel="next"' in page.content for page in (first, second)] == [True, False]


def test_an_empty_list_says_so(signed_in, advisor):
    assert b"No card waits to be seen" in signed_in(advisor).get("/desk/claims/").content


@pytest.mark.parametrize(
    ("where", "shown"), [("multan", "0300-0001234"), ("lahore", "03**-****234"), (None, "03**-****234")]
)
def test_a_claim_is_no_way_to_the_number_of_somebody_elsewhere(signed_in, advisor, claim, where, shown):
    """R7: anybody can register with any card number, in any district."""
    Person.objects.filter(pk=claim.person_id).update(phone="+923000001234")
    Draft.objects.filter(pk=claim.draft_id).update(answers=claim.draft.answers | {"phone": OTHER_PHONE})
    if where:
        OwnershipFactory(person=claim.person, enterprise=EnterpriseFactory(district=district(where)))

    page = signed_in(advisor).get(f"/desk/claims/{claim.pk}/").content.decode()

    assert [number in page for number in ("0300-0001234", "03**-****234")] == [
        number == shown for number in ("0300-0001234", "03**-****234")
    ]


def test_both_are_shown_to_the_advisor_and_settled(signed_in, advisor, claim):
    client = signed_in(advisor)
    shown = client.get(f"/desk/claims/{claim.pk}/").content.decode()

    settled = post(client, claim)

    assert ["Nasreen Bibi" in shown, "Who Is On File" in shown] == [True, True]
    assert (settled["Location"], Enterprise.objects.get().owners.get()) == ("/desk/claims/", claim.person)
    assert b"Settled on" in client.get(f"/desk/claims/{claim.pk}/").content


def test_who_has_the_number_today_is_shown_and_not_who_had_it_then(signed_in, advisor, claim):
    """R6: of two who came with one number the first got it; the second is compared with them."""
    now = PersonFactory(name="Who Has It Today", cnic=None, cnic_standing="none")
    Person.objects.filter(pk=claim.person.pk).update(cnic=None, cnic_standing="none")
    before = signed_in(advisor).get(f"/desk/claims/{claim.pk}/").context
    Person.objects.filter(pk=now.pk).update(cnic=claim.person.cnic, cnic_standing="verified")
    client = signed_in(advisor)

    open_still = client.get(f"/desk/claims/{claim.pk}/")
    CardReleaseFactory(claim=claim, holder=now, done=True)
    Claim.objects.filter(pk=claim.pk).update(settled_at=timezone.now(), settled_by=advisor, outcome="released")
    settled = client.get(f"/desk/claims/{claim.pk}/")

    assert [page["holder"].name for page in (before, open_still.context, settled.context)] == [
        "Who Is On File", "Who Has It Today", "Who Has It Today",
    ]  # fmt: skip
    assert "The number came to this person" in open_still.content.decode()
    assert "Who Is On File" not in open_still.content.decode()


def test_sent_twice_it_is_settled_once(signed_in, advisor, claim):
    client = signed_in(advisor)
    key = str(uuid.uuid4())

    answers = [post(client, claim, request_key=key)["Location"] for _time in range(2)]

    assert (answers, Enterprise.objects.count()) == (["/desk/claims/"] * 2, 1)


def test_what_came_of_it_leads_to_the_business(signed_in, advisor, claim):
    client = signed_in(advisor)
    post(client, claim)

    page = client.get("/desk/claims/").text

    business = Enterprise.objects.get()
    assert f'<a href="/desk/enterprises/{business.pk}/"><bdi>{business.reference}</bdi></a>' in page


def test_a_refusal_is_said_on_the_page(signed_in, advisor, claim):
    page = post(signed_in(advisor), claim, outcome="released")

    assert page.context["form"].errors == {"reason": ["Write why the number goes over: what you saw on the card."]}


def test_what_another_officer_has_to_see_too_is_kept_with_its_reason(signed_in, advisor, manager, claim):
    claim.person.cnic_standing = "verified"
    claim.person.save()
    client = signed_in(advisor)

    kept = post(client, claim, outcome="released", reason="I saw the card in her hand.")
    page = client.get(f"/desk/claims/{claim.pk}/").content.decode()
    again = post(client, Claim.objects.get(), outcome="released")

    assert (kept["Location"], Enterprise.objects.count()) == ("/desk/claims/", 0)
    assert [text in page for text in ("Waits for a second look", "I saw the card in her hand.")] == [True, True]
    assert again.context["form"].non_field_errors() == [
        "A colleague has seen this card with the other person. Ask your regional manager to settle this."
    ]
    assert post(signed_in(manager), Claim.objects.get(), outcome="released").status_code == 302


def test_whoever_looked_first_reads_who_looks_now_and_decides_nothing(signed_in, advisor, manager, claim):
    office = OfficeDistrictFactory(office=OfficeFactory(depth=3), district=claim.district).office
    claim.person.cnic_standing = "verified"
    claim.person.save()
    post(signed_in(advisor), claim, outcome="released", reason="I saw the card in her hand.")

    first, second = (signed_in(user).get(f"/desk/claims/{claim.pk}/") for user in (advisor, manager))

    assert (first.context["form"], first.context["waits"]) == (
        None,
        {"who": "The regional manager", "office": office.label, "until": claim.due_on},
    )
    assert ("Who looks now" in first.text, "What the card says" in first.text) == (True, False)
    assert (second.context["waits"], second.context["form"].fields["reason"].label) == (None, "What you saw yourself")
    assert [page.text.count("Why the number goes over") for page in (first, second)] == [1, 1]


def test_of_a_number_on_which_money_hangs_another_officer_takes_the_second_look(signed_in, advisor, claim):
    LoanFactory(person=claim.person)
    post(signed_in(advisor), claim, outcome="released", reason="I saw the card in her hand.")
    other = colleague(Role.ADVISOR, districts=[claim.district])

    first, second = (signed_in(user).get(f"/desk/claims/{claim.pk}/").context for user in (advisor, other))

    assert (first["waits"]["who"], first["form"]) == ("Another advisor, or the regional manager", None)
    assert (second["waits"], second["form"] is None) == (None, False)


def test_each_who_saw_the_card_is_named_under_one_heading(signed_in, manager, claim):
    seer = colleague(Role.ADVISOR, full_name="Sadia Anwar")
    release = CardReleaseFactory(claim__seen_by=seer, claim__seen_at=timezone.now(), claim__district=claim.district)

    page = signed_in(manager).get(release.get_absolute_url()).text

    assert ("Sadia Anwar" in page, page.count("Card seen by")) == (True, 1)


def test_a_manager_finds_what_went_over_and_gives_it_back(signed_in, advisor, manager, claim):
    post(signed_in(advisor), claim, outcome="released", reason="I saw the card in her hand.")
    client, url = signed_in(manager), f"/desk/claims/{claim.pk}/"
    fields = {"version": claim.release.version, "request_key": str(uuid.uuid4())}

    listed = client.get("/desk/claims/").content.decode()
    without_reason = client.post(f"{url}give-back/", fields)
    back = client.post(f"{url}give-back/", fields | {"reason": "It was the sister's card."}, follow=True)
    late = client.post(f"{url}give-back/", fields | {"reason": "Again.", "request_key": str(uuid.uuid4())})

    assert (f'href="{url}"' in listed, without_reason.context["back"].errors["reason"]) == (
        True,
        ["Please fill this in."],
    )
    assert [text in back.content.decode() for text in ("Both are told", "given back", "sister")] == [True] * 3
    assert (late.status_code, Person.objects.get(pk=claim.person_id).cnic) == (409, claim.person.cnic)
    assert client.get(url).context["back"] is None
    assert signed_in(advisor).post(f"{url}give-back/", fields | {"reason": "Why"}).status_code == 403


def test_an_older_version_is_told_what_changed(signed_in, advisor, claim):
    Claim.objects.update(version=3)

    assert post(signed_in(advisor), claim).status_code == 409


def test_elsewhere_it_does_not_exist_and_a_reader_may_not_settle(signed_in, claim):
    far = signed_in(colleague(Role.ADVISOR, districts=[district("lahore")]))
    reader = signed_in(colleague(Role.AUDITOR))

    answers = [far.get(f"/desk/claims/{claim.pk}/").status_code, post(far, claim).status_code]
    answers += [reader.get(f"/desk/claims/{claim.pk}/").status_code, post(reader, claim).status_code]

    assert (answers, Enterprise.objects.count()) == ([404, 404, 200, 403], 0)


def test_without_a_number_nobody_is_shown_but_who_was_met(claim):
    """Somebody without a card has no number either, and is not who is looked for."""
    PersonFactory(cnic=None, cnic_standing="none")
    claim.draft.answers = {}

    assert claims.holder_of(claim) == claim.person


def test_after_the_draft_was_erased_the_page_still_stands(signed_in, advisor, claim):
    post(signed_in(advisor), claim)
    claim.draft.answers = {}
    claim.draft.save()

    assert signed_in(advisor).get(f"/desk/claims/{claim.pk}/").status_code == 200
