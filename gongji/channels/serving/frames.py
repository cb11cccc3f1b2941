"""What goes between a worker and the writer: frames of msgpack, each a list of what was waiting when it was sent."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from gongji.channels.asked import Asked
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import parse
from gongji.channels.national.reception import Opened
from gongji.channels.national.signing.keys import InstitutionKey
from gongji.channels.national.signing.profiles import Place, profiles
from gongji.channels.national.signing.signatures import Nonce

FRAME_MAX: Final = 1 << 30
"""No frame is so long: the worker that sends one is broken."""

_LENGTH: Final = 4

T = TypeVar("T")


class BrokenFrameError(Exception):
    """What came is no frame."""


class Settings(Struct, frozen=True, tag="settings", array_like=True):
    """What a worker has to know: the choice of profiles by name, keys, and the pages there are.

    `ahead` is how far a clock set by hand is before that of the machine: a moment would be past when the worker hears
    of it. `paths` are the beginnings of what the application answers.
    """

    profile: str
    sandbox: bool
    keys: dict[str, InstitutionKey]
    pages: list[str]
    ahead: timedelta = timedelta(0)
    paths: list[str] = []


class Stop(Struct, frozen=True, tag="stop", array_like=True):
    """The worker is to take no more connections, to answer what it has taken, and to end."""


class Replied(Struct, frozen=True, tag="replied", array_like=True):
    """The answer to what a worker handed on under a number; None when there was no room."""

    number: int
    answer: bytes | None


class Ready(Struct, frozen=True, tag="ready", array_like=True):
    """The worker takes connections."""


class PageAsked(Struct, frozen=True, tag="page", array_like=True):
    """A page is to be made."""

    number: int
    path: str


class Posed(Struct, frozen=True, tag="posed", array_like=True):
    """A request is to be answered as it is: of the application, or at the policy desk."""

    number: int
    asked: Asked


class Handed(Struct, frozen=True, tag="handed", array_like=True):
    """A message is to be carried out; `content` is its input as JSON, the rest as in `Opened`."""

    number: int
    infno: str
    msgid: str
    asked_on: date
    institution: str
    operator: str
    operator_name: str
    digest: bytes
    content: bytes
    profile: str
    path: str
    by_region: bool
    at: datetime
    nonce: Nonce | None


ToWorker = Settings | Replied | Stop
ToWriter = Ready | Handed | PageAsked | Posed


def handed(number: int, opened: Opened) -> Handed:
    """Return a message as it travels, under a number of the worker's."""
    message, place = opened.message, opened.place
    return Handed(
        number=number,
        infno=message.infno,
        msgid=message.msgid,
        asked_on=message.asked_on,
        institution=message.institution,
        operator=message.operator,
        operator_name=message.operator_name,
        digest=message.digest,
        content=_JSON.encode(message.content),
        profile=place.profile.name,
        path=place.path,
        by_region=place.by_region,
        at=opened.at,
        nonce=opened.nonce,
    )


def opened(found: Handed) -> Opened:
    """Return a message that has travelled, equal to what it was before."""
    message = Message(
        infno=found.infno,
        msgid=found.msgid,
        asked_on=found.asked_on,
        institution=found.institution,
        operator=found.operator,
        operator_name=found.operator_name,
        content=parse(found.content, "input"),
        digest=found.digest,
    )
    place = Place(profiles()[found.profile], found.path, found.by_region)
    return Opened(message, place, found.at, found.nonce)


def frame(waiting: list[T]) -> bytes:
    """Return everything that waits as one frame."""
    content = _PACKER.encode(waiting)
    return len(content).to_bytes(_LENGTH) + content


class Frames:
    """Puts frames together from what arrives in pieces."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = bytearray()

    def whole(self, data: bytes) -> Iterator[bytes]:
        """Yield the contents of the frames that are whole with `data`. Raise BrokenFrameError."""
        self._rest += data
        start = 0
        while (begin := start + _LENGTH) <= len(self._rest):
            length = int.from_bytes(self._rest[start:begin])
            if length > FRAME_MAX:
                raise BrokenFrameError(f"a frame of {length} bytes")
            if len(self._rest) < begin + length:
                break
            yield bytes(self._rest[begin : begin + length])
            start = begin + length
        del self._rest[:start]


def for_worker(content: bytes) -> list[ToWorker]:
    """Return what a worker is told in a frame. Raise BrokenFrameError."""
    try:
        return _TO_WORKER.decode(content)
    except msgspec.DecodeError as fault:
        raise BrokenFrameError(str(fault)) from fault


def for_writer(content: bytes) -> list[ToWriter]:
    """Return what the writer is told in a frame. Raise BrokenFrameError."""
    try:
        return _TO_WRITER.decode(content)
    except msgspec.DecodeError as fault:
        raise BrokenFrameError(str(fault)) from fault


# Helpers

_JSON: Final = msgspec.json.Encoder(decimal_format="number")
_PACKER: Final = msgspec.msgpack.Encoder()
_TO_WORKER: Final = msgspec.msgpack.Decoder(list[ToWorker])
_TO_WRITER: Final = msgspec.msgpack.Decoder(list[ToWriter])
