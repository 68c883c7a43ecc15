"""What an event says on a timeline. `portal/wiring.py` holds the words; whoever shows events asks here."""

from collections.abc import Mapping

from django.utils.functional import Promise

from journal.models import Event

_sentences: dict[str, str | Promise] = {}


class Spoken(dict):
    """An event's data as sentences say it: amounts with their separators, and a dash for what is not there."""

    def __getitem__(self, key: str) -> object:
        value = self.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return "–" if value is None else value


def install(sentences: Mapping[str, str | Promise]) -> None:
    """Take over the words of every event; `%(name)s` in them are keys of the event's data."""
    _sentences.clear()
    _sentences.update(sentences)


def sentence(event: Event) -> str:
    """What happened, in the reader's language. An event whose name was retired says its name."""
    if event.name not in _sentences:
        return event.name
    return str(_sentences[event.name]) % Spoken(event.data)
