import datetime as dt
import os
import stat
import threading
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from enterprises import vault
from enterprises.actions import documents, scans
from enterprises.models import Document, DocumentRequest, Person
from journal.models import Event, JobRun
from journal.moves import EditConflict
from kit import clamd as clamd_client
from kit.clamd import ScannerDown
from kit.washing import Washed
from messaging.models import Message
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.enterprises import ConsentFactory, OwnershipFactory, district, entrepreneur
from tests.factories.papers import PAPER, CardFactory, DocumentFactory, DocumentRequestFactory, kind
from tests.kit.fake_clamd import clamd, hangs_up
from tests.kit.papers import EICAR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
NEWER = Washed("pdf", b"a better paper", b"", b"", pages=2)
IN_A_WEEK = dt.timedelta(days=7)


@pytest.fixture
def owner():
    return entrepreneur()


def add(ownership, code="utility-bill", *, by=None, paper=PAPER, scan=Document.Scan.NONE, **more):
    person = ownership.person
    return documents.add(
        kind=kind(code), enterprise=ownership.enterprise, person=person, paper=paper, scan=scan, by=by or person.user,
        **more,
    )  # fmt: skip


def names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def ask(ownership, advisor, code="utility-bill"):
    return documents.ask(
        enterprise=ownership.enterprise, kind=kind(code), due_on=timezone.localdate() + IN_A_WEEK, by=advisor
    )


# Handing in


def test_a_paper_is_kept_with_who_gave_it_and_what_it_is(owner):
    """C13."""
    document = add(owner, expires_on=dt.date(2030, 1, 31))

    document.refresh_from_db()
    assert {name: getattr(document, name) for name in ("form", "size", "sha256", "pages", "has_preview", "scan")} == {
        "form": "jpeg",
        "size": 7,
        "sha256": PAPER.sha256,
        "pages": 1,
        "has_preview": True,
        "scan": "none",
    }
    assert (document.enterprise, document.person, document.uploaded_by) == (
        owner.enterprise,
        None,
        owner.person.user,
    )
    assert (document.expires_on, document.is_open, names()) == (
        dt.date(2030, 1, 31),
        True,
        ["enterprises.document_added"],
    )
    assert [vault.read(document.name, part) for part in vault.PARTS] == [b"a paper", b"its picture", b"small"]


def test_a_paper_about_the_person_belongs_to_the_person(owner):
    document = add(owner, "cnic-front")

    assert (document.person, document.enterprise) == (owner.person, None)


def test_only_we_can_read_the_files(owner):
    """Promises, uploads: private, random names."""
    file = vault.path_of(add(owner).name)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    assert len({add(owner, "shop-photo").name for _photo in range(3)}) == 3


def test_a_better_photo_takes_the_place_of_the_one_before(owner):
    first = add(owner)

    second = add(owner, paper=NEWER)

    first.refresh_from_db()
    assert (first.replaced_by, first.removed_at, vault.read(first.name)) == (second, None, b"a paper")
    assert list(Document.objects.standing()) == [second]
    assert (second.has_preview, second.pages) == (False, 2)


def test_photos_of_a_shop_stand_side_by_side(owner):
    photos = [add(owner, "shop-photo") for _photo in range(3)]

    assert set(Document.objects.standing()) == set(photos)


def test_nobody_hands_in_papers_of_others(owner):
    other = entrepreneur()
    elsewhere = colleague(Role.ADVISOR, districts=[district("lahore")])

    for by in (other.person.user, elsewhere, colleague(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            add(owner, by=by)
    assert (Document.objects.count(), list(vault.root().glob("??/*"))) == (0, [])


def test_a_paper_with_a_virus_is_not_kept(owner):
    with pytest.raises(ValidationError):
        add(owner, scan=Document.Scan.INFECTED)

    assert (Document.objects.count(), names()) == (0, [])


def collide(count=8):
    """So many photos of one bill at once, from real connections; returns how many stand."""
    with committed_rows():
        owner = entrepreneur()
        at_once(count, lambda place: add(owner, by=owner.person.user))
        return Document.objects.filter(enterprise=owner.enterprise).standing().count()


@pytest.mark.concurrency
def test_of_papers_that_come_at_once_one_stands():
    assert collide() == 1


@pytest.mark.concurrency
@pytest.mark.xfail(strict=True, reason="the control: without the lock several stand", raises=AssertionError)
def test_of_papers_that_come_at_once_one_stands_control(monkeypatch):
    met = threading.Barrier(8, timeout=10)
    monkeypatch.setattr(documents, "hold", lambda item, version: item)
    write = vault.write

    def together(name, content, part=vault.WHOLE):
        if part == vault.WHOLE:
            met.wait()
        write(name, content, part)

    monkeypatch.setattr(vault, "write", together)

    assert collide() == 1


# Removing and erasing


def test_what_is_removed_is_hidden_with_what_it_replaced_and_erased_after_thirty_days(owner):
    """C13: recorded, hidden, and gone from the disk 30 days later."""
    first = add(owner)
    second = add(owner)

    removed = documents.remove(document=second, by=owner.person.user)

    now = removed.removed_at
    first.refresh_from_db()
    assert (removed.removed_by, first.removed_at, removed.is_open) == (owner.person.user, now, False)
    assert names()[-1] == "enterprises.document_removed"
    assert documents.erase(now=now + dt.timedelta(days=30)) == 0
    assert documents.erase(now=now + dt.timedelta(days=30, seconds=1)) == 2
    assert documents.erase(now=now + dt.timedelta(days=31)) == 0
    second.refresh_from_db()
    assert second.erased_at is not None
    with pytest.raises(vault.LostFile):
        vault.read(second.name)


def test_removing_twice_keeps_the_first_removal(owner, advisor):
    document = add(owner)
    first = documents.remove(document=document, by=owner.person.user)

    second = documents.remove(document=document, by=advisor)

    assert (second.removed_by, second.removed_at, names().count("enterprises.document_removed")) == (
        owner.person.user,
        first.removed_at,
        1,
    )


def test_nobody_removes_papers_of_others(owner):
    document = add(owner)

    with pytest.raises(PermissionDenied):
        documents.remove(document=document, by=entrepreneur().person.user)


def test_a_paper_is_removed_by_a_second_press(owner, signed_in):
    """The first opens what it means, also without script."""
    page = signed_in(owner.person.user).get(f"/papers/{add(owner).pk}/").text

    asked = page[page.index("Remove this paper</summary>") :]
    assert "It cannot be undone." in asked[: asked.index("Yes, remove it")]


def test_a_file_without_a_row_is_erased_a_day_later(owner):
    document = add(owner)
    vault.write("0" * 40, b"a form that failed")
    half = vault.root() / "00" / ".x.part"
    half.write_bytes(b"half")
    now = timezone.now()

    assert documents.erase_unclaimed(now=now) == 0
    later = now + dt.timedelta(days=1, minutes=1)
    assert (documents.erase_unclaimed(now=later), documents.erase_unclaimed(now=later)) == (2, 0)
    assert vault.read(document.name) == b"a paper"


@pytest.mark.parametrize("papers", [1, 3])
def test_looking_through_the_vault_costs_one_query_for_a_thousand_files(owner, papers, django_assert_num_queries):
    for _paper in range(papers):
        add(owner, "shop-photo")
    later = timezone.now() + dt.timedelta(days=2)

    with django_assert_num_queries(1):
        assert documents.erase_unclaimed(now=later) == 0


def test_a_file_that_goes_while_the_vault_is_looked_through_harms_nothing(owner, monkeypatch):
    document = add(owner)
    listed = list(vault.root().glob("??/*"))
    vault.erase(document.name)
    monkeypatch.setattr(type(listed[0]), "glob", lambda folder, pattern: iter(listed))

    assert documents.erase_unclaimed(now=timezone.now() + dt.timedelta(days=2)) == 0


@pytest.mark.parametrize(("name", "part"), [("../../etc/passwd", ""), ("0" * 40, "/../x"), ("", "")])
def test_the_vault_knows_no_other_names(name, part):
    with pytest.raises(ValueError, match="no name"):
        vault.path_of(name, part)


# Asking


def test_asking_tells_the_phone_and_closes_itself_when_the_paper_comes(owner, advisor):
    """C7, C13: nobody ticks it off."""
    ConsentFactory(person=owner.person, kind="contact")
    request = ask(owner, advisor)
    assert (request.person, request.office_id, Message.objects.filter(kind="enterprises.document_asked").count()) == (
        owner.person,
        advisor.posts[0][1],
        1,
    )

    document = add(owner)

    request.refresh_from_db()
    assert (request.closed_at, request.answered_by) == (document.uploaded_at, document)
    assert names() == ["enterprises.document_asked", "enterprises.document_added"]


def test_another_paper_does_not_close_it(owner, advisor):
    request = ask(owner, advisor, "cnic-front")

    add(owner, "cnic-back")

    request.refresh_from_db()
    assert request.closed_at is None


def test_the_same_paper_is_asked_for_once_at_a_time(owner, advisor):
    request = ask(owner, advisor)

    with pytest.raises(ValidationError):
        ask(owner, advisor)
    documents.take_back(request=request, by=advisor)

    assert ask(owner, advisor).pk != request.pk


def test_what_is_closed_stays_as_it_was_closed(owner, advisor):
    request = ask(owner, advisor)
    document = add(owner)

    assert documents.take_back(request=request, by=advisor).answered_by == document


def test_only_an_advisor_of_the_client_asks(owner, advisor):
    request = ask(owner, advisor)
    elsewhere = colleague(Role.ADVISOR, districts=[district("lahore")])

    for act in (
        lambda by: ask(owner, by, "rent-deed"),
        lambda by: documents.take_back(request=request, by=by),
    ):
        for by in (elsewhere, owner.person.user):
            with pytest.raises(PermissionDenied):
                act(by)


# The card


def test_an_officer_who_compared_the_picture_has_seen_the_card(owner, advisor):
    """R12: no look-up, but a photo and an officer's eye."""
    card = add(owner, "cnic-front")

    person = documents.compare_card(document=card, by=advisor, version=owner.person.version)

    assert (person.cnic_standing, names()[-1]) == (Person.Standing.VERIFIED, "enterprises.card_seen")
    with pytest.raises(ValidationError, match="no card number"):
        documents.compare_card(document=card, by=advisor, version=person.version)


def test_nobody_compares_their_own_card_or_one_of_another_district(owner):
    card = add(owner, "cnic-front")

    for by in (owner.person.user, colleague(Role.ADVISOR, districts=[district("lahore")])):
        with pytest.raises(PermissionDenied):
            documents.compare_card(document=card, by=by, version=owner.person.version)


@pytest.mark.parametrize("spoil", ["replaced", "removed", "waiting", "other"])
def test_only_the_picture_that_counts_is_compared(owner, advisor, spoil):
    card = add(owner, "cnic-back" if spoil == "other" else "cnic-front")
    if spoil == "replaced":
        add(owner, "cnic-front")
    if spoil == "removed":
        documents.remove(document=card, by=advisor)
    if spoil == "waiting":
        Document.objects.update(scan=Document.Scan.WAITING)

    with pytest.raises(ValidationError, match="does not count"):
        documents.compare_card(document=card, by=advisor, version=owner.person.version)


def test_a_record_that_changed_meanwhile_is_compared_again(owner, advisor):
    card = add(owner, "cnic-front")

    with pytest.raises(EditConflict):
        documents.compare_card(document=card, by=advisor, version=owner.person.version + 1)


# The virus check


def test_without_a_scanner_nothing_is_scanned(settings):
    settings.CLAMD_URL = ""

    assert (scans.verdict_on(EICAR), scans.due_period(timezone.now())) == ("none", None)


def test_the_scanner_says_what_it_finds(settings):
    with clamd() as settings.CLAMD_URL:
        assert [scans.verdict_on(content) for content in (b"a paper", EICAR)] == ["clean", "infected"]


def test_a_scanner_that_is_away_leaves_the_paper_waiting(settings, caplog):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"

    assert (scans.verdict_on(b"a paper"), [line.message for line in caplog.records]) == (
        "waiting",
        ["virus scanner unavailable"],
    )


def waiting(owner, content):
    return add(owner, paper=Washed("pdf", content, b"", b""), scan=Document.Scan.WAITING)


def test_what_waits_is_scanned_once_the_scanner_is_back(settings, owner, advisor):
    """C13: quarantined meanwhile; a virus is thrown away, and the question stands again."""
    card_asked = ask(owner, advisor)
    bad = waiting(owner, b"%PDF" + EICAR)
    good = add(owner, "cnic-front", scan=Document.Scan.WAITING)
    assert [document.is_open for document in (bad, good)] == [False, False]

    with clamd(behaves=hangs_up) as settings.CLAMD_URL:
        still = scans.scan_waiting(JobRun())
    with clamd() as settings.CLAMD_URL:
        assert scans.due_period(dt.datetime(2026, 11, 25, 9, 27, tzinfo=dt.UTC)) == "2026-11-25T09.20"
        found = scans.scan_waiting(JobRun())
        assert scans.due_period(timezone.now()) is None

    for row in (bad, good, card_asked):
        row.refresh_from_db()
    assert still == {"clean": 0, "infected": 0, "waiting": 2}
    assert found == {"clean": 1, "infected": 1, "waiting": 0}
    assert (good.is_open, bad.is_open, bad.scan, bad.removed_by.is_system) == (True, False, "infected", True)
    assert (card_asked.closed_at, card_asked.answered_by) == (None, None)
    assert names()[-1] == "enterprises.document_infected"
    assert documents.erase(now=timezone.now() + dt.timedelta(days=31)) == 1


def with_a_virus(owner, *papers):
    """The paper that waits turns out bad after these came; returns which contents count, and which are hidden."""
    for content in papers:
        add(owner, paper=Washed("pdf", content, b"", b""), scan="waiting" if content == EICAR else "clean")
    scans.settle(Document.objects.get(scan="waiting"), verdict=Document.Scan.INFECTED)
    return {
        name: [vault.read(document.name) for document in rows.order_by("id")]
        for name, rows in (
            ("standing", Document.objects.standing()),
            ("replaced", Document.objects.filter(replaced_by__isnull=False, removed_at__isnull=True)),
            ("removed", Document.objects.filter(removed_at__isnull=False)),
        )
    }


@pytest.mark.parametrize(
    ("papers", "standing", "replaced"),
    [
        ([b"good", EICAR], [b"good"], []),
        ([b"good", EICAR, b"better"], [b"better"], [b"good"]),
        ([EICAR], [], []),
    ],
)
def test_a_virus_takes_no_good_paper_with_it(owner, papers, standing, replaced):
    """C13: what the bad one had taken the place of counts again, and is not erased."""
    assert with_a_virus(owner, *papers) == {"standing": standing, "replaced": replaced, "removed": [EICAR]}


@pytest.mark.xfail(strict=True, reason="the control: hidden like a paper that its owner removes", raises=AssertionError)
def test_a_virus_takes_no_good_paper_with_it_control(owner, monkeypatch):
    monkeypatch.setattr(scans, "throw_away", documents.hide)

    test_a_virus_takes_no_good_paper_with_it(owner, [b"good", EICAR], [b"good"], [])


def meet_a_better_one():
    """A virus is found in the very moment in which a better paper is handed in; returns how many stand."""
    with committed_rows():
        owner = entrepreneur()
        add(owner, scan=Document.Scan.CLEAN)
        bad = add(owner, scan=Document.Scan.WAITING)
        acts = [
            lambda: scans.settle(bad, verdict=Document.Scan.INFECTED),
            lambda: add(owner, paper=NEWER, by=owner.person.user),
        ]
        at_once(2, lambda place: acts[place]())
        return Document.objects.filter(enterprise=owner.enterprise).standing().count()


@pytest.mark.concurrency
def test_of_a_virus_and_a_better_paper_at_once_one_paper_stands():
    assert [meet_a_better_one() for _time in range(3)] == [1, 1, 1]


@pytest.mark.concurrency
@pytest.mark.xfail(strict=True, reason="the control: without the owner's lock two stand", raises=AssertionError)
def test_of_a_virus_and_a_better_paper_at_once_one_paper_stands_control(monkeypatch):
    met = threading.Barrier(2, timeout=10)
    throw_away, write, hold = documents.throw_away, vault.write, scans.hold

    def thrown_together(document, *, by):
        throw_away(document, by=by)
        met.wait()

    def written_together(name, content, part=vault.WHOLE):
        if content == NEWER.content:
            met.wait()
        write(name, content, part)

    monkeypatch.setattr(scans, "throw_away", thrown_together)
    monkeypatch.setattr(vault, "write", written_together)
    monkeypatch.setattr(
        scans, "hold", lambda item, version: hold(item, version=version) if isinstance(item, Document) else item
    )

    assert meet_a_better_one() == 1


def scanned_of_three(settings, owner, monkeypatch, *, seconds):
    """How many of three papers a scanner that answers nothing was asked about."""
    settings.CLAMD_URL = "tcp://scanner.example"
    for number in range(3):
        add(owner, "shop-photo", paper=Washed("pdf", b"%d" % number, b"", b""), scan=Document.Scan.WAITING)
    asked = []

    def slow(content, *, url):
        asked.append(content)
        time.sleep(0.06)
        raise ScannerDown

    monkeypatch.setattr(clamd_client, "scan", slow)
    monkeypatch.setattr(scans, "SECONDS", seconds)
    scans.scan_waiting(JobRun())
    return len(asked)


def test_a_scanner_that_answers_nothing_keeps_no_worker(settings, owner, monkeypatch):
    assert scanned_of_three(settings, owner, monkeypatch, seconds=0.05) == 1


@pytest.mark.xfail(strict=True, reason="the control: as long as there are papers", raises=AssertionError)
def test_a_scanner_that_answers_nothing_keeps_no_worker_control(settings, owner, monkeypatch):
    assert scanned_of_three(settings, owner, monkeypatch, seconds=60) == 1


def test_a_question_asked_again_meanwhile_is_not_opened_twice(settings, owner, advisor):
    ask(owner, advisor)
    waiting(owner, EICAR)
    ask(owner, advisor)

    with clamd() as settings.CLAMD_URL:
        scans.scan_waiting(JobRun())

    assert DocumentRequest.objects.waiting().count() == 1


def test_a_paper_settled_or_removed_meanwhile_stays_so(owner):
    document = waiting(owner, EICAR)
    documents.remove(document=document, by=owner.person.user)
    scans.settle(document, verdict=Document.Scan.INFECTED)
    scans.settle(document, verdict=Document.Scan.CLEAN)

    document.refresh_from_db()
    assert (document.scan, document.removed_by, names().count("enterprises.document_infected")) == (
        "infected",
        owner.person.user,
        0,
    )


def test_a_lost_file_keeps_nothing_waiting(settings, owner):
    document = waiting(owner, EICAR)
    vault.erase(document.name)

    with clamd() as settings.CLAMD_URL:
        assert scans.scan_waiting(JobRun()) == {"clean": 1, "infected": 0, "waiting": 0}


def test_rows_name_themselves_without_telling_whose_they_are():
    document, card, request = DocumentFactory(), CardFactory(), DocumentRequestFactory()

    assert [str(row) for row in (document, card, request)] == [
        f"document {document.pk}",
        f"document {card.pk}",
        f"request {request.pk}",
    ]
    assert (str(kind("cnic-back")), kind("cnic-back").steps) == (
        "Identity card (CNIC): back",
        {"loan-application", "bank-account", "ntn"},
    )
    assert os.path.commonpath([vault.root(), vault.path_of(card.name)]) == str(vault.root())
    assert OwnershipFactory().person.documents.count() == 0
