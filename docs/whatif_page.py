"""The page on the what-if, with the report of a reform as a worked example: made by the program, not typed."""

import json
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gongji.channels.bench.rule_speed import rules_rows
from gongji.domain.money import yuan
from gongji.gateways.policy_files import policy_files
from gongji.rules.bundle import compile_book
from gongji.services.policies.drafts import parsed
from gongji.whatif.comparing import Compared, compare
from gongji.whatif.population import ASSUMED, write_population
from gongji.whatif.reform import read_reform
from gongji.whatif.report import Subject, charts, page, sentences
from gongji.whatif.totals import Table, tables_of

DOCS: Final = Path(__file__).parent
PAGE: Final = DOCS / "whatif.md"
FOLDER: Final = DOCS / "whatif"
REFORM: Final = FOLDER / "fujian-minimum-1000.toml"
PEOPLE: Final = 5_000
SEED: Final = 1
REGION: Final = "350000"

FIGURES: Final = DOCS / "bench-rules.json"

_HEAD: Final = """# What a changed rule would mean

A bureau wants to know what a rule would do before it is published: who pays less, who pays more, out of which pocket.

```sh
gongji whatif population --people 5000 --seed 1 --region 350000 --out people.parquet
gongji whatif docs/whatif/fujian-minimum-1000.toml --population people.parquet --out report
```

The first line makes a population that does not exist; a bureau takes a file of its own. The second runs each bill of
the year by today's rules and by the reform's, and writes tables (CSV and Parquet, amounts in fen), charts (SVG) and
`report.html`, which needs nothing beside it. The same input makes the same bytes. Both need the libraries of
`pip install 'gongji[whatif]'`.

## The reform file

```toml
{reform}```

It is written like a [policy file](policy-format.md) and read by the same loader, laid over the files of the region. It
needs no document, since it is a proposal. From `start` on the region's own rows of that rule are silent, until `end`
where there is one. A file that names no rule, an unknown key, a float or a rule that a year of bills never reads (say,
who may become a member) is refused in one line with file and key.

## The population file

Parquet, a row a bill; order does not matter, what is out of order is sorted on the disk. Columns:

| column | |
|---|---|
| `person` | a whole number; whose bill it is |
| `insured`, `work`, `age` | `employee` or `resident`; `in_service`, `retired` or `flexible`; 0 to 120 |
| `retired_on` | a day; may be empty, and left out |
| `day`, `place`, `visit`, `kind`, `level` | when; where and what, in the words of the [glossary](glossary.md); 1 to 3 |
| `split` | true: somebody has split the bill already; false: the region's schedule does |
| `fund_fen`, `deductible_fen`, `copay_fen` | the split, where there is one |
| `in_scope_fen` | what lies in scope, where there is none |
| `first_self_pay_fen`, `over_limit_fen`, `off_catalogue_fen` | 先行自付, 超限, 目录外 |
| `own_current_fen`, `own_carry_fen`, `own_wallet_fen` | the patient's pockets before his first bill |
| `own_credit_fen` | what is credited on the first of each later month |
| `s1_relation` | what the patient is to his first sharer, empty without one |
| `s1_current_fen`, `s1_carry_fen`, `s1_pot_fen`, `s1_credit_fen` | the sharer's pockets and credit |
| `s1_cap_fen` | the sharer's own limit, empty without one |
| `s2_relation` … | a second sharer, and so on, in the order of binding |

Pockets, credits and sharers are taken from a person's first bill. A sharer stands behind one person: who shares with
two is written as the part that he leaves to each. All live in the region, are active, and show their own credential; at
a counter that asks whom to draw on, all sharers are named. Where a region has pots, each sharer sets aside all he may
at the first bill of a month.

## How it is decided

The bills of one person after another are decided on columns of whole fen by a kernel compiled for the machine;
deductibles, ceilings, balances, pots and limits are carried on. It looks all up in tables made from the same plan of
the region and day that the single decision reads, and keeps for each bill the rows of the book that it rests on. What
the tables cannot say exactly (a bill that crosses two bands, a layer by what a person has borne) is shared out by the
single decision, and the report tells which and how often. A test holds both to the fen and to the rule over all
regions; and each run decides some persons again, bill by bill, and stops where one fen or rule differs.

The first run on a machine compiles the kernel, which takes ten seconds, and keeps it. The file is read in chunks, which
are decided by both rules, summed up and let go, so memory does not grow with it; what is out of order is sorted on the
disk. Beside other work on two cores, 1,007,876 bills by both rules took 5 to 9 seconds and at most 0.96 GB of memory,
and 10,100,432 bills took 26 seconds and 1.03 GB.

## How fast rules are

`gongji bench rules` decides a million bills, by one book: a year of bills of each person, and one bill a person.
OpenFisca-Core calculates `disposable_income` of its country template for as many persons in turn with it, installed
into a folder that is thrown away. CPU seconds are those of one process; the first round, in which the kernel is
compiled or read from the disk, is not counted. A bill and a month's income of a person are not the same work: the
ratio compares speeds, no more.

{speed}

## The population that does not exist

It is fitted to these published figures; `gongji whatif population` prints them beside its own:

{fitted}

The bulletin was read as a copy, and so were the two press reports. Assumed, not published:

{assumed}

So it shows how a rule works, in a country with these sums. It does not tell what Fujian's next year will cost.
"""

_EXAMPLE: Final = """## An example: 1000 instead of 2000 yuan stay in the account, in Fujian

`python docs/build.py` writes this page, the charts and [the report](whatif/report.html) by the two commands above.
"""


def files() -> dict[Path, str]:
    """Return the files of the page by path."""
    subject, compared, fitted = _example()
    tables = tables_of(compared.totals)
    head = _HEAD.format(
        speed=_speed(),
        reform=REFORM.read_text(encoding="utf-8"),
        fitted="\n".join(f"* {line}" for line in fitted),
        assumed="\n".join(f"* {sentence}" for sentence in ASSUMED),
    )
    body = [head, _EXAMPLE, *(f"* {sentence}" for sentence in sentences(subject, compared)), ""]
    drawn = charts(tables)
    for table in tables:
        name = "persons_pay_less" if table.name == "cash_of_a_person" else table.name
        body += [f"### By {table.name.replace('_', ' ')}\n", f"![{name}](whatif/{name}.svg)\n", *_markdown(table), ""]
    made = {FOLDER / f"{name}.svg": chart for name, chart in drawn.items()}
    return {PAGE: "\n".join(body), **made, FOLDER / "report.html": page(subject, compared, tables)}


# Helpers


def _speed() -> str:
    """Return what `gongji bench rules --json` told, as a table."""
    told = json.loads(FIGURES.read_text(encoding="utf-8"))
    what, load, machine = told["what"], told["load_of_others"], told["machine"]
    lines = ["| figure | median | range | bar | |", "|---|--:|--:|--:|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rules_rows(told)]
    lines.append(
        f"""
{what["bills"]:,} bills in region {what["region"]}, {what["runs"]} rounds; {machine["cpu"]}, {machine["cores"]} cores,
Python {machine["python"]}. Load average before: {load["load_average_before"][0]:.1f}; cores used by all programs
meanwhile: {load["cores_used_by_all"]}. OpenFisca with its full trace took {told["openfisca_ms"]["median"]} ms for
one person."""
    )
    return "\n".join(lines)


def _example() -> tuple[Subject, Compared, list[str]]:
    policies = parsed(policy_files(DOCS.parent / "policies"))
    book, _ = compile_book(policies)
    reform = read_reform(REFORM.name, tomllib.loads(REFORM.read_text(encoding="utf-8")), policies)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "people.parquet"
        fitted = write_population(book, REGION, 2025, file, people=PEOPLE, seed=SEED, told=lambda: None)
        compared = compare(file, REGION, (book, reform.book), Path(folder), lambda _done, _whole: None)
    return Subject(book, reform, file.name), compared, fitted


def _markdown(table: Table) -> list[str]:
    titles = [column.removesuffix("_fen").replace("_", " ") for column in table.columns]
    lines = [f"| {table.group} | {' | '.join(titles)} |", f"|---|{'--:|' * len(titles)}"]
    for row in table.rows:
        both = zip(table.columns, row.figures, strict=True)
        cells = [yuan(figure) if column.endswith("_fen") else str(figure) for column, figure in both]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
    return lines
