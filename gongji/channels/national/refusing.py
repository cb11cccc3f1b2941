"""A refusal in one line for a cashier: its name, what is the matter, the figures, the next step, the document."""

from datetime import datetime
from typing import Final

from gongji.channels.national.fields import MalformedError
from gongji.domain.money import yuan
from gongji.domain.refusals import Ground, Refusal, Refused
from gongji.domain.texts import next_step, sentence
from gongji.rules.policybook import NATION, PolicyBook

LONGEST: Final = 200
"""err_msg holds so many characters."""

_SUBJECTS: Final = {
    "visit": "没有找到这次就诊：就诊、人员、机构对不上，或者挂号已撤销。",
    "open_visit": "没有可以撤销的挂号：门诊号不符，或者已经结算，要先退费。",
    "lines": "没有找到这一批未结算的费用明细。",
    "settlement": "没有找到这次结算：结算、就诊、人员对不上。",
    "message": "没有找到要冲正的结算报文。",
    "sign": "没有找到这次签到。",
}
_FIGURES: Final = {
    "stated_fen": "所报总额",
    "lines_fen": "已上传未结算明细",
    "fund_fen": "基金合计",
    "layers_fen": "各项基金之和",
    "split_fen": "各方之和",
    "scope_fen": "各类费用之和",
    "line_fen": "明细金额",
    "product_fen": "数量乘单价",
    "line_no": "明细流水号",
    "begun_at": "就诊时间",
    "minutes": "时限分钟数",
    "until": "恢复日期",
    "own_fen": "本人余额",
}


def malformed(fault: MalformedError) -> str:
    """Return the line for a field that cannot be read."""
    return _line(Refusal.MESSAGE_MALFORMED, f"{fault.field}：{fault.why}。", "", "")


def told(refused: Refused, policy: PolicyBook) -> str:
    """Return the line for a refusal; the document is named where there is room for it."""
    ground = refused.ground
    what = sentence(refused.reason)
    if refused.reason is Refusal.MESSAGE_MALFORMED:
        what = f"{refused.subject}：{_WHY.get(refused.subject or '', '不能这样填')}。"
    elif refused.reason is Refusal.SETTLEMENT_NOT_FOUND:
        what = _SUBJECTS.get(refused.subject or "", what)
    elif refused.reason is Refusal.ALREADY_REVERSED and refused.subject == "refund":
        what = "退费不能再冲正；要重新收费，请重新上传明细后结算。"
    document = _document(ground, policy) or _general(refused.reason, policy)
    return _line(refused.reason, what, _compared(ground), document)


def undone(*, unknown: bool) -> str:
    """Return the line for a request that could not be carried out: nothing was taken, or it is not known."""
    if unknown:
        return f"FSI-{Refusal.BUSY}: 这一笔的结果还不清楚。请用同一个报文编号原样再发，不会重复扣钱。"
    return _line(Refusal.BUSY, sentence(Refusal.BUSY), "", "")


# Helpers


_WHY: Final = {
    "begntime": "与今天相差超过一年",
    "feedetl_sn": "这次就诊里已经有这个明细流水号",
}


def _line(reason: Refusal, what: str, compared: str, document: str) -> str:
    line = f"FSI-{reason}: {what}{compared}"
    for more in (next_step(reason), document):
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
    return f"{datetime.fromisoformat(value):%Y-%m-%d}" if name == "begun_at" else value


_GENERAL: Final = {Refusal.NOT_OWN_CREDENTIAL: "own_credential", Refusal.CREDENTIAL_NOT_ACTIVE: "own_credential"}
"""What is refused before anybody looks into the books rests on these national rules."""


def _general(reason: Refusal, policy: PolicyBook) -> str:
    if reason not in _GENERAL:
        return ""
    row = policy.history(NATION, _GENERAL[reason])[-1]
    return f"依据：{policy.sources[row.source].title}。" if row.source is not None else ""


def _document(ground: Ground | None, policy: PolicyBook) -> str:
    if ground is None or not ground.rule_id:
        return ""
    row = policy.row(ground.rule_id)
    source = policy.sources.get(row.source) if row.source is not None else None
    return f"依据：{source.title}。" if source is not None else ""
