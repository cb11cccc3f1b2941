"""Families for the pages about money, on days with different rules; each world is named after what holds in it."""

import tomllib
from datetime import date, datetime
from functools import cache
from urllib.parse import urlencode

from gongji.channels.identity.tokens import Tokens
from gongji.domain.bill import FeeLine, Parts
from gongji.domain.family import Mode, Relation
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from gongji.rules.bundle import compile_book
from gongji.rules.settling import Bill
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.bills.settlements import SettleRequest, settle
from tests.identity_world import found
from tests.national_world import POLICIES, WUXI_HOSPITAL
from tests.pages.visitors import VisitorWorld
from tests.statement_checks import sure

SON, MOTHER, WIFE, BROTHER, LONER = 1, 2, 3, 4, 5
HEFEI, WUHAN = "340100", "420100"
DAY, NIGHT = datetime(2025, 9, 1, 10), datetime(2025, 9, 1, 23)
QUOTA_DAY = datetime(2026, 11, 23, 10)
"""A day on which quotas hold, and no transfers between wallets."""


@cache
def bundle():
    """Return the rules of the repository as a store keeps them with the bills decided by them."""
    files = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")}
    return compile_book(files)[1]


class MoneyWorld(VisitorWorld):
    """A son, his mother, wife, and a brother without a wallet; somebody without a family. `paths` are what was begun.

    Reached over plain HTTP, so that a browser on this machine keeps its cookies.
    """

    def __init__(self, now=DAY, region=HEFEI):
        super().__init__()
        self.known.tokens = Tokens(self.signing, "http://127.0.0.1")
        self.now = now
        self.region = region
        self.paths, self.guards = {}, {}
        self.store.keep_bundle(self.world.policy.digest, bundle())
        self.person(SON, region=region, money=5_000_00, current=300_00, wallet=0)
        self.person(MOTHER, region=region, insured=Insurance.RESIDENT, born=date(1955, 3, 8), wallet=0)
        self.person(WIFE, region=region, money=800_00, wallet=100_00)
        self.person(BROTHER, region=region, money=50_00)
        self.person(LONER, region=region)
        both = (Mode.PAY, Mode.PREMIUM)
        self.world.bond(SON, MOTHER, relation=Relation.PARENT, modes=both)
        self.world.bond(SON, WIFE, relation=Relation.SPOUSE, modes=both)
        self.world.bond(SON, BROTHER, relation=Relation.SIBLING, modes=(Mode.PAY,))
        self.world.bond(WIFE, MOTHER, relation=Relation.SPOUSE_PARENT, modes=both)

    def guard(self, cookie):
        """Return what the forms of that browser bring back."""
        if cookie not in self.guards:
            text = self.visit("/wallet/send", cookie).text + self.visit("/premiums", cookie).text
            self.guards[cookie] = found(r'name="guard" value="([^"]+)"', text)
        return self.guards[cookie]

    def sent(self, path, cookie, **fields):
        """Send a form as the page does; return where it leads."""
        answer = self.submit(path, cookie, guard=self.guard(cookie), **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def sending_to(self, receiver, cookie=None):
        """Begin a transfer of the son's; return its page."""
        return self.sent("/wallet/send", cookie or self.sits(SON), receiver_id=receiver)

    def transferred(self, receiver=MOTHER, fen=500_00):
        """Have the son send money by the pages; return the receipt's address."""
        cookie = self.sits(SON)
        form = self.sending_to(receiver, cookie)
        check = self.sent(form, cookie, chip=fen)
        return self.sent(check, cookie)

    def bill(self, patient=MOTHER, fees=(), **parts):
        """Settle a bill, of which the funds' share is computed where there are fees; return its number."""
        parts = parts or {"copay_fen": 120_00, "off_catalogue_fen": 35_00}
        what = {"lines": tuple(map(FeeLine, fees))} if fees else {"parts": Parts(**parts)}
        asked = SettleRequest(
            request=f"bill-{self.now:%d%H%M%S}-{patient}",
            patient_id=patient,
            bill=Bill(at=self.now, visited_on=self.now.date(), **what),
            place_region=self.region,
            institution=WUXI_HOSPITAL,
        )
        everybody = Scope(people={SON, MOTHER, WIFE, BROTHER, LONER})
        done = self.store.run(everybody, lambda books: settle(books, self.world.policy, asked))
        return sure(sure(done).settlement).settle_id

    def doubted(self, person=MOTHER, cookie=None):
        """Begin the son's report of a use that was made now; return its page."""
        son = cookie or self.sits(SON)
        told = [("content-type", "application/x-www-form-urlencoded"), ("cookie", son)]
        query = {"person": person, "at": self.now.isoformat()}
        body = urlencode({"guard": self.guard(son)}).encode()
        answer = self.ask("POST", "/records/doubt", query=query, body=body, headers=told)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def refunded(self, number, fen=None):
        """Give back some of a bill, or all of it."""
        asked = RefundRequest(request=f"refund-{number}", settle_id=number, at=self.now, amount_fen=fen)
        scope = Scope(people={SON, MOTHER, WIFE, BROTHER, LONER}, settlements={number})
        done = self.store.run(scope, lambda books: refund(books, self.world.policy, asked))
        assert sure(done).settlement is not None
