"""`make test`: phases in order, a stop at the first that fails, and one closing line."""

import pytest

from launch import browser, suites
from launch.say import Trouble
from tests.launch.checkout import said_by

TESTS = """
import pytest

def test_unit(): pass

@pytest.mark.skip
def test_skipped(): pass

@pytest.mark.storm
def test_storm(): assert {storm}

@pytest.mark.browser
def test_browser(): pass
"""
MARKS = "[pytest]\naddopts = -p xdist\nmarkers =\n    storm\n    concurrency\n    browser\n"


@pytest.fixture
def project(checkout, monkeypatch):
    """A checkout with four tests and a browser that only tells its version. Its pytest loads what it needs alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (checkout.root / "tests").mkdir()
    (checkout.root / "tests" / "test_all.py").write_text(TESTS.format(storm=True))
    (checkout.root / "pytest.ini").write_text(MARKS)
    fake = checkout.root / "chromium"
    fake.write_text("#!/bin/sh\necho Chromium\n")
    fake.chmod(0o755)
    checkout.chromium = str(fake)
    return checkout


def closing_lines(said):
    return [line.split("  ")[0] for line in said.splitlines() if " s   " in line] + said.splitlines()[-1:]


def test_all_phases_run_in_order_and_are_summed_up(project):
    code, said = said_by(project.start("test", ARGS="-q", CHROMIUM=project.chromium), 120)

    assert closing_lines(said) == ["units", "concurrency and storm", "browser", "3 passed, 0 failed, 1 skipped"], said
    assert code == 0


def test_failing_phase_is_the_last_and_fails_the_whole(project):
    (project.root / "tests" / "test_all.py").write_text(TESTS.format(storm=False))

    code, said = said_by(project.start("test", ARGS="-q", CHROMIUM=project.chromium), 120)

    assert closing_lines(said) == ["units", "concurrency and storm", "1 passed, 1 failed, 1 skipped"], said
    assert code == 1


def test_whole_run_without_coverage_fails(project):
    """Nothing of the stand-in portal is tested, and nothing narrows the run."""
    code, said = said_by(project.start("test", CHROMIUM=project.chromium), 120)

    assert "coverage: overall: 0.0 % of 95 %" in said
    assert closing_lines(said) == ["units", "1 passed, 0 failed, 1 skipped"]
    assert code == 1


def test_path_runs_plain_pytest(project):
    code, said = said_by(project.start("test", "tests/test_all.py", "-q"), 120)

    assert "3 passed, 1 skipped" in said
    assert code == 0


def test_word_of_an_option_is_no_path():
    assert not suites.names_tests("loans")
    assert suites.names_tests("tests/launch/test_suites.py::test_word_of_an_option_is_no_path")


def test_unknown_phase_is_refused_with_those_there_are(monkeypatch):
    monkeypatch.setenv("PHASE", "unit")

    with pytest.raises(Trouble, match="There are: units, concurrency and storm, browser"):
        suites.chosen_phases()


def test_pytest_that_wrote_no_result_counts_as_a_failure(tmp_path):
    assert suites.read_tally(tmp_path / "none.xml") == suites.Tally(failed=1)


@pytest.mark.parametrize(
    ("variables", "failed"), [({}, False), ({"CI": "true"}, True), ({"PORTAL_REQUIRE_BROWSER": "1"}, True)]
)
def test_missing_browser_is_said_and_fails_where_it_is_required(monkeypatch, variables, failed):
    monkeypatch.setattr(browser, "find_or_install", lambda: None)
    for name in ("CI", "PORTAL_REQUIRE_BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    tally, has_failed, remark = suites.run_phase(suites.phases()[-1], None, {}, [])

    assert (tally, has_failed) == (suites.Tally(), failed)
    assert remark.endswith("apt-get install chromium) or name one: CHROMIUM=/path/to/chrome make test")
