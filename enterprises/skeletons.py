"""Names as bones: what is left of a name when script, vowels, breath and the clerk's habits are taken away.

محمد اکرم, "Muhammad Akram" and "MOHD  AKRUM" have one skeleton. Urdu writes no short vowels and English letters follow
no rule for the long ones, so vowels count only where a word begins. Letters that one script tells apart and the other
does not (ق and ک, ض and ز, ط and ت) fall together; so do those that people hear as one (w and v).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kit.text import clean

VOWEL, BREATH = "a", "h"
# Urdu letters by their sound. ی and و are vowels or consonants by their place; see `consonants`.
URDU = {
    **dict.fromkeys("اآعءأإٱ", VOWEL), **dict.fromkeys("ہھحهةۃە", BREATH), **dict.fromkeys("یےيىۓ", "y"), "و": "w",
    "ب": "b", "پ": "p", "ف": "f", "م": "m", "ل": "l", "ج": "j", "چ": "c", "ش": "x",
    **dict.fromkeys("تطٹ", "t"), **dict.fromkeys("دڈ", "d"), **dict.fromkeys("رڑ", "r"), **dict.fromkeys("نںڻ", "n"),
    **dict.fromkeys("سصث", "s"), **dict.fromkeys("زذضظژ", "z"), **dict.fromkeys("کقخك", "k"),
    **dict.fromkeys("گغ", "g"),
}  # fmt: skip
LATIN = {**dict.fromkeys("aeiou", VOWEL), "q": "k", "v": "w"}
# Two English letters for one sound. Other letters before h are only breathed: kh, gh, th, dh, bh, ph.
ENGLISH_PAIRS = (("sh", "x"), ("ch", "c"))
# English letters as they are heard: silent ones, breathed ones, and vowels in three kinds, A, I and U.
HEARD = tuple(
    (re.compile(spelling), sound)
    for spelling, sound in (
        ("que?$", "k"),
        ("q", "k"),
        ("v", "w"),
        *ENGLISH_PAIRS,
        ("(?<=[kgtdbpj])h", ""),
        ("(?<=[aeiou])h$", ""),
        ("(?<![aeiouy])y(?![aeiou])|(?<=[aeiou])y|[aeiou]*(?:ee|i)[aeiouy]*", "I"),
        ("[ae]*[ou][aeiou]*", "U"),
        ("[ae]+", "A"),
    )
)
VOWELS = {**dict.fromkeys("اآٱعأ", "A"), **dict.fromkeys("یےيىئ", "I"), **dict.fromkeys("وؤ", "U"), "ء": ""}
# A long vowel after it makes و a consonant: نواز has one, نور has none.
LONG_VOWELS = "ایآے"
# Words whose common spellings no rule brings together, by the skeleton that all of them get.
IRREGULAR = {
    "mmd": ("muhammad", "mohammad", "muhammed", "mohammed", "muhamad", "mohamad", "mohamed", "mohd", "muhd", "md", "m",
            "محمد"),
    "abdla": ("abdullah", "abdulla", "abdallah", "عبداللہ", "عبدالله"),
    "bkx": ("bux", "buksh", "baksh", "bakhsh", "bukhsh", "بخش"),
    "cdr": ("ch", "chaudhry", "choudhry", "chaudhary", "choudhary", "چوہدری", "چودھری"),
    "zlfkr": ("ذوالفقار",),
    "mst": ("mst", "mussamat", "musammat", "mussammat", "مسماۃ", "مسمات", "مسماة"),
}  # fmt: skip
KNOWN = {spelling: bones for bones, spellings in IRREGULAR.items() for spelling in (bones, *spellings)}
MUHAMMAD = "mmd"
# Titles, castes and courtesies come and go from one paper to the next. They are told by their spelling: the skeleton of
# سید is that of سعید too.
TITLES = frozenset((Path(__file__).parent / "data" / "titles.txt").read_text(encoding="utf-8").split())
SERVANT = re.compile("abd(?:[aeou]?[lrsnzxtd])?|عبد(?:ال)?")
SERVANTS_ARTICLE = re.compile("^abdl(?=.)")
ALLAH = frozenset({"allah", "ullah", "اللہ", "الله"})
# How much a word tells: a name; Muhammad, which every second man bears; a title.
NAME, PRAISED, TITLE = 1.0, 0.3, 0.15
PARTICLES = frozenset({"ul", "ud", "ur", "us", "un", "bin", "bint", "ibn"})
APOSTROPHES = re.compile("['’‘`ʼʻ]")
NOT_LETTERS = re.compile(r"[^a-z\u0620-\u06d3]+")
ARTICLE = re.compile("^ال(?=(?:دین|حق|رحم|حسن|حسین|اسلام|کریم|قادر))")
LONGEST = 6
MARK = "w"


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters without marks, particles left out, at most six."""
    spelled = unicodedata.normalize("NFKD", APOSTROPHES.sub("", clean(name)).casefold())
    bare = "".join(char for char in spelled if not unicodedata.combining(char) and char not in "\u200c\u200d")
    found = [ARTICLE.sub("", word) for word in NOT_LETTERS.split(bare) if word]
    return tuple([word for word in found if word not in PARTICLES] or found)[:LONGEST]


def skeleton(name: str) -> str:
    """The skeletons of the words of a name, in their order. A skeleton is its own skeleton."""
    return " ".join(bone.sound for bone in bones(name))


@dataclass(frozen=True)
class Bone:
    """One word of a name: its skeleton, the same with its vowels, how it was spelled, and how much it tells."""

    sound: str
    spelled: str
    weight: float

    @property
    def melody(self) -> str:
        return melody_of(self.spelled)


@lru_cache(maxsize=65536)
def bones(name: str) -> tuple[Bone, ...]:
    """What is left of the words of a name. عبدالستار, "Abdul Sattar" and "Abdus Sattar" are one word."""
    found: list[Bone] = []
    for word in words(name):
        if found and SERVANT.fullmatch(found[-1].spelled):
            found.append(servant_of(found.pop().spelled, word))
        else:
            sound = sound_of(word)
            found.append(Bone(sound, word, weight_of(word, sound)))
    return tuple(found)


def servant_of(servant: str, whom: str) -> Bone:
    """عبد and whose servant he is, in two words: as if it were written in one."""
    if whom in ALLAH:
        return Bone(KNOWN["abdullah"], servant + whom, NAME)
    sound = marked(folded("abd" + sound_of(whom).lstrip("ahy").removeprefix("l")), servant + whom)
    return Bone(sound, servant + whom, NAME)


def weight_of(word: str, sound: str) -> float:
    if word in TITLES:
        return TITLE
    return PRAISED if sound == MUHAMMAD else NAME


@lru_cache(maxsize=65536)
def sound_of(word: str) -> str:
    if word in KNOWN:
        return KNOWN[word]
    spelled = word
    for pair, sound in ENGLISH_PAIRS:
        spelled = spelled.replace(pair, sound)
    kept = folded("".join(consonants(spelled)))
    return marked(SERVANTS_ARTICLE.sub("abd", kept), word)


def marked(sound: str, word: str) -> str:
    """Mark what sounds like another word's short form.

    محمود leaves "md" and عابد "abd", which is how clerks shorten محمد and begin عبدالستار.
    """
    is_taken = KNOWN.get(sound, sound) != sound or bool(SERVANT.fullmatch(sound))
    return sound + MARK if is_taken and not SERVANT.fullmatch(word) else sound


@lru_cache(maxsize=65536)
def melody_of(word: str) -> str:
    """A word as it is heard, vowels and all: within one script they tell حسن from حسین, Rashid from Arshad."""
    if word in KNOWN:
        return KNOWN[word]
    if word.isascii():
        for spelling, sound in HEARD:
            word = spelling.sub(sound, word)
        return folded(word)
    return folded("".join(VOWELS.get(letter) or URDU.get(letter, letter) for letter in word))


def folded(sounds: str) -> str:
    return re.sub(r"(.)\1+", r"\1", sounds)


def consonants(word: str) -> list[str]:
    """Sounds that count: vowels and breath where the word begins, و where a long vowel follows, everything else."""
    sounds = []
    for place, letter in enumerate(word):
        sound = URDU.get(letter) or LATIN.get(letter) or letter
        if place and sound in {VOWEL, BREATH, "y"}:
            continue
        if place and letter == "و" and word[place + 1 : place + 2] not in [*LONG_VOWELS]:
            continue
        sounds.append(sound)
    return sounds
