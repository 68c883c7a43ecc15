import pytest

from tests.factories.casework import NoteFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_shared", [True, False])
def test_the_entrepreneur_reads_shared_notes_alone(is_shared):
    note = NoteFactory(is_shared=is_shared)

    assert note.case.person.user.has_perm("casework.view_note", note) is is_shared
