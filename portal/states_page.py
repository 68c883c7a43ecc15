"""docs/states.md, made from the tables of moves: the table is the documentation."""

from collections.abc import Iterator

from django.apps import apps


def page() -> str:
    return "\n".join(lines()) + "\n"


def lines() -> Iterator[str]:
    yield "# States and moves"
    yield ""
    yield "Made by `python manage.py write_states` from each record's table of moves; a test fails when it is stale."
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        moves = getattr(model, "MOVES", None)
        if moves:
            yield from section(model, moves)


def section(model, moves) -> Iterator[str]:
    said = dict(model._meta.get_field("state").flatchoices)
    yield ""
    yield f"## {model._meta.label}"
    yield ""
    yield "| state | in words |"
    yield "| --- | --- |"
    for state, words in said.items():
        yield f"| {state} | {words} |"
    yield ""
    yield "| move | from | to | who may | leaves |"
    yield "| --- | --- | --- | --- | --- |"
    for verb, move in moves.items():
        sources = ", ".join(sorted(str(source) for source in move.sources))
        yield f"| {verb} | {sources} | {move.target} | `{move.permission}` | `{move.event}` |"
