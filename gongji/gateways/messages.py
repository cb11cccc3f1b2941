"""Messages over a gateway: SMS, WeChat template messages, Alipay life-account messages; JSON there, a status back.

One address takes all three. A message is posted to ADDRESS/sms, ADDRESS/wechat or ADDRESS/alipay as
{"message_id", "address", "language", "words", "path"}, with "Authorization: Bearer KEY" and the message id as
Idempotency-Key: the gateway sends one message for one id. 2xx or 409 (it has that id already) means taken; any other
4xx but 408, 425 and 429 that it never will be; everything else is unknown and tried again.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from gongji.gateways.private_files import read_closed
from gongji.services.telling.deliveries import Message, Messenger, Result

SECONDS_MAX: Final = 5
KEPT_MOST: Final = 1000

_ADDRESS: Final = "GONGJI_MESSAGES_URL"
_KEY_FILE: Final = "GONGJI_MESSAGES_KEY_FILE"
_HAS_IT: Final = 409
_AGAIN: Final = (408, 425, 429)

_log = logging.getLogger(__name__)  # what went wrong, and to whom only in part


class HttpMessenger:
    """A gateway behind one address."""

    def __init__(self, address: str, key: str, http: httpx.Client) -> None:
        """Send to what lies below `address`; `key` says who sends."""
        self._address = address.rstrip("/")
        self._key = key
        self._http = http

    def send(self, message: Message) -> Result:
        """Send, and tell what came of it."""
        told = {
            "message_id": message.message_id,
            "address": message.address,
            "language": message.language,
            "words": message.words,
            "path": message.path,
        }
        headers = {
            "authorization": f"Bearer {self._key}",
            "content-type": "application/json",
            "idempotency-key": message.message_id,
        }
        where = f"{self._address}/{message.channel}"
        try:
            answer = self._http.post(where, content=msgspec.json.encode(told), headers=headers, timeout=SECONDS_MAX)
        except httpx.HTTPError as fault:
            return _noted("unknown", message, type(fault).__name__)
        if answer.is_success or answer.status_code == _HAS_IT:
            return "sent"
        refused = answer.is_client_error and answer.status_code not in _AGAIN
        return _noted("refused" if refused else "unknown", message, str(answer.status_code))


class SandboxMessenger:
    """Sends nothing, and keeps the last messages that would have been sent, for who looks."""

    def __init__(self) -> None:
        """Begin with none."""
        self._sent: deque[Message] = deque(maxlen=KEPT_MOST)
        self._turn = threading.Lock()

    def send(self, message: Message) -> Result:
        """Keep a message as sent; the same one only once."""
        with self._turn:
            if all(one.message_id != message.message_id for one in self._sent):
                self._sent.append(message)
        return "sent"

    def listed(self) -> bytes:
        """Return what would have been sent, newest first, as JSON."""
        with self._turn:
            return msgspec.json.encode({"items": list(reversed(self._sent))})


class NoMessenger:
    """There is no gateway: messages wait, until one is named or three days have passed."""

    def send(self, _message: Message) -> Result:
        """Return that nothing is known."""
        return "unknown"


@contextmanager
def opened_messenger(settings: Mapping[str, str], *, sandbox: bool) -> Iterator[Messenger]:
    """Open the gateway that the settings name, else the sandbox's, else none.

    Raise ValueError for settings that are not sound, OSError or ExposedFileError for the file of the key.
    """
    address, file = settings.get(_ADDRESS), settings.get(_KEY_FILE)
    if not address:
        yield SandboxMessenger() if sandbox else NoMessenger()
        return
    if not file or not address.startswith("https://"):
        raise ValueError(f"{_ADDRESS} begins with https:// and goes with {_KEY_FILE}")
    key = read_closed(Path(file)).decode("ascii").strip()
    with httpx.Client(follow_redirects=False) as http:
        yield HttpMessenger(address, key, http)


def masked(address: str) -> str:
    """Return an address as a log may have it: its ends, of a phone number 138****4711."""
    return f"{address[:3]}****{address[-4:]}" if len(address) > 7 else "****"


# Helpers


def _noted(result: Result, message: Message, why: Any) -> Result:
    _log.warning("%s to %s: %s (%s)", message.channel, masked(message.address), result, why)
    return result
