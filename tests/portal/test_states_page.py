from pathlib import Path

from django.conf import settings

from portal.states_page import page


def test_the_page_of_states_is_not_stale():
    assert Path(settings.BASE_DIR, "docs", "states.md").read_text(encoding="utf-8") == page()
