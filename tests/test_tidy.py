"""The house rules that a machine can check: length, exact money, no hidden clock, nothing unfinished."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
FOLDERS = ("gongji", "tests", "bench", "docs", "interface", "clients")
WRITTEN_BY_MACHINE = {
    ROOT / "clients" / "python" / "gongji_client" / name for name in ("models.py", "client.py", "async_client.py")
}
"""What `clients/build.py` writes: as long as the contract is."""
NEAR_MONEY = ("domain", "rules", "ledger", "services", "whatif")
CLOCKS = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("os", "environ"),
    ("os", "getenv"),
    ("time", "time"),
    ("time", "time_ns"),
    ("uuid", "uuid1"),
    ("uuid", "uuid4"),
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError|stubs?)\b")
ONE_MACHINE = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users|farm)/")
TEXT_SUFFIXES = {".py", ".sql", ".toml", ".md", ".html", ".css", ".js", ".json", ""}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def shipped_files() -> Iterator[Path]:
    for top in ("gongji", "policies", "cases", "tests", "bench", "docs", "interface", "clients", ".ci"):
        yield from (
            path for path in sorted((ROOT / top).rglob("*")) if path.is_file() and "__pycache__" not in path.parts
        )
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and not path.name.startswith("."))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def functions(path: Path) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def test_a_module_fits_in_one_sitting():
    long = [
        path
        for path in python_files(*FOLDERS)
        if path not in WRITTEN_BY_MACHINE and len(lines(path)) > MODULE_LINES_MAX
    ]

    assert not long, f"split these by a noun of the trade: {[str(path.relative_to(ROOT)) for path in long]}"


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_function_fits_on_one_screen():
    long = [
        f"{place(path, node)} {node.name}: {length} lines"
        for path in python_files(*FOLDERS)
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]

    assert not long


def test_no_float_comes_near_money():
    found = [
        place(path, node)
        for room in NEAR_MONEY
        for path in python_files(f"gongji/{room}")
        for node in ast.walk(tree(path))
        if is_float(node)
    ]

    assert not found


def is_float(node: ast.AST) -> bool:
    """A float literal, a call of `float`, or a division of fen or basis points that does not begin with a Fraction."""
    match node:
        case ast.Constant(value=float()) | ast.Call(func=ast.Name(id="float")):
            return True
        case ast.BinOp(left=ast.Call(func=ast.Name(id="Fraction")), op=ast.Div()):
            return False
        case ast.BinOp(op=ast.Div()):
            return any(name(side).endswith(("_fen", "_bp", "_points")) for side in (node.left, node.right))
    return False


def name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=own) | ast.Attribute(attr=own):
            return own
    return ""


def test_clock_environment_and_random_ids_enter_by_the_roof_only():
    found = [
        f"{place(path, node)} {clock}"
        for path in python_files("gongji")
        if path.name != "wiring.py"
        for node in ast.walk(tree(path))
        if (clock := clock_in(node))
    ]

    assert not found


def clock_in(node: ast.AST) -> str:
    """The clock, environment or id maker that `node` names: as `module.thing`, or imported by its own name."""
    match node:
        case ast.Attribute(attr=attribute) if (name(node.value), attribute) in CLOCKS:
            return f"{name(node.value)}.{attribute}"
        case ast.ImportFrom(module=module):
            names = [alias.name for alias in node.names if (module, alias.name) in CLOCKS]
            return f"from {module} import {names[0]}" if names else ""
    return ""


def test_every_module_and_public_function_says_what_it_does():
    silent = [place(path, node) for path in python_files("gongji") for node in undocumented(path, tree(path))]

    assert not silent


def undocumented(path: Path, node: ast.Module | ast.ClassDef) -> Iterator[ast.AST]:
    """The module, public classes, functions and methods without a docstring; what is nested in functions is private."""
    if isinstance(node, ast.Module) and lines(path) and not ast.get_docstring(node):
        yield node
    for child in node.body:
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_") and not is_echo(child):
            if not ast.get_docstring(child):
                yield child
            if isinstance(child, ast.ClassDef):
                yield from undocumented(path, child)


def is_echo(node: Function | ast.ClassDef) -> bool:
    """A setter or an overload, which another definition of the same name documents."""
    return any(name(decorator) in {"setter", "overload", "override"} for decorator in node.decorator_list)


@pytest.mark.parametrize("forbidden", [UNFINISHED, ONE_MACHINE], ids=["unfinished", "one machine"])
def test_nothing_unfinished_or_of_one_machine_is_shipped(forbidden):
    found = [
        f"{path.relative_to(ROOT)}:{number} {hit[0]}"
        for path in shipped_files()
        if path.suffix in TEXT_SUFFIXES and path != Path(__file__)
        for number, line in enumerate(lines(path), start=1)
        if (hit := forbidden.search(line))
    ]

    assert not found
