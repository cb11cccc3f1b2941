"""`gongji whatif` from the shell: make a population, try a reform on it, read the report; and what is refused."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from gongji.channels.cli import app
from gongji.wiring import Wiring

REFORM = Path(__file__).parents[2] / "docs" / "whatif" / "fujian-minimum-1000.toml"


def gongji(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], obj=Wiring({}))
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def population(tmp_path):
    file = tmp_path / "people.parquet"
    code, told, _ = gongji("whatif", "population", "--people", 400, "--region", "350000", "--out", file)
    assert code == 0
    assert "money in a personal account: published 4084.02 yuan, here " in told
    assert "Assumed, not published:" in told
    return file


def test_a_bureau_tries_a_reform_on_a_population(population, tmp_path):
    code, told, _ = gongji("whatif", REFORM, "--population", population, "--out", tmp_path / "report")

    assert code == 0
    assert "福建省 Fujian (350000), changed: retained_minimum." in told
    assert " persons were decided again, bill by bill, by both rules: every fen and rule agreed." in told
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 7
    assert "350000/retained_minimum" not in page  # the money lies in pots, so the minimum speaks when they are filled
    by_age = pq.read_table(tmp_path / "report" / "by_age.parquet").to_pylist()
    assert [row["age"] for row in by_age] == ["0–17", "18–44", "45–59", "60–74", "75+"]
    assert sum(row["cash_change_fen"] for row in by_age) == -sum(row["gained_fen"] for row in by_age) < 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.parquet", "report"]


def test_a_reform_that_names_no_rule_writes_nothing(population, tmp_path):
    reform = tmp_path / "nothing.toml"
    reform.write_text('region = "350000"\ntitle = "nothing"\n', encoding="utf-8")

    code, told, faults = gongji("whatif", reform, "--population", population, "--out", tmp_path / "report")

    assert (code, told) == (2, "")
    assert faults == "nothing.toml: names no rule: write the changed one as [[retained_minimum]], say\n"
    assert not (tmp_path / "report").exists()


def test_a_population_with_impossible_ages_writes_no_report(population, tmp_path):
    bills = pq.read_table(population)
    ages = bills.column("age").to_pylist()
    place = bills.column_names.index("age")
    pq.write_table(bills.set_column(place, "age", [[200, *ages[1:]]]), population)

    code, _, faults = gongji("whatif", REFORM, "--population", population, "--out", tmp_path / "report")

    assert code == 2
    assert "people.parquet: age: 200 in row 1 is not from 0 to 120\n" in faults
    assert [path.name for path in tmp_path.iterdir()] == ["people.parquet"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("whatif", "absent.toml", "--population", "p.parquet", "--out", "x"),
            "absent.toml: No such file or directory",
        ),
        (("whatif", REFORM, "--population", "p.parquet", "--out", "x"), "p.parquet: cannot be read as Parquet"),
        (
            ("whatif", "population", "--people", 5, "--region", "999999", "--out", "p.parquet"),
            "999999 has no policy file",
        ),
        (("whatif", "population", "--people", 5, "--region", "350000", "--out", "no/p.parquet"), "no/p.parquet: "),
    ],
)
def test_a_file_or_region_that_is_not_there_is_told_in_a_line(tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)

    code, _, faults = gongji(*words)

    assert code == 2
    assert told in faults.splitlines()[-1]


def test_help_shows_both_commands():
    _, told, _ = gongji("whatif", "--help")

    assert "compare" in told
    assert "population" in told
