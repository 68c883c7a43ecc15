"""Checks are only worth their seconds if they can fail."""

import json
import subprocess

import pytest

from launch import budget, checks, coverage_floor, suites


@pytest.fixture
def tree(tmp_path):
    """A git checkout to plant things in."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)  # noqa: S603, S607

    def plant(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return tmp_path

    return plant


# The size budget


@pytest.mark.parametrize("kind", ["file", "function", "class", "template", "settings"])
@pytest.mark.parametrize("excess", [0, 1])
def test_budget_is_kept_to_the_line(tree, kind, excess):
    name, text, sentence = {
        "file": ("loans/views.py", "x = 1\n" * (500 + excess), "loans/views.py has 501 lines; 500 is the most"),
        "function": (
            "loans/views.py",
            "def f():\n" + "    x = 1\n" * (49 + excess),
            "loans/views.py: f() has 51 lines; 50 is the most",
        ),
        "class": (
            "loans/views.py",
            "class C:\n" + "    x = 1\n" * (249 + excess),
            "loans/views.py: class C has 251 lines; 250 is the most",
        ),
        "template": (
            "templates/loans/a.html",
            "<p>\n" * (150 + excess),
            "templates/loans/a.html has 151 lines; 150 is the most",
        ),
        "settings": (
            "portal/settings.py",
            "X = 1\n" * (300 + excess),
            "portal/settings.py has 301 lines; 300 is the most",
        ),
    }[kind]

    assert budget.breaches(tree(name, text)) == [sentence] * excess


def test_budget_spares_tests_and_migrations(tree):
    tree("tests/loans/test_views.py", "x = 1\n" * 600)

    assert budget.breaches(tree("loans/migrations/0001_initial.py", "x = 1\n" * 600)) == []


def test_apps_that_import_each_other_are_named(tree):
    tree("loans/actions.py", "from training.models import Course\n")
    one_way = budget.breaches(tree("training/actions.py", "import json\n"))

    both_ways = budget.breaches(tree("training/actions.py", "import loans.models\n"))

    assert (one_way, both_ways) == ([], ["loans and training import each other"])


# Coverage


def report(tmp_path, **files):
    """What two processes saw: for each file, lines missed of a hundred, and branches missed of ten.

    Either took half of what was taken; what one of them took does not count as missed.
    """
    folder = tmp_path / "taken"
    folder.mkdir()
    for half in (0, 1):
        seen = {name: half_of(half, lines, branches) for name, (lines, branches) in files.items()}
        (folder / f"gw{half}.json").write_text(json.dumps({"files": seen}))
    return folder


def half_of(half, lines, branches):
    all_lines, all_branches = list(range(100)), [[line, 0] for line in range(1, 11)]
    taken_lines, taken_branches = all_lines[lines + half :: 2], all_branches[branches + half :: 2]
    return {
        "executed_lines": taken_lines,
        "missing_lines": [line for line in all_lines if line not in taken_lines],
        "executed_branches": taken_branches,
        "missing_branches": [branch for branch in all_branches if branch not in taken_branches],
    }


def test_full_coverage_of_rules_and_nearly_full_of_views_holds(tmp_path):
    assert coverage_floor.holds(report(tmp_path, **{"loans/rules.py": (0, 0), "loans/views.py": (5, 0)}))


@pytest.mark.parametrize(
    "name",
    [
        *("loans/rules.py", "loans/states.py", "loans/models.py", "loans/models/loans.py", "loans/querysets.py"),
        *("loans/schedule.py", "places/calendar.py", "loans/actions/applications.py"),
    ],
)
@pytest.mark.parametrize(("missed", "said"), [((1, 0), "0"), ((0, 1), "1->exit")])
def test_a_missed_line_or_branch_of_the_rule_layers_does_not(tmp_path, capsys, name, missed, said):
    plenty = {f"loans/view_{number}.py": (0, 0) for number in range(20)}

    assert not coverage_floor.holds(report(tmp_path, **plenty, **{name: missed}))
    assert capsys.readouterr().out == f"coverage: {name} misses {said}\n"


@pytest.mark.parametrize(
    ("code", "taken_by", "found"),
    [
        (0, "tests/loans/test_rules.py", (True, ["tests/loans/test_rules.py"])),
        (0, "tests/loans", (True, ["tests/loans/test_rules.py", "tests/loans"])),
        (0, None, (False, ["tests/loans/test_rules.py", "tests/loans"])),
        (1, "tests/loans/test_rules.py", (False, ["tests/loans/test_rules.py"])),
    ],
    ids=["a probe was lost", "a test elsewhere takes it", "no test takes it", "a test fails then"],
)
def test_what_is_short_is_asked_for_once_more(tmp_path, monkeypatch, code, taken_by, found):
    """By the tests of its module, and if those do not take it by all of its app."""
    taken = report(tmp_path, **{"loans/rules.py": (1, 0), "places/calendar.py": (0, 0)})
    asked = []

    def run(words, _environment):
        asked.append(words[0])
        if words[0] == taken_by:
            (taken / "again.json").write_text(json.dumps({"files": {"loans/rules.py": half_of(1, -1, 0)}}))
        return code

    monkeypatch.setattr(suites, "run_pytest", run)

    assert (suites.is_covered(suites.phases()[0], tmp_path, {}), asked) == found


def test_a_low_sum_does_not(tmp_path, capsys):
    assert not coverage_floor.holds(report(tmp_path, **{"loans/views.py": (6, 0)}))
    assert capsys.readouterr().out == "coverage: overall: 94.5 % of 95 %\n"


def test_a_run_that_measured_nothing_does_not(tmp_path, capsys):
    """The plugin was not read, or wrote elsewhere, or of files that are not ours."""
    assert not coverage_floor.holds(tmp_path)
    assert not coverage_floor.holds(report(tmp_path, **{"tests/loans/rules.py": (0, 0)}))
    assert capsys.readouterr().out == "coverage: overall: 0.0 % of 95 %\n" * 2


# What is left for later


def test_a_note_to_self_is_found_and_a_cnic_pattern_is_not(tree, monkeypatch):
    monkeypatch.setattr(checks, "ROOT", tree("loans/a.py", "x = 1  # " + "TO" + "DO later\n"))
    found = checks.left_for_later()
    tree("loans/a.py", 'pattern = "XXXXX-XXXXXXX-X"\n')

    assert found == "loans/a.py:1: x = 1  # " + "TO" + "DO later"
    assert checks.left_for_later() is None


def test_types_are_asked_for_in_the_rule_layers_only(monkeypatch):
    names = [
        "loans/rules.py",
        "loans/actions/receipts.py",
        "loans/views.py",
        "loans/forms.py",
        "launch/run.py",
        "manage.py",
    ]
    monkeypatch.setattr(budget, "files", lambda _root, _pattern: names)

    assert checks.typed_files() == ["loans/rules.py", "loans/actions/receipts.py", "launch/run.py"]
