"""The envelope around every message, the paths they come by, and the shapes of answers."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from gongji.channels.national.fields import MalformedError, normalised, parse, read
from gongji.domain.requests import RequestKey, content_digest

PATHS: Final = {
    "signInSignOutService/signIn": ("9001",),
    "signInSignOutService/signOut": ("9002",),
    "fsiPsnInfoService/queryPsnInfo": ("1101",),
    "outpatientDocInfoService/outpatientRregistration": ("2201",),
    "outpatientDocInfoService/outpatientRegistrationCancel": ("2202",),
    "outpatientDocInfoService/outpatientMdtrtinfoUp": ("2203",),
    "outpatientDocInfoService/outpatientMdtrtinfoUpA": ("2203A",),
    "outpatientDocInfoService/outpatientFeeListUp": ("2204",),
    "outpatientDocInfoService/outpatientFeeListUpCancel": ("2205",),
    "outpatientSettleService/preSettletment": ("2206",),
    "outpatientSettleService/preSettletmentA": ("2206A",),
    "outpatientSettleService/saveSettletmentV2": ("2207",),
    "outpatientSettleService/saveSettletment": ("2207A",),
    "outpatientSettleService/saveSettletmentA": ("2207A",),
    "outpatientSettleService/cancleSettletment": ("2208",),
    "reverseService/revsMethod": ("2601",),
}
"""service/method after /fsi/api/, spelt as the platform spells them, and the transactions each takes."""

ROOT: Final = "/fsi/api/"
CATCH_ALL: Final = "callService"
"""The last word of the one path that takes every transaction, whatever stands between it and the root."""

TRANSACTIONS: Final = frozenset(infno for several in PATHS.values() for infno in several)

LONGEST_GAP: Final = timedelta(days=366)
"""A message or a visit lies at most one year from now."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_STAMP: Final = re.compile(r"(\d{14})\d*")


class UnknownTransactionError(Exception):
    """No such transaction number, or not on this path: answered by the gateway, before any business."""


class Message(Struct, frozen=True, kw_only=True):
    """A message whose envelope has been checked; `content` is the input, still to be read.

    `digest` is that of what counts as its content: the transaction and the input, numbers written one way.
    """

    infno: str
    msgid: str
    asked_on: date
    institution: str
    operator: str
    content: dict[str, Any]
    digest: bytes

    @property
    def key(self) -> RequestKey:
        """Return the identity of the request."""
        return RequestKey(self.institution, self.msgid, self.asked_on)


def open_envelope(raw: bytes, path: str, now: datetime) -> Message:
    """Return the message in `raw`, sent to `path`.

    Raise MalformedError naming the field that is missing or wrong, UnknownTransactionError for a transaction number
    that there is not, or not there.
    """
    whole = parse(raw.removeprefix(_BYTE_ORDER_MARK), "报文")
    if not isinstance(whole, dict):
        raise MalformedError("报文", "应当是一个对象")
    infno = whole.get("infno")
    if isinstance(infno, str) and infno.strip() and infno.strip() not in transactions_at(path):
        raise UnknownTransactionError(infno)
    if not transactions_at(path):
        raise UnknownTransactionError(path)
    fields = read("envelope", "message", whole)
    if fields.text("infno") not in transactions_at(path):
        raise UnknownTransactionError(infno)
    for name in ("mdtrtarea_admvs", "insuplc_admdvs"):
        if (region := fields.text(name)) and not re.fullmatch(r"\d{6}", region):
            raise MalformedError(name, "医保区划是六位数字")
    infno, institution, msgid = fields.text("infno"), fields.text("fixmedins_code"), fields.text("msgid")
    content = _input(whole.get("input"))
    return Message(
        infno=infno,
        msgid=msgid,
        asked_on=day_in(msgid, institution, now),
        institution=institution,
        operator=fields.text("opter"),
        content=content,
        digest=_digest(infno, content),
    )


def transactions_at(path: str) -> frozenset[str] | tuple[str, ...]:
    """Return the transactions that a path takes; none for a path that is not ours."""
    _, root, rest = path.partition(ROOT)
    if not root:
        return ()
    return TRANSACTIONS if rest.rpartition("/")[2] == CATCH_ALL else PATHS.get(rest, ())


def day_in(msgid: str, institution: str, now: datetime, field: str = "msgid") -> date:
    """Return the day in a message id (institution, yyyyMMddHHmmss, four digits).

    Raise MalformedError when there is none, or it is more than a year from `now`.
    """
    rest = msgid[len(institution) :] if msgid.startswith(institution) else msgid[-18:]
    found = _STAMP.fullmatch(rest)
    try:
        stamp = datetime.strptime(found.group(1), "%Y%m%d%H%M%S") if found is not None else None  # noqa: DTZ007  # local
    except ValueError:
        stamp = None
    if stamp is None:
        raise MalformedError(field, "应为机构编号、年月日时分秒和四位序号")
    if abs(stamp - now) > LONGEST_GAP:
        raise MalformedError(field, "里面的日期与今天相差超过一年")
    return stamp.date()


def accepted(output: Any, *, region: str, sequence: int, asked_at: datetime, now: datetime) -> bytes:
    """Return the answer to an accepted request; the same bytes are kept for a repeat."""
    return _answer(
        infcode=0,
        refmsgid=f"{region}{now:%Y%m%d%H%M%S}{sequence % 10**10:010d}",
        asked_at=asked_at,
        now=now,
        err_msg=None,
        output=output,
    )


def refused(err_msg: str, *, asked_at: datetime, now: datetime) -> bytes:
    """Return the answer to a refused request."""
    return _answer(infcode=-1, refmsgid=None, asked_at=asked_at, now=now, err_msg=err_msg[:200], output=None)


def unknown_transaction(sequence: int) -> bytes:
    """Return the gateway's answer to a transaction that there is not."""
    err_msg = f"FSI-FSI-交易报文不正确：未知交易编号！,异常流水号:{sequence % 10**10}"
    return msgspec.json.encode({"type": "error", "infcode": -1, "err_msg": err_msg})


# Helpers


def _digest(infno: str, content: dict[str, Any]) -> bytes:
    try:
        return content_digest({"infno": infno, "input": normalised(content)})
    except RecursionError as fault:
        raise MalformedError("input", "层次过深") from fault


def _answer(
    *, infcode: int, refmsgid: str | None, asked_at: datetime, now: datetime, err_msg: str | None, output: Any
) -> bytes:
    answer = {
        "infcode": infcode,
        "inf_refmsgid": refmsgid,
        "refmsg_time": _stamp(asked_at),
        "respond_time": _stamp(now),
        "err_msg": err_msg,
        "output": output,
        "warn_msg": None,
        "cainfo": None,
        "signtype": None,
    }
    return msgspec.json.encode(answer)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"


def _input(content: Any) -> dict[str, Any]:
    if isinstance(content, str) and content.strip():
        content = parse(content, "input")
    if content is None or content == "":
        raise MalformedError("input", "没有填")
    if not isinstance(content, dict):
        raise MalformedError("input", "应当是一个对象")
    return content
