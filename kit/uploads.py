"""Files that people send: never more of them in memory than a form may carry, and each made anew before it counts."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _

from kit import sheets, washing
from kit.sheets import NoTable, Row
from kit.washing import Dirty, Washed

BYTES_IN_MB = 1024 * 1024
# Whoever sends a photo that is somewhat too large shall read so beside the field, with all they typed: the rest of it
# is read and thrown away. Nobody's line is kept busy for more than this.
MOST_READ = 32 * BYTES_IN_MB
# What phones offer by this list is a photo in a form that every phone can open; an iPhone then sends JPEG by itself.
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"
SHEETS_ACCEPTED = ".xlsx,.xls,.csv,text/csv"


class UploadTooLarge(RequestDataTooBig):
    """More than is even read: answered 413 before the first byte of it."""

    limit = settings.UPLOAD_MOST_BYTES


class BoundedUpload(FileUploadHandler):
    """Keeps the files of one request in memory up to `UPLOAD_MOST_BYTES` together, and nothing of one beyond that.

    Nothing is written to disk. A file that is too large keeps its name and size, so that the form can say what it was.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.kept = 0
        self.file = BytesIO()
        self.is_cut = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None):  # noqa: N803 - Django's name
        if content_length > MOST_READ:
            raise UploadTooLarge("The request is larger than any form.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file, self.is_cut = BytesIO(), False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not self.is_cut and self.kept + self.file.tell() + len(raw_data) > settings.UPLOAD_MOST_BYTES:
            self.file, self.is_cut = BytesIO(), True
        if not self.is_cut:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.kept += self.file.tell()
        self.file.seek(0)
        whole = InMemoryUploadedFile(
            self.file, self.field_name, self.file_name, self.content_type, file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
        whole.is_cut = self.is_cut
        return whole


class ReadFileField(forms.FileField):
    """A file that is read at once; its clean value is what `read` makes of it.

    The name and type that came with it say nothing.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("The file did not arrive. Choose it again."),
        "empty": _("This file is empty. Choose another."),
    }

    def read(self, file: UploadedFile) -> Any:
        """What the file holds. Raises `ValidationError`."""
        raise NotImplementedError

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values:
            return None
        if not isinstance(data, UploadedFile):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        size = data.size or 0
        if getattr(data, "is_cut", False) or size > settings.UPLOAD_MOST_BYTES:
            megabytes = f"{size / BYTES_IN_MB:.1f}"
            raise ValidationError(self.error_messages["too_large"], code="too_large", params={"size": megabytes})
        return self.read(data)

    def refusal(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Nothing chosen is nothing; `FileField` would give the file that is kept."""
        return forms.Field.clean(self, data)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class PaperField(ReadFileField):
    """A photo of a paper, or a PDF; its clean value is a `Washed`."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Choose a photo or a PDF."),
        "missing": _("Choose a photo or a PDF."),
        "again": _("It was kept for an hour, and that is over. Choose it once more."),
        "too_large": _("This file has %(size)s MB. Take the photo again in a smaller size: 10 MB at most."),
        "unknown": _("We take photos as JPEG, PNG or WebP, and PDF. Take a photo of the paper and send that."),
        "damaged": _("This file is damaged or did not arrive whole. Take the photo again."),
        "double": _("Another file is hidden behind this picture. Take a photo of the paper, and send that."),
        "too_many_pixels": _("This picture is too large to open. Take the photo again in a smaller size."),
        "too_many_pages": _("This PDF has too many pages: 60 at most. Send only the pages that are needed."),
        "locked": _("This PDF is locked with a password. Take a photo of the paper instead."),
        "active": _("This PDF carries a program or another file in it. Take a photo of the paper instead."),
        "busy": _("Many people are sending papers just now. Wait a minute and send it again."),
        "infected": _("A virus was found in this file. Take a photo of the paper instead."),
        "two": _("Send one of the two: the photo, or the file."),
    }

    def read(self, file: UploadedFile) -> Washed:
        try:
            return washing.apart(file.read())
        except Dirty as dirt:
            raise self.refusal(dirt.code) from dirt


@dataclass(frozen=True, repr=False)
class Sheet:
    """A list as it came: its rows, the name that its file had, and the digest of its bytes."""

    name: str
    sha256: str
    rows: list[Row]

    def __repr__(self) -> str:
        """What `journal.once` compares: by content, so that the same list sent twice is the same."""
        return f"<sheet {self.sha256}>"


class SheetField(ReadFileField):
    """A list of the kind that Excel saves; its clean value is a `Sheet`."""

    widget = forms.FileInput(attrs={"accept": SHEETS_ACCEPTED})
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Choose the file with your list."),
        "too_large": _("This file has %(size)s MB. Send the list alone, without pictures: 10 MB at most."),
        "unknown": _("This is not a list that we can read. We take XLSX, XLS and CSV: save it as one of these."),
        "damaged": _("This file is damaged. Open it in Excel, save it again as XLSX, and send that."),
        "heavy": _(
            "This file unfolds to far more than a list of people. Copy the rows into our template, and send that."
        ),
        "macros": _("This file carries a program (a macro). Save it as XLSX without macros, and send that."),
        "locked": _("This file is locked with a password. Save it without a password, and send that."),
        "too_many_rows": _("This list has more than 2,000 rows. Split it into several files."),
        "too_many_columns": _("This list has more than 100 columns. Copy what is needed into our template."),
    }

    def read(self, file: UploadedFile) -> Sheet:
        content = file.read()
        try:
            rows = sheets.apart(content)
        except NoTable as refusal:
            raise self.refusal(refusal.code) from refusal
        return Sheet(str(file.name), hashlib.sha256(content).hexdigest(), rows)
