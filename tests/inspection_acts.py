"""Steps of an inspection, for tests: a bill to look at, a case, its hearing, its decision."""

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Parts
from gongji.domain.requests import Scope
from gongji.ledger.records import Draw, EntryKind, Settlement
from tests.national_world import WUXI_HOSPITAL
from tests.review_world import REVIEWED, STRANGER, done, paper_of


def settled(offices, book, owner, fen, at, where=WUXI_HOSPITAL):
    """Enter a bill of `book` that drew `fen` on the owner's account; return its number."""

    def work(books):
        number, account = books.ledger.take_id("settlement"), Account(owner, Pocket.CARRY_OVER)
        moves = {account: -fen, Account(book, Pocket.INSTITUTION): fen}
        entry = books.ledger.append(EntryKind.SETTLEMENT, moves, book_id=book, event_at=at, recorded_at=at)
        one = Settlement(
            settle_id=number, book_id=book, entry_id=entry.entry_id, settled_at=at, visited_on=at.date(),
            region=REVIEWED, institution=where, year_start=at.date().replace(month=1, day=1), total_fen=fen,
            parts=Parts(copay_fen=fen), draws=(Draw(account, fen),), given_back=(0,),
        )  # fmt: skip
        books.ledger.settlements.put(number, one)
        return number

    return offices.store.run(Scope(people={book, owner}), work)


def begun(offices, person=STRANGER, token=None, **more):
    body = {
        "person": paper_of(person), "since": "2025-05-01T00:00:00+08:00", "until": "2025-06-02T10:00:00+08:00",
        "reason": "举报线索", "open": True, "reported": "药店报告：出示了他人的医保码",
    }  # fmt: skip
    return offices.do("/inspections", token or offices.inspector, body | more)


def opened(offices, **more):
    return done(begun(offices, **more))["case"]["inspection_id"]


def step(offices, number, name, token, body=None):
    return offices.do(f"/inspections/{number}/{name}", token, body)


def verdict(offices, **more):
    rule = offices.world.policy.on(REVIEWED, offices.now.date()).rows["own_credential"].rule_id
    return {"rule_id": rule, "months": 3, "sum_fen": 100_00} | more


def decided(offices, **more):
    number = opened(offices)
    done(step(offices, number, "hearing", offices.inspector))
    done(step(offices, number, "words", offices.stranger, {"words": "是我帮邻居买的药"}))
    done(step(offices, number, "proposal", offices.inspector, verdict(offices, **more)))
    return number, done(step(offices, number, "check", offices.inspector2, {"agree": True}))
