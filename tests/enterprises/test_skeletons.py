"""Skeletons of names (R6): one for both scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.skeletons import URDU, bones, melody_of, skeleton, words
from kit.text import URDU_ALPHABET

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz" + URDU_ALPHABET + " .-'" + "\u0670\u200c")
NAMES = st.text(LETTERS, max_size=30) | st.text(max_size=30)
KNOWN_WORDS = st.lists(
    st.sampled_from(
        ["abdul", "abdus", "abd", "عبد", "عبدال", "sattar", "ستار", "allah", "اللہ", "ali", "md", "abid", "khan"]
    ),
    max_size=4,
).map(" ".join)


@pytest.mark.parametrize(
    ("urdu", "spellings", "bones_left"),
    [
        ("محمد اکرم", ["Muhammad Akram", "Mohd. AKRUM", "M Akram", " mohammed   akram "], "mmd akrm"),
        ("عبدالستار", ["Abdul Sattar", "Abdus Satar", "AbdulSattar", "abd-ul-sattar"], "abdstr"),
        ("عبد الرحمٰن", ["Abdul Rehman", "Abdur Rahman"], "abdrmn"),
        ("عبداللہ", ["Abdullah", "Abd Allah"], "abdla"),
        ("نسرین اختر", ["Nasreen Akhtar", "Nasrin Akhter"], "nsrn aktr"),
        ("ذوالفقار", ["Zulfiqar", "Zulfikar"], "zlfkr"),
        ("خان", ["Khan", "KHAAN"], "kn"),
        ("حسین", ["Hussain", "Hussein"], "hsn"),
        ("محمود", ["Mehmood", "Mahmud"], "mdw"),
        ("صلاح الدین", ["Salah ud Din"], "sl dn"),
        ("", ["", " . "], ""),
    ],
)
def test_both_scripts_leave_the_same_bones(urdu, spellings, bones_left):
    assert {skeleton(name) for name in (urdu, *spellings)} == {bones_left}


def test_a_short_form_is_not_taken_for_a_name_that_sounds_like_it():
    assert len({skeleton(name) for name in ("Md", "Mehmood", "Mai")}) == 3
    assert [bone.sound for bone in bones("Abid Khan")] == ["abdw", "kn"]


def test_titles_and_muhammad_tell_little():
    assert [(bone.sound, bone.weight) for bone in bones("Haji Muhammad Akram")] == [
        ("hj", 0.15),
        ("mmd", 0.3),
        ("akrm", 1.0),
    ]


def test_no_more_than_six_words_are_looked_at():
    assert len(words("one two three four five six seven")) == 6


def test_vowels_tell_brothers_apart_within_one_script():
    heard = [melody_of(word) for word in ("hassan", "hussain", "hussein", "حسن", "حسین", "دوست")]

    assert heard == ["hAsAn", "hUsIn", "hUsIn", "hsn", "hsIn", "dUst"]


def test_every_letter_of_the_urdu_alphabet_has_a_sound():
    assert set(URDU_ALPHABET) - set(URDU) - {"ؤ", "ئ", "ۂ"} == set()  # those three come apart into letter and mark


@given(NAMES | KNOWN_WORDS)
def test_a_skeleton_is_its_own_skeleton(name):
    assert skeleton(skeleton(name)) == skeleton(name)


@given(NAMES)
def test_spaces_and_case_change_nothing(name):
    assert skeleton(f"  {name} \u00a0") == skeleton(name)
    assert skeleton(name.lower().upper().lower()) == skeleton(name.lower())
