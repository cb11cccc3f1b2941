"""Files of people and credits: a wrong header stops all, a bad line only itself."""

import re
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongji.channels import import_files
from gongji.channels.import_acts import CREDITS, PEOPLE
from gongji.channels.import_files import LINE_LONGEST, Columns, ImportFileError, opened

COLUMNS = Columns(("number", "name"), ("born",))


def read(file, columns=COLUMNS):
    with opened(file, columns) as source:
        return source.size, list(source.lines)


def written(tmp_path, content, name="people.csv"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_each_line_is_told_by_column_with_its_number_and_what_has_been_read(tmp_path):
    content = '\ufeffnumber,name\r\n1,"王,丽"\r\n\r\n 2 ,\n'
    size, lines = read(written(tmp_path, content))

    assert size == lines[-1].done == len(content.encode())
    assert [(line.number, line.told) for line in lines] == [(2, {"number": "1", "name": "王,丽"}), (4, {"number": "2"})]


@pytest.mark.parametrize(
    ("bad", "wrong"),
    [
        (b"1", "1 fields where the header has 2"),
        (b"1,2,3", "3 fields where the header has 2"),
        (b'1,"open', "not CSV"),
        (b"1,\xff", "not UTF-8"),
        (b"1," + b"x" * LINE_LONGEST, "longer than"),
        (b"1," + b"x" * (3 * LINE_LONGEST), "longer than"),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_stops_no_other(tmp_path, bad, wrong):
    _, lines = read(written(tmp_path, b"number,name\n" + bad + b"\n2,b\n"))

    assert [line.number for line in lines] == [2, 3]
    assert wrong in lines[0].wrong
    assert (lines[1].told, lines[1].wrong) == ({"number": "2", "name": "b"}, "")


def test_a_long_last_line_without_an_end_is_read_to_the_end(tmp_path):
    content = b"number,name\n1," + b"x" * (2 * LINE_LONGEST)

    _, (line,) = read(written(tmp_path, content))

    assert line.done == len(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1: the file is empty"),
        ("number\n", "columns missing: name"),
        ("number,name,colour\n", "columns unknown: colour"),
        ("number,name,name\n", "columns twice: name"),
        ("number;name\n", "columns missing: number, name"),
        (b"\xff\xfe\n", "line 1: not UTF-8"),
    ],
)
def test_a_wrong_header_stops_before_anything_is_read(tmp_path, content, told):
    with pytest.raises(ImportFileError, match=f"people.csv: {told}"):
        read(written(tmp_path, content))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ImportFileError, match=r"none\.csv: No such file"):
        read(tmp_path / "none.csv")


def test_parquet_tells_the_same_as_csv(tmp_path):
    file = tmp_path / "people.parquet"
    pq.write_table(pa.table({"number": [1, None], "name": ["王,丽", " x "]}), file)

    size, lines = read(file)

    assert size == lines[-1].done == 2
    assert [(line.number, line.told) for line in lines] == [(1, {"number": "1", "name": "王,丽"}), (2, {"name": "x"})]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (date(1980, 1, 1), "1980-01-01"),
        (datetime(1980, 1, 1), "1980-01-01"),
        (datetime(1980, 1, 1, 10), "1980-01-01 10:00:00"),
        (Decimal("8000.00"), "8000.00"),
        (12, "12"),
    ],
)
def test_a_cell_of_parquet_is_the_text_that_csv_would_have(tmp_path, value, text):
    file = tmp_path / "people.parquet"
    pq.write_table(pa.table({"number": [value], "name": ["a"]}), file)

    assert read(file)[1][0].told["number"] == text


def test_parquet_has_to_have_the_columns_and_to_be_parquet(tmp_path):
    file = tmp_path / "people.parquet"
    pq.write_table(pa.table({"number": [1]}), file)

    with pytest.raises(ImportFileError, match="columns missing: name"):
        read(file)
    with pytest.raises(ImportFileError, match="cannot be read as Parquet"):
        read(written(tmp_path, "number,name\n", "other.parquet"))
    with pytest.raises(ImportFileError, match=r"cannot be read as Parquet: .*No such file"):
        read(tmp_path / "none.parquet")


def test_without_its_library_parquet_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(import_files, "find_spec", lambda _: None)

    with pytest.raises(ImportFileError, match=r"pip install 'gongji\[whatif\]'; or bring CSV"):
        read(tmp_path / "people.parquet")


def test_reading_csv_needs_no_parquet(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    assert len(read(written(tmp_path, "number,name\n1,a\n"))[1]) == 1


def test_the_page_of_imports_tells_every_column():
    page = (Path(__file__).parents[2] / "docs" / "imports.md").read_text(encoding="utf-8")

    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))

    assert told == {*PEOPLE.wanted, *PEOPLE.others, *CREDITS.wanted}
