"""The application with signing in: a browser that fills in forms, the sandbox provider, and registered apps."""

import asyncio
import base64
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from msgspec.structs import replace

from gongji.channels.api.bridge import bridged
from gongji.channels.asked import Asked
from gongji.channels.identity.desk import IdentityDesk
from gongji.channels.identity.opening import handlers
from gongji.channels.identity.sample_apps import SAMPLE_SECRET, load_sample_apps
from gongji.channels.identity.sandbox_provider import CLIENT_ID, PATH, SandboxProvider
from gongji.channels.identity.sandbox_registers import ROOT as REGISTERS
from gongji.channels.identity.tokens import Tokens, new_keys
from gongji.channels.samples import id_number
from gongji.domain.insured import Sex
from gongji.domain.requests import Scope
from gongji.gateways.identity.provider import Client, OpenIdProvider
from gongji.gateways.registers import HttpRegisters
from gongji.services.access.signing_in import Authorities
from gongji.services.reading_together import Readers
from tests.api_world import ApiWorld

ISSUER = "https://gongji.test"
BACK = "http://127.0.0.1/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-everybody-0001"
FORM = "application/x-www-form-urlencoded"


def challenge(verifier=VERIFIER):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def asked_for(client_id="sample-city-app", **more):
    """Return the parameters with which an app sends a person to us."""
    return {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": BACK,
        "scope": "openid accounts.read",
        "state": "app-state",
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    } | more


BALANCES = "/api/v1/accounts/1/balances"


def error(answer, name, status=400):
    assert (answer.status_code, answer.json()["error"]) == (status, name), answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json().get("error_description", "")


def sees_balances(house, tokens):
    return house.get(BALANCES, tokens["access_token"]).status_code == 200


def refreshed(house, tokens, **fields):
    return house.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"], **fields)


class Inside(httpx.BaseTransport):
    """Brings what is asked over HTTP to the application of a world, without a network."""

    def __init__(self, world):
        self.world = world

    def handle_request(self, request):
        headers = [(name.lower(), value) for name, value in request.headers.items()]
        path, query = request.url.path, request.url.query.decode()
        asked = Asked(request.method, path, query, headers, request.read(), "10.0.0.9:4711")
        answer = asyncio.run(bridged(self.world.app)(asked))
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


class IdentityWorld(ApiWorld):
    """An `ApiWorld` in which people sign in: with the sandbox provider, and the sample apps and staff."""

    def __init__(self, store=None, limits=None, keys=None, rules=None):
        super().__init__(store, limits, rules=rules)
        back, secret = f"{ISSUER}/oauth/callback", "secret-of-the-sandbox"
        self.sandbox = SandboxProvider(f"{ISSUER}{PATH}", secret, back, self.desk.tokens)
        self.http = httpx.Client(transport=Inside(self))
        client = Client(issuer=self.sandbox.issuer, client_id=CLIENT_ID, client_secret=secret, back=back)
        self.threads, self.lookers = ThreadPoolExecutor(2), Readers(self.store)
        self.lookers.start()
        self.signing = keys or new_keys()
        self.tokens = Tokens(self.signing, ISSUER)
        registers = HttpRegisters(f"{ISSUER}{REGISTERS}", "sandbox", self.http)
        authorities = Authorities(provider=OpenIdProvider(client, self.http), registers=registers)
        self.known = IdentityDesk(
            self.tokens, authorities, self.store, self.threads, self.sandbox, lookers=self.lookers
        )
        self.app.state.desk = self.desk = replace(self.desk, identity=self.known)
        for handler in handlers(self.known):
            self.app.register(handler)
        load_sample_apps(self.store, self.now)

    def __exit__(self, *error):
        super().__exit__(*error)
        self.threads.shutdown()
        self.lookers.close()
        self.http.close()

    def person(self, number=1, born=date(1985, 4, 1), **more):
        """Enter a person with an ID number that is one."""
        self.world.person(number, born=born, **more)
        certno = self.number_of(number, born)

        def work(books):
            books.registry.identities.put(number, replace(books.registry.identities[number], certno=certno))

        self.store.run(Scope(people={number}), work)

    def name_of(self, number):
        return f"测{number}"

    def number_of(self, number, born=date(1985, 4, 1)):
        return id_number("320200", born, Sex.MALE, number)

    def token(self, *, client="sample-city-app", secret=None, **fields):
        """Return the answer of the token endpoint."""
        return self.form("/oauth/token", client=client, secret=secret, **fields)

    def form(self, path, *, client="sample-city-app", secret=None, address="10.0.0.1:4711", headers=(), **fields):
        told = [("content-type", FORM), *headers]
        if secret is not None:
            pair = base64.b64encode(f"{client}:{secret}".encode()).decode()
            told.append(("authorization", f"Basic {pair}"))
        elif client is not None:
            fields = {"client_id": client} | fields
        return self.ask("POST", path, body=urlencode(fields).encode(), headers=told, client=address)

    def system(self, **fields):
        """Return the answer to a system that asks for a token in its own name."""
        return self.token(client="sample-bureau", secret=SAMPLE_SECRET, grant_type="client_credentials", **fields)

    def redeemed(self, code, **more):
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.token(**(fields | more))

    def signed_in(self, number=1, **asked):
        """Return the tokens of an app to which that person has agreed, by every page on the way."""
        code = Browser(self).through(self.name_of(number), self.number_of(number), **asked)
        return self.redeemed(code).json()


def found(pattern, text):
    hit = re.search(pattern, text)
    assert hit, text
    return hit[1]


class Browser:
    """A browser: keeps cookies, follows redirections, fills in the form of the page it shows."""

    def __init__(self, world, language="zh"):
        self.world = world
        self.cookies = {}
        self.language = language
        self.answer = httpx.Response(0)
        self.address = ""

    def go(self, address, method="GET", fields=None):
        """Go somewhere, and on as long as one is sent on within the server; return the last answer."""
        while True:
            to = urlsplit(address)
            headers = [("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))]
            headers += [("accept-language", self.language)] + ([("content-type", FORM)] if fields else [])
            self.answer = self.send(method, to.path, to.query, headers, urlencode(fields or {}).encode())
            self._keep()
            self.address = address
            location = self.answer.headers.get("location", "")
            if self.answer.status_code not in (302, 303) or not self._is_ours(location):
                return self.answer
            address, method, fields = location, "GET", None

    def send(self, method, path, query, headers, body):
        asked = Asked(method, path, query, headers, body, "10.0.0.2:4711")
        answer = asyncio.run(bridged(self.world.app)(asked))
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    def submit(self, **fields):
        """Send the form of the page, hidden fields as they are."""
        text = self.answer.text
        action = found(r'<form method="post" action="([^"]*)"', text)
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', text)
        return self.go(unescape(action), "POST", dict(hidden) | fields)

    def query(self, **asked):
        return urlencode(asked_for(**asked))

    @property
    def left(self):
        """Return with which parameters one was sent away from the server."""
        location = self.answer.headers["location"]
        assert not self._is_ours(location)
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    @property
    def sms(self):
        return found(r"(?:短信里写的是|the SMS says) (\d{6})", self.answer.text)

    def proves(self, name, number, *, face="passed", staff=""):
        """Prove at the provider who it is; the page before has to be its first."""
        self.submit(name=name, number=number, person="", staff=staff)
        self.submit(code=self.sms)
        if not staff:
            self.submit(outcome=face)
        return self.answer

    def through(self, name, number, *, face="passed", decision="agree", **asked):
        """Go all the way from an app and back; return the code."""
        self.go(f"/oauth/authorize?{self.query(**asked)}")
        self.proves(name, number, face=face)
        self.submit(decision=decision)
        return self.left["code"]

    def _keep(self):
        for told in self.answer.headers.get_list("set-cookie"):
            pair, _, rest = told.partition(";")
            name, _, value = pair.partition("=")
            if "max-age=0" in rest.lower().replace(" ", ""):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value.strip('"')

    def _is_ours(self, location):
        return location.startswith(("/", f"{ISSUER}/"))


def authorize(browser, **asked):
    return browser.go("/oauth/authorize?" + browser.query(**asked))


def proved(house, browser, number=1, **more):
    authorize(browser)
    return browser.proves(house.name_of(number), house.number_of(number), **more)
