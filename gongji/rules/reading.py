"""Reading the rules: a region on a day, over time, beside another day or region, and by a word. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from gongji.rules.citing import Citation, cite
from gongji.rules.policybook import EPOCH, PolicyBook, Row
from gongji.rules.reading_titles import TITLES, Said
from gongji.rules.schema import RULES


class AskedWronglyError(ValueError):
    """A region, rule, day or word that cannot be read. The message names what was asked, and what can be."""


class Reading(Struct, frozen=True, kw_only=True):
    """The rules of a region on a day: one row for each rule of the register."""

    region: str
    name: str
    on: date
    bundle: str
    rows: tuple[Citation, ...]


class History(Struct, frozen=True, kw_only=True):
    """One rule of a region over time, by first day. A row of a wider region speaks only where no narrower one does.

    `speaks_from` are the days on which the rows begin to speak for this region; the same row may do so twice.
    """

    rule: str
    title: Said
    rows: tuple[Citation, ...]
    speaks_from: tuple[date, ...]


class Timeline(Struct, frozen=True, kw_only=True):
    """The rules of a region over time: all that ever changed, or the one asked for."""

    region: str
    name: str
    bundle: str
    rules: tuple[History, ...]


class Side(Struct, frozen=True):
    """A region on a day, as one side of a comparison."""

    region: str
    name: str
    on: date


class Difference(Struct, frozen=True, kw_only=True):
    """A rule that two sides answer differently."""

    rule: str
    title: Said
    left: Citation
    right: Citation


class Comparison(Struct, frozen=True, kw_only=True):
    """Two sides and all that differs between them; what is not listed is the same in value and state."""

    left: Side
    right: Side
    bundle: str
    differences: tuple[Difference, ...]


class Hit(Struct, frozen=True, kw_only=True):
    """A row in which a word stands, and where in it: rule, title, value, quote, reading, note, document."""

    row: Citation
    stands_in: tuple[str, ...]


class Found(Struct, frozen=True, kw_only=True):
    """All rows in which a word stands, by region, rule and day."""

    word: str
    bundle: str
    hits: tuple[Hit, ...]


def read(book: PolicyBook, region: str, on: date, rule: str | None = None) -> Reading:
    """Return all rules of `region` on a day, or one of them. Raise AskedWronglyError."""
    ask(book, region, rule, on)
    rows = book.on(region, on).rows
    names = RULES if rule is None else (rule,)
    return Reading(
        region=region,
        name=name_of(book, region),
        on=on,
        bundle=book.digest,
        rows=tuple(cite(book, rows[name]) for name in names),
    )


def timeline(book: PolicyBook, region: str, rule: str | None = None) -> Timeline:
    """Return how the rules of `region` came to be: those with more than one row, or the one rule asked for."""
    ask(book, region, rule)
    histories = (_history(book, region, name) for name in (RULES if rule is None else (rule,)))
    told = tuple(one for one in histories if rule is not None or len(one.rows) > 1)
    return Timeline(region=region, name=name_of(book, region), bundle=book.digest, rules=told)


def compare_days(book: PolicyBook, region: str, first: date, second: date) -> Comparison:
    """Return what differs in `region` between two days. Raise AskedWronglyError."""
    ask(book, region, None, first)
    ask(book, region, None, second)
    return _comparison(book, (region, first), (region, second))


def compare_regions(book: PolicyBook, left: str, right: str, on: date) -> Comparison:
    """Return what differs between two regions on a day. Raise AskedWronglyError."""
    ask(book, left, None, on)
    ask(book, right, None, on)
    return _comparison(book, (left, on), (right, on))


def find(book: PolicyBook, word: str) -> Found:
    """Return the rows in which `word` stands, in capital or small letters, of all regions and all time."""
    wanted = word.strip().casefold()
    if not wanted:
        raise AskedWronglyError("a word is wanted, like 历年结余 or retained_minimum")
    hits = []
    for row in book.rows:
        cited = cite(book, row)
        places = tuple(place for place, text in _texts(cited) if wanted in text.casefold())
        if places:
            hits.append(Hit(row=cited, stands_in=places))
    return Found(word=word.strip(), bundle=book.digest, hits=tuple(hits))


def ask(book: PolicyBook, region: str, rule: str | None = None, on: date | None = None) -> None:
    """Raise AskedWronglyError when there is no such region or rule, or the day lies before the book."""
    if len(region) != 6 or not (region.isascii() and region.isdigit()):
        raise AskedWronglyError(f"{region} is no 医保区划: six digits are wanted, like 310000")
    if region != "000000" and all(code == "000000" for code in book.chain(region)):
        raise AskedWronglyError(f"{region} is in no region that the book knows: policy regions lists them")
    if rule is not None and rule not in RULES:
        raise AskedWronglyError(f"no rule is called {rule}; the rules are: {', '.join(RULES)}")
    if on is not None and on < EPOCH:
        raise AskedWronglyError(f"the policy book begins on {EPOCH}, and {on} lies before it")


def name_of(book: PolicyBook, region: str) -> str:
    """Return what the region is called, or the narrowest region around it that has a file."""
    return book.names.get(book.chain(region)[0], "")


# Helpers


def _history(book: PolicyBook, region: str, rule: str) -> History:
    rows = book.history(region, rule)
    return History(
        rule=rule,
        title=TITLES[rule],
        rows=tuple(cite(book, row) for row in rows),
        speaks_from=tuple(_first_days(book.chain(region), rows)),
    )


def _first_days(chain: Sequence[str], rows: Sequence[Row]) -> Iterator[date]:
    """Yield the day on which each row begins to speak: its own first, or for a wider one the end of that before it."""
    before: Row | None = None
    for row in rows:
        if before is None:
            yield EPOCH
        elif before.end is not None and chain.index(row.region) > chain.index(before.region):
            yield before.end
        else:
            yield row.start
        before = row


def _comparison(book: PolicyBook, left: tuple[str, date], right: tuple[str, date]) -> Comparison:
    one, other = book.on(*left).rows, book.on(*right).rows
    return Comparison(
        left=Side(left[0], name_of(book, left[0]), left[1]),
        right=Side(right[0], name_of(book, right[0]), right[1]),
        bundle=book.digest,
        differences=tuple(
            Difference(rule=rule, title=TITLES[rule], left=cite(book, one[rule]), right=cite(book, other[rule]))
            for rule in RULES
            if (one[rule].state, one[rule].value) != (other[rule].state, other[rule].value)
        ),
    )


def _texts(cited: Citation) -> Iterator[tuple[str, str]]:
    yield "rule", cited.rule
    yield "title", f"{cited.title.zh}\n{cited.title.en}"
    yield "value", f"{cited.words.zh}\n{cited.words.en}"
    yield "quote", cited.quote or ""
    yield "reading", f"{cited.reading or ''}\n{cited.reading_zh or ''}"
    losers = [words for loser in cited.contradicts for words in (loser.says, loser.says_zh or "")]
    yield "note", "\n".join([cited.note or "", cited.note_zh or "", *losers])
    if cited.source is not None:
        document = cited.source
        twins = f"{document.title_zh or ''}\n{document.publisher_zh or ''}"
        yield "document", f"{document.key}\n{document.title}\n{document.publisher}\n{twins}"
