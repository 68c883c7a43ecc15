import pytest

from enterprises.summaries import answers_of, name_of, newcomer_rows, person_rows, to_keep_ready
from tests.factories.enterprises import ClaimFactory, DraftFactory, PersonFactory

pytestmark = pytest.mark.django_db


def said(draft, **kwargs):
    return [(row["label"], row["text"], row["url"]) for row in answers_of(draft, **kwargs)]


def test_answers_are_said_in_words_with_the_page_that_changes_each():
    draft = DraftFactory(phone="+923000001234")
    draft.answers["who"] |= {"cnic": "3630248291056", "parent_relation": "husband", "parent_name": "Ali"}
    draft.answers["what"] |= {"started_year": 2019, "started_month": "3"}

    own = '<span dir="auto">{}</span>'.format
    assert said(draft) == [
        ("You have", "A business", "/register/start/"),
        ("Full name", own("Nasreen Bibi"), "/register/who/"),
        ("CNIC", "36302-4829105-6", "/register/who/"),
        ("You are", "Woman", "/register/who/"),
        ("Husband's name", own("Ali"), "/register/who/"),
        ("Mobile", ["0300-0001234", "Own phone"], "/register/reach/"),
        ("District", ["Multan", "Punjab"], "/register/reach/"),
        ("Village, town or street", own("Shah Rukn-e-Alam"), "/register/reach/"),
        ("Kind of work", "Tailoring and embroidery", "/register/what/"),
        ("Business", [own("Nasreen Stitching House"), own("Uniforms")], "/register/what/"),
        ("Running since", "Mar 2019", "/register/what/"),
        ("You want help with", ["A loan without interest"], "/register/what/"),
    ]


def test_a_name_beside_theirs_that_was_left_empty_says_so_and_of_an_idea_it_is_not_asked():
    draft = DraftFactory()
    draft.answers["who"] |= {"parent_name": ""}
    asked = said(draft)
    del draft.answers["who"]["parent_name"]

    line = ("Father's or husband's name", "Not said", "/register/who/")
    assert [line in found for found in (asked, said(draft))] == [True, False]


def test_what_was_left_empty_says_so_and_a_reader_changes_nothing():
    draft = DraftFactory()
    draft.answers["who"]["cnic"] = ""
    draft.answers["what"] = {"sector": "", "name": "", "what": "", "started_year": 2019, "help": []}

    found = {label: (text, url) for label, text, url in said(draft, may_change=False)}

    labels = ["CNIC", "Kind of work", "Business", "Running since", "They want help with"]
    assert [found[label] for label in labels] == [
        ("No card at hand", ""),
        ("Not said yet", ""),
        ("No name yet", ""),
        ("2019", ""),
        ("We talk about it", ""),
    ]


def test_somebody_signed_in_is_called_by_the_name_on_file():
    assert name_of(DraftFactory(person=PersonFactory(name="On File"))) == "On File"


def test_whoever_has_no_card_is_not_asked_to_keep_it_ready():
    assert to_keep_ready(is_idea=True, has_card=False) == ["What you want to sell, and who would buy it"]


@pytest.mark.parametrize(
    ("relation", "label"),
    [("father", "Father's name"), ("husband", "Husband's name"), ("", "Father's or husband's name")],
)
def test_whose_name_stands_beside_theirs_is_said_as_far_as_somebody_knows(relation, label):
    """A list may hold the name and not say whose it is."""
    newcomer = PersonFactory(parent_name="Ali Akram", parent_relation=relation, cnic=None, cnic_standing="none")
    newcomer.known_districts, newcomer.known_references = [], []

    found = [newcomer_rows(ClaimFactory(on_file=True, newcomer=newcomer), phone=""), person_rows(newcomer, {})]

    own = '<span dir="auto">Ali Akram</span>'
    assert [[row["label"] for row in rows if row["text"] == own] for rows in found] == [[label], [label]]
