"""Settlement answers: setlinfo and setldetail. Every amount is a number, and they add up as clients check it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from gongji.channels.national.amounts import amount, ratio
from gongji.channels.national.people import personal
from gongji.domain.bill import Visit
from gongji.domain.codes import clr_type, insutype, psn_type
from gongji.domain.insured import Insurance
from gongji.domain.money import yuan
from gongji.registry.records import Identity
from gongji.services.visits.visit_bills import Figures
from gongji.services.visits.visit_settlements import Paid
from gongji.services.visits.visits import is_stay

FUNDS: Final = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")
"""The funds of setlinfo; together they are fund_pay_sumamt."""

OWN_NAME: Final = "城镇职工基本医疗保险个人账户基金"
SHARED_NAME: Final = "个人账户共济支付"
WALLET_NAME: Final = "医保钱包"

_FURTHER: Final = {Insurance.EMPLOYEE: "hifob_pay", Insurance.RESIDENT: "hifmi_pay"}
"""The fund above the basic one: 大额 for employees, 大病 for residents."""

_FUND_TYPES: Final = {
    "cvlserv_pay": ("320100", "公务员医疗补助基金"),
    "hifes_pay": ("370100", "企业补充医疗保险基金"),
    "hifmi_pay": ("390200", "城乡居民大病医疗保险基金"),
    "hifob_pay": ("330100", "大额医疗费用补助基金"),
    "maf_pay": ("610100", "医疗救助基金"),
    "oth_pay": ("999997", "其他基金"),
}
_BASIC: Final = {
    Insurance.EMPLOYEE: ("310100", "职工基本医疗保险统筹基金"),
    Insurance.RESIDENT: ("390100", "城乡居民基本医疗保险基金"),
}


class Heading(Struct, frozen=True, kw_only=True):
    """What an answer says besides its figures. Without `settle_id` it is a quote, and some fields are null."""

    at: datetime
    msgid: str
    med_type: str
    cert_type: str | None = None
    sign: int = 1


def settlement(paid: Paid, identities: Mapping[int, Identity], heading: Heading) -> dict[str, Any]:
    """Return all that is known of a settlement, a quote, or (sign -1) a refund: the same amounts negated, balc not.

    Each answer takes of it the fields that its table has.
    """
    funds = fund_amounts(paid)
    return {
        "setlinfo": _setlinfo(paid, identities, heading, funds),
        "setldetail": _setldetail(paid, identities, heading.sign, funds),
    }


def fund_amounts(paid: Paid) -> dict[str, int]:
    """Return the fen of each fund of setlinfo."""
    funds = dict.fromkeys(FUNDS, 0)
    if not paid.figures.layers:
        return funds
    further = _FURTHER.get(paid.patient.insured, "hifob_pay")
    names = {"basic": "hifp_pay", "large_amount": further, "catastrophic": further, "aid": "maf_pay"}
    for layer, fen in paid.figures.layers:
        name = names.get(layer, layer)
        funds[name if name in funds else "oth_pay"] += fen
    return funds


# Helpers


def _kind(paid: Paid) -> Visit:
    if is_stay(paid.visit):
        return Visit.INPATIENT
    return Visit.DRUGSTORE if paid.place.kind == "pharmacy" else Visit.OUTPATIENT


def _setlinfo(
    paid: Paid, identities: Mapping[int, Identity], heading: Heading, funds: Mapping[str, int]
) -> dict[str, Any]:
    patient, figures, day = paid.patient, paid.figures, heading.at.date()
    quoted = paid.settle_id is None
    sums = {name: amount(heading.sign * fen) for name, fen in _sums(figures, funds)}
    return {
        "mdtrt_id": paid.visit.visit_id,
        "setl_id": None if quoted else str(paid.settle_id),
        **personal(patient, identities[patient.person_id], day),
        "insutype": insutype(patient),
        "psn_type": psn_type(patient, day),
        "cvlserv_flag": "0",
        "setl_time": None if quoted else heading.at.isoformat(" ", "seconds"),
        "mdtrt_cert_type": heading.cert_type,
        "med_type": heading.med_type,
        **sums,
        "pool_prop_selfpay": ratio(figures.ratio_bp),
        "balc": amount(figures.balance_fen),
        "medins_setl_id": heading.msgid,
        "clr_optins": paid.settlement.statement.office if paid.settlement is not None else None,
        "clr_way": None if quoted else "1",
        "clr_type": clr_type(_kind(paid)),
    }


def _sums(figures: Figures, funds: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    scope, cash_fen, shared_fen = figures.scope, figures.cash_fen, figures.shared_fen
    account_fen = figures.own_fen + shared_fen + figures.wallet_fen
    personal_fen = account_fen + cash_fen
    return (
        ("medfee_sumamt", scope.total_fen),
        ("fulamt_ownpay_amt", scope.off_catalogue_fen),
        ("overlmt_selfpay", scope.over_limit_fen),
        ("preselfpay_amt", scope.first_self_pay_fen),
        ("inscp_scp_amt", scope.in_scope_fen),
        ("act_pay_dedc", figures.deductible_fen),
        *funds.items(),
        ("fund_pay_sumamt", figures.fund_fen),
        ("psn_part_amt", personal_fen),
        ("acct_pay", account_fen),
        ("psn_cash_pay", cash_fen),
        ("pdn_cash_pay", cash_fen),  # a misprint of the national tables for 2208; clients read one or the other
        ("psn_pay", personal_fen),  # 2103 and 5203 have their own words for these two
        ("cash_payamt", cash_fen),
        ("hifdm_pay", 0),  # 大病 of 伤残人员, of newer versions; nobody here pays from it
        ("hosp_part_amt", figures.hospital_fen),
        ("acct_mulaid_pay", shared_fen),
    )


def _setldetail(
    paid: Paid, identities: Mapping[int, Identity], sign: int, funds: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return the lines of who paid, zero lines left out; they add up to the bill less cash."""
    figures = paid.figures
    rows = [_row(*_fund_type(name, paid.patient.insured), fen, figures, sign) for name, fen in funds.items() if fen]
    wallet = f"其中{WALLET_NAME} {yuan(sign * figures.wallet_fen)}" if figures.wallet_fen else None
    rows.append(_row("310200", OWN_NAME, figures.own_fen + figures.wallet_fen, figures, sign, wallet))
    rows.append(_row("310200", SHARED_NAME, figures.shared_fen, figures, sign, _who(figures, identities, sign)))
    rows.append(_row("999996", "医院负担", figures.hospital_fen, figures, sign))
    return [row for row in rows if row is not None]


def _row(
    fund_type: str, name: str, fen: int, figures: Figures, sign: int, told: str | None = None
) -> dict[str, Any] | None:
    if not fen:
        return None
    return {
        "fund_pay_type": fund_type,
        "inscp_scp_amt": amount(sign * figures.scope.in_scope_fen),
        "crt_payb_lmt_amt": amount(sign * fen),
        "fund_payamt": amount(sign * fen),
        "fund_pay_type_name": name,
        "setl_proc_info": told,
    }


def _fund_type(name: str, insured: Insurance) -> tuple[str, str]:
    return _BASIC.get(insured, _BASIC[Insurance.EMPLOYEE]) if name == "hifp_pay" else _FUND_TYPES[name]


def _who(figures: Figures, identities: Mapping[int, Identity], sign: int) -> str:
    """Return who shared, by name and number, and how much: the counter has to be able to tell two sharers apart."""
    several = ((identities[person_id], fen) for person_id, fen in figures.shared)
    return "；".join(f"{identity.name}({identity.psn_no}) {yuan(sign * fen)}" for identity, fen in several)
