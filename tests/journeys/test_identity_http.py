"""Signing in over a real server: a person by the sandbox provider and PKCE, a system by its credentials."""

import json
from time import monotonic, sleep
from urllib.parse import urlencode

import httpx
import pytest

from gongji.channels import samples
from gongji.channels.identity.sample_apps import SAMPLE_SECRET
from tests.identity_world import BACK, VERIFIER, Browser, asked_for
from tests.journeys.test_cli import Server, data, gongji

__all__ = ["data"]

PATIENCE_SECONDS = 60
SYSTEM = ("sample-bureau", SAMPLE_SECRET)
MOTHER = samples.people()[samples.person_id(1)]


QUESTION = {
    "request_id": "1",
    "paper": {
        "certificate_type": "01",
        "certificate_number": MOTHER.identity.certno,
        "name": MOTHER.identity.name,
    },
}


class Far(Browser):
    """A browser at a server over HTTP."""

    def __init__(self, url):
        super().__init__(None)
        self.url = url

    def send(self, method, path, query, headers, body):
        address = f"{self.url}{path}?{query}"
        return httpx.request(method, address, headers=dict(headers), content=body, timeout=60, follow_redirects=False)

    def _is_ours(self, location):
        return location.startswith(("/", f"{self.url}/"))


def posted(url, path, auth=None, **fields):
    return httpx.post(f"{url}/oauth/{path}", data=fields, auth=auth, timeout=60)


def tokens_of(url):
    """Return the tokens of the sample app, to which the mother has agreed."""
    browser = Far(url)
    code = browser.through(MOTHER.identity.name, MOTHER.identity.certno)
    return posted(
        url,
        "token",
        client_id="sample-city-app",
        grant_type="authorization_code",
        code=code,
        redirect_uri=BACK,
        code_verifier=VERIFIER,
    ).json()


def balances(url, tokens):
    address = f"{url}/api/v1/accounts/{MOTHER.insured.person_id}/balances"
    return httpx.get(address, headers={"authorization": f"Bearer {tokens['access_token']}"}, timeout=60)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_person_signs_in_an_app_reads_refreshes_and_revokes(data, workers):
    with Server("--sample", "--data", data, "--workers", workers) as server:
        url = server.url
        told = httpx.get(f"{url}/.well-known/openid-configuration", timeout=60).json()
        first = tokens_of(url)
        seen = balances(url, first)
        second = posted(
            url, "token", client_id="sample-city-app", grant_type="refresh_token", refresh_token=first["refresh_token"]
        ).json()
        asked = posted(url, "introspect", SYSTEM, token=second["access_token"]).json()
        system = posted(url, "token", SYSTEM, grant_type="client_credentials").json()
        strange = balances(url, system)
        revoked = posted(url, "revoke", client_id="sample-city-app", token=second["refresh_token"])
        after = balances(url, second)
        person = httpx.post(f"{url}/sandbox/registers/v1/people", json=QUESTION, timeout=60).json()

    assert told["issuer"] == url
    assert seen.json()["carry_over_fen"] == MOTHER.carry_over_fen
    assert (asked["active"], asked["sub"], asked["sandbox"]) == (True, str(MOTHER.insured.person_id), True)
    assert strange.status_code == 403
    assert (revoked.status_code, after.status_code) == (200, 401)
    assert (person["found"], person["name_agrees"]) == (True, True)


@pytest.mark.parametrize("workers", [0, 1])
def test_orders_at_the_machine_take_effect_while_a_server_runs(data, workers):
    with Server("--sample", "--data", data, "--workers", workers) as server:
        url = server.url
        tokens = tokens_of(url)
        before = balances(url, tokens)
        said = gongji("apps", "suspend", "sample-city-app", "投诉", "--by", "稽核", "--data", data)
        after = balances(url, tokens)
        deadline = monotonic() + PATIENCE_SECONDS
        while after.status_code == 200 and monotonic() < deadline:
            sleep(0.2)
            after = balances(url, tokens)
        left = gongji("staff", "dismiss", "S1001", "--by", "人事", "--data", data)
        listed = gongji("staff", "list", "--json", "--data", data)

    assert (before.status_code, after.status_code) == (200, 401)
    assert "sample-city-app is suspended." in said
    assert "S1001 has left." in left
    assert [one["number"] for one in json.loads(listed) if one["state"] == "left"] == ["S1001"]
    assert not (data / "server.sock").exists()


def test_without_samples_registered_apps_connect_and_no_sandbox_is_served(data, tmp_path):
    file = tmp_path / "app.toml"
    file.write_text(
        'client_id = "bureau-wuxi"\nkind = "bureau_system"\nname_zh = "无锡"\nname_en = "Wuxi"\n'
        'grant_types = ["client_credentials", "authorization_code"]\nscopes = ["accounts.read"]\n'
        'redirect_uris = ["http://127.0.0.1/callback"]\n'
    )
    said = gongji("apps", "register", file, "--by", "王芳", "--data", data)
    auth = "bureau-wuxi", said.split()[-1]
    with Server("--data", data) as server:
        url = server.url
        token = posted(url, "token", auth, grant_type="client_credentials")
        query = urlencode(asked_for("bureau-wuxi", scope="accounts.read"))
        start = httpx.get(f"{url}/oauth/authorize?{query}", timeout=60)
        sandbox = [
            httpx.get(f"{url}/sandbox/identity/jwks", timeout=60).status_code,
            httpx.post(f"{url}/sandbox/registers/v1/people", timeout=60).status_code,
        ]

    assert token.json()["scope"] == "accounts.read"
    assert (start.status_code, "连不上" in start.text) == (503, True)
    assert sandbox == [404, 404]
    assert (data / "token-keys.json").stat().st_mode & 0o077 == 0
