"""Whom a colleague means who types a name: by likeness within one script, by sound between the two.

A name, the father's or husband's, or both, in any order; indexes answer it.
"""

from django.db.models import Q

from enterprises.likeness import sounds_asked

# What stands on a card between somebody's name and the father's or husband's.
BETWEEN_NAMES = frozenset({"s/o", "d/o", "w/o", "ولد", "بنت", "دختر", "زوجہ"})


def people_called(text: str) -> Q:
    """Every word is a word of theirs, or all that tell something sound so; nobody, where nothing is asked."""
    words = [word for word in text.split() if word.casefold() not in BETWEEN_NAMES]
    if not words:
        return Q(pk__in=())
    alike = Q()
    for word in words:
        alike &= Q(name__trigram_word_similar=word) | Q(parent_name__trigram_word_similar=word)
    for way in sounds_asked(" ".join(words)):
        alike |= Q(sound_keys__contains=way)
    return alike
