"""Bulletins 规则变动: which rules of a region were changed by what was published.

There is one for a region and not for each person, of whom there are millions.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Final

from msgspec import Struct

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.dossiers.cabinet import Asked, Place
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading_changes import Changes, changes
from gongji.services.policies.drafts import Publication, publications
from gongji.services.policies.timetables import Timetable
from gongji.services.store import Books, Store

BULLETIN: Final = "bulletin"


class Bulletin(Struct, frozen=True, kw_only=True):
    """What was changed in a region, the nation's own code included: the rules by name, from when on they hold."""

    region: str
    rules: tuple[str, ...]
    since: datetime
    published_at: datetime
    path: str


class Posted(Struct, frozen=True):
    """A bulletin under its id."""

    bulletin_id: str
    bulletin: Bulletin


def unseen(rules: Timetable, after: int) -> tuple[int, list[Posted]]:
    """Return the bulletins of what was published after the act of that number, and the number to go on from.

    What the timetable has not read yet is left for the next time.
    """
    if rules.archive is None or not (fresh := publications(rules.archive.acts(after))):
        return after, []
    several = publications(rules.archive.acts(0))
    found: list[Posted] = []
    for before, one in pairwise(several):
        if one.act.number > after:
            old, new = rules.made_by(before.told.bundle), rules.made_by(one.told.bundle)
            if old is None or new is None:
                return after, []
            found += _of_publication(changes(old, new), one)
    return fresh[-1].act.number, found


def post(books: Books, several: Iterable[Posted], now: datetime) -> None:
    """File bulletins."""
    for one in several:
        books.dossiers.put(
            Dossier(
                dossier_id=one.bulletin_id,
                kind=BULLETIN,
                made_at=now,
                office=one.bulletin.region,
                content=filed(one.bulletin),
            )
        )


def bulletins_for(store: Store, book: PolicyBook, region: str, before: Place | None, most: int) -> list[Dossier]:
    """Return the bulletins that concern a region, its province and the nation, newest first, at most `most`."""
    found = [
        dossier
        for code in book.chain(region)
        for dossier in store.dossiers(Asked(kind=BULLETIN, office=code, before=before, most=most))
    ]
    return sorted(found, key=lambda one: (one.made_at, one.dossier_id), reverse=True)[:most]


def bulletin_of(dossier: Dossier) -> Bulletin:
    """Return the bulletin of a dossier."""
    return opened(dossier, Bulletin)


# Helpers


def _of_publication(changed: Changes, one: Publication) -> list[Posted]:
    by_region: dict[str, set[str]] = {}
    for change in changed.rows:
        by_region.setdefault(change.region, set()).add(change.rule)
    return [
        Posted(
            f"{BULLETIN}-{one.act.number}-{region}",
            Bulletin(
                region=region,
                rules=tuple(sorted(names)),
                since=one.told.since,
                published_at=one.act.done_at,
                path=f"/rules/{region}",
            ),
        )
        for region, names in sorted(by_region.items())
    ]
