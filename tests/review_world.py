"""A small world of offices for tests of applications, materials, mandates and inspections over the API."""

import base64
import io
from datetime import date

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.services.access.permissions import PERMISSIONS
from tests.api_world import ApiWorld
from tests.national_world import certno

API = "/api/v1"
REVIEWED = "440500"
"""A region whose office reviews bonds."""

ELSEWHERE = "510100"
SON, MOTHER, CHILD, STRANGER = 1, 2, 3, 4


class Offices(ApiWorld):
    """A family in a region that reviews bonds, a stranger, and the staff of two offices."""

    def __init__(self, store=None):
        super().__init__(store)
        self.world.person(SON, region=REVIEWED, money=900_00)
        self.world.person(MOTHER, region=REVIEWED, insured=Insurance.RESIDENT, born=date(1950, 5, 1))
        self.world.person(CHILD, region=REVIEWED, insured=Insurance.RESIDENT, born=date(2012, 2, 29))
        self.world.person(STRANGER, region=REVIEWED)
        self.son, self.mother, self.child, self.stranger = (self.citizen(one) for one in (SON, MOTHER, CHILD, STRANGER))
        self.clerk, self.reviewer = self.staff("S1", "clerk"), self.staff("S2", "reviewer")
        self.reviewer2 = self.staff("S3", "reviewer")
        self.inspector, self.inspector2 = self.staff("S4", "inspector"), self.staff("S5", "inspector")
        self.auditor = self.staff("S6", "auditor")
        self.far_clerk = self.staff("S7", "clerk", ELSEWHERE)
        self.far_inspector = self.staff("S8", "inspector", ELSEWHERE)

    def citizen(self, person):
        scopes = frozenset(name for name, one in PERMISSIONS.items() if "citizen" in one.roles)
        return self.identity.let_in(person, scopes=scopes)

    def staff(self, number, role, office=REVIEWED):
        scopes = frozenset(name for name, one in PERMISSIONS.items() if role in one.roles)
        return self.identity.let_in(
            0, role=role, clerk="同名", staff_no=number, office=office, scopes=scopes, client="desk"
        )

    def do(self, path, token, body=None, acting_for=None, **more):
        headers = [("acting-for", str(acting_for))] if acting_for is not None else []
        return self.post(f"{API}{path}", token, body=body, headers=headers, **more)

    def see(self, path, token, acting_for=None):
        headers = [("acting-for", str(acting_for))] if acting_for is not None else []
        return self.get(f"{API}{path}", token, headers=headers)

    def waiting_bond(self, **more):
        """Enter a bond of the son's for his mother that awaits review; return its number."""
        self.world.bond(SON, MOTHER, Relation.PARENT, reviewed=False, **more)
        return self.see("/bonds", self.son).json()["items"][-1]["bond_id"]

    def material(self, token, paper, content=None, acting_for=None):
        body = {"paper": paper, "content": in_base64(content or picture())}
        return done(self.do("/materials", token, body, acting_for))["material_id"]

    def applied(self, token, **wish):
        return done(self.do("/applications", token, wish))["application_id"]

    def step(self, application_id, name, token, body=None):
        return self.do(f"/applications/{application_id}/{name}", token, body)


def done(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()


def paper_of(person):
    return {"certno": certno(person), "name": f"测{person}"}


def in_base64(content):
    return base64.b64encode(content).decode()


def picture(name="PNG", size=(8, 8)):
    told = io.BytesIO()
    Image.new("RGB", size, "white").save(told, name)
    return told.getvalue()


def pdf(change=lambda _: None):
    writer, told = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    change(writer)
    writer.write(told)
    return told.getvalue()


def scripted(writer):
    """Let a script run when the PDF is opened."""
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
