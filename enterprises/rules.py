"""Who may see an enterprise and what hangs on it. The other face of each is `visible_to` in querysets.py."""

from typing import Any

import rules
from django.apps import apps
from django.utils import timezone

from accounts.roles import DISTRICT_ROLES, LENDER_ROLES, Role
from accounts.rules import holds, is_advisor, is_clerk, is_manager, is_national_reader, is_system


def enterprise_of(item: Any) -> Any:
    """The enterprise that a record belongs to: itself, its own, or its case's."""
    model = apps.get_model("enterprises", "Enterprise")
    if isinstance(item, model):
        return item
    if hasattr(item, "enterprise"):
        return item.enterprise
    return enterprise_of(item.case)


@rules.predicate
def owns_enterprise(user: Any, item: Any) -> bool:
    if item is None or not user.is_entrepreneur:
        return False
    return enterprise_of(item).ownerships.filter(person__user=user, until_on__isnull=True).exists()


@rules.predicate
def covers_district(user: Any, item: Any) -> bool:
    return item is not None and enterprise_of(item).district_id in user.district_ids


@rules.predicate
def holds_grant(user: Any, item: Any) -> bool:
    if item is None or not user.roles:
        return False
    return enterprise_of(item).grants.live(at=timezone.now()).held_by(user).exists()


@rules.predicate
def is_oneself(user: Any, person: Any) -> bool:
    return person is not None and person.user_id is not None and person.user_id == user.pk


@rules.predicate
def sees_enterprise_of(user: Any, person: Any) -> bool:
    """A colleague in whose sight an enterprise of the person lies."""
    if person is None or not user.is_colleague:
        return False
    owned = person.ownerships.current().select_related("enterprise")
    return any(sees_enterprise.test(user, ownership.enterprise) for ownership in owned)


@rules.predicate
def covers_district_of_person(user: Any, person: Any) -> bool:
    if person is None:
        return False
    return person.ownerships.current().filter(enterprise__district_id__in=user.district_ids).exists()


@rules.predicate
def hangs_on_oneself(user: Any, item: Any) -> bool:
    return item is not None and is_oneself.test(user, item.person)


@rules.predicate
def covers_district_of_owner(user: Any, item: Any) -> bool:
    return item is not None and covers_district_of_person.test(user, item.person)


@rules.predicate
def saw_their_card_elsewhere(user: Any, person: Any) -> bool:
    """Their number was taken off in the user's districts, by a look at the card in another hand, or came back there."""
    asking = apps.get_model("enterprises", "CardRelease").objects.filter(claim__district_id__in=user.district_ids)
    return person is not None and asking.asking(person.pk).exists()


@rules.predicate
def is_attester(user: Any, change: Any) -> bool:
    return change is not None and change.attested_by_id == user.pk


@rules.predicate
def covers_claim(user: Any, claim: Any) -> bool:
    return claim is not None and claim.district_id in user.district_ids


@rules.predicate
def covers_claim_of(user: Any, release: Any) -> bool:
    return release is not None and covers_claim.test(user, release.claim)


@rules.predicate
def covers_draft(user: Any, draft: Any) -> bool:
    """Of the user's districts; where none was given yet, the head office's."""
    if draft is None:
        return False
    return user.is_at_head_office if draft.district_id is None else draft.district_id in user.district_ids


@rules.predicate
def sees_both(user: Any, pair: Any) -> bool:
    """A colleague, never one of the two themselves."""
    if pair is None or user.is_entrepreneur:
        return False
    return all(sees_person.test(user, person) for person in (pair.first, pair.second))


@rules.predicate
def covers_either(user: Any, pair: Any) -> bool:
    return pair is not None and any(covers_district_of_person.test(user, side) for side in (pair.first, pair.second))


@rules.predicate
def sees_kept(user: Any, merge: Any) -> bool:
    return merge is not None and not user.is_entrepreneur and sees_person.test(user, merge.kept)


def enterprises_of(item: Any) -> Any:
    """The enterprise of a paper, or those of the person whose paper it is."""
    if item.enterprise_id is not None:
        return [item.enterprise]
    return [ownership.enterprise for ownership in item.person.ownerships.current().select_related("enterprise")]


@rules.predicate
def owns_paper(user: Any, item: Any) -> bool:
    if item is None or not user.is_entrepreneur:
        return False
    if item.enterprise_id is None:
        return item.person.user_id == user.pk
    return owns_enterprise.test(user, item.enterprise)


def holds_grant_for(user: Any, enterprise: Any, *purposes: str) -> bool:
    return enterprise.grants.live(at=timezone.now()).held_by(user).filter(purpose__in=purposes).exists()


@rules.predicate
def advises_owner(user: Any, item: Any) -> bool:
    """Reads the papers for SMEDA: by district, or as the office that has the case in hand."""
    if item is None or not user.roles:
        return False
    return any(
        enterprise.district_id in user.district_ids or holds_grant_for(user, enterprise, "case")
        for enterprise in enterprises_of(item)
    )


@rules.predicate
def may_be_lent_to(user: Any, document: Any) -> bool:
    """A lender before whom the client stands, and a kind of paper that lenders may see."""
    if document is None or not document.kind.is_shared or not user.has_role(*LENDER_ROLES):
        return False
    return any(holds_grant_for(user, enterprise, "referral", "application") for enterprise in enterprises_of(document))


@rules.predicate
def registered_it(user: Any, enterprise: Any) -> bool:
    return enterprise is not None and enterprise.registered_by_id == user.pk


@rules.predicate
def wrote_down(user: Any, person: Any) -> bool:
    return person is not None and person.created_by_id == user.pk


@rules.predicate
def sent_list(user: Any, intake: Any) -> bool:
    return intake is not None and bool(user.roles) and intake.uploaded_by_id == user.pk


@rules.predicate
def works_at_its_office(user: Any, intake: Any) -> bool:
    return intake is not None and user.has_role(*DISTRICT_ROLES) and intake.office_id in user.office_ids


@rules.predicate
def is_holder(user: Any, passport: Any) -> bool:
    """The owner of the enterprise whose passport it is; partners carry one each."""
    return owns_enterprise.test(user, passport) and passport.person.user_id == user.pk


@rules.predicate
def is_standing(_user: Any, item: Any) -> bool:
    """Not merged into another record: what was is in nobody's sight."""
    return item is None or item.merged_into_id is None


@rules.predicate
def is_of_standing(_user: Any, item: Any) -> bool:
    return item is None or enterprise_of(item).merged_into_id is None


@rules.predicate
def is_asked_about_family(user: Any, person: Any) -> bool:
    return person is not None and person.family_questions.open().exists()


@rules.predicate
def is_applied_to_by(user: Any, person: Any) -> bool:
    """Works where an application of the person lies. Asked last, where somebody of the right role asks of somebody."""
    owned = person.ownerships.current().select_related("enterprise")
    return any(holds_grant_for(user, ownership.enterprise, "application") for ownership in owned)


@rules.predicate
def sees_family_of_either(user: Any, kinship: Any) -> bool:
    if kinship is None:
        return False
    asked_of = (kinship.asked_of,)
    sides = asked_of if user.is_entrepreneur else filter(None, (kinship.person, kinship.relative))
    return any(sees_family.test(user, side.merged_into or side) for side in sides)


@rules.predicate
def sees_family_of_holder(user: Any, item: Any) -> bool:
    return item is not None and sees_family.test(user, item.person.merged_into or item.person)


@rules.predicate
def sees_residence(user: Any, residence: Any) -> bool:
    if residence is None:
        return False
    sides = (residence.person, residence.asked_of) if user.is_entrepreneur else (residence.person,)
    return all(sees_family.test(user, side.merged_into or side) for side in sides)


@rules.predicate
def sees_family_in_household(user: Any, household: Any) -> bool:
    if household is None:
        return False
    lives_there = household.residences.today().select_related("person__merged_into", "asked_of__merged_into")
    return any(sees_residence.test(user, residence) for residence in lives_there)


takes_applications = holds(Role.LOAN_OFFICER, Role.BRANCH_MANAGER)
sees_enterprise = (owns_enterprise | covers_district | holds_grant | is_national_reader | is_system) & is_of_standing
advises_enterprise = is_advisor & covers_district

rules.add_perm("enterprises.view_enterprise", sees_enterprise)
rules.add_perm("enterprises.change_enterprise", advises_enterprise | owns_enterprise | is_system)
# Who owns it, and owned it; a further owner is written down by the advisor whom both told.
rules.add_perm("enterprises.view_ownership", sees_enterprise)
rules.add_perm("enterprises.keep_owners", advises_enterprise & is_of_standing)
# What was wrong from the start, or has become of it: another district, an idea still.
rules.add_perm("enterprises.correct_enterprise", advises_enterprise & is_of_standing)
rules.add_perm("enterprises.view_correction", sees_enterprise)
rules.add_perm("enterprises.change_person", is_oneself | (is_advisor & covers_district_of_person) | is_system)
rules.add_perm("enterprises.register_enterprise", is_advisor | is_clerk | is_system)
# What a partner's clerk registered: its name, reference and one word of where it stands. It opens no other page.
rules.add_perm("enterprises.view_registration", is_clerk & registered_it)
# Says that somebody with a card on file is the one who sits there, and owns a further business.
rules.add_perm("enterprises.recognise_person", is_advisor | is_system)
rules.add_perm("enterprises.see_card", advises_enterprise)

sees_person = is_oneself | ((sees_enterprise_of | is_national_reader | is_system) & is_standing)

rules.add_perm("enterprises.view_person", sees_person)
# Guarantors are written down where the application is: by an advisor or at the lender's branch.
rules.add_perm("enterprises.register_person", is_advisor | is_clerk | takes_applications | is_system)
# Consent is the person's own; an advisor writes down what they said on the telephone.
rules.add_perm(
    "enterprises.keep_consents",
    is_oneself | (is_advisor & covers_district_of_person) | (is_clerk & wrote_down) | is_system,
)

# Says whether what others wrote down for them is right: nobody can say it in their place.
rules.add_perm("enterprises.confirm_statements", is_oneself)

# Whose phone it is, and how it is used: said by the person, or written down by an advisor.
rules.add_perm("enterprises.keep_phone", is_oneself | (is_advisor & covers_district_of_person) | is_system)
# What opens the page instead of a text is handed over by an advisor who saw the card.
rules.add_perm("enterprises.give_access", is_advisor & covers_district_of_person)
asks_for_card = covers_district_of_person | saw_their_card_elsewhere
rules.add_perm("enterprises.add_card", is_advisor & asks_for_card)
# A number on file that nobody has read from the card, where money hangs on the record: a guarantor's too.
rules.add_perm("enterprises.change_card", is_manager & asks_for_card)
# What stands on the card was written down wrongly.
rules.add_perm("enterprises.correct_name", is_advisor & covers_district_of_person)
# Another name altogether, where money hangs on the record or a colleague saw the card.
rules.add_perm("enterprises.change_name", is_manager & covers_district_of_person)
reads_access = hangs_on_oneself | covers_district_of_owner | is_national_reader | is_system
rules.add_perm("enterprises.view_code_sheet", reads_access)
rules.add_perm("enterprises.view_phone_change", reads_access)
rules.add_perm("enterprises.view_namecorrection", reads_access)
rules.add_perm("enterprises.attest_phone_change", is_advisor & covers_district_of_owner)
rules.add_perm("enterprises.approve_phone_change", is_advisor & covers_district_of_owner & ~is_attester)
rules.add_perm("enterprises.refuse_phone_change", is_advisor & covers_district_of_owner)

# Where somebody lives: said by themselves, or told to an advisor.
rules.add_perm("enterprises.keep_addresses", is_oneself | (is_advisor & covers_district_of_person) | is_system)

rules.add_perm("enterprises.view_claim", covers_claim | is_national_reader | is_system)
rules.add_perm("enterprises.settle_claim", is_advisor & covers_claim)
# A card that an officer has seen before is not taken from its holder by an advisor alone.
rules.add_perm("enterprises.release_verified_card", is_manager & covers_claim)
rules.add_perm("enterprises.view_cardrelease", covers_claim_of | is_national_reader | is_system)
# A number that went over by mistake goes back; the second asks whether there is a list of them at all.
rules.add_perm("enterprises.undo_release", is_manager & covers_claim)
rules.add_perm("enterprises.undo_releases", is_manager)

rules.add_perm("enterprises.view_draft", covers_draft | is_national_reader | is_system)
rules.add_perm("enterprises.call_draft", is_advisor & covers_draft)

# Possible duplicates are for staff: who sees both people sees that they look alike, and the advisor of one says so.
rules.add_perm("enterprises.view_look_alike", sees_both)
rules.add_perm("enterprises.find_look_alikes", is_advisor | takes_applications | is_national_reader | is_system)
# Whether the buttons are shown at all; of each pair it is asked again.
rules.add_perm("enterprises.settle_look_alikes", is_advisor)
rules.add_perm("enterprises.settle_look_alike", is_advisor & sees_both & covers_either)
# Joining two records is a manager's, who sees both; whoever sees them may look at what it would do.
rules.add_perm("enterprises.merge_people", is_manager)
rules.add_perm("enterprises.merge_person", is_manager & sees_person)
rules.add_perm("enterprises.view_merge", sees_kept)

reads_papers = owns_paper | advises_owner | is_national_reader | is_system
rules.add_perm("enterprises.view_document", reads_papers | may_be_lent_to)
# Handing one in, taking it back, and asking for one: about an enterprise or a person, before there is a paper.
rules.add_perm("enterprises.keep_document", owns_paper | (is_advisor & advises_owner))
rules.add_perm("enterprises.ask_document", is_advisor & advises_owner)
rules.add_perm("enterprises.view_documentrequest", reads_papers)
# Compares the picture of a card with what was typed.
rules.add_perm("enterprises.compare_card", is_advisor & advises_owner)

rules.add_perm("enterprises.view_passport", is_holder | advises_owner | is_national_reader | is_system)
rules.add_perm("enterprises.issue_passport", is_holder | (is_advisor & advises_owner))

# Lists of people that came as a file: read and confirmed by who sent it, and by the office's advisors.
rules.add_perm("enterprises.view_intake", sent_list | works_at_its_office | is_national_reader | is_system)
rules.add_perm("enterprises.keep_intake", (is_advisor & (sent_list | works_at_its_office)) | (is_clerk & sent_list))

# Of a family reads whom it concerns, and while it is asked for somebody's sake whoever asks: SMEDA's advisor, and the
# lender's officers who weigh guarantors. The one who pays out has no use for it. See `family_querysets`.
weighs_guarantors = holds(Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.AREA_MANAGER) & is_applied_to_by
asks_about_family = is_asked_about_family & ((is_advisor & covers_district_of_person) | weighs_guarantors)
sees_family = is_oneself | asks_about_family | holds(Role.AUDITOR) | is_system
writes_family = is_oneself | (is_advisor & covers_district_of_person) | (holds(Role.LOAN_OFFICER) & is_applied_to_by)
rules.add_perm("enterprises.view_family", sees_family)
rules.add_perm("enterprises.keep_family", (is_asked_about_family & writes_family) | is_system)
# What stands there somebody may put right themselves at any time.
rules.add_perm("enterprises.correct_family", is_oneself | (is_asked_about_family & writes_family) | is_system)
rules.add_perm("enterprises.view_kinship", sees_family_of_either)
rules.add_perm("enterprises.view_household", sees_family_in_household)
rules.add_perm("enterprises.view_residence", sees_residence)
rules.add_perm("enterprises.view_familyquestion", sees_family_of_holder)
