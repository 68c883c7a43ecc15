"""Figures in columns, the first to the left and the others to the right."""

MISSED = "missed"


def table(heads, rows):
    """The whole table as lines; every cell says itself."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(line(row, widths) for row in cells)


def line(row, widths):
    first, *others = (f"{cell:{'<' if at == 0 else '>'}{widths[at]}}" for at, cell in enumerate(row))
    return "  ".join([first, *others]).rstrip()


def mark(figure, aim):
    """A word beside what costs more than it should."""
    return MISSED if aim is not None and figure > aim else ""
