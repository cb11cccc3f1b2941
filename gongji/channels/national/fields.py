"""One field of a national message: read liberally, exactly, and refused by name when it cannot be read.

Numbers may come as strings, optional ones as "", dates with or without time, one object where a list belongs.
"""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from gongji.domain.money import LARGEST_FEN

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_PLAIN_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_MOMENT: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,6})?)?)?")
_LONGEST_MOMENT: Final = 40
_LARGEST_YUAN: Final = LARGEST_FEN // 100
_UNITS: Final = tuple(Decimal(1).scaleb(-scale) for scale in range(7))
_UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class MalformedError(Exception):
    """A field cannot be read. `field` is its name, `why` a few Chinese words for the caller."""

    def __init__(self, field: str, why: str) -> None:
        """Hold both."""
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


NumberKind = TypeVar("NumberKind", bound="Number")


class Number(Decimal):
    """A number of at most `digits` digits, `scale` of them after the point; below zero only where it is `signed`."""

    __slots__ = ()

    digits: ClassVar[int] = 16
    scale: ClassVar[int] = 2
    signed: ClassVar[bool] = False


def parse(text: str | bytes, field: str) -> Any:
    """Return what JSON says, its fractions exact. Raise MalformedError for what is not JSON."""
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as fault:
        raise MalformedError(field, "不是可以读的 JSON") from fault


def normalised(content: Any) -> Any:
    """Return `content` with every number written one way: 1200, 1200.0 and "1200.00" become the same text."""
    kind = type(content)
    if kind is str:
        # Of the texts only a fraction that ends in a nought, or -0, can be a number that is written another way.
        shorter = content[-1:] == "0" and ("." in content or content == "-0") and _PLAIN_NUMBER.fullmatch(content)
        return _one_way(content) if shorter else content
    if kind is int:
        return str(content)
    if kind is dict:
        return {key: normalised(value) for key, value in content.items()}
    if kind is list:
        return [normalised(value) for value in content]
    return _one_way(format(content, "f")) if kind is Decimal else content


def fen_of(name: str, value: Decimal) -> int:
    """Return yuan as fen. Raise MalformedError for too much, parts of a fen, and less than none that is not signed."""
    if not value:
        return 0
    scaled = value * 100
    fen = int(scaled)
    if scaled < 0 and not (isinstance(value, Number) and value.signed):
        raise MalformedError(name, "不能是负数")
    if fen != scaled:
        raise MalformedError(name, "最多两位小数")
    if abs(fen) >= LARGEST_FEN:
        raise MalformedError(name, "金额过大")
    return fen


def amount_of(name: str, value: Any) -> int | None:
    """Return a free-standing amount (in an extension) in fen, None where there is none."""
    if type(value) is int and 0 <= value < _LARGEST_YUAN:  # most are whole, most of all 0
        return value * 100
    number = number_of(name, Number, value)
    return None if number is None else fen_of(name, number)


def moment_of(name: str, raw: Any) -> datetime | None:
    """Return a date or date and time, None for none; blanks inside are forgiven, a day or hour that is none is not."""
    if raw is None or (isinstance(raw, str) and not raw.strip() and len(raw) <= _LONGEST_MOMENT):
        return None
    if not isinstance(raw, str) or len(raw) > _LONGEST_MOMENT:
        raise MalformedError(name, "应当是日期时间")
    found = _MOMENT.fullmatch(re.sub(r"\s*:\s*", ":", raw.strip()))
    try:
        if found is not None:
            return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001  # six numbers; local
    except ValueError:
        pass
    raise MalformedError(name, "日期时间读不出来，应为 2025-06-01 08:30:00 的样子")


def text_of(name: str, size: int, raw: Any) -> str:
    """Return a text of at most `size` characters without blanks around it, "" for none; a number's digits are one."""
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise MalformedError(name, "应当是文字")
    text = (raw if isinstance(raw, str) else format(raw, "f" if isinstance(raw, Decimal) else "d")).strip()
    if len(text) > size:
        raise MalformedError(name, f"过长，最多 {size} 个字")
    if _UNREADABLE.search(text):
        raise MalformedError(name, "含有不能显示的字符")
    return text


def number_of(name: str, kind: type[NumberKind], raw: Any) -> NumberKind | None:
    """Return a number, which may be written as a text; None for none. Raise MalformedError for what `kind` is not."""
    if isinstance(raw, str):
        if not raw.strip():
            return None
        if len(raw) > 60 or not _NUMBER.fullmatch(raw.strip()) or not raw.isascii():
            raise MalformedError(name, "应当是数字")
    elif raw is None:
        return None
    elif isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
        raise MalformedError(name, "应当是数字")
    value = kind(raw)
    if not value and value.adjusted() < 1:
        return value
    if value.adjusted() >= kind.digits - kind.scale:
        raise MalformedError(name, f"数字过长，整数部分最多 {kind.digits - kind.scale} 位")
    if value < 0 and not kind.signed:
        raise MalformedError(name, "不能是负数")
    if value % _UNITS[kind.scale]:
        raise MalformedError(name, f"最多 {kind.scale} 位小数")
    return value


def extension_of(name: str, raw: Any) -> dict[str, Any]:
    """Return an extension, which may be a JSON string; {} for none."""
    if isinstance(raw, str):
        # Some clients put free text here; only a JSON object says something to us.
        raw = parse(raw, name) if raw.strip().startswith("{") else None
    return raw if isinstance(raw, dict) else {}


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


def _one_way(number: str) -> str:
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return "0" if number in ("-0", "") else number
