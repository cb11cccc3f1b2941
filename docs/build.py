"""Write the pages that are made from the code: `python docs/build.py`.

A test compares what this would write with what stands there.
"""

from pathlib import Path

from docs import bench_page, openapi_page, registers_page, trace_page, whatif_page
from gongji.channels.api.problems import status_of
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.domain.texts import next_step, sentence
from gongji.gateways.policy_files import read_policies
from gongji.rules.coverage import FRESH_FOR, SLOTS, RegionCoverage, SlotAnswer, coverage, is_province
from gongji.rules.policybook import NATION, PolicyBook
from gongji.rules.schema import RULES
from interface.page import page as interface_page

REFUSALS_PAGE = Path(__file__).with_name("refusals.md")
INTERFACE_PAGE = Path(__file__).with_name("interface.md")
COVERAGE_PAGE = Path(__file__).with_name("coverage.md")
TRACE_PAGE = Path(__file__).with_name("trace.md")
BENCH_PAGE = Path(__file__).with_name("bench.md")
OPENAPI_FILE = Path(__file__).with_name("openapi.json")
TRACE_SCHEMA = Path(__file__).with_name("trace.schema.json")
POLICIES = Path(__file__).parents[1] / "policies"

_HEAD = """# Refusals 拒绝原因

Every "no" of the system is one of these names, everywhere: in code, case files, messages, on pages and printouts.
When several apply, the first in this order speaks and the rest are listed after it. Beside the sentence an answer
carries the rule, the region and day it was read for, the document behind it, and the figures compared.

This page is written by `python docs/build.py` from `gongji/domain/refusals.py` and `gongji/domain/texts.py`.
"""

_FAULTS_HEAD = """
## Over the API

A problem document carries the refusal with the status below. Before any rule is asked, a request may also come to
nothing for one of these; `gongji/domain/faults.py` is their list.
"""

_COVERAGE_HEAD = """# Coverage 覆盖

How much of each region the policy book knows, on the day on which its documents were last read. The command
`gongji policy coverage` prints the same for any day. A slot is one question that a family asks; it is as well known
as the worst known of the rules that answer it. What a region leaves to the national file is known as it is there.

* **O** official: a government site, a state newspaper or the text of a document.
* **P** portal: a local portal that quotes one.
* **A** assumed: a weaker page, or a date or reading of our own; the row's `note` says which.
* **?** unknown: the row's `note` says what was sought. An unknown rule never refuses.
* A capital letter: the region's own file answers, wholly or in part. A small one: only the national file does.
* **\\*** stale: the row has passed its `stale_from`, or nobody has read its document for {days} days.

This page is written by `python docs/build.py` from `policies/`.
"""


def refusals_page() -> str:
    """Return the page of all refusals, in their order of speaking."""
    rows = [f"| {rank} | `{reason}` | {_words(reason)} |" for rank, reason in enumerate(Refusal, start=1)]
    faults = [f"| {status_of(fault)} | `{fault}` | {_words(fault)} |" for fault in RequestFault]
    return "\n".join(
        [
            _HEAD,
            "| | name | what it says | next step |",
            "|--:|---|---|---|",
            *rows,
            _FAULTS_HEAD,
            "| status | refusals |",
            "|--:|---|",
            *_by_status(),
            "",
            "| status | name | what it says | next step |",
            "|--:|---|---|---|",
            *faults,
            "",
        ]
    )


def _by_status() -> list[str]:
    statuses = sorted({status_of(reason) for reason in Refusal})
    named = {status: [f"`{reason}`" for reason in Refusal if status_of(reason) == status] for status in statuses}
    return [f"| {status} | {', '.join(named[status]) if status != 422 else 'all others'} |" for status in statuses]


def _words(reason: Refusal | RequestFault) -> str:
    says = f"{sentence(reason, 'zh')}<br>{sentence(reason, 'en')}"
    step = f"{next_step(reason, 'zh')}<br>{next_step(reason, 'en')}"
    return f"{says} | {step}"


def coverage_page() -> str:
    """Return the page of what is known of every province, on the day on which the last document was read."""
    book, _ = read_policies(POLICIES)
    day = max(source.checked for source in book.sources.values() if source.checked is not None)
    found = coverage(book, day)
    slots = [f"| {slot.replace('_', ' ')} | {', '.join(f'`{rule}`' for rule in SLOTS[slot])} |" for slot in SLOTS]
    columns = ["region", *(slot.replace("_", " ") for slot in SLOTS), "O", "P", "A", "?", "stale", "own"]
    return "\n".join(
        [
            _COVERAGE_HEAD.format(days=FRESH_FOR.days),
            _sum_of(found),
            "\n## The slots\n\n| slot | rules |\n|---|---|",
            *slots,
            f"\n## The regions, on {day}\n\n| {' | '.join(columns)} |\n|---|{':-:|' * (len(columns) - 1)}",
            *(_region_line(one) for one in found),
            "\n## Cities with rules of their own\n\n| city | rules |\n|---|---|",
            *_city_lines(book),
            "",
        ]
    )


def _sum_of(found: list[RegionCoverage]) -> str:
    slots = len(found) * len(SLOTS)
    unknown = sum(one.count("unknown") for one in found)
    own = sum(one.own for one in found)
    return (
        f"{len(found)} regions with {len(SLOTS)} slots each: of {slots} slots {slots - unknown} are known "
        f"({100 * (slots - unknown) // slots} %) and {unknown} unknown; {own} are answered by the region's own file, "
        f"{slots - unknown - own} by the national file alone."
    )


def _region_line(one: RegionCoverage) -> str:
    counts = (
        one.count("official"),
        one.count("portal"),
        one.count("assumed"),
        one.count("unknown"),
        one.stale,
        one.own,
    )
    cells = [f"{one.region} {one.name}", *(_mark(answer) for answer in one.answers), *(str(count) for count in counts)]
    return f"| {' | '.join(cells)} |"


def _mark(answer: SlotAnswer) -> str:
    mark = "?" if answer.standing == "unknown" else answer.standing[0]
    return (mark.upper() if answer.own else mark) + ("\\*" if answer.stale else "")


def _city_lines(book: PolicyBook) -> list[str]:
    cities = [region for region in book.regions if region != NATION and not is_province(region)]
    written = {
        city: [rule for rule in RULES if any(row.region == city for row in book.history(city, rule))] for city in cities
    }
    return [
        f"| {city} {book.names[city]} | {', '.join(f'`{rule}`' for rule in rules) or '–'} |"
        for city, rules in written.items()
    ]


if __name__ == "__main__":
    REFUSALS_PAGE.write_text(refusals_page(), encoding="utf-8")
    print(f"wrote {REFUSALS_PAGE.name}: {len(Refusal)} refusals")
    OPENAPI_FILE.write_text(openapi_page.file(), encoding="utf-8")
    print(f"wrote {OPENAPI_FILE.name}")
    INTERFACE_PAGE.write_text(interface_page(), encoding="utf-8")
    print(f"wrote {INTERFACE_PAGE.name}")
    COVERAGE_PAGE.write_text(coverage_page(), encoding="utf-8")
    print(f"wrote {COVERAGE_PAGE.name}")
    TRACE_PAGE.write_text(trace_page.page(), encoding="utf-8")
    TRACE_SCHEMA.write_text(trace_page.schema(), encoding="utf-8")
    print(f"wrote {TRACE_PAGE.name}, {TRACE_SCHEMA.name}")
    BENCH_PAGE.write_text(bench_page.page(), encoding="utf-8")
    print(f"wrote {BENCH_PAGE.name}")
    registers_page.SCHEMA.write_text(registers_page.schema(), encoding="utf-8")
    print(f"wrote {registers_page.SCHEMA.name}")
    for path, content in whatif_page.files().items():
        path.write_text(content, encoding="utf-8")
    print(f"wrote {whatif_page.PAGE.name} and its report")
