"""Another version of the questions of business checks: begun as a copy, changed, looked at and published."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework.actions import health, questionnaires
from casework.models import Option, Question, Questionnaire, StepKind
from casework.pages import health as health_pages
from casework.pages.questionnaires import preview
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory
from tests.factories.health import DoneHealthCheckFactory, QuestionFactory, answered

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return colleague(Role.ADMINISTRATOR)


@pytest.fixture
def admin(signed_in, by):
    return signed_in(by)


def publish(draft, by):
    return questionnaires.publish(questionnaire=draft, by=by, digest=questionnaires.digest_of(draft))


def said_in(questionnaire):
    """Everything that stands in it, without ids."""
    return [
        (
            questionnaires.facts_of(question, questionnaires.OF_QUESTION),
            list(question.options.values_list(*questionnaires.OF_OPTION)),
        )
        for question in questionnaire.questions.all()
    ]


def test_a_draft_begins_with_all_that_is_asked_now_and_is_begun_once(by):
    draft, again = questionnaires.draft(by=by), questionnaires.draft(by=by)

    assert (draft.number, draft.published_at, draft) == (2, None, again)
    assert said_in(draft) == said_in(Questionnaire.objects.current())
    assert (len(said_in(draft)), preview(draft)["differs"], questionnaires.lacking(draft)) == (20, [], [])


def test_the_first_one_begins_empty(by, monkeypatch):
    monkeypatch.setattr(Questionnaire.objects, "current", lambda: None)

    draft = questionnaires.draft(by=by)

    assert (draft.questions.count(), preview(draft)["now"]) == (0, None)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_makes_or_publishes_one(role, by):
    draft, other = questionnaires.draft(by=by), colleague(role)

    for act in (
        lambda: questionnaires.draft(by=other),
        lambda: publish(draft, other),
        lambda: questionnaires.discard(questionnaire=draft, by=other),
        lambda: questionnaires.take_out(questions=draft.questions.all(), by=other),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert (draft.questions.count(), Questionnaire.objects.current().number) == (20, 1)


def test_checks_that_are_begun_end_with_their_own_questions(by):
    """And those that begin from then on ask the new ones."""
    begun = answered()
    draft = questionnaires.draft(by=by)
    draft.questions.filter(code="tax").update(name="Do you pay tax?")

    publish(draft, by)

    done = health.finish(check=begun, by=begun.case.advisor, version=0)
    case = CalledFactory()
    assert (done.questionnaire.number, done.overall) == (1, 100)
    assert health.begin(case=case, by=case.advisor).questionnaire == draft


def test_what_is_published_is_not_touched_again(by):
    """The database holds it too, whoever writes: `test_health.test_a_published_questionnaire_never_changes`."""
    published = publish(questionnaires.draft(by=by), by)

    for act in (
        lambda: publish(published, by),
        lambda: questionnaires.discard(questionnaire=published, by=by),
        lambda: questionnaires.take_out(questions=[published.questions.first()], by=by),
    ):
        with pytest.raises(ValidationError, match="never changes"):
            act()


def publishes_what_was_seen(by):
    draft = questionnaires.draft(by=by)
    seen = questionnaires.digest_of(draft)
    Option.objects.filter(question__questionnaire=draft, points=2).update(points=1)

    with pytest.raises(ValidationError, match="changed it meanwhile"):
        questionnaires.publish(questionnaire=draft, by=by, digest=seen)


def test_nobody_publishes_what_they_did_not_see(by):
    publishes_what_was_seen(by)


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="control: nobody compares with what was shown")
def test_nobody_publishes_what_they_did_not_see_control(by, monkeypatch):
    monkeypatch.setattr(questionnaires, "digest_of", lambda questionnaire: "")
    publishes_what_was_seen(by)


def no_money(draft):
    questionnaires.take_out(questions=draft.questions.filter(area="money"), by=colleague(Role.ADMINISTRATOR))


def one_answer(draft):
    draft.questions.get(code="tax").options.exclude(points=3).delete()


def no_best(draft):
    draft.questions.get(code="tax").options.filter(points=3).update(points=2)


def none_weak(draft):
    draft.questions.get(code="tax").options.update(points=3)


def no_urdu_hint(draft):
    draft.questions.filter(code="tax").update(hint_ur="")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_money, "Nothing is asked about: Money"),
        (one_answer, "needs at least two answers"),
        (no_best, "needs at least two answers"),
        (none_weak, "needs at least two answers"),
        (no_urdu_hint, "needs a hint and an example, in both languages"),
    ],
)
def test_what_cannot_be_scored_or_read_is_not_published(spoil, said, by):
    draft = questionnaires.draft(by=by)
    spoil(draft)

    with pytest.raises(ValidationError, match=said):
        publish(draft, by)

    assert Questionnaire.objects.current().number == 1


def test_a_draft_is_thrown_away_with_all_that_stands_in_it(by):
    questionnaires.discard(questionnaire=questionnaires.draft(by=by), by=by)

    assert (Questionnaire.objects.count(), Question.objects.count()) == (1, 20)


def test_the_preview_says_what_is_new_what_is_gone_and_what_is_another_one(by):
    draft = questionnaires.draft(by=by)
    first, second, third, fourth, *_rest = draft.questions.all()
    draft.questions.filter(pk=first.pk).update(order=second.order + 1, hint="Any book.", suggests=None)
    questionnaires.take_out(questions=[third], by=by)
    fourth.options.filter(points=3).update(name="Always")
    new = QuestionFactory(questionnaire=draft, order=999)

    shown = preview(draft)

    differs = {(one["what"], one["question"].code): one["lines"] for one in shown["differs"]}
    assert set(differs) == {
        ("Changed", second.code), ("Changed", first.code), ("Changed", fourth.code), ("New", new.code),
        ("Taken out", third.code),
    }  # fmt: skip
    lines = [(str(line["label"]), line["now"]) for line in differs["Changed", first.code]]
    assert lines == [("Place", 2), ("Hint", "Any book."), ("Step that a weak answer suggests", "–")]
    ((answers,),) = [differs["Changed", fourth.code]]
    assert ["Always (3)" in answers[when] for when in ("was", "now")] == [False, True]
    assert preview(Questionnaire.objects.current())["differs"] == []


def test_of_other_questions_scores_are_compared_area_by_area(by):
    before = DoneHealthCheckFactory(done_at=timezone.now() - dt.timedelta(days=180))
    same = DoneHealthCheckFactory(case=before.case, done_at=timezone.now() - dt.timedelta(days=90))
    publish(questionnaires.draft(by=by), by)
    other = DoneHealthCheckFactory(case=before.case)

    said = [health_pages.result(check)["sentence"] for check in (same, other)]

    assert ["it was 54 of 100" in said[0], "other questions were asked: compare area by area" in said[1]] == [
        True,
        True,
    ]
    assert [point["before"] for point in health_pages.result(other)["points"]] == [33, 50, 75, 100, 67, 0]


# In Django admin


def test_an_administrator_makes_changes_looks_at_and_publishes_a_version(admin):
    add = reverse("admin:casework_questionnaire_add")
    assert admin.get(add).status_code == 200
    page = admin.post(add)["Location"]
    draft = Questionnaire.objects.drafts().get()
    question = draft.questions.get(code="tax")
    assert f"/admin/casework/question/{question.pk}/change/" in admin.get(page).text
    typed = facts_typed(admin, question) | {"name": "Do you pay tax?"}

    saved = admin.post(reverse("admin:casework_question_change", args=[question.pk]), typed)

    look = reverse("admin:casework_questionnaire_preview", args=[draft.pk])
    shown = admin.get(look)
    assert (saved["Location"], "Do you pay tax?" in shown.text) == (page, True)
    admin.post(look, {"digest": "other"})
    assert Questionnaire.objects.current().number == 1
    admin.post(look, {"digest": shown.context["digest"]})
    after = admin.get(look).text
    assert (Questionnaire.objects.current(), "Publish it" in after, "It is published" in after) == (draft, False, True)
    refused = admin.post(reverse("admin:casework_question_change", args=[question.pk]), typed | {"name": "Other?"})
    question.refresh_from_db()
    assert (refused.status_code, question.name) == (403, "Do you pay tax?")
    read = [admin.get(url).status_code for url in (page, reverse("admin:casework_question_change", args=[question.pk]))]
    assert read == [200, 200]


def facts_typed(client, question):
    """What the page of a question sends when nothing is changed."""
    form = client.get(reverse("admin:casework_question_change", args=[question.pk])).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    options = list(question.options.all())
    typed |= {"options-TOTAL_FORMS": len(options), "options-INITIAL_FORMS": len(options)}
    for place, option in enumerate(options):
        typed |= {
            f"options-{place}-{name}": getattr(option, name) for name in ("id", "order", "points", "name", "name_ur")
        }
    return typed


def test_a_question_is_added_to_a_draft_alone_and_taken_out_of_it(admin, by):
    draft = questionnaires.draft(by=by)
    url = reverse("admin:casework_question_add")
    assert admin.get(url, {"questionnaire": draft.pk}).context["adminform"].form["questionnaire"].value() == str(
        draft.pk
    )
    typed = {
        "questionnaire": draft.pk, "code": "more", "area": "money", "order": 999, "name": "More?", "name_ur": "اور؟",
        "options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0,
    }  # fmt: skip

    refused = admin.post(url, typed | {"questionnaire": Questionnaire.objects.current().pk})
    admin.post(url, typed)

    assert list(refused.context["adminform"].form.errors) == ["questionnaire"]
    added = Question.objects.get(code="more")
    assert added.questionnaire == draft
    admin.post(reverse("admin:casework_question_delete", args=[draft.questions.first().pk]), {"post": "yes"})
    assert draft.questions.count() == 20
    admin.post(reverse("admin:casework_questionnaire_delete", args=[draft.pk]), {"post": "yes"})
    assert Questionnaire.objects.count() == 1


def test_a_preview_of_what_is_not_there_is_not_found(admin):
    assert admin.get(reverse("admin:casework_questionnaire_preview", args=[99])).status_code == 404


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.PROGRAMME_MANAGER])
def test_nobody_else_opens_them(role, signed_in, by):
    draft, client = questionnaires.draft(by=by), signed_in(colleague(role))
    urls = [
        reverse("admin:casework_questionnaire_add"),
        reverse("admin:casework_questionnaire_preview", args=[draft.pk]),
    ]

    answers = [client.post(url).status_code for url in urls]

    assert (answers, Questionnaire.objects.count()) == ([403, 403], 2)


def test_a_step_that_a_question_suggests_stands_in_the_draft(by):
    draft = questionnaires.draft(by=by)

    assert draft.questions.get(code="tax").suggests == StepKind.objects.get(code="ntn")


def test_points_and_the_question_itself_are_asked_for_by_their_names(admin, by):
    question = questionnaires.draft(by=by).questions.first()
    page = reverse("admin:casework_question_change", args=[question.pk])

    text = admin.get(page).text

    assert ("Question in English" in text, 'max="3"' in text) == (True, True)
