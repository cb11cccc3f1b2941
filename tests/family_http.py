"""People of a family as an app of a channel knows them, over a real server: enrolled, signed in, each with a token."""

from datetime import date
from itertools import count

from gongji.channels.identity.sample_apps import SAMPLE_SECRET
from gongji.channels.samples import id_number
from gongji.domain.insured import Sex
from tests.identity_world import BACK, VERIFIER, authorize
from tests.journeys.test_identity_http import Far, posted

SYSTEM = ("sample-bureau", SAMPLE_SECRET)
SCOPES = (
    "openid accounts.read statements.read bonds.read bonds.write wallet.write premiums.write quotes.read"
    " credentials.show notices.read notices.write"
)
KEYS = count(1)


def answered(answer, status=None):
    """Return what an answer tells; it has to be that status, or some success."""
    fits = answer.status_code == status if status else answer.is_success
    assert fits, f"{answer.request.method} {answer.request.url} {answer.status_code}: {answer.text}"
    return answer.json()


class Token:
    """Somebody with an access token at a server."""

    def __init__(self, http, token):
        self.http, self.headers = http, {"authorization": f"Bearer {token}"}

    def get(self, path, **query):
        return answered(self.http.get(f"/api/v1/{path}", params=query, headers=self.headers))

    def post(self, path, body=None, status=None):
        headers = {**self.headers, "idempotency-key": f"key-{next(KEYS)}"}
        return answered(self.http.post(f"/api/v1/{path}", json=body, headers=headers), status)


def system(http):
    """Return a system of a bureau, by its client credentials."""
    url = str(http.base_url).rstrip("/")
    told = posted(url, "token", SYSTEM, grant_type="client_credentials")
    return Token(http, answered(told)["access_token"])


def clerk(http):
    """Return the sample clerk of Wuxi, signed in at the sample counter."""
    url = str(http.base_url).rstrip("/")
    browser = Far(url)
    authorize(browser, client_id="sample-counter", scope="premiums.write")
    browser.proves("样例经办", "", staff="S1001")
    browser.submit(decision="agree")
    fields = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    told = posted(url, "token", ("sample-counter", SAMPLE_SECRET), code=browser.left["code"], **fields)
    return Token(http, answered(told)["access_token"])


class Person(Token):
    """Somebody of a family: his papers first, then his number and his token, and what his pockets should hold."""

    def __init__(self, name, place, *, region, born, sex=Sex.FEMALE, insured="employee"):
        self.name, self.certno = name, id_number(region, born, sex, place)
        self.psn_no = f"{region}000000009{place:05d}"
        self.line = {
            "psn_no": self.psn_no,
            "name": name,
            "cert_type": "01",
            "certno": self.certno,
            "region": region,
            "insured": insured,
            "card_no": f"{region[:2]}T{place:06d}",
            "since": date(2026, 1, 1).isoformat(),
        }
        self.person_id = 0
        self.seen = []

    @property
    def papers(self):
        return {"certno": self.certno, "name": self.name}

    def sign_in(self, http):
        """Sign in through the pages of the sandbox, agree, and let the system say whose token it is."""
        url = str(http.base_url).rstrip("/")
        code = Far(url).through(self.name, self.certno, scope=SCOPES)
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        told = answered(posted(url, "token", client_id="sample-city-app", **fields))
        super().__init__(http, told["access_token"])
        self.person_id = int(answered(posted(url, "introspect", SYSTEM, token=told["access_token"]))["sub"])

    def agreed(self):
        """Return what he signs with his name."""
        signature = {"kind": "typed_name", "value": self.name}
        return {"version": 1, "language": "zh", "signature": signature}

    def code(self):
        return self.get(f"credentials/{self.person_id}/code")["code"]

    def statement(self, **query):
        """Return opening and closing of a statement, and all its movements, the oldest first."""
        address, movements = f"accounts/{self.person_id}/statement", []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(address, limit=2, **query, **cursor)
            movements += page["items"]
            if page["next"] is None:
                return pockets(page["opening"]), pockets(page["closing"]), movements[::-1]
            cursor = {"cursor": page["next"]}

    def check(self, **expected):
        """Hold the statement to the fen: opening + movements = closing, and closing is what the balances tell.

        `expected` are names of the balances without "_fen"; what is not named is nothing.
        """
        told = self.get(f"accounts/{self.person_id}/balances")
        told.pop("person_id")
        assert {name.removesuffix("_fen"): fen for name, fen in told.items() if fen} == expected, self.name
        opening, closing, movements = self.statement()
        assert not filled(opening)
        assert summed(opening, movements) == filled(closing)
        kept = {
            "current_year": closing.get(("current_year", None), 0),
            "carry_over": closing.get(("carry_over", None), 0),
            "wallet": closing.get(("wallet", None), 0),
            "free": expected.get("current_year", 0) + expected.get("carry_over", 0) - expected.get("held", 0),
        }
        assert filled(kept) == {name: fen for name, fen in expected.items() if name != "held"}
        self._check_step(closing, movements)

    def _check_step(self, closing, movements):
        """Check that nothing before has changed, and the period since the last look alone."""
        assert movements[: len(self.seen)] == self.seen
        if self.seen:
            last = self.seen[-1]["at"]
            before = [one for one in movements if one["at"] < last]
            opening, now, period = self.statement(since=last)
            assert filled(opening) == summed({}, before)
            assert (period, filled(now)) == (movements[len(before) :], filled(closing))
            assert summed(opening, period) == filled(now)
        self.seen = movements


def pockets(several):
    return {(one["pocket"], one["member_id"]): one["balance_fen"] for one in several}


def filled(balances):
    return {name: fen for name, fen in balances.items() if fen}


def summed(opening, movements):
    """Return what lies in each pocket after these movements, each of which has to tell the balance after it."""
    lies = dict(opening)
    for one in movements:
        pocket = one["pocket"], one["member_id"]
        lies[pocket] = lies.get(pocket, 0) + one["amount_fen"]
        assert one["balance_fen"] == lies[pocket] >= 0, one
        assert one["amount_fen"]
    return filled(lies)
