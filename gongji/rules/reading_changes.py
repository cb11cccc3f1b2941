"""What differs between two books: row by row, as a second person reads a draft before approving it. Pure."""

from msgspec import Struct

from gongji.rules.citing import Citation, cite
from gongji.rules.policybook import PolicyBook, Row
from gongji.rules.reading_titles import TITLES, Said


class Change(Struct, frozen=True, kw_only=True):
    """A row that came, went or was written otherwise: None on the side where it is not there."""

    region: str
    rule: str
    title: Said
    before: Citation | None
    after: Citation | None


class Changes(Struct, frozen=True, kw_only=True):
    """Two books, by the digests of their bundles, and all rows that differ, by region, rule and day.

    What differs only in its document or words is among them: it is what the next reader has to go by. `sources` are the
    keys of documents that are described otherwise.
    """

    before: str
    after: str
    rows: tuple[Change, ...]
    sources: tuple[str, ...]


def changes(before: PolicyBook, after: PolicyBook) -> Changes:
    """Return what differs between two books."""
    old, new = ({row.rule_id: row for row in book.rows} for book in (before, after))
    ids = sorted(rule_id for rule_id in old.keys() | new.keys() if old.get(rule_id) != new.get(rule_id))
    described = before.sources.keys() | after.sources.keys()
    return Changes(
        before=before.digest,
        after=after.digest,
        rows=tuple(_change(before, after, old.get(rule_id), new.get(rule_id)) for rule_id in ids),
        sources=tuple(sorted(key for key in described if before.sources.get(key) != after.sources.get(key))),
    )


# Helpers


def _change(before: PolicyBook, after: PolicyBook, old: Row | None, new: Row | None) -> Change:
    one = old or new
    if one is None:
        raise ValueError("a change has a row on one side at least")
    return Change(
        region=one.region,
        rule=one.rule,
        title=TITLES[one.rule],
        before=cite(before, old) if old is not None else None,
        after=cite(after, new) if new is not None else None,
    )
