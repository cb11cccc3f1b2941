"""Fields of a national message: read liberally, by the table in messages.toml, and refused by name when they cannot be.

Numbers may come as strings, optional ones as "", dates with or without time, one object where a list belongs.
"""

import re
import tomllib
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec
from msgspec import Struct

from gongji.domain.money import LARGEST_FEN

Value = str | Decimal | datetime | dict[str, Any] | None

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_PLAIN_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_MOMENT: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,6})?)?)?")
_UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class MalformedError(Exception):
    """A field cannot be read. `field` is its name, `why` a few Chinese words for the caller."""

    def __init__(self, field: str, why: str) -> None:
        """Hold both."""
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class Field(Struct, frozen=True):
    """One line of the table: `size` is a length, or digits in all; `scale` the digits after the point."""

    name: str
    kind: str
    size: int = 0
    scale: int = 0
    present: bool = False
    filled: bool = False


class Fields:
    """The fields of one node, read and checked. Asking for one that the table does not have is our own mistake."""

    def __init__(self, values: dict[str, Value]) -> None:
        """Hold `values`."""
        self._values = values

    def text(self, name: str) -> str:
        """Return a text without blanks around it, "" for none."""
        value = self._values[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is not a text field")
        return value

    def number(self, name: str) -> Decimal | None:
        """Return a number, or None."""
        value = self._values[name]
        if value is not None and not isinstance(value, Decimal):
            raise TypeError(f"{name} is not a number field")
        return value

    def fen(self, name: str) -> int | None:
        """Return an amount of money in fen, or None."""
        value = self.number(name)
        return None if value is None else fen_of(name, value)

    def moment(self, name: str) -> datetime | None:
        """Return a moment, or None; a date stands for its first moment."""
        value = self._values[name]
        if value is not None and not isinstance(value, datetime):
            raise TypeError(f"{name} is not a moment")
        return value

    def extension(self, name: str = "expContent") -> dict[str, Any]:
        """Return an extension, empty for none."""
        value = self._values[name]
        return value if isinstance(value, dict) else {}


def read(message: str, node: str, content: Any) -> Fields:
    """Return the fields of `node` of a message. Raise MalformedError naming the first field that cannot be read."""
    if not isinstance(content, dict):
        raise MalformedError(node, "应当是一个对象")
    return Fields({field.name: _read(field, content) for field in _tables()[message][node]})


def read_many(message: str, node: str, content: Any) -> list[Fields]:
    """Return the rows of a list, of which a single object is a list of one."""
    rows = [content] if isinstance(content, dict) else content
    if not isinstance(rows, list):
        raise MalformedError(node, "应当是一个列表")
    return [read(message, node, row) for row in rows]


def parse(text: str | bytes, field: str) -> Any:
    """Return what JSON says, its fractions exact. Raise MalformedError for what is not JSON."""
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as fault:
        raise MalformedError(field, "不是可以读的 JSON") from fault


def normalised(content: Any) -> Any:
    """Return `content` with every number written one way: 1200, 1200.0 and "1200.00" become the same text."""
    if isinstance(content, dict):
        return {key: normalised(value) for key, value in content.items()}
    if isinstance(content, list):
        return [normalised(value) for value in content]
    if isinstance(content, bool) or content is None:
        return content
    if isinstance(content, (int, Decimal)):
        return _one_way(str(content) if isinstance(content, int) else format(content, "f"))
    return _one_way(content) if _PLAIN_NUMBER.fullmatch(content) else content


def fen_of(name: str, value: Decimal) -> int:
    """Return yuan as fen. Raise MalformedError when it is negative, too large or has parts of a fen."""
    fen = value * 100
    if fen < 0:
        raise MalformedError(name, "不能是负数")
    if fen != fen.to_integral_value():
        raise MalformedError(name, "最多两位小数")
    if fen >= LARGEST_FEN:
        raise MalformedError(name, "金额过大")
    return int(fen)


def amount_of(name: str, value: Any) -> int | None:
    """Return a free-standing amount (in an extension) in fen, None where there is none."""
    number = _number(Field(name, "number", 16, 2), value)
    return None if number is None else fen_of(name, number)


def moment_of(name: str, value: str) -> datetime:
    """Return a date or date and time; blanks inside are forgiven, a day or hour that is none is not."""
    found = _MOMENT.fullmatch(re.sub(r"\s*:\s*", ":", value.strip()))
    try:
        if found is not None:
            return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001  # six numbers; local
    except ValueError:
        pass
    raise MalformedError(name, "日期时间读不出来，应为 2025-06-01 08:30:00 的样子")


# Helpers


def _exact(number: str) -> Decimal:
    """Return a fraction as it is written; one that no field could hold is cut to one that is surely refused."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        return Decimal("1E+60")
    if len(number) > 100 or value.adjusted() > 60:
        return Decimal("1E+60")
    return Decimal("1E-60") if value.adjusted() < -60 else value


_DECODER: Final = msgspec.json.Decoder(float_hook=_exact)


@cache
def _tables() -> dict[str, dict[str, list[Field]]]:
    raw = tomllib.loads(files("gongji.channels.national").joinpath("messages.toml").read_text(encoding="utf-8"))
    return {
        message: {node: [_field(name, shape) for name, shape in fields.items()] for node, fields in nodes.items()}
        for message, nodes in raw.items()
    }


def _field(name: str, shape: str) -> Field:
    kind, *rest = shape.split()
    marks = [word for word in rest if word in "!?"]
    digits = [word for word in rest if word not in "!?"]
    size, _, scale = digits[0].partition(",") if digits else ("0", "", "")
    return Field(name, kind, int(size), int(scale or 0), present=bool(marks), filled="!" in marks)


def _read(field: Field, content: dict[str, Any]) -> Value:
    raw = content.get(field.name)
    if field.present and raw is None:
        raise MalformedError(field.name, "没有填")
    value = _READERS[field.kind](field, raw)
    if field.filled and value in (None, ""):
        raise MalformedError(field.name, "没有填")
    return value


def _text(field: Field, raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise MalformedError(field.name, "应当是文字")
    text = (raw if isinstance(raw, str) else format(raw, "f" if isinstance(raw, Decimal) else "d")).strip()
    if len(text) > field.size:
        raise MalformedError(field.name, f"过长，最多 {field.size} 个字")
    if _UNREADABLE.search(text):
        raise MalformedError(field.name, "含有不能显示的字符")
    return text


def _number(field: Field, raw: Any) -> Decimal | None:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise MalformedError(field.name, "应当是数字")
    if isinstance(raw, str) and (len(raw) > 60 or not _NUMBER.fullmatch(raw.strip()) or not raw.isascii()):
        raise MalformedError(field.name, "应当是数字")
    value = Decimal(raw)
    if value.adjusted() >= field.size - field.scale or len(value.as_tuple().digits) > 60:
        raise MalformedError(field.name, f"数字过长，整数部分最多 {field.size - field.scale} 位")
    if value < 0:
        raise MalformedError(field.name, "不能是负数")
    if value and value != round(value, field.scale):
        raise MalformedError(field.name, f"最多 {field.scale} 位小数")
    return value


def _moment(field: Field, raw: Any) -> datetime | None:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str) or len(raw) > 40:
        raise MalformedError(field.name, "应当是日期时间")
    return moment_of(field.name, raw) if raw.strip() else None


def _extension(field: Field, raw: Any) -> dict[str, Any] | None:
    if isinstance(raw, str):
        # Some clients put free text here; only a JSON object says something to us.
        raw = parse(raw, field.name) if raw.strip().startswith("{") else None
    return raw if isinstance(raw, dict) else None


_READERS: Final = {"text": _text, "number": _number, "moment": _moment, "extension": _extension}


def _one_way(number: str) -> str:
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return "0" if number in ("-0", "") else number
