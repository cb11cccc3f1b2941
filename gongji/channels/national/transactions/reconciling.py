"""3201 对总账: an institution's totals of some days compared with ours, and what differs named with both figures."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from gongji.channels.national.desk import Desk, Output, Task, Transaction
from gongji.channels.national.envelope import LONGEST_GAP, Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.reconciling import In3201, In3201Data, Out3201Stmtinfo
from gongji.channels.national.reading import read
from gongji.domain.money import LARGEST_FEN, yuan
from gongji.domain.requests import Scope
from gongji.ledger.records import Cleared, Totals
from gongji.services.store import Store
from gongji.services.visits.queries_totals import Compared, Reported, compare

EQUAL: Final = "000000"
ONLY_OURS: Final = "000101"
ONLY_THEIRS: Final = "000102"
DIFFERENT: Final = "000103"
"""stmt_rslt. 000101 is what its neighbours leave for the case: no source shows it."""

_LONGEST: Final = 200
_NAMES: Final = {
    "total_fen": "医疗费总额",
    "fund_fen": "基金支付总额",
    "account_fen": "个人账户支付",
    "count": "结算笔数",
}


def compare_totals(desk: Desk, message: Message, now: datetime) -> Task:
    """3201: bill, funds, accounts and number of the settlements of some days, both days included.

    `refd_setl_flag` 1 counts refunds as negative settlements, else what was refunded since is left out. The totals
    are those of one office: `setl_optins` is what the answers to its settlements told as clr_optins. acct_pay holds the
    relatives' part, in every province: 3201 has no other place for it.
    """
    data = read(In3201, message).data
    if not (data.setl_optins.isascii() and data.setl_optins.isdigit() and len(data.setl_optins) == 6):
        raise MalformedError("setl_optins", "经办机构是六位数字")
    first, last = data.stmt_begndate.date(), data.stmt_enddate.date()
    _look_at(first, last, now)
    reported = Reported(
        institution=message.institution,
        cleared=Cleared(data.insutype, data.clr_type, office=data.setl_optins),
        first=first,
        last=last,
        totals=_totals(data),
        refunds=data.refd_setl_flag == "1",
        funds_with_accounts=desk.profile.fund_includes_account,
    )

    def look(store: Store) -> Output:
        rslt, told = _verdict(reported.totals, compare(store, reported))
        return Output(
            {"stmtinfo": Out3201Stmtinfo(setl_optins=data.setl_optins, stmt_rslt=rslt, stmt_rslt_dscr=told[:_LONGEST])}
        )

    return Task(scope=Scope(), look=look, writes=False)


RECONCILING: Final[dict[str, Transaction]] = {"3201": compare_totals}


# Helpers


def _look_at(first: date, last: date, now: datetime) -> None:
    if last < first:
        raise MalformedError("stmt_enddate", "早于开始日期")
    for name, day in (("stmt_begndate", first), ("stmt_enddate", last)):
        if abs(day - now.date()) > LONGEST_GAP:
            raise MalformedError(name, "与今天相差超过一年")


def _totals(data: In3201Data) -> Totals:
    return Totals(
        count=int(data.fixmedins_setl_cnt),
        total_fen=_fen("medfee_sumamt", data.medfee_sumamt),
        fund_fen=_fen("fund_pay_sumamt", data.fund_pay_sumamt),
        account_fen=_fen("acct_pay", data.acct_pay),
    )


def _fen(name: str, yuan_stated: Decimal) -> int:
    """Return a sum, which may be below zero where refunds outweigh, in fen."""
    fen = yuan_stated * 100
    if abs(fen) >= LARGEST_FEN:
        raise MalformedError(name, "金额过大")
    return int(fen)


def _verdict(reported: Totals, compared: Compared) -> tuple[str, str]:
    known = compared.totals
    if not compared.differing:
        return EQUAL, "平"
    if not known.count:
        none_of_ours = "平台没有这几天同险种、同清算类别、同经办机构的结算"
        return ONLY_THEIRS, f"医药机构多：{none_of_ours}，机构报 {_shown('count', reported.count)} 笔"
    if reported == Totals():
        return ONLY_OURS, f"中心多：平台有 {_shown('count', known.count)} 笔，机构没有报"
    several = (
        f"{_NAMES[name]}：机构 {_shown(name, getattr(reported, name))}，平台 {_shown(name, getattr(known, name))}"
        for name in compared.differing
    )
    return DIFFERENT, "数据不一致。" + "；".join(several)


def _shown(name: str, value: int) -> str:
    return yuan(value) if name.endswith("_fen") else str(value)
