"""A refusal in one line for a cashier: its name, what is the matter, the figures, the next step, the document."""

from datetime import datetime
from typing import Final

from gongji.channels.national.fields import MalformedError
from gongji.domain.money import yuan
from gongji.domain.refusals import Ground, Refusal, Refused
from gongji.domain.texts import next_step, sentence
from gongji.rules.policybook import NATION, PolicyBook, Source
from gongji.rules.twins import twin

LONGEST: Final = 200
"""err_msg holds so many characters."""

_SUBJECTS: Final = {
    "visit": "没有找到这次就诊：就诊、人员、机构对不上，或者挂号已撤销。",
    "open_visit": "没有可以撤销的挂号：门诊号不符，或者已经结算，要先退费。",
    "lines": "没有找到这一批未结算的费用明细。",
    "settlement": "没有找到这次结算：结算、就诊、人员对不上。",
    "message": "没有找到要冲正的结算报文。",
    "asked_message": "没有找到这个报文的结算：没有收到过、没有记账，或者退费已冲正。",
    "sign": "没有找到这次签到。",
    "order": "没有找到这笔支付订单：订单和机构对不上。",
    "order_lines": "这笔订单的费用不在了：已在窗口结算，或者明细已撤销；请用 5203 查询结算。",
    "order_paid": "这笔订单已经支付，没有未结算的费用；结果用 6301 查询，要撤销请先退费（6203）。",
    "order_unpaid": "这笔订单没有支付，没有可以退的钱；不要了请撤销（6401）。",
    "order_revoked": "这笔订单已经撤销。",
    "cash_first": "这笔订单的现金还没有退，请先退现金（CASH），或者整单退（ALL）。",
    "later_settlement": "这次住院后面还有结算，请先撤销后一次结算（2305）。",
    "closed_stay": "这次住院已经出院结算，请先撤销结算（2305）。",
    "settled_stay": "这次住院有结算没有撤销，请先撤销结算（2305）。",
    "ended_stay": "这次住院已经办理出院，请先撤销出院（2405）。",
    "no_discharge": "这次住院没有办理出院，没有可以撤销的出院。",
    "stay_lines": "这次住院还有费用明细，请先撤销明细（2302）。",
    "line": "没有找到这条未结算的费用明细。",
    "taken_back": "要撤销的明细已有退单，请先撤销退单的明细，或者一起撤销。",
    "original_line": "没有找到被退的未结算明细；已经结算的，请先撤销结算（2305）。",
    "admission": "没有可以冲正的入院：已经出院，或者已经撤销。",
}
_INSTEAD: Final = {
    (Refusal.CREDENTIAL_NOT_ACTIVE, "code_used"): "这个医保码已用过，一个码只用于一次就诊、一次结算，请患者刷新。",
    (Refusal.CREDENTIAL_NOT_ACTIVE, "code_expired"): "这个医保码已过期，请患者刷新。",
    (Refusal.NOT_OWN_CREDENTIAL, "code_unknown"): "这个医保码读不出来，请患者刷新后再出示。",
    (Refusal.PLACE_NOT_DESIGNATED, "inpatient"): "这家机构不是医院，不能办理入院，请核对机构编号。",
    (
        Refusal.PLACE_NOT_DESIGNATED,
        "pharmacy",
    ): "这家机构不是药店，药店交易（21xx）只受理定点零售药店，请改用门诊交易（22xx）。",
    (Refusal.PERSON_UNKNOWN, "sharers"): "expContent.sharers：参保登记里查不到选定的共济人，请核对人员编号。",
    (Refusal.USE_NOT_ALLOWED, "account"): "保健品、化妆品、健身用品不能用个人账户，请把这条明细拿出来另收现金。",
    (Refusal.BENEFITS_UNKNOWN, ""): (
        "规则库里没有这种就诊的报销标准，算不出医保报销多少。请由当地系统先算好，在 expContent.core_split 里报送。"
    ),
    (Refusal.ALREADY_REVERSED, "refund"): "退费不能再冲正；要重新收费，请重新上传明细后结算。",
    (Refusal.ALREADY_REVERSED, "restored"): "这次退费已经冲正，原结算仍然有效，请不要再收费。",
    (Refusal.ALREADY_REVERSED, "reversed_message"): "这条报文已经冲正，不再办理；要重新办理，请换一个报文编号。",
}
"""What is said in the place of the usual sentence, by the reason and its subject."""

_ASKING: Final = "请"
_FIGURES: Final = {
    "stated_fen": "所报总额",
    "lines_fen": "已上传未结算明细",
    "fund_fen": "基金合计",
    "layers_fen": "各项基金之和",
    "split_fen": "各方之和",
    "scope_fen": "各类费用之和",
    "in_scope_fen": "符合政策范围",
    "line_fen": "明细金额",
    "product_fen": "数量乘单价",
    "line_no": "明细流水号",
    "left_fen": "原明细还剩",
    "refundable_fen": "还可以退",
    "begun_at": "就诊时间",
    "ended_at": "出院时间",
    "minutes": "时限分钟数",
    "until": "恢复日期",
    "own_fen": "本人余额",
    "used_at": "使用时间",
    "valid_until": "有效期至",
}


def malformed(fault: MalformedError) -> str:
    """Return the line for a field that cannot be read."""
    return _line(Refusal.MESSAGE_MALFORMED, f"{fault.field}：{fault.why}。", next_step(Refusal.MESSAGE_MALFORMED), "")


def told(refused: Refused, policy: PolicyBook) -> str:
    """Return the line for a refusal; the document is named where there is room for it."""
    ground = refused.ground
    what = sentence(refused.reason)
    if refused.reason is Refusal.MESSAGE_MALFORMED:
        field = (refused.subject or "").partition(":")[0]
        what = f"{field}：{_WHY.get(refused.subject or '', '不能这样填')}。"
    elif refused.reason is Refusal.STAY_OPEN:
        what = _in_hospital(refused)
    elif refused.reason is Refusal.SETTLEMENT_NOT_FOUND:
        what = _SUBJECTS.get(refused.subject or "", what)
    else:
        what = _INSTEAD.get((refused.reason, refused.subject or ""), what)
    document = _document(ground, policy) or _general(refused.reason, policy)
    further = "" if _ASKING in what else next_step(refused.reason)  # it says itself what to do
    return _line(refused.reason, what + _compared(ground), further, document)


def undone(*, unknown: bool) -> str:
    """Return the line for a request that could not be carried out: nothing was taken, or it is not known."""
    if unknown:
        return f"FSI-{Refusal.BUSY}: 这一笔的结果还不清楚。请用同一个报文编号原样再发，不会重复扣钱。"
    what = "系统暂时办不了，这一笔没有受理，钱没有动。"
    return _line(Refusal.BUSY, what, next_step(Refusal.BUSY), "一直这样，请联系经办机构。")


def busy() -> str:
    """Return the line for a request that found the queue full."""
    return _line(Refusal.BUSY, sentence(Refusal.BUSY), next_step(Refusal.BUSY), "")


# Helpers


_WHY: Final = {
    "begntime": "与今天相差超过一年",
    "begntime:future": "比现在晚超过 1 天",
    "begntime:lines": "晚于已上传明细的日期",
    "feedetl_sn": "这次就诊里已经有这个明细流水号",
    "feedetlSn": "这次就诊里已经有这个明细流水号",
    "chrgBchno": "这次就诊里已经有这个批次未结算的明细",
    "chrgBchno:order": "与 6201 的收费批次不同",
    "mdtrtId": "与 6201 的就诊不同",
    "feedetl_sn:all": "0000 表示全部明细，不能作流水号",
    "fee_ocur_time": "不在住院期间",
    "init_feedetl_sn": "与原明细的编码或单价不同",
    "endtime": "早于入院时间，或者晚于现在",
    "endtime:lines": "早于已上传明细的日期",
    "dscg_time": "与办理的出院日期不同",
    "dscg_time:early": "早于入院日期",
    "mid_setl_flag": "已经办理出院，不能中途结算，应为 0",
}


def _in_hospital(refused: Refused) -> str:
    """Return what stands against it in the platform's own words, with the hospital where the patient lies."""
    if refused.ground is None:
        return "病人还在院，出院结算前请先办理出院（2402）。"
    lies = dict(refused.ground.figures)
    where = f"机构编号：{lies['institution']} 机构名称：{lies['name']}"
    return f"该人员是在院状态不能办理入院，在院信息：{where}。"


def _line(reason: Refusal, what: str, *further: str) -> str:
    line = f"FSI-{reason}: {what}"
    for more in further:
        if len(line) + len(more) <= LONGEST:
            line += more
    return line[:LONGEST]


def _compared(ground: Ground | None) -> str:
    known = [(_FIGURES[name], name, value) for name, value in (ground.figures if ground else ()) if name in _FIGURES]
    if not known:
        return ""
    return "".join(("（", "，".join(f"{label} {_shown(name, value)}" for label, name, value in known), "）"))


def _shown(name: str, value: str) -> str:
    if name.endswith("_fen"):
        return yuan(int(value))
    return f"{datetime.fromisoformat(value):%Y-%m-%d}" if name in ("begun_at", "ended_at") else value


def _by(source: Source | None) -> str:
    return f"依据：{twin(source.title, source.title_zh, 'zh')}。" if source is not None else ""


_GENERAL: Final = {Refusal.NOT_OWN_CREDENTIAL: "own_credential", Refusal.CREDENTIAL_NOT_ACTIVE: "own_credential"}
"""What is refused before anybody looks into the books rests on these national rules."""


def _general(reason: Refusal, policy: PolicyBook) -> str:
    if reason not in _GENERAL:
        return ""
    row = policy.history(NATION, _GENERAL[reason])[-1]
    return _by(policy.sources.get(row.source or ""))


def _document(ground: Ground | None, policy: PolicyBook) -> str:
    if ground is None or not ground.rule_id:
        return ""
    row = policy.row(ground.rule_id)
    source = policy.sources.get(row.source) if row.source is not None else None
    return _by(source)
