"""The gateways by which messages and events go out: what they take an answer for, and where they never go."""

import asyncio

import httpx
import msgspec
import pytest

from gongji.gateways.messages import HttpMessenger, NoMessenger, SandboxMessenger, masked, opened_messenger
from gongji.gateways.outside import Outside
from gongji.gateways.webhooks import WebhookPoster, is_public
from gongji.services.telling.deliveries import Message
from tests.national_world import NOW

MESSAGE = Message(
    message_id="delivery-1", channel="sms", address="13800004711", language="zh", words="您好。", path="/bills/1"
)


def gateway(answer):
    asked = []

    def handle(request):
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    http = httpx.Client(transport=httpx.MockTransport(handle))
    return HttpMessenger("https://messages.example/v1/", "key", http), asked


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (200, "sent"),
        (202, "sent"),
        (409, "sent"),
        (400, "refused"),
        (404, "refused"),
        (408, "unknown"),
        (429, "unknown"),
        (500, "unknown"),
        (302, "unknown"),
        (httpx.ConnectError("no"), "unknown"),
        (httpx.ReadTimeout("late"), "unknown"),
    ],
)
def test_what_a_gateway_answers_tells_whether_the_message_was_taken(answer, result):
    messenger, _ = gateway(answer)

    assert messenger.send(MESSAGE) == result


def test_a_message_goes_by_the_protocol():
    messenger, asked = gateway(200)
    messenger.send(MESSAGE)

    (request,) = asked
    assert str(request.url) == "https://messages.example/v1/sms"
    assert request.headers["authorization"] == "Bearer key"
    assert request.headers["idempotency-key"] == "delivery-1"
    assert msgspec.json.decode(request.content) == {
        "message_id": "delivery-1",
        "address": "13800004711",
        "language": "zh",
        "words": "您好。",
        "path": "/bills/1",
    }


def test_a_log_has_a_number_in_part_only(caplog):
    gateway(500)[0].send(MESSAGE)

    assert "138****4711" in caplog.text
    assert "13800004711" not in caplog.text
    assert masked("short") == "****"


def test_a_sandbox_keeps_a_message_once_and_shows_it():
    sandbox = SandboxMessenger()
    for _ in range(2):
        assert sandbox.send(MESSAGE) == "sent"

    (kept,) = msgspec.json.decode(sandbox.listed())["items"]
    assert (kept["channel"], kept["words"]) == ("sms", "您好。")


def test_the_gateway_is_the_one_that_settings_name(tmp_path):
    file = tmp_path / "key"
    file.write_text("secret\n")
    file.chmod(0o600)
    named = {"GONGJI_MESSAGES_URL": "https://messages.example", "GONGJI_MESSAGES_KEY_FILE": str(file)}
    with opened_messenger(named, sandbox=True) as messenger:
        assert isinstance(messenger, HttpMessenger)
    with opened_messenger({}, sandbox=False) as messenger:
        assert isinstance(messenger, NoMessenger)
        assert messenger.send(MESSAGE) == "unknown"
    for wrong in (named | {"GONGJI_MESSAGES_URL": "http://messages.example"}, {"GONGJI_MESSAGES_URL": "https://m.e"}):
        with pytest.raises(ValueError, match="GONGJI_MESSAGES_URL"):
            Outside(wrong, sandbox=False)


def test_only_a_sandbox_has_a_page_of_messages():
    assert list(Outside({}, sandbox=True).pages) == ["/sandbox/messages.json"]
    assert Outside({}, sandbox=False).pages == {}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::1", "::",
     "not an address"],
)  # fmt: skip
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_an_address_of_everybody_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://localhost:1/", "https://[::1]/", "https://169.254.169.254/"]
)
def test_nothing_is_posted_into_our_own_network(url):
    attempt = WebhookPoster().post(url, b"{}", {}, NOW)

    assert (attempt.status, attempt.fault) == (0, "NotPublicError")


def test_a_name_that_leads_inside_among_others_is_not_followed(monkeypatch):
    async def both(*_, **__):
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", both)

    assert WebhookPoster(sandbox=True).post("https://app.example/", b"{}", {}, NOW).fault == "NotPublicError"


def test_in_a_sandbox_too_no_other_name_leads_to_this_machine(monkeypatch):
    async def here(*_, **__):
        return [(2, 1, 6, "", ("127.0.0.1", 443))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", here)

    assert WebhookPoster(sandbox=True).post("https://app.example/", b"{}", {}, NOW).fault == "NotPublicError"
