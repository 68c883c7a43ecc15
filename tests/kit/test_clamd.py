import pytest

from kit.clamd import PIECE, ScannerDown, Verdict, scan
from tests.kit import fake_clamd
from tests.kit.papers import EICAR


@pytest.fixture(params=["tcp", "unix"])
def url(request, tmp_path):
    with fake_clamd.clamd(path=tmp_path / "s" if request.param == "unix" else None) as found:
        yield found


@pytest.mark.parametrize("content", [b"", b"a paper", b"x" * (3 * PIECE + 1)])
def test_what_is_clean_is_said_to_be(url, content):
    assert scan(content, url=url) == Verdict(is_clean=True)


@pytest.mark.parametrize("content", [EICAR, b"x" * (PIECE - 10) + EICAR])
def test_eicar_is_found_also_across_two_pieces(url, content):
    """C13."""
    assert scan(content, url=url) == Verdict(is_clean=False)


@pytest.mark.parametrize("behaves", [fake_clamd.hangs_up, fake_clamd.talks_nonsense])
def test_an_answer_that_is_none_is_no_verdict(behaves):
    with fake_clamd.clamd(behaves=behaves) as url, pytest.raises(ScannerDown):
        scan(b"a paper", url=url)


def test_a_paper_beyond_the_daemons_limit_has_no_verdict():
    with fake_clamd.clamd(most=10) as url, pytest.raises(ScannerDown):
        scan(b"a longer paper", url=url)


def test_a_daemon_that_is_silent_is_given_up():
    def is_silent(line):
        while line.recv(10**6):
            pass

    with fake_clamd.clamd(behaves=is_silent) as url, pytest.raises(ScannerDown):
        scan(b"a paper", url=url, seconds=0.2)


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd", "http://x", "tcp://", "", "tcp://h:x"])
def test_a_daemon_that_is_not_there_gives_no_verdict(url):
    with pytest.raises(ScannerDown):
        scan(b"a paper", url=url, seconds=1)
