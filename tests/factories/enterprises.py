import datetime as dt
from functools import cache

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from enterprises.actions.codes import subject_of
from enterprises.likeness import Facts, keys_of, sounds_of
from enterprises.models import (
    Address,
    CardRelease,
    Claim,
    CodeSheet,
    Consent,
    ConsentTerm,
    Correction,
    Draft,
    DraftCall,
    Enterprise,
    FamilyQuestion,
    Grant,
    Household,
    Kinship,
    LookAlike,
    Merge,
    MergedRow,
    NameCorrection,
    OneTimeCode,
    Ownership,
    Person,
    PhoneChange,
    Pin,
    Residence,
    Sector,
    Sex,
    SheetCode,
    SignInLock,
    SizeClass,
    Statement,
)
from places.models import District
from tests.factories.accounts import EntrepreneurUserFactory, UserFactory


@cache
def system():
    """The portal itself, asked for once a test."""
    return User.objects.system()


def district(code="multan"):
    return District.objects.get(code=code)


class SectorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Sector

    code = factory.Sequence("sector-{}".format)
    name = factory.Sequence("Sector {}".format)
    name_ur = factory.Sequence("شعبہ {}".format)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence("Person {}".format)
    sex = Sex.WOMAN
    cnic = factory.Sequence(lambda n: f"36302{n:08d}")
    cnic_standing = Person.Standing.CLAIMED
    phone = factory.Sequence(lambda n: f"+92300{n:07d}")
    # Asked, as most are once they were called.
    phone_reader = Person.PhoneReader.SELF
    loans_may_be_named = True
    created_by = factory.LazyFunction(system)

    @factory.lazy_attribute
    def likeness_keys(self):
        known = ("parent_name", "birth_year")
        return keys_of(Facts(self.name, **{name: getattr(self, name) for name in known if hasattr(self, name)}))

    @factory.lazy_attribute
    def sound_keys(self):
        return sounds_of(self.name, getattr(self, "parent_name", ""))


class LookAlikeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LookAlike

    first = factory.SubFactory(PersonFactory)
    second = factory.SubFactory(PersonFactory)
    points = 70
    reasons = ["name", "parent"]


class MergeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Merge

    kept = factory.SubFactory(PersonFactory)
    gone = factory.SubFactory(PersonFactory)
    by = factory.LazyFunction(system)
    pairs = factory.LazyAttribute(
        lambda merge: {"enterprises.Person": [[merge.kept.pk, merge.gone.pk]], "enterprises.Enterprise": []}
    )


class MergedRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MergedRow

    merge = factory.SubFactory(MergeFactory)
    path = "enterprises.Person.merged_into"
    row_id = factory.SelfAttribute("merge.gone_id")
    before = factory.LazyFunction(lambda: {"merged_into_id": None})
    after = factory.LazyAttribute(lambda row: {"merged_into_id": row.merge.kept_id})


class EnterpriseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enterprise

    reference = factory.Sequence("MUL-T{}".format)
    name = factory.Sequence("Enterprise {}".format)
    stage = Enterprise.Stage.RUNNING
    sector = factory.SubFactory(SectorFactory)
    district = factory.LazyFunction(district)
    registered_by = factory.LazyFunction(system)
    registered_at = factory.LazyFunction(timezone.now)
    client_since = factory.SelfAttribute("registered_at")


class OwnershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Ownership

    person = factory.SubFactory(PersonFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    from_on = factory.LazyFunction(timezone.localdate)


class GrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grant

    enterprise = factory.SubFactory(EnterpriseFactory)
    purpose = Grant.Purpose.REFERRAL
    given_by = factory.LazyFunction(system)


class DraftFactory(factory.django.DjangoModelFactory):
    """Complete, with every page answered and nothing sent yet."""

    class Meta:
        model = Draft

    phone = factory.Sequence(lambda n: f"+92301{n:07d}")
    language = "en"
    last_step = "consents"

    @factory.lazy_attribute_sequence
    def answers(self, number):
        return {
            "start": {"stage": "running"},
            "who": {"name": "Nasreen Bibi", "cnic": f"36303{number:08d}", "no_card": False, "sex": "woman"},
            "reach": {
                "phone": self.phone,
                "phone_owner": "self",
                "district": "multan",
                "place": "Shah Rukn-e-Alam",
            },
            "what": {
                "sector": "tailoring",
                "name": "Nasreen Stitching House",
                "what": "Uniforms",
                "help": ["loan"],
            },
            "consents": {"contact": True, "share": False},
        }


class DraftCallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DraftCall

    draft = factory.SubFactory(DraftFactory)
    outcome = DraftCall.Outcome.NO_ANSWER
    by = factory.LazyFunction(system)


class OneTimeCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OneTimeCode

    purpose = OneTimeCode.Purpose.SIGN_IN
    session_key = factory.Sequence("session-{}".format)
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(minutes=10))


class ClaimFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Claim

    draft = factory.SubFactory(
        DraftFactory,
        state=Draft.State.CLAIM,
        reference=factory.Sequence("MUL-C{}".format),
        district=factory.LazyFunction(district),
    )
    person = factory.SubFactory(PersonFactory)
    district = factory.LazyFunction(district)
    due_on = factory.LazyFunction(timezone.localdate)

    class Params:
        on_file = factory.Trait(
            draft=None,
            newcomer=factory.SubFactory(PersonFactory, cnic=None, cnic_standing="none"),
            cnic=factory.SelfAttribute("person.cnic"),
        )


class CardReleaseFactory(factory.django.DjangoModelFactory):
    """Asked for; `done` is what it has once the number went over."""

    class Meta:
        model = CardRelease

    claim = factory.SubFactory(ClaimFactory)
    holder = factory.SelfAttribute("claim.person")
    reason = "The card was in the hand of the newcomer."
    asked_by = factory.LazyFunction(system)

    class Params:
        done = factory.Trait(
            taker=factory.SubFactory(PersonFactory, cnic_standing="verified"),
            loser=factory.SelfAttribute("holder"),
            digest=factory.Sequence("digest {}".format),
            done_by=factory.LazyFunction(system),
            done_at=factory.LazyFunction(timezone.now),
            lost_at=factory.SelfAttribute("done_at"),
            due_on=factory.LazyFunction(timezone.localdate),
        )


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    person = factory.SubFactory(PersonFactory)
    kind = Consent.Kind.SHARE
    given_to = factory.LazyFunction(system)


class ConsentTermFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentTerm

    kind = Consent.Kind.PHOTOS
    months = 12
    from_on = dt.date(2026, 1, 1)


class CodeSheetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CodeSheet

    person = factory.SubFactory(PersonFactory)
    number = factory.Sequence(lambda n: n + 1)
    issued_by = factory.LazyFunction(system)
    handed_over_at = factory.LazyFunction(timezone.now)


class NameCorrectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NameCorrection

    person = factory.SubFactory(PersonFactory)
    name = factory.Sequence("Persn {}".format)
    reason = "Misspelt."
    is_card_seen = False
    by = factory.LazyFunction(system)


class CorrectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Correction

    enterprise = factory.SubFactory(EnterpriseFactory)
    kind = Correction.Kind.MOVED
    district = factory.LazyFunction(lambda: district("lahore"))
    reason = "She told me."
    by = factory.LazyFunction(system)


class SheetCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SheetCode

    sheet = factory.SubFactory(CodeSheetFactory)
    place = factory.Sequence(lambda n: n + 1)
    digest = factory.Sequence("digest {}".format)


class PinFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pin

    person = factory.SubFactory(PersonFactory)
    secret = factory.LazyFunction(lambda: make_password("482915"))
    chosen_with = factory.LazyFunction(system)


class SignInLockFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SignInLock

    subject = factory.Sequence(lambda n: subject_of(str(n)))


class PhoneChangeFactory(factory.django.DjangoModelFactory):
    """Asked for by the owner of an enterprise in Multan, and proved by a code."""

    class Meta:
        model = PhoneChange

    enterprise = factory.SubFactory(EnterpriseFactory)
    person = factory.LazyAttribute(
        lambda change: (
            OwnershipFactory(
                enterprise=change.enterprise, person=PersonFactory(user=EntrepreneurUserFactory(), language="en")
            ).person
        )
    )
    old_phone = factory.SelfAttribute("person.phone")
    new_phone = factory.Sequence(lambda n: f"+92333{n:07d}")
    new_owner = Person.PhoneOwner.SELF
    reason = PhoneChange.Reason.NEW
    asked_by = factory.SelfAttribute("person.user")
    proved_at = factory.LazyFunction(timezone.now)
    due_on = factory.LazyFunction(timezone.localdate)


class AttestedChangeFactory(PhoneChangeFactory):
    state = "attested"
    attested_by = factory.LazyFunction(UserFactory)
    attested_at = factory.LazyFunction(timezone.now)


class ApprovedChangeFactory(AttestedChangeFactory):
    state = "approved"
    decided_by = factory.LazyFunction(UserFactory)
    decided_at = factory.LazyFunction(timezone.now)


class RefusedChangeFactory(AttestedChangeFactory):
    state = "refused"
    decided_by = factory.LazyFunction(UserFactory)
    decided_at = factory.LazyFunction(timezone.now)
    refusal = "The card was somebody else's."


PHONE_CHANGES = {
    "asked": PhoneChangeFactory,
    "attested": AttestedChangeFactory,
    "approved": ApprovedChangeFactory,
    "refused": RefusedChangeFactory,
}


def entrepreneur(**attributes):
    """A person with an enterprise and a sign-in; returns the ownership."""
    person = PersonFactory(user=EntrepreneurUserFactory())
    return OwnershipFactory(person=person, enterprise=EnterpriseFactory(**attributes))


class StatementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Statement

    person = factory.SubFactory(PersonFactory)
    field = "name"
    source = Statement.Source.SELF
    by = factory.LazyFunction(system)


class SizeClassFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SizeClass

    code = factory.Sequence("size-{}".format)
    name = factory.Sequence("Size {}".format)
    name_ur = factory.Sequence("حجم {}".format)
    up_to = 1_000_000
    from_on = dt.date(2026, 1, 1)


class AddressFactory(factory.django.DjangoModelFactory):
    """A present address, as the person said it."""

    class Meta:
        model = Address

    person = factory.SubFactory(PersonFactory)
    kind = Address.Kind.PRESENT
    district = factory.LazyFunction(district)
    version = 1
    source = Statement.Source.SELF
    stated_by = factory.LazyFunction(system)


class FamilyQuestionFactory(factory.django.DjangoModelFactory):
    """The family is asked about, for a guarantee."""

    class Meta:
        model = FamilyQuestion

    person = factory.SubFactory(PersonFactory)
    purpose = FamilyQuestion.Purpose.GUARANTEE
    asked_by = factory.LazyFunction(system)


class KinshipFactory(factory.django.DjangoModelFactory):
    """A wife's husband, both on file."""

    class Meta:
        model = Kinship

    person = factory.SubFactory(PersonFactory)
    relative = factory.SubFactory(PersonFactory, sex=Sex.MAN)
    asked_of = factory.SelfAttribute("person")
    relation = "spouse"
    source = Statement.Source.SELF
    stated_by = factory.LazyFunction(system)


class HouseholdFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Household

    size = 5
    earners = 2
    source = Statement.Source.SELF
    stated_by = factory.LazyFunction(system)


class ResidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Residence

    person = factory.SubFactory(PersonFactory)
    asked_of = factory.SelfAttribute("person")
    household = factory.SubFactory(HouseholdFactory)
    from_on = dt.date(2026, 1, 1)
    source = Statement.Source.SELF
    stated_by = factory.LazyFunction(system)
