"""For walks over every operation of the API: a body of the form that each wants, and a family with something of each.

Both come from the OpenAPI document and from the books, so that an operation is walked as soon as it is served.
"""

import base64
import re
from functools import cached_property
from typing import Any

from hypothesis import find, settings
from hypothesis import strategies as st

from gongji.channels.api.openapi_file import document
from gongji.channels.identity.sample_apps import load_sample_apps
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from gongji.services.access.permissions import PERMISSIONS
from gongji.services.office.calls import put_call
from gongji.services.telling.notice_feeding import feed
from gongji.services.telling.webhooks import queue
from tests.api_world import ApiWorld
from tests.national_world import WUXI_HOSPITAL, card, certno, psn
from tests.review_world import picture

OWNER, MEMBER, STRANGER, FRIEND, DEAD = 1, 2, 3, 4, 5
MONEY_FEN, WALLET_FEN = 9_137_71, 4_421_17
HOME = "320200"
NOWHERE = 2**47 + 11
EVERYTHING = frozenset(PERMISSIONS)

MARKS = ("测1", certno(OWNER), psn(OWNER), card(OWNER), str(MONEY_FEN), str(WALLET_FEN), str(MONEY_FEN + WALLET_FEN))
"""What nobody learns of the owner who is not told by him."""

SAID = {
    "certno": certno(OWNER),
    "name": "测1",
    "region": "320200",
    "member_region": "320200",
    "institution": WUXI_HOSPITAL,
}
"""What stands in a field of that name where its form alone does not say it."""


AGREED = {"version": 1, "language": "zh", "signature": {"kind": "typed_name", "value": "测1"}}


def papers(person):
    return {"certno": certno(person), "name": f"测{person}"}


PLAIN = {
    "person_id": OWNER,
    "bond_id": 1,
    "client_id": "sample-city-app",
    "staff_no": "S1001",
    "name": "CAP_REACHED",
    "session_id": "session-1",  # nobody signs in here: tests of sessions do
}
"""What stands in an address and is there without anybody asking for it."""

INVITED = {"modes": ["pay"], "lasts": "cancelled", "agreed": AGREED, "proof": ["pledge"]}
HOOK = {"url": "https://receiver.test/hook"}
PICTURE = base64.b64encode(picture()).decode()


class Operation:
    """One operation of the document."""

    def __init__(self, made, method, path, told):
        self.made, self.method, self.path, self.told = made, method.upper(), path, told
        self.name = told["operationId"]
        self.public = "security" not in told
        self.writes = any(one["name"] == "Idempotency-Key" for one in told.get("parameters", ()))
        self.ids = re.findall(r"\{(\w+)\}", path)
        content = told.get("requestBody", {}).get("content", {})
        self.form = content["application/json"]["schema"] if "application/json" in content else None
        self.kinds = list(content)

    def __repr__(self):
        return self.name

    @cached_property
    def body(self):
        """What can be sent, about the owner; None where nothing is."""
        return None if self.form is None else Maker(self.made, OWNER).value(self.form, "")

    @cached_property
    def query(self):
        """The parameters without which it cannot be asked."""
        wanted = [one for one in self.told.get("parameters", ()) if one["in"] == "query" and one.get("required")]
        return {one["name"]: Maker(self.made, STRANGER).value(one["schema"], one["name"]) for one in wanted}

    def at(self, ids):
        return re.sub(r"\{(\w+)\}", lambda hit: str(ids[hit[1]]), self.path)


def operations(app):
    made = document(app)
    return [
        Operation(made, method, path, told)
        for path, several in made["paths"].items()
        for method, told in several.items()
    ]


class Maker:
    """Makes values of the forms of a document: the least that can be sent."""

    def __init__(self, made, person):
        self.made, self.person = made, person

    def value(self, form, name):
        if "$ref" in form:
            form = self.made["components"]["schemas"][form["$ref"].rpartition("/")[2]]
        for several in ("oneOf", "anyOf"):
            if several in form:
                form = next(one for one in form[several] if one.get("type") != "null")
                return self.value(form, name)
        if "const" in form or "enum" in form:
            return form.get("const", next(iter(form.get("enum", [None]))))
        kind = form.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        return getattr(self, f"_{kind}")(form, name)

    def _object(self, form, _):
        fields = form.get("properties", {})
        return {name: self.value(fields[name], name) for name in form.get("required", [])}

    def _array(self, form, name):
        return [self.value(form["items"], name) for _ in range(max(1, form.get("minItems", 0)))]

    def _boolean(self, *_):
        return True

    def _integer(self, form, name):
        return self.person if name.endswith("_id") else max(1, form.get("minimum", 1))

    def _string(self, form, name):
        if name in SAID:
            return SAID[name]
        if form.get("format") == "date":
            return "2025-07-01"
        if form.get("format") == "date-time" or "T" in form.get("pattern", ""):
            return "2025-06-02T10:00:00+08:00"
        if "pattern" in form:
            wanted = st.from_regex(re.compile(form["pattern"]), fullmatch=True)
            return find(wanted, lambda _: True, settings=settings(database=None))
        return "1" * max(1, form.get("minLength", 1))


class Walk(ApiWorld):
    """A world in which the owner has something of each kind, and others have reasons to be curious."""

    def __init__(self, limits=None):
        super().__init__(limits=limits)
        self.world.person(OWNER, money=MONEY_FEN, wallet=WALLET_FEN)
        self.world.person(MEMBER, insured=Insurance.RESIDENT)
        self.world.person(FRIEND, insured=Insurance.RESIDENT, wallet=0)
        self.world.person(STRANGER, money=1_00, wallet=0)
        self.world.person(DEAD, money=50_00, alive=False)
        self.world.bond(OWNER, MEMBER)
        load_sample_apps(self.store, self.now)
        self.everybody = operations(self.app)
        self.ids: dict[str, Any] = dict(PLAIN)

    def __enter__(self):
        found = super().__enter__()
        self.owner = self.identity.let_in(OWNER, scopes=EVERYTHING)
        desk = {"clerk": "乙", "office": HOME, "scopes": EVERYTHING}
        self.clerk, self.inspector = (
            self.identity.let_in(role=role, staff_no=f"H-{role}", **desk) for role in ("clerk", "inspector")
        )
        self.system = self.identity.let_in(role="system", client="sample-bureau", scopes=EVERYTHING)
        self._settle_in()
        return found

    def _settle_in(self):
        """Let the owner have one of everything that can stand in an address."""
        self._have("invitation_id", "invitations", relative=papers(FRIEND), relation="spouse", **INVITED)
        self._have("quote_id", "quotes", institution=WUXI_HOSPITAL, parts={"copay_fen": 100_00})
        settling = {"patient_id": OWNER, "credential": {"kind": "certno", "number": certno(OWNER)}}
        self._have("settle_id", f"quotes/{self.ids['quote_id']}/settlement", self.system, **settling)
        self._have("quote_id", "quotes", institution=WUXI_HOSPITAL, parts={"copay_fen": 100_00})
        self._have("showing_id", "showings", owner=papers(FRIEND), relation="spouse")
        self._have("inheritance_id", "inheritances", dead=papers(DEAD), relation="parent", proofs=["material-1"])
        self._have("material_id", "materials", paper="id_card", content=PICTURE)
        self._have("application_id", "applications", kind="change_phone", phone="13800000000")
        until = "2025-06-30T00:00:00+08:00"
        self._have("mandate_id", "mandates", holder=papers(FRIEND), operations=["accounts.read"], until=until)
        self._have("transfer_id", "transfers", amount_fen=1_00, receiver_id=FRIEND)
        bill = {"institution": WUXI_HOSPITAL, "parts": {"copay_fen": 10_00}}
        claim = {"patient": papers(OWNER), "bill": bill, "visited_on": "2025-06-01", "receipts": ["R-1"]}
        self._have("reimbursement_id", "reimbursements", self.clerk, **claim)
        self._done(f"reimbursements/{self.ids['reimbursement_id']}/return", self.clerk)
        self._done("differences/checks", self.clerk)
        call = lambda books: put_call(books, "secret-of-a-machine", OWNER, self.now, office=HOME)  # noqa: E731  # once
        self.ids["call_id"] = self.store.run(Scope(people={OWNER}), call).call_id
        self.ids["difference_id"] = self._first("differences", self.clerk)["difference_id"]
        self._have("reimbursement_id", "reimbursements", self.clerk, **claim | {"receipts": ["R-2"]})
        look = {"person": papers(OWNER), "since": "2025-01-01T00:00:00+08:00", "until": "2025-06-02T09:00:00+08:00"}
        look |= {"reason": "抽查", "reported": "他人冒用", "open": True}
        self.ids["inspection_id"] = self._done("inspections", self.inspector, **look)["case"]["inspection_id"]
        self.ids["webhook_id"] = self._done("webhooks", self.system, **HOOK)["webhook"]["webhook_id"]
        self._have("application_id", "applications", kind="change_phone", phone="13800000001")
        while feed(self.store, self.desk.rules, self.store.run, self.now):
            pass
        hook, event = self.ids["webhook_id"], self.ids["application_id"]
        several = Scope(dossiers={hook, event})

        def line_up(books):
            there = [books.dossiers.get(one) for one in (hook, event)]
            queue(books, there[0], there[1:], self.now)

        self.store.run(several, line_up)
        self.ids["notice_id"] = self._first("notices", self.owner)["notice_id"]
        self.ids["delivery_id"] = self._first(f"webhooks/{hook}/deliveries", self.system)["delivery_id"]

    def _first(self, path, token):
        return self.get(f"/api/v1/{path}", token).json()["items"][0]

    def _have(self, name, path, token=None, **body):
        self.ids[name] = self._done(path, token, **body)[name]

    def _done(self, path, token=None, **body):
        self.later(seconds=1)
        answer = self.post(f"/api/v1/{path}", token or self.owner, body=body)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def send(self, operation, token, ids, *, body=None, headers=()):
        """Send what an operation wants; the clock goes on, so that no rate is reached."""
        self.later(milliseconds=100)
        body = operation.body if body is None else body
        query = operation.query
        if operation.writes:
            return self.post(operation.at(ids), token, body=body, headers=headers)
        return self.ask(operation.method, operation.at(ids), token, body=body, query=query, headers=headers)

    def kept(self):
        """Return all that the books keep."""
        return self.world.snapshot(), dict(self.store._cabinet.kept.dossiers.rows)


def nowhere(ids):
    """Return ids of the same form that nobody has."""
    return {
        name: NOWHERE if isinstance(value, int) else f"{value.partition('-')[0]}-{NOWHERE}"
        for name, value in ids.items()
    }
