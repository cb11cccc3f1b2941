"""The envelope around every message, and the paths they come by."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from gongji.channels.national.fields import MalformedError, normalised, parse
from gongji.channels.national.messages.envelope import Envelope
from gongji.channels.national.reading import read_struct
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
    "hospFeeDtlService/feeDtlUp": ("2301",),
    "hospFeeDtlService/feeDtlCl": ("2302",),
    "hospSettService/preSett": ("2303",),
    "hospSettService/settV2": ("2304",),
    "hospSettService/settCl": ("2305",),
    "hospitalRegisterService/hospitalRegisterSave": ("2401",),
    "dscgService/dischargeProcess": ("2402",),
    "hospitalRegisterService/hospitalRegisterEdit": ("2403",),
    "hospitalRegisterService/hospitalRegisterCancel": ("2404",),
    "dscgService/dischargeUndo": ("2405",),
    "reverseService/revsMethod": ("2601",),
    "fsiFixMedInsService/queryFixMedIns": ("1201",),
    "fsiPsnPriorityInfoService/queryPsnPriorityInfo": ("2001",),
    "fsiIntegratedQueryService/querySetlInfo": ("5203",),
    "fsiIntegratedQueryService/queryFeeList": ("5204",),
    "fsiIntegratedQueryService/queryFixmedinsPracPsnSum": ("5206",),
    "fsiIntegratedQueryService/queryPsnOpspReg": ("5301",),
    "fsiIntegratedQueryService/queryInhospInfo": ("5303",),
    "ybSettlementStmtService/stmtTotal": ("3201",),
    "ybSettlementStmtService/stmt": ("3201",),
    "fileupload/download": ("9102",),
    "catalogdownservice/downCatalog1301": ("1301",),
    "catalogdownservice/downCatalog1302": ("1302",),
    "catalogdownservice/downCatalog1303": ("1303",),
    "catalogdownservice/downCatalog1305": ("1305",),
    "catalogdownservice/downCatalog1306": ("1306",),
    "catalogdownservice/downCatalog1307": ("1307",),
    "catalogdownservice/downCatalog1308": ("1308",),
    "catalogdownservice/downCatalog1309": ("1309",),
    "catalogdownservice/downCatalog1310": ("1310",),
    "catalogdownservice/downCatalog1311": ("1311",),
    "catalogdownservice/downCatalog1313": ("1313",),
    "catalogdownservice/downCatalog1314": ("1314",),
    "catalogdownservice/downCatalog1315": ("1315",),
    "catalogqueryservice/queryNatyPreparedByPage": ("1304",),
    "catalogqueryservice/queryHilist": ("1312",),
    "catalogqueryservice/queryMedinsHilistMapByPage": ("1316",),
    "catalogqueryservice/queryMedListMapByPage": ("1317",),
    "catalogqueryservice/queryLmtprcByPage": ("1318",),
    "catalogqueryservice/querySelfpayByPage": ("1319",),
    "catalogqueryservice/queryDataDic": ("1901",),
}
"""service/method after /fsi/api/, spelt as the platform spells them, and the transactions each takes."""

ROOT: Final = "/fsi/api/"
CATCH_ALL: Final = "callService"
"""The last word of the one path that takes every transaction, whatever stands between it and the root."""

WITHOUT_PATH: Final = ("2101", "2102", "2103", "2304A", "5201", "5302", "6201", "6202", "6203", "6301", "6401")
"""Transactions whose own path no source shows: they come by the catch-all."""

TRANSACTIONS: Final = frozenset(infno for several in PATHS.values() for infno in several) | {*WITHOUT_PATH}

LONGEST_GAP: Final = timedelta(days=366)
"""A message or a visit lies at most one year from now."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_REGION: Final = re.compile(r"\d{6}")
_STAMP: Final = re.compile(r"(\d{4})(1[0-2]|0[1-9])(3[01]|[12]\d|0[1-9])(2[0-3]|[01]\d)([0-5]\d)([0-5]\d)\d*")


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
    operator_name: str = ""
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
    infno, taken = whole.get("infno"), transactions_at(path)
    if isinstance(infno, str) and infno.strip() and infno.strip() not in taken:
        raise UnknownTransactionError(infno)
    if not taken:
        raise UnknownTransactionError(path)
    envelope = read_struct(Envelope, "报文", whole)
    if envelope.infno not in taken:
        raise UnknownTransactionError(envelope.infno)
    for name, region in (("mdtrtarea_admvs", envelope.mdtrtarea_admvs), ("insuplc_admdvs", envelope.insuplc_admdvs)):
        if region and not _REGION.fullmatch(region):
            raise MalformedError(name, "医保区划是六位数字")
    content = _input(envelope.input)
    return Message(
        infno=envelope.infno,
        msgid=envelope.msgid,
        asked_on=day_in(envelope.msgid, envelope.fixmedins_code, now),
        institution=envelope.fixmedins_code,
        operator=envelope.opter,
        operator_name=envelope.opter_name,
        content=content,
        digest=_digest(envelope.infno, content),
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
        stamp = datetime(*map(int, found.groups())) if found is not None else None  # type: ignore[arg-type]  # noqa: DTZ001  # six numbers; local
    except ValueError:
        stamp = None
    if stamp is None:
        raise MalformedError(field, "应为机构编号、年月日时分秒和四位序号")
    if abs(stamp - now) > LONGEST_GAP:
        raise MalformedError(field, "里面的日期与今天相差超过一年")
    return stamp.date()


# Helpers


def _digest(infno: str, content: dict[str, Any]) -> bytes:
    try:
        return content_digest({"infno": infno, "input": normalised(content)})
    except RecursionError as fault:
        raise MalformedError("input", "层次过深") from fault


def _input(content: Any) -> dict[str, Any]:
    if isinstance(content, str) and content.strip():
        content = parse(content, "input")
    if content is None or content == "":
        raise MalformedError("input", "没有填")
    if not isinstance(content, dict):
        raise MalformedError("input", "应当是一个对象")
    return content
