import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import NotSupportedError, connection, transaction
from django.db.models import BigIntegerField, DateField, F

from casework.models import Case
from enterprises.models import Enterprise
from journal.open_items import IDS
from kit import given
from kit.given import FrozenLiteralError, Given, Kept, Text
from tests.factories.casework import DUE, CaseFactory

pytestmark = pytest.mark.django_db
USER: Given = Given("user_id", BigIntegerField())


def pks(rows):
    return [pk for (pk,) in rows]


def test_two_people_one_after_the_other_get_their_own_rows():
    cases = CaseFactory.create_batch(2)
    text = Text.of(Case.objects.filter(advisor_id=USER).values_list("pk"))

    assert [pks(text.rows({"user_id": case.advisor_id})) for case in cases] == [[case.pk] for case in cases]


def frozen(case):
    """A text that forgot to say that the advisor is given."""
    return Text.of(Case.objects.filter(advisor_id=case.advisor_id).values_list("pk"))


def test_an_id_that_is_not_given_is_refused():
    case, _other = CaseFactory.create_batch(2)

    with pytest.raises(FrozenLiteralError, match="must come from the scope"):
        frozen(case)


def test_control_without_the_refusal_the_second_reads_the_rows_of_the_first(monkeypatch):
    monkeypatch.setattr(given, "refuse_literals", lambda _params: None)
    mine, other = CaseFactory.create_batch(2)

    assert pks(frozen(mine).rows({"user_id": other.advisor_id})) == [mine.pk]


@pytest.mark.parametrize(
    "literal", [DUE, dt.datetime(2026, 11, 25, tzinfo=dt.UTC), dt.time(9), 2, 7.5, [3], ("a",)], ids=repr
)
def test_what_belongs_to_one_asking_is_refused(literal):
    with pytest.raises(FrozenLiteralError):
        given.refuse_literals(["kind", literal])


def test_what_is_the_same_for_everybody_is_kept():
    assert given.refuse_literals([None, "new", True, 0, 1, dt.timedelta(hours=1), USER]) is None


def test_a_day_is_asked_anew():
    case = CaseFactory(first_contact_due_on=DUE)
    text = Text.of(Case.objects.filter(first_contact_due_on__lt=Given("today", DateField())).values_list("pk"))

    found = [pks(text.rows({"today": DUE + dt.timedelta(days=days)})) for days in (0, 1)]

    assert found == [[], [case.pk]]


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_the_text_does_not_depend_on_how_many_are_asked_for(wanted):
    cases = CaseFactory.create_batch(3)[:wanted]
    text = Text.of(Case.objects.filter(enterprise__among=Given("ids", IDS)).order_by("pk").values_list("pk"))

    assert pks(text.rows({"ids": [case.enterprise_id for case in cases]})) == [case.pk for case in cases]


@pytest.mark.parametrize(
    "ids",
    [
        lambda case: {case.pk},
        lambda case: [case.pk],
        lambda case: Case.objects.filter(pk=case.pk).values("pk"),
    ],
)
def test_among_takes_a_collection_or_a_subquery(ids):
    case, _other = CaseFactory.create_batch(2)

    assert list(Case.objects.filter(pk__among=ids(case))) == [case]


def test_nothing_is_among_nothing():
    CaseFactory()

    assert list(Case.objects.filter(pk__among=())) == []


def plans():
    """How often this connection planned what it has prepared, and how often it used a plan that it had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements")
        return cursor.fetchone()


@pytest.fixture
def fresh():
    """A connection that has prepared nothing."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    given.PREPARED.clear()


def ask_twice():
    case, other = CaseFactory.create_batch(2)
    text = Text.of(Case.objects.filter(advisor_id=USER, state="new").values_list("pk"))
    found = [pks(text.rows({"user_id": one.advisor_id})) for one in (case, other)]
    assert found == [[case.pk], [other.pk]]


def test_what_is_asked_again_is_not_planned_again(fresh):
    ask_twice()

    assert plans() == (0, 2)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: each asking is planned anew")
def test_what_is_asked_again_is_not_planned_again_control(fresh):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")

    test_what_is_asked_again_is_not_planned_again(fresh)


def test_behind_a_pool_nothing_is_prepared(fresh, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)

    ask_twice()

    assert plans() == (None, None)


def test_what_few_ask_for_takes_no_memory_of_the_connection(fresh):
    text = Text.of(Case.objects.filter(advisor_id=USER).values_list("pk"), is_prepared=False)

    assert (text.rows({"user_id": 1}), plans()) == ([], (None, None))


def test_what_was_prepared_in_a_transaction_that_is_undone_is_still_there(fresh):
    text = Text.of(Case.objects.filter(advisor_id=USER).values_list("pk"))
    with transaction.atomic():
        text.rows({"user_id": 1})
        transaction.set_rollback(True)

    assert text.rows({"user_id": 1}) == []


def test_two_texts_that_differ_in_a_constant_alone_are_prepared_apart(fresh):
    case = CaseFactory(state="new")
    texts = [
        Text.of(Case.objects.filter(state=state, advisor_id=USER).values_list("pk")) for state in ("new", "closed")
    ]

    assert [pks(text.rows({"user_id": case.advisor_id})) for text in texts] == [[case.pk], []]


def ask_before_and_after_a_migration():
    """On a connection of its own, outside every transaction, as pages are read."""
    text = Text("SELECT word FROM pg_temp.words WHERE user_id = %s", (USER,))
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE words AS SELECT 1::bigint AS user_id, 'a'::varchar(5) AS word")
            before = text.rows({"user_id": 1})
            cursor.execute("ALTER TABLE words ALTER word TYPE varchar(9)")
        return [before, text.rows({"user_id": 1}), text.rows({"user_id": 1})]
    finally:
        connection.close()


def test_a_column_that_a_release_changes_breaks_no_page():
    with ThreadPoolExecutor(1) as own:
        found = own.submit(ask_before_and_after_a_migration).result()

    assert found == [[("a",)]] * 3


@pytest.mark.xfail(strict=True, raises=NotSupportedError, reason="the control: prepared once and never again")
def test_a_column_that_a_release_changes_breaks_no_page_control(monkeypatch):
    monkeypatch.setattr(given, "NotSupportedError", KeyError)

    test_a_column_that_a_release_changes_breaks_no_page()


# Rows as objects


def test_objects_come_as_the_queryset_gives_them(django_assert_num_queries):
    case, other = CaseFactory.create_batch(2)
    kept = Kept(
        Case.objects.filter(advisor_id=USER)
        .select_related("person", "enterprise__merged_into", "advisor")
        .annotate(called=F("state"))
    )

    for one in (case, other, case):
        with django_assert_num_queries(1):
            (found,) = kept.ask({"user_id": one.advisor_id}, office=one.office)
            read = (found.person.name, found.enterprise.name, found.enterprise.merged_into, found.advisor, found.office)
        plain = Case.objects.get(pk=one.pk)
        assert read == (plain.person.name, plain.enterprise.name, None, plain.advisor, plain.office)
        columns = [field.attname for field in Case._meta.concrete_fields]
        assert [getattr(found, name) for name in columns] == [getattr(plain, name) for name in columns]
        assert (found.called, found._state.adding, found._state.db) == ("new", False, "default")


def test_values_are_converted_as_the_queryset_converts_them():
    """JSON and arrays among them."""
    case = CaseFactory(enterprise__help_wanted=["loan"])
    kept = Kept(Enterprise.objects.filter(pk=Given("pk", BigIntegerField())))

    (found,) = kept.ask({"pk": case.enterprise_id})

    plain = Enterprise.objects.get(pk=case.enterprise_id)
    columns = [field.attname for field in Enterprise._meta.concrete_fields]
    assert [getattr(found, name) for name in columns] == [getattr(plain, name) for name in columns]


def test_no_row_is_no_object():
    assert Kept(Case.objects.filter(advisor_id=USER)).ask({"user_id": 1}) == []


def test_objects_of_one_asking_alone_are_refused():
    with pytest.raises(FrozenLiteralError, match="must come from the scope"):
        Kept(Case.objects.filter(advisor_id=7))
