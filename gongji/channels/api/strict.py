"""Requests whose bodies are read strictly: JSON that says so, of just the form that the handler wants."""

import re
from typing import Any, Final

import msgspec
from litestar import Request

from gongji.channels.api.problems import ProblemError
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal


class StrictRequest(Request[Any, Any, Any]):
    """A request. A text is no number here, and no text holds a NUL, which no database takes."""

    async def json(self) -> Any:
        """Return the body as what the handler takes for `data`. Raise ProblemError naming the field."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise ProblemError(RequestFault.KIND_NOT_TAKEN, field="Content-Type", said="application/json is wanted")
        body = await self.body()
        if _NUL.search(body):
            raise ProblemError(Refusal.MESSAGE_MALFORMED, field="", said="a text contains the character U+0000")
        wanted = self.route_handler.parsed_fn_signature.parameters["data"].raw
        try:
            return msgspec.convert(_PLAIN.decode(body), type=wanted)
        except RecursionError as fault:
            raise ProblemError(Refusal.MESSAGE_MALFORMED, field="", said="nested too deeply") from fault
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            what, _, place = str(fault).partition(" - at `")
            raise ProblemError(Refusal.MESSAGE_MALFORMED, field=_pointer(what, place.rstrip("`")), said=what) from fault


# Helpers

_WHOLE: Final = re.compile(r"-?\d{1,18}\.0{1,18}")
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000|\x00")
_NAMED: Final = re.compile(r"(?:missing required|unknown) field `([^`]*)`")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def _number(text: str) -> Any:
    """Return a number with a decimal point; one like 5.0 is whole, as JSON Schema has it, and never was a float."""
    return int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else float(text)


_PLAIN: Final = msgspec.json.Decoder(float_hook=_number)


def _pointer(what: str, place: str) -> str:
    """Return the JSON pointer for what msgspec says of a place like `$.items[2].name`; "" is the whole body."""
    steps = [name or number for name, number in _STEP.findall(place)]
    if named := _NAMED.search(what):
        steps.append(named[1])
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)
