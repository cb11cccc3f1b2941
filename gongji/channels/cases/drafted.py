"""The program's cases and those that come with a draft, run by the rules that the draft makes."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from gongji.channels.cases.runner import Result, run_file
from gongji.rules.policybook import PolicyBook
from gongji.services.policies.drafts import CaseRun, RunCases


def cases_of(folder: Path) -> RunCases:
    """Return what runs the cases of a folder, and of those given the ones that are new or stand in place of one."""

    def run(book: PolicyBook, attached: Mapping[str, bytes]) -> CaseRun:
        with TemporaryDirectory() as made:
            for name, content in attached.items():
                file = Path(made) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            found = _run(Path(made), book, [*attached])
        own = [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*.toml"))]
        found |= _run(folder, book, [name for name in own if name not in attached])
        failed = tuple(line for name, result in found.items() for line in _against(name, result))
        return CaseRun(passed=sum(result.ok for result in found.values()), failed=failed)

    return run


def name_of_case(file: Path, folder: Path) -> str:
    """Return the name of a case to attach: with its folder where it stands in place of a case of the program's."""
    within = f"{file.absolute().parent.name}/{file.name}"
    return within if (folder / within).is_file() else file.name


# Helpers


def _run(folder: Path, book: PolicyBook, names: list[str]) -> dict[str, Result]:
    return {name: run_file(folder / name, book) for name in names}


def _against(name: str, result: Result) -> list[str]:
    """Return a line for each thing that came out otherwise."""
    if result.error is not None:
        return [f"{name}: {result.error.removeprefix(f'{result.file}: ')}"]
    return [
        f"{name} act {one.act}: {one.key}: expected {one.expected}, got {one.got} ({result.name})"
        for one in result.differences
    ]
