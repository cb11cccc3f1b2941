"""`gongji import` from the shell: ten thousand people, killed half-way, and their credits; and lines that are wrong."""

import csv
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from gongji.gateways.embedded import EmbeddedPostgres
from gongji.services.runs import AT_ONCE
from tests.people_files import PEOPLE_HEADER, certno_of, people_file, person_lines, psn_no_of

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from gongji.wiring import main; main()", "import"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "120"}
COUNT = 10_000
CAME = re.compile(r"(\d+) entered, (\d+) were there already, (\d+) refused")


class Books:
    """A data folder, what is imported into it, and what its database says."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"

    def take(self, *words: object, check: int = 0) -> tuple[int, ...]:
        """Import, and return how many lines were entered, there already and refused."""
        done = subprocess.run(self._command(*words), env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert done.returncode == check, done.stdout + done.stderr
        found = CAME.search(done.stdout)
        assert found, done.stdout + done.stderr
        return tuple(map(int, found.groups()))

    def faults(self, *words: object) -> str:
        done = subprocess.run(self._command(*words), env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    def take_half(self, words: list[object], lines: list[str], pipe: Path) -> None:
        """Import from a pipe that stays open, and kill the import when it has taken nearly all that was put in."""
        os.mkfifo(pipe)
        process = subprocess.Popen(self._command(words[0], pipe, *words[1:]), env=ENVIRONMENT, stderr=subprocess.PIPE)
        with pipe.open("w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
            out.flush()  # returns when all but the pipe's own 64 KiB has been read
            process.kill()
        process.communicate()

    def ask(self, question: str) -> list[tuple[object, ...]]:
        server = EmbeddedPostgres(self.data)
        try:
            with closing(psycopg.connect(server.start())) as connection:
                return connection.execute(question.encode()).fetchall()
        finally:
            server.stop()

    def _command(self, *words: object) -> list[str]:
        return [*PROGRAM, *map(str, words), "--data", str(self.data), "--now", "2026-03-05T10:00:00"]


@pytest.fixture
def books(tmp_path):
    books = Books(tmp_path)
    yield books
    if books.data.exists():
        EmbeddedPostgres(books.data).remove()


def credit_lines(count: int) -> list[str]:
    bases = ("", "8000.00", "8000.00", "10000.25")
    return ["psn_no,base", *(f"{psn_no_of(number)},{bases[number % 4]}" for number in range(count))]


def test_ten_thousand_people_and_their_month_are_taken_by_runs_that_were_killed(books, tmp_path):
    file = people_file(tmp_path / "people.csv", COUNT)
    half = [PEOPLE_HEADER, *person_lines(COUNT // 2)]

    books.take_half(["people"], half, tmp_path / "half.csv")
    entered, known, refused = books.take("people", file)

    assert (entered + known, refused) == (COUNT, 0)
    assert known % AT_ONCE == 0
    assert COUNT // 2 > known > COUNT // 4

    bases = tmp_path / "bases.csv"
    bases.write_text("\n".join(credit_lines(COUNT)) + "\n", encoding="utf-8")
    books.take_half(["credits", "--month", "2026-03"], credit_lines(COUNT)[: COUNT // 2], tmp_path / "half-bases.csv")
    assert books.take("retired", "110000", "--month", "2026-03", "--refused", tmp_path / "r.csv")[0] > 0
    entered, known, refused = books.take("credits", bases, "--month", "2026-03")
    assert (entered + known, refused) == (COUNT, 0)
    assert known > COUNT // 4
    assert books.take("credits", bases, "--month", "2026-03") == (0, COUNT, 0)

    sums = books.ask("SELECT pocket, balance_fen, count(*) FROM gongji.pocket GROUP BY 1, 2 ORDER BY 2")
    # The retired of every fourth line: those born in 1955 and before are seventy, 999 a year from 1950 on.
    old = sum(1 for number in range(0, COUNT, 4) if number // 999 <= 5)
    retired = [("current_year", 100_00, COUNT // 4 - old), ("current_year", 110_00, old)]
    assert sums == [*retired, ("current_year", 160_00, COUNT // 2), ("current_year", 200_01, COUNT // 4)]
    assert books.ask("SELECT count(*), count(DISTINCT book_id) FROM gongji.entry") == [(COUNT, COUNT)]


def test_refused_lines_are_listed_and_the_mended_file_is_taken_as_it_is(books, tmp_path):
    lines = [PEOPLE_HEADER, *person_lines(6)]
    with_x = next(certno for number in range(99) if (certno := certno_of(number)).endswith("X"))
    lines[1] = lines[1].replace(lines[1].split(",")[3], with_x.lower())
    good = list(lines)
    lines[2] = lines[2].replace(",employee,", ",worker,")
    lines[3] = lines[3].replace(lines[3].split(",")[3], "110101198001010012")
    lines[4] = lines[4].replace(",2026-01-01", ",2026-03-06")
    lines[5] = lines[5] + ',"'
    file = tmp_path / "people.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert books.take("people", file, "--lang", "en", check=1) == (2, 0, 4)

    report = tmp_path / "people.csv.refused.csv"
    with report.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    unreadable = "The message cannot be read, or a field is missing, too long or of the wrong type."
    assert rows == [
        ["line", "field", "reason", "refusal"],
        ["3", "insured", "Invalid enum value 'worker'", "MESSAGE_MALFORMED"],
        ["4", "certno", unreadable, "MESSAGE_MALFORMED"],
        ["5", "since", unreadable, "MESSAGE_MALFORMED"],
        ["6", "", "not CSV: unexpected end of data", "MESSAGE_MALFORMED"],
    ]

    file.write_text("\n".join(good) + "\n", encoding="utf-8")
    assert books.take("people", file) == (4, 2, 0)
    assert report.read_text(encoding="utf-8") == "line,field,reason,refusal\n"

    bases = tmp_path / "bases.csv"
    bases.write_text("psn_no,base\n" + f"{psn_no_of(1)},8000\n{psn_no_of(99)},1.00\n,1.00\n", encoding="utf-8")
    assert books.take("credits", bases, "--month", "2026-03", check=1) == (0, 0, 3)
    with (tmp_path / "bases.csv.refused.csv").open(encoding="utf-8", newline="") as opened:
        refused = [(row["line"], row["field"], row["refusal"]) for row in csv.DictReader(opened)]
    assert refused == [
        ("2", "base", "MESSAGE_MALFORMED"),
        ("3", "psn_no", "PERSON_UNKNOWN"),
        ("4", "psn_no", "MESSAGE_MALFORMED"),
    ]


def test_what_the_page_shows_comes_out_so(books, tmp_path):
    people, refused, bases = re.findall(
        r"```text\n(.*?)```", (ROOT / "docs" / "imports.md").read_text(encoding="utf-8"), re.DOTALL
    )
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    (tmp_path / "bases.csv").write_text(bases.splitlines(keepends=True)[0], encoding="utf-8")

    assert books.take("people", tmp_path / "people.csv", check=1) == (1, 0, 1)

    assert (tmp_path / "people.csv.refused.csv").read_text(encoding="utf-8") == refused
    assert books.take("credits", tmp_path / "bases.csv", "--month", "2026-03") == (0, 0, 0)


def test_a_file_that_cannot_be_used_is_told_in_a_line_and_opens_no_books(books, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("psn_no,name\n", encoding="utf-8")

    assert "people.csv: columns missing: cert_type, certno, region, insured" in books.faults("people", file)
    assert "none.csv: No such file" in books.faults("people", tmp_path / "none.csv")
    assert "--month" in books.faults("credits", file, "--month", "March")
    assert not books.data.exists()
    assert "999999 has no policy file" in books.faults("retired", "999999", "--month", "2026-03")
