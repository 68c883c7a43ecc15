"""The size budget of docs/developing.md: small files, short functions, apps that do not tangle."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

FILE, FUNCTION, CLASS, TEMPLATE, SETTINGS = 500, 50, 250, 150, 300


def breaches(root: Path) -> list[str]:
    """Every breach in the checkout at `root`, one sentence each."""
    sources = [name for name in files(root, "*.py") if is_production(name)]
    found = [line for name in sources for line in python_breaches(root, name)]
    for name in files(root, "*.html"):
        found += over(name, count(root / name), TEMPLATE)
    return found + tangles(root, sources)


def files(root: Path, pattern: str) -> list[str]:
    """Tracked and new files, as git sees them."""
    words = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return sorted({name for name in listed.split("\0") if name and (root / name).exists()})


def is_production(name: str) -> bool:
    return not name.startswith(("tests/", "benchmarks/")) and "/migrations/" not in name


def python_breaches(root: Path, name: str) -> Iterator[str]:
    yield from over(name, count(root / name), SETTINGS if name == "portal/settings.py" else FILE)
    for node in ast.walk(ast.parse((root / name).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from over(f"{name}: {node.name}()", length(node), FUNCTION)
        elif isinstance(node, ast.ClassDef):
            yield from over(f"{name}: class {node.name}", length(node), CLASS)


def over(what: str, lines: int, most: int) -> list[str]:
    return [f"{what} has {lines} lines; {most} is the most"] if lines > most else []


def count(path: Path) -> int:
    return len(path.read_text().splitlines())


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def tangles(root: Path, sources: list[str]) -> list[str]:
    """Pairs of top-level packages that import each other."""
    imports: dict[str, set[str]] = {}
    for name in sources:
        if "/" in name:
            imports.setdefault(name.split("/")[0], set()).update(imported(root / name))
    pairs = [(one, two) for one in imports for two in imports if one < two]
    return [f"{one} and {two} import each other" for one, two in pairs if two in imports[one] and one in imports[two]]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
