"""The shapes of answers: accepted, refused, and the gateway's own, each as the profile of the region has it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Raw

from gongji.channels.national.amounts import amount
from gongji.channels.national.signing.profiles import PLAIN, Profile
from gongji.domain.money import fen_from_yuan


def accepted(
    output: Any,
    *,
    region: str,
    sequence: int,
    now: datetime,
    profile: Profile = PLAIN,
    infno: str = "",
) -> bytes:
    """Return the answer to an accepted request of the transaction `infno`; the same bytes are kept for a repeat."""
    stamp = _stamp(now)
    return _answer(
        infcode=_infcode(0, profile),
        refmsgid=f"{region}{stamp[:_SECONDS]}{sequence % 10**10:010d}",
        stamp=stamp,
        err_msg=None,
        output=rewritten(output, profile, infno) if profile.rewrites else output,
    )


def refused(err_msg: str, *, now: datetime, profile: Profile = PLAIN) -> bytes:
    """Return the answer to a refused request."""
    return _answer(infcode=_infcode(-1, profile), refmsgid=None, stamp=_stamp(now), err_msg=err_msg[:200], output=None)


def unknown_transaction(sequence: int, profile: Profile = PLAIN) -> bytes:
    """Return the gateway's answer to a transaction that there is not."""
    err_msg = f"FSI-FSI-交易报文不正确：未知交易编号！,异常流水号:{sequence % 10**10}"
    return msgspec.json.encode({"type": "error", "infcode": _infcode(-1, profile), "err_msg": err_msg})


def rewritten(output: Any, profile: Profile, infno: str) -> Any:
    """Return an output node with the amounts of its setlinfo as the profile counts and spells them.

    So are those of preSetl, which an order of mobile payment carries inside. Everything else keeps its bytes. Refunds,
    whose amounts are negative, are counted the same way.
    """
    written = Raw(msgspec.json.encode(output))
    return _rewritten(written, profile, infno) if bytes(written).startswith(b"{") else output


# Helpers

_NULL: Final = b"null"
_AROUND: Final = ("data", "extData")
"""The nodes inside which preSetl lies."""


def _rewritten(written: Raw, profile: Profile, infno: str) -> Any:
    if not bytes(written).startswith(b"{"):
        return written
    nodes: dict[str, Any] = msgspec.json.decode(written, type=dict[str, Raw])
    for name, node in nodes.items():
        if name in _AROUND:
            nodes[name] = _rewritten(node, profile, infno)
        elif name in ("setlinfo", "preSetl") and bytes(node).startswith(b"{"):
            info = msgspec.json.decode(node, type=dict[str, Raw])
            info |= dict(_counted(info, profile))
            for spelling in profile.spellings:
                if spelling.of in info and (not spelling.transactions or infno in spelling.transactions):
                    info.setdefault(spelling.added, info[spelling.of])
            nodes[name] = info
    return nodes


def _counted(info: dict[str, Raw], profile: Profile) -> Iterator[tuple[str, Raw]]:
    """Yield acct_pay and fund_pay_sumamt as the profile counts them; what is null or not there stays so."""
    known = {
        name: fen_from_yuan(bytes(info[name]).decode())
        for name in ("acct_pay", "acct_mulaid_pay", "fund_pay_sumamt")
        if name in info and bytes(info[name]) != _NULL
    }
    if profile.account == "exclusive" and {"acct_pay", "acct_mulaid_pay"} <= known.keys():
        known["acct_pay"] -= known["acct_mulaid_pay"]
        yield "acct_pay", amount(known["acct_pay"])
    if profile.fund_includes_account and {"acct_pay", "fund_pay_sumamt"} <= known.keys():
        yield "fund_pay_sumamt", amount(known["fund_pay_sumamt"] + known["acct_pay"])


def _infcode(code: int, profile: Profile) -> int | str:
    return str(code) if profile.infcode == "string" else code


def _answer(*, infcode: int | str, refmsgid: str | None, stamp: str, err_msg: str | None, output: Any) -> bytes:
    answer = {
        "infcode": infcode,
        "inf_refmsgid": refmsgid,
        "refmsg_time": stamp,
        "respond_time": stamp,
        "err_msg": err_msg,
        "output": output,
        "warn_msg": None,
        "cainfo": None,
        "signtype": None,
    }
    return _encode(answer)


def _stamp(moment: datetime) -> str:
    """Return yyyyMMddHHmmss and milliseconds."""
    told = moment.isoformat(timespec="milliseconds")
    return told.replace("-", "").replace("T", "").replace(":", "").replace(".", "")


_encode: Final = msgspec.json.Encoder().encode
_SECONDS: Final = len("20250601083000")
