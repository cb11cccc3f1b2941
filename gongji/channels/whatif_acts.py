"""What the commands of `gongji whatif` do: read, run, write, and say it in words."""

import tomllib
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
from rich.console import Console
from rich.progress import Progress

from gongji.channels.house import House
from gongji.rules.bundle import PolicyError
from gongji.services.policies.drafts import parsed

_LIBRARIES = ("numpy", "numba", "pyarrow", "duckdb")


def run_compare(house: House, reform_file: Path, population: Path, out: Path) -> int:
    """Return the exit status: 0, or 2 when a file cannot be used, which is said in one line for each fault."""
    if _without_libraries():
        return 2
    from gongji.whatif.columns import PopulationError  # noqa: PLC0415  # only where the libraries are
    from gongji.whatif.comparing import compare  # noqa: PLC0415  # the same
    from gongji.whatif.reform import read_reform  # noqa: PLC0415  # the same
    from gongji.whatif.report import Subject, sentences, written  # noqa: PLC0415  # the same

    try:
        reform = read_reform(reform_file.name, _toml(reform_file), parsed(house.rulebook().files))
        out.parent.mkdir(parents=True, exist_ok=True)
        with (
            TemporaryDirectory(prefix=".sorting-", dir=out.parent) as scratch,
            Progress(console=Console(stderr=True)) as progress,
        ):
            task = progress.add_task("bills", total=None)
            compared = compare(
                population,
                reform.region,
                (house.book(), reform.book),
                Path(scratch),
                lambda done, whole: progress.update(task, completed=done, total=whole),
            )
        out.mkdir(exist_ok=True)
        subject = Subject(house.book(), reform, population.name)
        files = written(subject, compared, out)
    except (PolicyError, PopulationError) as fault:
        for problem in fault.problems:
            typer.echo(problem, err=True)
        return 2
    except OSError as fault:
        typer.echo(f"{fault.filename}: {fault.strerror}", err=True)
        return 2
    for sentence in sentences(subject, compared):
        typer.echo(sentence)
    typer.echo(f"Written: {', '.join(str(file) for file in files)}")
    return 0


def run_population(house: House, region: str, out: Path, *, people: int, seed: int, year: int) -> int:
    """Return the exit status: 0, or 2 when there is nothing to write or nowhere."""
    if _without_libraries():
        return 2
    from gongji.whatif.population import ASSUMED, PEOPLE_AT_ONCE, write_population  # noqa: PLC0415  # the same

    if region not in house.book().names:
        typer.echo(f"--region: {region} has no policy file; gongji policy regions lists those that have.", err=True)
        return 2
    try:
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("persons", total=people)
            fitted = write_population(
                house.book(), region, year, out, people=people, seed=seed,
                told=lambda: progress.advance(task, PEOPLE_AT_ONCE),
            )  # fmt: skip
    except OSError as fault:
        typer.echo(f"{fault.filename or out}: {fault.strerror or fault}", err=True)
        return 2
    for line in fitted:
        typer.echo(line)
    typer.echo("Assumed, not published:")
    for sentence in ASSUMED:
        typer.echo(f"  {sentence}")
    return 0


# Helpers


def _without_libraries() -> bool:
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        typer.echo(f"gongji whatif needs {', '.join(missing)}: pip install 'gongji[whatif]'", err=True)
    return bool(missing)


def _toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise PolicyError([f"{file.name}: {fault}"]) from fault
