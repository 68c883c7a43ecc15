"""What the database refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from factory import SelfAttribute

from enterprises.models import CardRelease, Consent, ConsentTerm, Correction, NameCorrection, Ownership
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.enterprises import (
    ApprovedChangeFactory,
    AttestedChangeFactory,
    CardReleaseFactory,
    ClaimFactory,
    CodeSheetFactory,
    ConsentFactory,
    ConsentTermFactory,
    CorrectionFactory,
    DraftFactory,
    EnterpriseFactory,
    GrantFactory,
    LookAlikeFactory,
    MergedRowFactory,
    MergeFactory,
    NameCorrectionFactory,
    OneTimeCodeFactory,
    OwnershipFactory,
    PersonFactory,
    PhoneChangeFactory,
    RefusedChangeFactory,
    SectorFactory,
    SheetCodeFactory,
    SignInLockFactory,
    district,
    system,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [CardRelease, Consent, ConsentTerm, Correction, NameCorrection, Ownership])
def test_each_field_is_safe_to_copy_or_not(model):
    fields = {field.name for field in model._meta.concrete_fields}

    assert (fields, set()) == (model.SAFE_TO_COPY | model.NEVER_COPIED, model.SAFE_TO_COPY & model.NEVER_COPIED)


def consent_again():
    consent = ConsentFactory()
    ConsentFactory(person=consent.person, kind=consent.kind)


def owner_again():
    ownership = OwnershipFactory()
    OwnershipFactory(person=ownership.person, enterprise=ownership.enterprise, is_contact=False)


def grant_again(**holder):
    grant = GrantFactory(**holder)
    GrantFactory(enterprise=grant.enterprise, **holder)


def merged_into_the_same():
    person = PersonFactory()
    MergeFactory(kept=person, gone=person)


def merged_away_again():
    MergeFactory(gone=MergeFactory().gone)


def look_alike_again():
    pair = LookAlikeFactory()
    LookAlikeFactory(first=pair.first, second=pair.second)


def look_alike_in_disorder():
    pair = LookAlikeFactory()
    LookAlikeFactory(first=pair.second, second=pair.first)


def merged_into_itself():
    person = PersonFactory()
    person.merged_into = person
    person.save()


def sheet_again(**first):
    sheet = CodeSheetFactory(number=1, **first)
    CodeSheetFactory(person=sheet.person, number=2 - bool(first))


def code_again(**same):
    code = SheetCodeFactory()
    SheetCodeFactory(sheet=code.sheet, **{name: getattr(code, name) for name in same})


def phone_change_again():
    change = PhoneChangeFactory()
    PhoneChangeFactory(person=change.person, enterprise=change.enterprise)


def approved_by_the_attester():
    user = UserFactory()
    ApprovedChangeFactory(attested_by=user, decided_by=user)


REFUSED = {
    "enterprises_release_done_together": lambda: CardReleaseFactory(done_at=timezone.now()),
    "enterprises_release_undone_together": lambda: CardReleaseFactory(done=True, undone_at=timezone.now()),
    "enterprises_release_to_somebody_else": lambda: CardReleaseFactory(done=True, taker=SelfAttribute("holder")),
    "enterprises_name_corrected_has_reason": lambda: NameCorrectionFactory(reason=""),
    "enterprises_correction_has_reason": lambda: CorrectionFactory(reason=""),
    "enterprises_correction_of_a_district": lambda: CorrectionFactory(district=None),
    "enterprises_ownership_ended_together": lambda: OwnershipFactory(ended_because="Why"),
    "enterprises_cnic_13_digits": lambda: PersonFactory(cnic="9630248291056"),
    "enterprises_person_cnic": lambda: [PersonFactory(cnic="3630248291056") for _person in range(2)],
    "enterprises_cnic_and_standing_together": lambda: PersonFactory(cnic_standing="none"),
    "enterprises_phone_e164": lambda: PersonFactory(phone="03001234567"),
    "enterprises_not_merged_into_itself": merged_into_itself,
    "enterprises_idea_has_no_start": lambda: EnterpriseFactory(stage="idea", started_on="2026-01-01"),
    "enterprises_enterprise_reference": lambda: [EnterpriseFactory(reference="MUL-1") for _enterprise in range(2)],
    "enterprises_owner_once": owner_again,
    "enterprises_one_contact": lambda: OwnershipFactory(enterprise=OwnershipFactory().enterprise),
    "enterprises_draft_reference_once_finished": lambda: DraftFactory(state="done"),
    "enterprises_code_five_tries": lambda: OneTimeCodeFactory(tries=6),
    "enterprises_claim_settled_by_and_at_together": lambda: ClaimFactory(settled_at=timezone.now()),
    "enterprises_consent_stands_once": consent_again,
    "enterprises_consent_lapsed_is_over": lambda: ConsentFactory(lapsed_at=timezone.now()),
    "enterprises_consent_refused_after_it_lapsed": lambda: ConsentFactory(refused_at=timezone.now()),
    "enterprises_consent_to_contact_without_end": lambda: ConsentFactory(kind="contact", until_on=timezone.localdate()),
    "enterprises_consent_term_once": lambda: [ConsentTermFactory() for _term in range(2)],
    "enterprises_consent_term_above_nought": lambda: ConsentTermFactory(months=0),
    "enterprises_consent_term_not_of_contact": lambda: ConsentTermFactory(kind="contact"),
    "enterprises_look_alike_once": look_alike_again,
    "enterprises_look_alike_in_order": look_alike_in_disorder,
    "enterprises_look_alike_decided_by_and_at_together": lambda: LookAlikeFactory(state="apart"),
    "enterprises_merge_of_two": merged_into_the_same,
    "enterprises_merged_away_once": merged_away_again,
    "enterprises_merge_undone_by_and_at_together": lambda: MergeFactory(undone_at=timezone.now()),
    "enterprises_grant_to_office_or_user": GrantFactory,
    "enterprises_office_grant_once": lambda: grant_again(office=OfficeFactory()),
    "enterprises_safe_hours_by_day": lambda: PersonFactory(safe_from="07:00", safe_until="09:00"),
    "enterprises_sheet_number_once": lambda: sheet_again(ended_at=timezone.now()),
    "enterprises_one_good_sheet": sheet_again,
    "enterprises_void_sheet_keeps_no_codes": lambda: CodeSheetFactory(
        ended_at=timezone.now(), secret="x", handed_over_at=None
    ),
    "enterprises_sheet_in_hand_is_read_by_nobody": lambda: CodeSheetFactory(secret="x"),
    "enterprises_sheet_code_place_once": lambda: code_again(place=True),
    "enterprises_sheet_code_once": lambda: code_again(digest=True),
    "enterprises_lock_within_tries": lambda: SignInLockFactory(tries=5),
    "enterprises_one_open_phone_change": phone_change_again,
    "enterprises_phone_change_e164": lambda: PhoneChangeFactory(new_phone=""),
    "enterprises_phone_change_attested_by_and_at_together": lambda: PhoneChangeFactory(attested_at=timezone.now()),
    "enterprises_phone_change_decided_by_and_at_together": lambda: PhoneChangeFactory(decided_at=timezone.now()),
    "enterprises_phone_change_maker_is_not_checker": approved_by_the_attester,
    "enterprises_phone_change_proved_or_says_why": lambda: AttestedChangeFactory(proved_at=None),
    "enterprises_phone_change_refused_says_why": lambda: RefusedChangeFactory(refusal=""),
    "enterprises_user_grant_once": lambda: grant_again(user=UserFactory()),
}


@pytest.mark.parametrize(
    ("begin", "end"),
    [("10:00", "13:00"), ("08:00", "21:00"), (None, None)],
)
def test_safe_hours_lie_within_the_day(begin, end):
    assert PersonFactory(safe_from=begin, safe_until=end).pk


@pytest.mark.parametrize(
    ("begin", "end"),
    [("10:00", None), (None, "10:00"), ("13:00", "10:00"), ("10:00", "10:00"), ("10:00", "22:00")],
)
def test_other_safe_hours_are_refused(begin, end):
    with pytest.raises(IntegrityError, match="enterprises_safe_hours_by_day"), transaction.atomic():
        PersonFactory(safe_from=begin, safe_until=end)


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        REFUSED[name]()


def test_rows_name_themselves_without_telling_who_it_is():
    person = PersonFactory(name="Nasreen Bibi")
    claim, consent = ClaimFactory(person=person), ConsentFactory(person=person)
    grant = GrantFactory(office=OfficeFactory())
    ownership, code = OwnershipFactory(person=person), OneTimeCodeFactory()

    said = [str(row) for row in (claim, claim.draft, consent, grant, ownership, code)]

    assert said == [
        f"claim {claim.pk}",
        f"draft {claim.draft.pk}",
        f"{person.pk} share",
        f"{grant.enterprise_id} referral",
        f"{person.pk} · {ownership.enterprise_id}",
        f"code {code.pk}",
    ]
    row = MergedRowFactory()
    assert [str(row), str(row.merge), row.label] == [
        f"enterprises.Person.merged_into {row.merge.gone_id}",
        f"{row.merge.gone_id} → {row.merge.kept_id}",
        "enterprises.Person",
    ]
    release, correction = CardReleaseFactory(), NameCorrectionFactory()
    assert str(CorrectionFactory(pk=7)) == "correction 7 moved"
    assert [str(release), str(correction)] == [f"release {release.pk}", f"name correction {correction.pk}"]
    assert (release.person_id, release.undo_until) == (release.holder_id, None)
    said = [str(row) for row in (SectorFactory(name="Repair"), person, ConsentTermFactory())]
    assert said == ["Repair", "Nasreen Bibi", "photos 12"]
    assert str(EnterpriseFactory(reference="MUL-9", name="Shop")) == "MUL-9 Shop"


def test_a_person_is_their_own_target_and_knows_whether_they_were_merged():
    kept = PersonFactory()
    merged = PersonFactory(merged_into=kept)
    enterprise = EnterpriseFactory()

    assert (kept.person_id, enterprise.enterprise_id) == (kept.pk, enterprise.pk)
    assert (kept.is_merged, merged.is_merged) == (False, True)
    assert (district().prefix, system().is_system) == ("MUL", True)


@pytest.mark.parametrize(
    ("name", "trade", "stage", "called"),
    [
        ("Nasreen House", None, "running", "Nasreen House"),
        ("", "Tailoring", "running", "Tailoring"),
        ("", None, "running", "A business in Multan"),
        ("", None, "idea", "An idea in Multan"),
    ],
)
def test_a_business_is_called_by_its_name_its_trade_or_where_it_is(name, trade, stage, called):
    """R1: the kind of work may be said later."""
    sector = SectorFactory(name=trade) if trade else None

    assert EnterpriseFactory(name=name, sector=sector, stage=stage).called == called
