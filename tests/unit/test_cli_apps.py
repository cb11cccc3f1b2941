"""`gongji apps` and `gongji staff`, over books in memory."""

import json
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gongji.channels.cli import app
from gongji.channels.identity.secrets import Secrets
from gongji.channels.identity.tokens import new_keys, rotated
from gongji.dossiers.cabinet import Asked
from gongji.services.access.channel_apps import as_registered
from gongji.services.store import MemoryStore

NOON = datetime(2026, 3, 2, 12)
SYSTEM = """
client_id = "bureau-wuxi"
kind = "bureau_system"
name_zh = "无锡医保局"
name_en = "Wuxi bureau"
grant_types = ["client_credentials"]
scopes = ["accounts.read", "enrolment.write"]
requests_per_minute = 600
"""


class House:
    """The doors that these commands go through."""

    def __init__(self):
        self.books = MemoryStore()
        self.signing = new_keys()

    @contextmanager
    def store(self, _data, _say):
        yield self.books

    def data_folder(self, data):
        return data or Path("nowhere")

    def clock(self, start):
        return lambda: start or NOON

    def token(self):
        return "a-secret-that-is-shown-once"

    def rotate_token_keys(self, _data):
        self.signing = rotated(self.signing)


@pytest.fixture
def house():
    return House()


@pytest.fixture
def run(house):
    def asked(*words, code=0):
        done = CliRunner().invoke(app, [*map(str, words)], obj=house)
        assert done.exit_code == code, done.output
        return done.output

    return asked


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "app.toml"
    found.write_text(SYSTEM, encoding="utf-8")
    return found


def kept(house):
    (one,) = house.books.dossiers(Asked(kind="app"))
    return as_registered(one)


def test_a_secret_is_shown_once_and_only_its_hash_is_kept(run, house, file):
    said = run("apps", "register", file, "--by", "王芳")

    assert "a-secret-that-is-shown-once" in said
    assert Secrets().is_right("a-secret-that-is-shown-once", kept(house).app.secret_hash)
    assert "a-secret" not in kept(house).app.secret_hash
    listed = json.loads(run("apps", "list", "--json"))
    assert [(one["client_id"], one["state"], one["public"]) for one in listed] == [("bureau-wuxi", "active", False)]
    assert "argon2" not in run("apps", "list") + json.dumps(listed)


def test_an_app_on_peoples_phones_gets_no_secret(run, house, tmp_path):
    phone = tmp_path / "phone.toml"
    phone.write_text(
        'client_id = "ssb-app"\nkind = "city_app"\nname_zh = "随申办"\nname_en = "Shanghai app"\npublic = true\n'
        'scopes = ["accounts.read"]\nredirect_uris = ["cn.gov.sh.app:/callback"]\n',
        encoding="utf-8",
    )

    assert "secret" not in run("apps", "register", phone, "--by", "王芳")
    assert kept(house).app.secret_hash == ""


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (("kind =", "knd ="), "knd"),
        (('"bureau_system"', '"bank"'), "kind"),
        (('"bureau-wuxi"', '"Bureau"'), "client_id"),
        (('"accounts.read"', '"everything"'), "scopes"),
        (("name_zh", "= ="), "app.toml"),
    ],
)
def test_a_file_that_is_not_sound_is_refused_by_field(run, house, file, changed, what):
    file.write_text(SYSTEM.replace(*changed), encoding="utf-8")

    assert what in run("apps", "register", file, "--by", "王芳", code=1)
    assert not house.books.dossiers(Asked(kind="app"))


def test_a_file_that_is_not_there_is_said(run, tmp_path):
    assert "nothing.toml" in run("apps", "register", tmp_path / "nothing.toml", "--by", "王芳", code=1).replace(
        "\n", ""
    )


def test_an_app_is_suspended_let_in_again_and_shut_out_for_good(run, house, file):
    run("apps", "register", file, "--by", "王芳")

    assert "is suspended" in run("apps", "suspend", "bureau-wuxi", "投诉", "--by", "稽核")
    assert "is active" in run("apps", "resume", "bureau-wuxi", "查无实据", "--by", "稽核")
    assert "is revoked" in run("apps", "revoke", "bureau-wuxi", "停用", "--by", "稽核", "--now", "2026-03-03")
    assert kept(house).app.why == "2026-03-03 00:00:00 稽核: 停用"
    assert "state" in run("apps", "resume", "bureau-wuxi", "再用", "--by", "稽核", code=1)
    assert "client_id" in run("apps", "suspend", "nobody", "x", "--by", "稽核", code=1)
    assert "client_id" in run("apps", "register", file, "--by", "王芳", code=1)


def test_keys_are_rotated(run, house):
    before = json.loads(house.signing)["keys"]

    run("apps", "rotate-keys")

    assert json.loads(house.signing)["keys"][1:] == before


def test_of_many_rotations_the_last_three_keys_are_kept(run, house):
    for _ in range(4):
        run("apps", "rotate-keys")

    assert len(json.loads(house.signing)["keys"]) == 3


def test_staff_are_registered_listed_and_dismissed(run):
    words = ("--name", "王芳", "--role", "clerk", "--by", "人事")

    assert "office" in run("staff", "register", "W1", *words, "--office", "wuxi", code=1)
    assert "W1 王芳 may sign in as clerk" in run("staff", "register", "W1", *words, "--office", "320200")
    assert "has left" in run("staff", "dismiss", "W1", "--by", "人事")
    assert "staff_no" in run("staff", "dismiss", "W2", "--by", "人事", code=1)
    (member,) = json.loads(run("staff", "list", "--json"))
    assert (member["number"], member["role"], member["state"]) == ("W1", "clerk", "left")
    assert "王芳" in run("staff", "list")
