"""Reform and population files: what is read, what is refused in one line, and that a report depends on nothing else."""

import tomllib
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongji.rules.bundle import PolicyError
from gongji.whatif.columns import PopulationError
from gongji.whatif.comparing import DisagreementError, chunks, compare
from gongji.whatif.population import ASSUMED, PUBLISHED, mean, tables_of, write_population
from gongji.whatif.reform import read_reform
from gongji.whatif.report import Subject, written
from gongji.whatif.totals import tables_of as tables_of_totals

HEAD = 'region = "350000"\ntitle = "less"\n'
LESS = HEAD + "[[retained_minimum]]\nstart = 2025-01-01\nfen = 100000\n"


def reform_of(policy_files, text):
    return read_reform("r.toml", tomllib.loads(text), policy_files)


def population(book, tmp_path, people=300):
    return pa.concat_tables(tables_of(book, "350000", 2025, people=people, seed=7)), tmp_path / "p.parquet"


def test_a_reform_speaks_from_its_first_day(policy_files, book):
    reform = reform_of(policy_files, LESS)

    assert [reform.book.on("350000", day).minimum_fen for day in (date(2024, 12, 31), date(2025, 1, 1))] == [
        200000,
        100000,
    ]
    assert reform.book.on("350100", date(2025, 1, 1)).minimum_fen == 100000
    assert reform.book.on("310000", date(2025, 1, 1)).minimum_fen == 0
    assert book.on("350000", date(2025, 1, 1)).minimum_fen == 200000


def test_a_reform_with_an_end_gives_the_word_back(policy_files):
    reform = reform_of(policy_files, LESS + "end = 2025-07-01\n")

    assert [reform.book.on("350000", date(2025, month, 1)).minimum_fen for month in (6, 7)] == [100000, 200000]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD, "r.toml: names no rule: write the changed one as [[retained_minimum]], say"),
        (HEAD + "[[minimum]]\nstart = 2025-01-01\n", "r.toml: minimum: no such rule"),
        (HEAD + "[[proofs]]\nstart = 2025-01-01\n",
         "r.toml: proofs: a year of bills does not read this rule, so nothing would change"),
        (HEAD + "[retained_minimum]\nfen = 1\n",
         "r.toml: retained_minimum: write [[retained_minimum]], with two brackets"),
        (HEAD + "[[retained_minimum]]\nfen = 1\n",
         "r.toml: retained_minimum[0].start: a date is wanted, like 2025-01-01"),
        (LESS.replace("100000", "1000.5"),
         "r.toml: retained_minimum[0].value: Expected `int | null`, got `float` - at `$.fen`"),
        (LESS + "yuan = 1\n", "r.toml: retained_minimum[0].value: Object contains unknown field `yuan`"),
        (LESS.replace("350000", "999999"), "r.toml: region: 999999 has no policy file"),
        (LESS.replace("title", "name"), "r.toml: title: a sentence is wanted\nr.toml: name: no such rule"),
    ],
)  # fmt: skip
def test_a_faulty_reform_is_refused_by_file_and_key(policy_files, text, told):
    with pytest.raises(PolicyError) as refused:
        reform_of(policy_files, text)

    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda bills: bills.drop_columns(["age"]), "p.parquet: age: the column is missing"),
        (lambda bills: bills.append_column("name", bills.column("age")), "p.parquet: name: no such column"),
        (lambda bills: put(bills, "age", pa.array([121] * len(bills))),
         "p.parquet: age: 121 in row 1 is not from 0 to 120"),
        (lambda bills: put(bills, "copay_fen", pa.array([1.5] * len(bills))),
         "p.parquet: copay_fen: whole fen (int64) are wanted, not double"),
        (lambda bills: put(bills, "copay_fen", pa.array([0, -1] + [0] * (len(bills) - 2))),
         "p.parquet: copay_fen: -1 in row 2 is not from 0 to 10000000000"),
        (lambda bills: put(bills, "place", pa.array(["hospital", "moon"] + ["hospital"] * (len(bills) - 2))),
         "p.parquet: place: 'moon' in row 2 is none of hospital, pharmacy, checkup, vaccination, other"),
        (lambda bills: put(bills, "level", pa.array([None, 9] + [1] * (len(bills) - 2))),
         "p.parquet: level: empty in row 1\np.parquet: level: 0 in row 1 is not from 1 to 3"),
        (lambda bills: put(bills, "day", pa.array(["2025-01-01"] * len(bills))),
         "p.parquet: day: days (date32) are wanted, not string"),
        (lambda bills: bills.slice(0, 0), "p.parquet: person: there is no bill in the file"),
    ],
)  # fmt: skip
def test_a_faulty_population_is_refused_by_file_and_column(book, tmp_path, change, told):
    bills, file = population(book, tmp_path, people=20)
    pq.write_table(change(bills), file)

    with pytest.raises(PopulationError) as refused:
        list(chunks(file, tmp_path))

    assert str(refused.value) == told


def put(bills, name, column):
    return bills.set_column(bills.column_names.index(name), name, column)


def test_what_is_no_parquet_is_refused(tmp_path):
    file = tmp_path / "p.parquet"
    file.write_text("person,age")

    with pytest.raises(PopulationError, match=r"^p\.parquet: cannot be read as Parquet: "):
        list(chunks(file, tmp_path))


def test_the_order_and_the_chunks_of_a_file_change_nothing(policy_files, book, tmp_path, monkeypatch):
    bills, file = population(book, tmp_path)
    reform = reform_of(policy_files, LESS)
    pq.write_table(bills, file)
    whole = compare(file, "350000", (book, reform.book), tmp_path, lambda *_: None)
    shuffled = tmp_path / "shuffled.parquet"
    backwards = bills.take(pa.array(range(len(bills) - 1, -1, -1)))
    pq.write_table(backwards.sort_by([("level", "ascending"), ("day", "ascending")]), shuffled)
    monkeypatch.setattr("gongji.whatif.comparing.BILLS_AT_ONCE", 97)

    pieces = compare(file, "350000", (book, reform.book), tmp_path, lambda *_: None)
    sorted_again = compare(shuffled, "350000", (book, reform.book), tmp_path, lambda *_: None)

    assert tables_of_totals(pieces.totals) == tables_of_totals(whole.totals)
    assert pieces.used == whole.used
    assert (sorted_again.bills, sorted_again.persons) == (whole.bills, whole.persons)
    [pocket, *_] = tables_of_totals(sorted_again.totals)
    assert sum(row.figures[2] for row in pocket.rows) == 0


def test_nothing_is_created_and_nothing_is_lost(policy_files, book, tmp_path):
    bills, file = population(book, tmp_path)
    pq.write_table(bills, file)
    reform = reform_of(policy_files, LESS)
    totals = compare(file, "350000", (book, reform.book), tmp_path, lambda *_: None).totals

    pocket, *_ = tables_of_totals(totals)
    changes = {row.name: row.figures[2] for row in pocket.rows}
    assert changes["shared"] > 0
    assert changes["cash"] == -changes["shared"] == totals.left_fen[1] - totals.left_fen[0]
    assert changes["fund"] == changes["own"] == 0


def test_a_report_has_the_same_bytes_twice(policy_files, book, tmp_path):
    bills, file = population(book, tmp_path)
    pq.write_table(bills, file)
    reform = reform_of(policy_files, LESS)
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        compared = compare(file, "350000", (book, reform.book), tmp_path, lambda *_: None)
        made.append([path.read_bytes() for path in written(Subject(book, reform, file.name), compared, folder)])

    assert made[0] == made[1]
    assert b"<script" not in made[0][-1]
    assert b"http://" not in made[0][-1].replace(b"http://www.w3.org/2000/svg", b"")


def test_a_population_is_the_same_for_a_seed_and_near_what_is_published(book, tmp_path):
    files = [tmp_path / name for name in ("one.parquet", "two.parquet", "other.parquet")]
    told = [
        write_population(book, "350000", 2025, file, people=20_001, seed=seed, told=lambda: None)
        for file, seed in zip(files, (1, 1, 2), strict=True)
    ]

    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()
    assert len(told[0]) == len(PUBLISHED)
    assert "published 28.61 %, here 28." in told[0][0]
    assert [mean(name) for name in ("balance", "part", "bills")] == [408402, 14821, 11196]
    assert all(sentence.endswith(".") for sentence in ASSUMED)


def test_a_reform_of_some_weeks_is_decided_alike_bill_by_bill(policy_files, book, tmp_path, monkeypatch):
    bills, file = population(book, tmp_path, people=60)
    pq.write_table(bills, file)
    reform = reform_of(policy_files, LESS.replace("2025-01-01", "2025-03-10") + "end = 2025-07-15\n")
    monkeypatch.setattr("gongji.whatif.comparing.CHECKED_OF_A_CHUNK", 60)

    assert compare(file, "350000", (book, reform.book), tmp_path, lambda *_: None).checked == 60


def test_a_disagreement_stops_the_report(book, tmp_path, monkeypatch):
    bills, file = population(book, tmp_path, people=60)
    pq.write_table(bills, file)
    monkeypatch.setattr("gongji.whatif.terms._pays", lambda _: [0] * 5)

    with pytest.raises(DisagreementError, match=r"^person \d+, day \d+: "):
        compare(file, "350000", (book, book), tmp_path, lambda *_: None)
