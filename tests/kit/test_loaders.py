import pytest
from django.template import Context, Engine


@pytest.fixture
def engine(tmp_path):
    for name in ("page.html", "report.typ"):
        (tmp_path / name).write_text("<p>\n    {{ said }}\n\t</p>\n")
    return Engine(dirs=[tmp_path], loaders=["kit.loaders.Loader"])


@pytest.mark.parametrize(
    ("name", "drawn"), [("page.html", "<p>\ntwo\n  lines\n</p>\n"), ("report.typ", "<p>\n    two\n  lines\n\t</p>\n")]
)
def test_pages_are_read_without_their_indentation(engine, name, drawn):
    """What is put in keeps its own, and what is no page stays as it is."""
    assert engine.get_template(name).render(Context({"said": "two\n  lines"})) == drawn
