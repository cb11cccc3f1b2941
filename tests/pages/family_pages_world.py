"""A family for the pages about people, in a region that sets every term; its members use the pages themselves."""

import re
from datetime import date, datetime

from gongji.channels.api.limits import Limits, Rate
from gongji.channels.identity.tokens import Tokens
from gongji.domain.bill import Parts
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from gongji.rules.settling import Bill
from gongji.services.acts import Actor
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.office.looks import look_scope, record_look
from gongji.services.policies.timetables import Timetable
from gongji.services.telling.notice_feeding import feed
from tests.family_life import STRICT, strict_book
from tests.national_world import WUXI_HOSPITAL
from tests.pages.visitors import VisitorWorld
from tests.statement_checks import sure

SON, MOTHER, WIFE, CHILD, SISTER, COUSIN, LONER = 1, 2, 3, 4, 5, 6, 7
CAPPED = "650100"
"""Where the one who pays sets a limit, and the member an order."""
DAY = datetime(2026, 3, 2, 10)
BORN = {MOTHER: date(1955, 3, 8), CHILD: date(2016, 6, 1)}
ADULT = date(1985, 4, 1)
WIDE = Rate(100_000, 1_000)
HIDDEN = re.compile(r'<input type="hidden" name="(guard|once)" value="([^"]*)">')
LINK = re.compile(r"readonly>[^<]*(/i/[^<]+)<")


class FamilyPagesWorld(VisitorWorld):
    """A son, his mother, wife and child; a sister in another region; a cousin; somebody without a family.

    Reached over plain HTTP, so that a browser on this machine keeps its cookies. `paths` are what was begun.
    """

    def __init__(self, region=STRICT):
        super().__init__(limits=Limits(person=WIDE, address=WIDE), rules=Timetable(strict_book()))
        self.known.tokens = Tokens(self.signing, "http://127.0.0.1")
        self.world.policy = strict_book()
        self.now = DAY
        self.paths = {}
        self.region = region
        self.person(SON, region=region, money=6_218_40)
        self.person(MOTHER, region=region, insured=Insurance.RESIDENT, born=BORN[MOTHER])
        self.person(WIFE, region=region, money=800_00)
        self.person(CHILD, region=region, insured=Insurance.RESIDENT, born=BORN[CHILD])
        self.person(SISTER, region=CAPPED, money=1_000_00)
        self.person(COUSIN, region=region)
        self.person(LONER, region=region)

    def papers(self, number):
        """Return name and number as they are typed."""
        born = BORN.get(number, ADULT)
        return {"name": self.name_of(number), "cert_type": "01", "certno": self.number_of(number, born)}

    def hidden(self, path, cookie):
        """Return what the first form of a page brings back by itself."""
        path = self.begins(path, cookie)
        return dict(reversed(HIDDEN.findall(self.visit(path, cookie).text)))

    def sends(self, path, cookie, *, to="", **fields):
        """Look at a page and send its form, or another of it that goes `to` elsewhere; return the answer."""
        path = self.begins(path, cookie)
        return self.submit((to or path).partition("?")[0], cookie, **self.hidden(path, cookie), **fields)

    def begins(self, path, cookie):
        """Return where the form is that a page begins, or the page itself."""
        answer = self.visit(path, cookie)
        return answer.headers["location"] if answer.status_code == 303 else path

    def goes(self, path, cookie, **fields):
        """Send the form of a page that leads on; return where."""
        answer = self.sends(path, cookie, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def begun(self, cookie, member=MOTHER, relation="parent", upto="check", **terms):
        """Go through adding a relative up to a step; return its address."""
        there = self.goes("/family/add", cookie, what="money")
        forms = {
            "relation": {"relation": relation},
            "who": self.papers(member),
            "uses": {"uses": "both"},
            "terms": {"lasts": "cancelled"} | terms,
            "check": {},
        }
        while not there.endswith(f"/{upto}"):
            there = self.goes(there, cookie, **forms[there.rpartition("/")[2]])
        return there

    def invited(self, cookie, sharer=SON, **more):
        """Add a relative; return the page of the invitation, and the cookies with its link."""
        there = self.begun(cookie, upto="sign", **more)
        sent = self.sends(there, cookie, signed=self.name_of(sharer))
        assert sent.status_code == 303, sent.text
        return sent.headers["location"], f"{cookie}; {sent.headers['set-cookie'].partition(';')[0]}"

    def link_of(self, there, cookie):
        """Return the address to forward that the page of an invitation shows."""
        found = LINK.search(self.visit(there, cookie).text)
        assert found, there
        return found[1]

    def shared(self, sharer, member, relation=Relation.PARENT, **more):
        """Let a bond stand since a day; return its number."""
        more.setdefault("since", datetime(2026, 2, 20, 9))
        self.world.bond(sharer, member, relation=relation, **more)
        return max(bond.bond_id for bond in self.bonds(sharer))

    def bonds(self, sharer=SON):
        return self.store.read(Scope(people={sharer}), lambda books: books.registry.bonds_of_sharer(sharer))

    def bill(self, patient=MOTHER, copay_fen=380_00):
        """Settle a bill of a patient's by the rules of the day; return its number."""
        asked = SettleRequest(
            request=f"bill-{self.now:%d%H%M%S}-{patient}-{copay_fen}",
            patient_id=patient,
            bill=Bill(at=self.now, visited_on=self.now.date(), parts=Parts(copay_fen=copay_fen)),
            place_region=self.region,
            institution=WUXI_HOSPITAL,
        )
        everybody = Scope(people={SON, MOTHER, WIFE, CHILD, SISTER})
        done = self.store.run(everybody, lambda books: settle(books, self.world.policy, asked))
        return sure(sure(done).settlement).settle_id

    def looked_at(self, number, what="person"):
        """Have one of the staff look at somebody's records, on record."""
        clerk = Actor(channel="desk", role="clerk", clerk="样例经办", staff_no="S1", office=self.region)
        work = lambda books: record_look(books, clerk, number, what, "窗口咨询，核对参保", self.now)  # noqa: E731  # one act
        self.store.run(look_scope(number), work)

    def told(self):
        """Have everybody told what has happened."""
        while feed(self.store, self.desk.rules, self.store.run, self.now):
            pass
