"""What somebody sends as a paper, made anew: a photo drawn again from its pixels, a PDF written from its pages.

Nothing of the bytes that came in is kept, so what hid among them (a place in EXIF, a page in a picture) is gone. A
picture with another file behind it, as no phone makes them, is refused.

Whoever reads hostile files can be crashed or filled up, so `apart` does it in a process of its own, with a limit of
memory and of time, and without our environment. That process runs this file by its path: it imports nothing of the
portal, and each library only where it is used.
"""

import hashlib
import io
import json
import os
import re
import resource
import subprocess
import sys
import warnings
import zipfile
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

MOST_PIXELS = 60_000_000
# The whole, what is read on a screen, and what stands in a list.
LONGEST_SIDE, PREVIEW_SIDE, SMALL_SIDE = 2400, 1000, 200
QUALITY, PREVIEW_QUALITY, SMALL_QUALITY = 82, 68, 60
# Phones write JPEG; scanners and screens the others. What else Pillow could read, nobody needs to try here.
PICTURES = ("JPEG", "PNG", "WEBP")
# How another file begins behind one: shortly, at once; by so much that chance does not write it, anywhere.
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"Rar!", b"7z\xbc\xaf")
PAGES = (
    b"<script", b"<html", b"<!doctype", b"<?php", b"<svg ", b"%pdf-",
    b"this program cannot be run", b"\x7felf\1", b"\x7felf\2", b"\n#!/",
)  # fmt: skip
FILLING = b"\0\r\n\t "
# How a picture begins; and how a film does, whose first box says `ftyp` behind its length.
PICTURE_OR_FILM = re.compile(rb"\xff\xd8\xff|\0\0..(ftyp)", re.DOTALL)
BOX = re.compile(rb".{4}(?:ftyp|moov|mdat|free|skip|wide|uuid|meta|moof|mfra|udta|sidx|styp|mpvd)", re.DOTALL)
LEAST_BOX = 8
# Of a JPEG: an escaped byte, filling, and the marks that have no length.
BARE_MARKS = {b"", b"\x00", b"\x01", b"\xff", *(bytes([mark]) for mark in range(0xD0, 0xD9))}
MOST_PAGES = 60
MOST_BYTES = 10 * 1024 * 1024
MOST_DEPTH = 100
# Of a PDF: keys that start something, and types that carry something else in.
ACTIVE_KEYS = {"/JS", "/JavaScript", "/Launch", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/AA"}
ACTIVE_KINDS = {
    "/JavaScript", "/Launch", "/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D",
    "/Rendition", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR",
}  # fmt: skip
PREVIEW_PAGE = """#set page(width: auto, height: auto, margin: 0pt)
#image(read("/{}", encoding: none), format: "pdf", width: 400pt)"""
MEMORY, SECONDS = 1024**3, 20
# Whoever waits, waits for a second or two; so many pictures at once a machine can hold. Who waited longer is asked to
# come again: the pages of all others are answered meanwhile.
AT_ONCE, PATIENCE = BoundedSemaphore(2), 10


class Dirty(Exception):
    """It is not taken: empty, unknown, damaged, double, too_many_pixels, too_many_pages, locked, active, busy."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, repr=False)
class Washed:
    """A paper that may be kept. `preview` and `small` are JPEGs of it, or empty where a PDF could not be drawn."""

    form: str  # "jpeg" or "pdf"
    content: bytes
    preview: bytes
    small: bytes
    pages: int = 1

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def __repr__(self) -> str:
        """What `journal.once` compares: by content, so that the same paper sent twice is the same."""
        return f"<{self.form} {self.sha256}>"


def wash(content: bytes) -> Washed:
    """The paper made anew, in this process; see `apart`. Raises `Dirty`."""
    if not content:
        raise Dirty("empty")
    return wash_pdf(content) if content.startswith(b"%PDF-") else wash_picture(content)


# Pictures


def wash_picture(content: bytes) -> Washed:
    from PIL import Image, UnidentifiedImageError

    try:
        drawn = drawn_anew(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Dirty("too_many_pixels") from error
    except UnidentifiedImageError as error:
        raise Dirty("unknown") from error
    except Dirty:
        raise
    except Exception as error:  # decoders of damaged bytes raise whatever they meet
        raise Dirty("damaged") from error
    if has_another_behind(content):
        raise Dirty("double")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    whole = as_jpeg(drawn, quality=QUALITY)
    drawn.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    preview = as_jpeg(drawn, quality=PREVIEW_QUALITY)
    drawn.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Washed("jpeg", whole, preview, as_jpeg(drawn, quality=SMALL_QUALITY))


def drawn_anew(content: bytes) -> Any:
    """The pixels of the picture, upright and in plain colours. Raises what Pillow raises, or `Dirty`."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=PICTURES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Dirty("too_many_pixels")
            # JPEG is read at half or a quarter of its size where that is enough: less memory, less time.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return on_white(upright(picture))


def has_another_behind(content: bytes) -> bool:
    """Whether an archive, a page, a PDF or a program hides behind the picture's end.

    Common phones put much there: a second picture (portraits, brightness), the film of the moment, and notes of their
    own, each maker in a form of theirs. So the rule is: further pictures and films, told by their form from beginning
    to end, and noughts are passed over, wherever they stand. No note between them begins as a program does or holds
    the beginning of a page, a PDF or a program, and the whole does not end as an archive. Nothing of it is kept anyway.
    """
    behind = content[end_of(content) :]
    notes = [note.lstrip(FILLING) for note in notes_in(behind)]
    return any(
        note.startswith(PROGRAMS) or any(page in note.lower() for page in PAGES) for note in notes
    ) or zipfile.is_zipfile(io.BytesIO(behind))


def notes_in(behind: bytes) -> list[bytes]:
    """What stands between the pictures and the films. From one on that does not end, all that follows is a note."""
    notes, place = [], 0
    while begins := PICTURE_OR_FILM.search(behind, place):
        start = begins.start()
        end = end_of_film(behind, start) if begins[1] else end_of_jpeg(behind, start)
        if end == start or (not begins[1] and behind[end - 2 : end] != b"\xff\xd9"):
            break
        notes.append(behind[place:start])
        place = end
    return [*notes, behind[place:]]


def end_of_film(content: bytes, start: int) -> int:
    """Behind the last whole box of the film that begins here: each says how long it is, and of which kind."""
    place = start
    while BOX.match(content, place):
        length = int.from_bytes(content[place : place + 4])
        if length == 1:
            length = int.from_bytes(content[place + 8 : place + 16])
        if length < LEAST_BOX or place + length > len(content):
            break
        place += length
    return place


def end_of(content: bytes) -> int:
    """Where the picture ends by its own form; the whole, where that is not said."""
    if content.startswith(b"\xff\xd8"):
        return end_of_jpeg(content)
    if content.startswith(b"RIFF"):
        return 8 + int.from_bytes(content[4:8], "little")
    place, kind = 8, b""
    while place < len(content) and kind != b"IEND":
        length, kind = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        place += 12 + length  # length, kind and checksum beside the data
    return place


def end_of_jpeg(content: bytes, start: int = 0) -> int:
    """Behind the mark of the end: segments are passed over by their length, what is drawn from by its escaped marks."""
    place = start + 2
    while (place := content.find(b"\xff", place)) >= 0:
        mark = content[place + 1 : place + 2]
        if mark == b"\xd9":
            return place + 2
        if mark in BARE_MARKS:
            place += 1 if mark == b"\xff" else 2
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return len(content)


def upright(picture: Any) -> Any:
    """Turned as the phone says it was held; as it is, where the phone's word cannot be read."""
    from PIL import ImageOps

    picture.load()
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 - whatever is wrong with the EXIF, the picture is all right
        return picture


def on_white(picture: Any) -> Any:
    """The picture's first frame in plain colours; what was see-through is white, as paper is."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    paper = Image.new("RGB", layered.size, "white")
    paper.paste(layered, mask=layered)
    return paper


def as_jpeg(picture: Any, *, quality: int) -> bytes:
    """The pixels alone: no EXIF, no colour profile, no comment."""
    from PIL import Image

    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()


# PDF


def wash_pdf(content: bytes) -> Washed:
    import pikepdf
    from pikepdf import settings

    most = MEMORY // 8
    settings.set_qpdf_limits(
        flate_max_memory=most, run_length_max_memory=most, png_max_memory=most, tiff_max_memory=most,
        parser_max_container_size=200_000, doc_max_warnings=50,
    )  # fmt: skip
    try:
        with warnings.catch_warnings(action="ignore"):
            whole, pages = written_anew(content)
    except pikepdf.PasswordError as error:
        raise Dirty("locked") from error
    except Dirty:
        raise
    except Exception as error:  # whatever a damaged file makes of its reader
        raise Dirty("damaged") from error
    return Washed("pdf", whole, *previews_of(whole), pages=pages)


def written_anew(content: bytes) -> tuple[bytes, int]:
    """The pages in a PDF of our own writing, and how many. Raises what pikepdf raises, or `Dirty`."""
    import pikepdf
    from pikepdf import sanitize

    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        refuse_active(pdf)
        pages = len(pdf.pages)
        if not 0 < pages <= MOST_PAGES:
            raise Dirty("too_many_pages" if pages else "damaged")
        sanitize.remove_external_access(pdf)
        sanitize.remove_private_app_data(pdf)
        forget_author(pdf)
        pdf.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    # Of a file in pieces qpdf mends what it can, and may write what nobody can read: so it is read once more.
    with pikepdf.open(written, attempt_recovery=False) as again:
        if len(again.pages) != pages or len(written.getvalue()) > MOST_BYTES:
            raise Dirty("damaged")
    return written.getvalue(), pages


def refuse_active(pdf: Any) -> None:
    """A paper is looked at. One that starts something, or carries a file in it, is none.

    The trailer is looked at too: the whole catalogue may stand in it, as no object of its own.
    """
    if any(is_active(item, depth=0) for item in (pdf.trailer, *pdf.objects)):
        raise Dirty("active")


def is_active(item: Any, *, depth: int) -> bool:
    """Whether the object, with what stands in it directly, starts or carries something."""
    import pikepdf

    if depth > MOST_DEPTH:
        return True
    if isinstance(item, pikepdf.Stream):
        item = item.stream_dict
    if isinstance(item, pikepdf.Dictionary):
        if not ACTIVE_KEYS.isdisjoint(item.keys()):
            return True
        if any(str(item.get(key, "")) in ACTIVE_KINDS for key in ("/S", "/Type", "/Subtype")):
            return True
        inside = [value for _key, value in item.items()]
    elif isinstance(item, pikepdf.Array):
        inside = list(item)
    else:
        return False
    return any(
        is_active(value, depth=depth + 1)
        for value in inside
        if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
    )


def forget_author(pdf: Any) -> None:
    """Who wrote it with which program, and where: as little ours as a photo's place."""
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    if "/Metadata" in pdf.Root:
        del pdf.Root["/Metadata"]


def previews_of(pdf: bytes) -> tuple[bytes, bytes]:
    """The first page as pictures, drawn by typst, which runs nothing; empty where it cannot read the PDF."""
    import typst

    kept = os.memfd_create("paper")  # typst reads files alone; this one lies in memory and has no name
    try:
        with os.fdopen(os.dup(kept), "wb") as file:
            file.write(pdf)
        drawn = typst.compile(
            PREVIEW_PAGE.format(kept).encode(), root="/proc/self/fd", format="png", ppi=150.0,
            font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True,
        )  # fmt: skip
        picture = wash_picture(drawn[0] if isinstance(drawn, list) else drawn)
    except (RuntimeError, Dirty):
        return b"", b""
    else:
        return picture.preview, picture.small
    finally:
        os.close(kept)


# A process of its own


def apart(content: bytes) -> Washed:
    """`wash` in a process of its own: whatever a file does to its reader, the portal goes on. Raises `Dirty`."""
    if not content:
        raise Dirty("empty")
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise Dirty("busy")
    try:
        done = subprocess.run(  # noqa: S603 - our own words; the file comes by the standard input
            [sys.executable, "-I", __file__],
            input=content, capture_output=True, timeout=SECONDS * 2, env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Dirty("damaged") from error
    finally:
        AT_ONCE.release()
    head, _newline, rest = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise Dirty("damaged")
    said = json.loads(head)
    if "code" in said:
        raise Dirty(said["code"])
    parts = []
    for length in said["bytes"]:
        parts.append(rest[:length])
        rest = rest[length:]
    return Washed(said["form"], *parts, pages=said["pages"])


def limit() -> None:
    """No more memory and time than a large photo takes; no file of more than a paper's size, and no core."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MOST_BYTES, 2 * MOST_BYTES))


def main() -> None:
    limit()
    try:
        washed = wash(sys.stdin.buffer.read(MOST_BYTES + 1))
    except Dirty as dirt:
        said, rest = {"code": dirt.code}, b""
    else:
        parts = [washed.content, washed.preview, washed.small]
        said = {"form": washed.form, "pages": washed.pages, "bytes": [len(part) for part in parts]}
        rest = b"".join(parts)
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + rest)


if __name__ == "__main__":
    main()
