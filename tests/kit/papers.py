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


def box(kind, content=b""):
    """One box of a film."""
    return (len(content) + 8).to_bytes(4) + kind + content


# What decoders of films never look at, and what nobody may find by chance among a film's bytes.
FILM = box(b"ftyp", b"mp42\0\0\0\0isommp42") + box(b"moov", bytes(range(256))) + box(b"mdat", b"\0<html>%PDF-MZ" * 99)
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"
 xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/"
 hdrgm:Version="1.0" GCamera:MicroVideo="1" GCamera:MicroVideoOffset="%(film)d" GCamera:MotionPhoto="1"
 GCamera:MotionPhotoVersion="1">
<Container:Directory><rdf:Seq>
<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary"/></rdf:li>
<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto"
 Item:Length="%(film)d"/></rdf:li>
</rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta>""" % {b"film": len(FILM)}


def of_samsung(blocks):
    """Samsung's notes behind a photo: each with its kind and name, then where they stand, then SEFT."""
    notes, places = b"", b""
    for number, (name, content) in enumerate(blocks, start=1):
        head = b"\0\0" + number.to_bytes(2, "little")
        block = head + len(name).to_bytes(4, "little") + name + content
        notes += block
        places += head + len(notes).to_bytes(4, "little") + len(block).to_bytes(4, "little")
    directory = b"SEFH" + (107).to_bytes(4, "little") + len(blocks).to_bytes(4, "little") + places
    return notes + directory + len(directory).to_bytes(4, "little") + b"SEFT"


def of_several(*more):
    """One file with several pictures (MPF), as cameras with two lenses and those that keep the brightness apart do."""
    first, *others = (Image.new("RGB", size, "white") for size in ((120, 80), *more))
    written = io.BytesIO()
    first.save(written, "MPO", save_all=True, append_images=others)
    return written.getvalue()


PROGRAM = b"MZ\x90\0" + b"\0" * 56 + b"\x80\0\0\0" + b"\x0e\x1f\xba\x0e\0This program cannot be run in DOS mode.\r\r\n$"
# What common phones make of one press, in the forms of their makers.
FROM_PHONES = {
    "Pixel, a film behind": lambda: picture(xmp=XMP) + FILM,
    "Pixel, brightness and a film": lambda: picture(xmp=XMP) + picture((60, 40), xmp=XMP) + FILM,
    "Samsung, a film among its notes": lambda: (
        picture() + of_samsung([(b"Image_UTC_Data", b"1764144000000"), (b"MotionPhoto_Data", FILM)])
    ),
    "Samsung, notes alone": lambda: picture() + of_samsung([(b"Image_UTC_Data", b"1764144000000")]),
    "two lenses": lambda: of_several((120, 80)),
    "iPhone, brightness apart": lambda: of_several((60, 40)) + b"\0" * 16,
    "Huawei, a film and its mark": lambda: picture() + FILM + b"v2_f30          LIVE_4567890          ",
    "Vivo, a note of its own": lambda: (
        picture() + b'vivo{"com.vivo.watermark":{"device":"vivo Y20"}}' + b"\0\0\0\x30\0"
    ),
    "Oppo, filled up": lambda: picture() + b"\0" * 4096 + FILM,
}


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
