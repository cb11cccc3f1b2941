"""An office at work: its staff at their browsers, and applications of every kind before it."""

import re
from datetime import date
from html import unescape

from msgspec.structs import replace

from gongji.channels.api.limits import Limits, Rate
from gongji.channels.identity.sample_apps import sample_staff
from gongji.channels.identity.tokens import Tokens
from gongji.domain.account import Account, Pocket
from gongji.domain.dossiers import opened
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.services.access.sessions import Who
from gongji.services.access.staff import Member, staff_scope, take_on
from gongji.services.acts import Actor
from gongji.services.office import applications, materials
from gongji.services.office.application_kinds import BindReview, ChangePhone, Guardian, OpenWallet, Reimbursement
from gongji.services.office.applications import Application, Submission, submission_scope
from gongji.services.office.calls import call_scope, put_call
from gongji.services.office.material_checks import checked
from gongji.services.office.materials import HandIn, material_scope
from tests.pages.visitors import VisitorWorld
from tests.review_world import pdf, picture
from tests.statement_checks import sure

SON, MOTHER, CHILD, WIFE, AUNT = 1, 2, 3, 4, 5
OFFICE = "320200"
BORN = {MOTHER: date(1950, 5, 1), CHILD: date(2012, 2, 29), WIFE: date(1986, 7, 1), AUNT: date(1940, 1, 1)}
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


class ConsoleWorld(VisitorWorld):
    """A family of Wuxi and the staff of its office: a clerk, two reviewers, two inspectors, an auditor."""

    def __init__(self, store=None):
        super().__init__(store)
        self.known.tokens = Tokens(self.signing, "http://127.0.0.1")  # a browser on this machine keeps its cookies
        patient = Limits(person=Rate(1_000_000, 1_000_000), staff=Rate(1_000_000, 1_000_000))  # the clock stands still
        self.app.state.desk = self.desk = replace(self.desk, limits=patient)
        self.person(SON, money=9_000_00)
        self.person(MOTHER, insured=Insurance.RESIDENT, born=BORN[MOTHER])
        self.person(CHILD, insured=Insurance.RESIDENT, born=BORN[CHILD])
        self.person(WIFE, money=1_200_00, born=BORN[WIFE])
        self.person(AUNT, insured=Insurance.RESIDENT, born=BORN[AUNT])
        self.staff("S2002", "reviewer", "第二审核")
        self.staff("S2003", "inspector", "第二稽核")
        self.seats = {}

    def staff(self, number, role, name):
        member = Member(staff_no=number, name=name, role=role, office=OFFICE, by="test")
        self.store.run(staff_scope(number), lambda books: take_on(books, member, self.now))

    def at(self, role, number=None):
        """Return the cookie of a member of the staff: the sample one of that role, or another by his number."""
        if (role, number) not in self.seats:
            self.seats[role, number] = self.sits_at_desk(role) if number is None else self._sits(role, number)
        return self.seats[role, number]

    def _sits(self, role, number):
        who = Who(role=role, staff_no=number, clerk=f"同事{number}", office=OFFICE, sandbox=True)
        return self._let_in(who, f"desk-{number}-{self.now:%d%H%M}")

    def sits_far(self, role):
        """Return the cookie of one of the staff of another office."""
        member = Member(staff_no="S9001", name="远方", role=role, office="650100", by="test")
        self.store.run(staff_scope("S9001"), lambda books: take_on(books, member, self.now))
        who = Who(role=role, staff_no="S9001", clerk="远方", office="650100", sandbox=True)
        return self._let_in(who, f"desk-far-{self.now:%d%H%M}")

    def material(self, person, paper, content=None):
        content = checked(content or picture(size=(40, 30)))
        form = HandIn(at=self.now, person_id=person, paper=paper, checked=content, sha256="0" * 64)
        scope, actor = material_scope(person_id=person), Actor(channel="city-app", person_id=person)
        kept = self.store.run(scope, lambda books: materials.hand_in(books, self.world.policy, actor, form))
        return sure(kept).material_id

    def applied(self, person, wish, *papers):
        """Hand in an application of that person's and return its number."""
        several = tuple(
            self.material(person, *paper) if isinstance(paper, tuple) else self.material(person, paper)
            for paper in papers
        )
        form = Submission(at=self.now, applicant_id=person, wish=wish, materials=several)
        actor = Actor(channel="city-app", person_id=person)
        work = lambda books: applications.submit(books, self.world.policy, actor, form)  # noqa: E731  # once, here
        found = self.store.run(submission_scope(form), work)
        return sure(found).application_id

    def bond_to_review(self):
        """Return the number of an application for the review of the son's bond with his mother."""
        self.world.bond(SON, MOTHER, Relation.PARENT, reviewed=False)
        bonds = self.store.read(Scope(people={SON}), lambda books: [*books.registry.bonds_of_sharer(SON)])
        return self.applied(SON, BindReview(bond_id=bonds[-1].bond_id))

    def one_of_each(self):
        """Hand in one application of each kind and return their numbers by kind."""
        return {
            "bind": self.bond_to_review(),
            "reimbursement": self.applied(
                WIFE, Reimbursement(receipts=("044001", "044002"), total_fen=68_050), "invoice"
            ),
            "guardian": self.applied(SON, Guardian(ward_id=CHILD)),
            "adult": self.applied(SON, Guardian(ward_id=AUNT), ("court_paper", pdf())),
            "wallet": self.applied(WIFE, OpenWallet(person_id=CHILD, relation=Relation.CHILD), "hukou"),
            "phone": self.applied(WIFE, ChangePhone(phone="13800000000"), "id_card"),
        }

    def phone(self, number):
        return ChangePhone(phone=number)

    def papers_of(self, application_id):
        """Return the numbers of the materials of an application."""
        dossier = self.store.read(Scope(dossiers={application_id}), lambda books: books.dossiers.get(application_id))
        return list(opened(sure(dossier), Application).materials)

    def ground_of(self, application_id, cookie):
        """Return the first rule that a refusal may name."""
        page = self.visit(f"/console/cases/{application_id}/refusal", cookie)
        return re.findall(r'<option value="(\d{6}/[^"]+)"', page.text)[0]

    def fields_of(self, person, prefix=""):
        """Return the fields that name a person by his papers."""
        told = {
            "cert_type": "01",
            "certno": self.number_of(person, BORN.get(person, date(1985, 4, 1))),
            "name": self.name_of(person),
        }
        return {f"{prefix}{name}": value for name, value in told.items()}

    def form_of(self, path, cookie, holding=""):
        """Return the hidden fields of the first form of a page, foot left out, that holds that text."""
        page = self.visit(path, cookie)
        forms = re.findall(r'<form[^>]*method="post"[^>]*>(.*?)</form>', page.text, re.DOTALL)
        found = next(one for one in forms if holding in one and 'name="guard"' in one)
        return {name: unescape(value) for name, value in HIDDEN.findall(found)}

    def sends(self, path, cookie, *, holding="", at="", **fields):
        """Fill in a form of a page as it stands and send it, to that page or to where it leads."""
        return self.submit(at or path, cookie, **(self.form_of(path, cookie, holding) | fields))

    def goes(self, path, cookie, **fields):
        """Fill in a form, and return where it led."""
        answer = self.sends(path, cookie, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def takes_in(self, kind, person):
        """Begin to take in something for a person who stands there; return the page that asks for its details."""
        told = self.fields_of(person) | {"how": "id_in_hand", "reason": "窗口受理"}
        return self.goes("/console/intake", self.at("clerk"), kind=kind, **told)

    def asks_terms(self, sharer, member, relation):
        """Take in at the counter that one shares with another, both being there; return the page of the terms."""
        told = self.fields_of(member, "r_") | {"relation": relation, "member_here": "yes"}
        return self.goes(self.takes_in("bind", sharer), self.at("clerk"), **told)

    def begins_sharing(self, sharer, member, relation, **terms):
        """Go on to the page to be checked, on these terms."""
        terms = {"uses": "both", "lasts": "cancelled"} | terms
        return self.goes(self.asks_terms(sharer, member, relation), self.at("clerk"), **terms)

    def call(self, secret, person=0):
        """Let somebody wait at a kiosk in the hall; return his call."""
        people = [person] if person else []
        work = lambda books: put_call(books, secret, person, self.now, office=OFFICE)  # noqa: E731  # once, here
        return self.store.run(call_scope(secret, *people), work)

    def money_back(self, person, fen):
        """Enter a bill of that person's and its refund."""
        account, other = Account(person, Pocket.CARRY_OVER), Account(person, Pocket.INSTITUTION)

        def work(books):
            when = {"book_id": person, "event_at": self.now, "recorded_at": self.now}
            paid = books.ledger.append(EntryKind.SETTLEMENT, {account: -fen, other: fen}, **when)
            books.ledger.append(EntryKind.REVERSAL, {account: fen, other: -fen}, **when, reverses=paid.entry_id)

        self.store.run(Scope(people={person}), work)


def staff_number(role):
    return next(one for one in sample_staff() if one.role == role).staff_no
