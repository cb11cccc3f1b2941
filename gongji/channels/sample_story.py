"""The story of a sample family: what it did with its accounts in the last months, done by the services that do it.

Each act has a moment of its own before the server's first start, and is carried out as it would have been then. The
story is told once, all of it or nothing, into books that hold nobody but sample people.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct

from gongji.channels import samples
from gongji.channels.sample_acts import (
    PHARMACY,
    Act,
    Billed,
    Bought,
    accepts,
    applies,
    binds,
    is_credited,
    is_refunded,
    lets_act,
    opens_wallet,
    pays_premium,
    receives,
    sends,
    settles,
)
from gongji.channels.samples import FIRST_ID
from gongji.channels.sandbox import has_samples, put_person
from gongji.domain.dossiers import Dossier, filed
from gongji.domain.family import Relation
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Answered, RequestKey, Scope, content_digest
from gongji.rules.policybook import PolicyBook
from gongji.services.family.invitations import INVITATION, family_scope
from gongji.services.office.application_kinds import APPLICATION, Guardian, Reimbursement
from gongji.services.office.mandates import MANDATE
from gongji.services.store import Books, Store
from gongji.services.telling.notice_feeding import CURSOR, CURSOR_ID, Cursor
from gongji.services.wallets.wallet_openings import WALLET

KEY: Final = "story"
SON, MOTHER, FATHER, WIFE, DAUGHTER = (FIRST_ID + number for number in range(160, 165))

INVITED: Final = "sample-invitation"
"""The secret of the link by which the invitation that waits can be looked at: known to everybody, as samples are."""

_TOLD: Final = RequestKey("SAMPLE", "SAMPLE-STORY", date(2025, 1, 6))
_COMMUNITY, _SECOND, _HOSPITAL = "H32020000001", "H32020000002", "H32020000003"


class Moments(Struct, frozen=True):
    """The days of the story, counted from the server's clock."""

    now: datetime

    @property
    def begins(self) -> datetime:
        """Return when the story begins: on the first of the month three months ago."""
        return self.day(3, 1, 8)

    def day(self, months_ago: int, day: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment in an earlier month."""
        year, month = divmod(self.now.year * 12 + self.now.month - 1 - months_ago, 12)
        return datetime(year, month + 1, day, hour, minute)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written

    def lately(self, tenths: int) -> datetime:
        """Return a moment of this month, after so many tenths of what has gone of it: by day where it can be."""
        start = self.day(0, 1, 0)
        found = start + (self.now - start) * tenths / 10
        by_day = datetime.combine(found.date(), time(10, tenths))
        return by_day if start <= by_day < self.now else found.replace(microsecond=0)

    def open_hours(self) -> datetime:
        """Return when a transfer was sent that still waits: not at night, and not before the last return of all."""
        six = datetime.combine(self.now.date(), time(6))
        if self.now < six:
            return six - timedelta(hours=8, minutes=30)
        return max(six, min(self.now - timedelta(hours=1), six + timedelta(hours=15, minutes=30)))


def tell_story(store: Store, policy: PolicyBook, now: datetime) -> list[str] | None:
    """Tell the story, and return which acts the rules refused; None where it has been told, or is not to be.

    It is not to be told over books that hold anybody but sample people.
    """
    if not has_samples(store) or has_story(store) or not store.everyone().people <= samples.people().keys():
        return None
    family = {samples.person_id(person.number) for person in samples.family_of(KEY).person}
    scope = family_scope(*family)
    kinds = (APPLICATION, MANDATE, WALLET, INVITATION)
    scope.dossiers_of |= {(kind, person_id) for kind in kinds for person_id in family}
    identities = [samples.people()[one].identity for one in family]
    papers = {pair for one in identities for pair in (("psn_no", one.psn_no), ("card_no", one.card_no))}
    scope.merge(Scope(certificates=papers, requests={_TOLD}, dossiers={CURSOR_ID}))
    store.run(scope, lambda books: _come(books, policy, Moments(now)))
    return store.run(scope, lambda books: _told(books, policy, Moments(now)))


def has_story(store: Store) -> bool:
    """Tell whether the story has been told to these books."""
    return store.read(Scope(requests={_TOLD}), lambda books: _TOLD in books.ledger.answers)


# What happened


def _acts(moments: Moments) -> Iterator[tuple[str, datetime, Act]]:
    """Yield the acts with their names and moments, in order of time."""
    yield from sorted(
        [*_of_networks(moments), *_of_wallets(moments), *_of_bills(moments), *_of_offices(moments)],
        key=lambda act: act[1],
    )


def _of_networks(moments: Moments) -> Iterator[tuple[str, datetime, Act]]:
    """The son pays for his parents and his daughter; his wife has not answered yet."""
    for person_id, relation, minute in (
        (MOTHER, Relation.PARENT, 0),
        (FATHER, Relation.PARENT, 10),
        (DAUGHTER, Relation.CHILD, 20),
    ):
        yield f"bond {person_id}", moments.day(3, 8, 19, minute), binds(SON, person_id, relation)
    for person_id, minute in ((MOTHER, 40), (FATHER, 50)):
        yield f"answer {person_id}", moments.day(3, 8, 19, minute), accepts(person_id)
    yield "invitation", moments.now - timedelta(hours=14), binds(SON, WIFE, Relation.SPOUSE, INVITED)


def _of_wallets(moments: Moments) -> Iterator[tuple[str, datetime, Act]]:
    for person_id, minute in ((SON, 0), (FATHER, 5), (WIFE, 10)):
        yield f"wallet {person_id}", moments.day(3, 9, 20, minute), opens_wallet(person_id)
    for months_ago in (2, 1):
        for person_id in (SON, WIFE):
            yield f"credit {months_ago} {person_id}", moments.day(months_ago, 10, 8), is_credited(person_id)
    yield "transfer", moments.day(1, 11, 10), sends("sample-story-transfer-1", SON, FATHER, 300_00)
    yield "receipt", moments.day(1, 11, 10, 40), receives("sample-story-transfer-1")
    yield "premium", moments.day(1, 25, 15), pays_premium(SON, DAUGHTER, 380_00)
    yield "waiting transfer", moments.open_hours(), sends("sample-story-transfer-2", SON, FATHER, 500_00)


def _of_bills(moments: Moments) -> Iterator[tuple[str, datetime, Act]]:
    for bill, at in _bills(moments):
        yield bill.name, at, settles(bill)
    yield "refund", moments.day(1, 21, 9), is_refunded(DAUGHTER)


def _bills(moments: Moments) -> Iterator[tuple[Billed, datetime]]:
    visit, ecg, ct = "001102000010000-110200001", "003101010010000-310700001", "002103000010000-210300001"
    pressure, sugar, cold = "XC08CAA191A001010300003", "XA10BAE048A001010200002", "ZA01BAG0124010100009"
    yield (
        Billed(who=MOTHER, place=_HOSPITAL, name="bill 1", fund_fen=232_00,
               lines=(Bought(visit, 1, 25_00), Bought(ct, 1, 230_00), Bought(pressure, 4, 12_60))),
        moments.day(2, 12, 9, 30),
    )  # fmt: skip
    yield (
        Billed(who=DAUGHTER, place=_COMMUNITY, name="bill 2", fund_fen=41_50,
               lines=(Bought(visit, 1, 25_00), Bought(cold, 2, 18_50), Bought("002501010150000-250101015", 1, 20_00))),
        moments.day(1, 6, 16, 20),
    )  # fmt: skip
    yield (
        Billed(who=FATHER, place=PHARMACY, name="bill 3", lines=(Bought(sugar, 4, 14_60), Bought(pressure, 3, 12_60))),
        moments.day(1, 18, 11, 5),
    )
    yield (
        Billed(who=DAUGHTER, place=_COMMUNITY, name="bill 4", lines=(Bought(cold, 2, 18_50),)),
        moments.day(1, 20, 17, 45),
    )
    yield (
        Billed(who=SON, place=_SECOND, name="bill 5", fund_fen=150_00,
               lines=(Bought(visit, 1, 25_00), Bought("002203010010000-220301001", 2, 120_00))),
        moments.day(1, 22, 8, 50),
    )  # fmt: skip
    yield (
        Billed(who=MOTHER, place=_HOSPITAL, name="bill 6", fund_fen=196_00,
               lines=(Bought(visit, 1, 25_00), Bought(ecg, 1, 20_00), Bought(ct, 1, 230_00), Bought(pressure, 2, 12_60),
                      Bought("XX99ZZZ001A001010000011", 1, 38_00))),
        moments.lately(3),
    )  # fmt: skip
    yield (
        Billed(who=FATHER, place=PHARMACY, name="bill 7", lines=(Bought(sugar, 3, 14_60), Bought(cold, 1, 18_50))),
        moments.lately(7),
    )


def _of_offices(moments: Moments) -> Iterator[tuple[str, datetime, Act]]:
    """The mother lets her son act for her; two applications wait at the desk."""
    yield "mandate", moments.day(1, 15, 20), lets_act(MOTHER, SON)
    claims = Reimbursement(receipts=("3202000000001", "3202000000002"), total_fen=1_260_00)
    yield "claim", moments.now - timedelta(hours=52), applies(SON, claims)
    yield "guardian", moments.now - timedelta(hours=20), applies(WIFE, Guardian(ward_id=DAUGHTER))


# How it was done


def _come(books: Books, policy: PolicyBook, moments: Moments) -> None:
    """Enter the people of the story, unless they are there."""
    for person in samples.family_of(KEY).person:
        sample = samples.people()[samples.person_id(person.number)]
        if sample.insured.person_id not in books.registry.people:
            put_person(books, policy, sample, moments.begins)
            books.true_from.put(sample.insured.person_id, moments.begins.date())


def _told(books: Books, policy: PolicyBook, moments: Moments) -> list[str] | None:
    """Do all of it, each act by itself: what is refused leaves nothing behind."""
    if _TOLD in books.ledger.answers:
        return None
    refused = []
    for name, at, act in _acts(moments):
        mark = books.mark()
        outcome = act(books, policy, at)
        if isinstance(outcome, Refused | RequestFault):
            books.rewind(mark)
            refused.append(f"{name}: {outcome.reason.value if isinstance(outcome, Refused) else outcome.value}")
    if books.dossiers.get(CURSOR_ID) is None:  # people are told of this month's acts, as they would have been
        content = filed(Cursor(since=moments.day(0, 1, 0)))
        books.dossiers.put(Dossier(dossier_id=CURSOR_ID, kind=CURSOR, made_at=moments.now, content=content))
    answer = Answered(key=_TOLD, kind="sample", digest=content_digest("sample story"), answer=b"told")
    books.ledger.answers.put(_TOLD, answer)
    return refused
