"""What `make run` shows of the lines that its children write, and what it keeps in the file beside."""

import json

import pytest

from launch.supervisor import Supervisor, brief


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Sample gateway at http://127.0.0.1:9", "Sample gateway at http://127.0.0.1:9"),
        (json.dumps({"level": "info", "message": "delivered"}), ""),
        (json.dumps({"level": "warning", "message": "Forbidden: /desk/"}), ""),
        (json.dumps({"level": "error", "message": "planning failed", "traceback": "..."}), "error: planning failed"),
        ('{"level": "critical"}', "critical: "),
        ("{ no JSON", "{ no JSON"),
    ],
)
def test_log_lines_are_shown_in_short_where_something_broke(line, shown):
    assert brief(line) == shown


@pytest.mark.parametrize(
    ("has_file", "shown"), [(True, ["web | ready"]), (False, ['web | {"level": "info"}', "web | ready"])]
)
def test_every_line_is_kept_in_the_file_and_only_plain_ones_are_shown(tmp_path, capsys, has_file, shown):
    """Without a file nothing is kept back: the failing control."""
    log = tmp_path / "run.log"
    supervisor = Supervisor(tmp_path, log=log if has_file else None)
    supervisor.add("web", ["true"], {})

    for line in ('{"level": "info"}', "ready"):
        supervisor.print_line(supervisor.children[0], line)

    assert capsys.readouterr().out.splitlines() == shown
    supervisor.stop()
    assert not has_file or log.read_text().splitlines() == ['web | {"level": "info"}', "web | ready"]
