"""Spreadsheets for tests, as Excel would save them."""

import io
import zipfile

import xlsxwriter


def book(*rows, fill=None, extra=None):
    """An XLSX of these rows; `fill` writes more into workbook and sheet, `extra` adds parts to the package."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as made:
        sheet = made.add_worksheet("List")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if fill:
            fill(made, sheet)
    return with_parts(written.getvalue(), extra) if extra else written.getvalue()


def with_parts(content, extra):
    """The package with some parts added or put in place of its own."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in extra:
                new.writestr(part, old.read(part))
        for name, text in extra.items():
            new.writestr(name, text)
    return written.getvalue()
