"""Files as people send them, and as others make them."""

import io

import pikepdf
from PIL import Image, ImageDraw

ORIENTATION, MAKER, PLACE = 0x0112, 0x010F, 0x8825
TURNED_LEFT = 6  # the phone was held upright, the sensor lies across


def picture(size=(120, 80), *, mode="RGB", form="JPEG", colour="white", **saved):
    """A plain picture whose top left corner is red, as bytes."""
    drawn = Image.new(mode, size, colour if mode not in {"1", "L"} else 255)
    if mode in {"RGB", "RGBA"}:
        ImageDraw.Draw(drawn).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
    written = io.BytesIO()
    drawn.save(written, form, **saved)
    return written.getvalue()


def from_phone(*, orientation=TURNED_LEFT):
    """A photo with maker, place and orientation in its EXIF."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, "Secret Maker"
    exif[PLACE] = {1: "N", 2: (30.0, 11.0, 52.0)}
    return picture(exif=exif)


def opened(content):
    return Image.open(io.BytesIO(content))


def pdf(change=lambda made: None, *, pages=1, **saved):
    """A PDF of blank pages, after `change` had its way with it."""
    made = pikepdf.new()
    for _page in range(pages):
        made.add_blank_page()
    change(made)
    written = io.BytesIO()
    made.save(written, **saved)
    return written.getvalue()


def with_script_in_the_trailer():
    """By hand, as no library writes it: the catalogue, with its scripts, stands in the trailer itself."""
    pages = b"1 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
    page = b"2 0 obj<</Type/Page/Parent 1 0 R/MediaBox[0 0 100 100]>>endobj\n"
    script = b"<</S/JavaScript/JS(app.alert(1))>>"
    root = b"<</Type/Catalog/Pages 1 0 R/Names<</JavaScript<</Names[(a)" + script + b"]>>>>>>"
    head = b"%PDF-1.4\n"
    places = [len(head), len(head) + len(pages)]
    table = b"xref\n0 3\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(head) + len(pages) + len(page)
    return head + pages + page + table + b"trailer<</Size 3/Root " + root + b">>\nstartxref\n%d\n%%%%EOF\n" % start


def with_script(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_program(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def with_attachment(made):
    made.attachments["bill.exe"] = b"MZ"


def with_script_on_a_page(made):
    made.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))


def with_form_of_scripts(made):
    made.Root.AcroForm = pikepdf.Dictionary(XFA="<xdp/>", Fields=[])


def with_movie(made):
    movie = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia, Rect=[0, 0, 9, 9])
    made.pages[0].obj.Annots = pikepdf.Array([movie])


def with_link(made):
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/track"),
    )
    made.pages[0].obj.Annots = pikepdf.Array([link])


def with_author(made):
    made.docinfo["/Author"] = "Secret Author"


ACTIVE = {
    "script": with_script,
    "program": with_program,
    "attachment": with_attachment,
    "script on a page": with_script_on_a_page,
    "form of scripts": with_form_of_scripts,
    "movie": with_movie,
}
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# What is neither a photo nor a PDF, whatever it is called: (what, bytes).
NEITHER = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>",
    "program": b"MZ\x90\x00" + b"\0" * 200,
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "pdf behind a page": b"<html></html>" + b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF",
    "text": "شناختی کارڈ".encode(),
    "virus": EICAR,
}
