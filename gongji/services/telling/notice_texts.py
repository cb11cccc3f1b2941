"""The words of notices, in Chinese and English: one sentence that says what happened. Medicines are never in it."""

from collections.abc import Mapping
from typing import Final

from gongji.domain.money import yuan
from gongji.domain.texts import Language
from gongji.services.telling.notices import Notice, Topic

_ROWS: Final[Mapping[Topic, tuple[str, str]]] = {
    Topic.DEDUCTION: (
        "{day}您在{place}用个人账户付了 {amount} 元。",
        "On {day} you paid {amount} yuan out of your account at a {place}.",
    ),
    Topic.RELATIVE_DEDUCTION: (
        "{day}{who}在{place}用了您的个人账户 {amount} 元。",
        "On {day} {who} used {amount} yuan of your account at a {place}.",
    ),
    Topic.REMINDER: (
        "到{day}，{who}当月用了您的个人账户 {amount} 元，超过了您设的提醒线。",
        "By {day} {who} had used {amount} yuan of your account in that month: more than the line you set.",
    ),
    Topic.REFUND: ("{day}退回您的账户 {amount} 元。", "On {day} {amount} yuan came back to your account."),
    Topic.REFUND_UNDONE: (
        "{day}有一笔退费撤销了，您的账户重新支付 {amount} 元。",
        "On {day} a refund was taken back, and your account paid {amount} yuan again.",
    ),
    Topic.TRANSFER_SENT: (
        "您转给{who} {amount} 元，等对方收。",
        "You sent {amount} yuan to {who}, who has to take it.",
    ),
    Topic.TRANSFER_TO_RECEIVE: (
        "{who}转给您 {amount} 元，请您收下。",
        "{who} sent you {amount} yuan. Please take it.",
    ),
    Topic.TRANSFER_RECEIVED: (
        "您收下了{who}转来的 {amount} 元。",
        "You took the {amount} yuan that {who} sent you.",
    ),
    Topic.TRANSFER_RETURNED: (
        "您转给{who}的 {amount} 元没有人收，已经退回。",
        "The {amount} yuan you sent to {who} were not taken and have come back.",
    ),
    Topic.PREMIUM: (
        "{day}您的账户为{who}缴费 {amount} 元。",
        "On {day} your account paid {amount} yuan of premium for {who}.",
    ),
    Topic.PREMIUM_REFUND: (
        "{day}缴费退回您的账户 {amount} 元。",
        "On {day} {amount} yuan of premium came back to you.",
    ),
    Topic.RESTITUTION: (
        "{day}违规用掉的 {amount} 元还给了您。",
        "On {day} {amount} yuan that were misused came back to you.",
    ),
    Topic.INVITATION: ("{who}邀请您加入家庭共济，请您答复。", "{who} asks you to share accounts. Please answer."),
    Topic.INVITATION_ACCEPTED: ("{who}接受了您的共济邀请。", "{who} has accepted your invitation to share."),
    Topic.INVITATION_DECLINED: ("{who}没有接受您的共济邀请。", "{who} has declined your invitation to share."),
    Topic.INVITATION_WITHDRAWN: ("{who}收回了共济邀请。", "{who} has withdrawn the invitation to share."),
    Topic.INVITATION_EXPIRED: ("给{who}的共济邀请过期了。", "The invitation to {who} has run out."),
    Topic.BOND_ENDED: ("您和{who}的家庭共济结束了。", "The sharing between you and {who} has ended."),
    Topic.ENDING_DAY: (
        "您要我们今天提醒您：和{who}的家庭共济，想取消的话现在去看看。",
        "You asked to be told today: if you want to end the sharing with {who}, look at it now.",
    ),
    Topic.SHOWING_ASKED: ("{who}想替您出示医保码，请您答复。", "{who} asks to show your code for you. Please answer."),
    Topic.SHOWING_AGREED: ("{who}同意您替他出示医保码。", "{who} lets you show the code."),
    Topic.SHOWING_ENDED: ("和{who}之间的医保码代出示结束了。", "Showing the code, between you and {who}, has ended."),
    Topic.CODE_SHOWN: ("{day}{who}出示了您的医保码。", "On {day} {who} showed your code."),
    Topic.APPLICATION_DECIDED: ("您的申请有结果了。", "Your application has been decided."),
    Topic.MATERIALS_WANTED: ("您的申请还缺材料，请您补上。", "Your application lacks papers. Please add them."),
    Topic.LOOKED_AT: ("{day}经办人员查看了您的记录。", "On {day} an officer looked at your records."),
    Topic.NEW_APP: (
        "{day}一个新应用用您的身份登录：{name}。",
        "On {day} an app signed in for you for the first time: {name}.",
    ),
    Topic.WEBHOOK_PAUSED: (
        "推送地址一直没有应答，已经暂停。",
        "The address for deliveries did not answer, and rests now.",
    ),
}

_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "hospital": ("医院", "hospital"),
    "pharmacy": ("药店", "pharmacy"),
    "checkup": ("体检机构", "check-up centre"),
    "vaccination": ("接种单位", "vaccination station"),
}
_ELSEWHERE: Final = ("定点机构", "designated institution")
_SOMEBODY: Final = ("家人", "a relative")


def notice_words(notice: Notice, names: Mapping[int, str], language: Language) -> str:
    """Return the sentence of a notice; `names` has those of the people on the other side, as far as they are known."""
    side = 0 if language == "zh" else 1
    day = f"{notice.at.month}月{notice.at.day}日" if language == "zh" else f"{notice.at:%Y-%m-%d}"
    words = _ROWS[notice.topic][side].format(
        day=day,
        who=names.get(notice.other_id, _SOMEBODY[side]),
        place=_PLACES.get(notice.place, _ELSEWHERE)[side],
        amount=yuan(notice.amount_fen),
        name=notice.name,
    )
    return words[:1].upper() + words[1:]
