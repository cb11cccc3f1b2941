"""Permissions 授权范围: what a channel app may be allowed to see and do, each with the words that people agree to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from gongji.domain.texts import Language

SYSTEM: Final = "system"
"""The role of a system that acts for nobody."""

CITIZEN: Final = "citizen"

STAFF_ROLES: Final = frozenset({"clerk", "reviewer", "inspector", "auditor"})


class Permission(Struct, frozen=True):
    """One scope: what it means to who is asked for it, and the roles that can be given it."""

    zh: str
    en: str
    roles: frozenset[str]

    def text(self, language: Language) -> str:
        """Return what it means."""
        return self.zh if language == "zh" else self.en


OPENID: Final = "openid"
"""With this scope an app gets an id_token (OpenID Connect)."""

_PEOPLE: Final = frozenset({CITIZEN})
_DESKS: Final = frozenset({"clerk", "reviewer"})
_SIGNED_IN: Final = _PEOPLE | STAFF_ROLES
_ALL: Final = frozenset({CITIZEN, SYSTEM}) | STAFF_ROLES

PERMISSIONS: Final[dict[str, Permission]] = {
    OPENID: Permission("知道登录的是不是同一个人", "know whether it is the same person who signs in", _SIGNED_IN),
    "profile.read": Permission("看您的姓名和参保情况", "see your name and your insurance", _PEOPLE | _DESKS),
    "accounts.read": Permission(
        "看您的个人账户和医保钱包里有多少钱", "see the balances of your account and wallet", _ALL
    ),
    "statements.read": Permission(
        "看您的账户每一笔进出，谁用了您的钱", "see every movement of your account, and who used your money", _ALL
    ),
    "bonds.read": Permission("看您和哪些家人共济", "see with which relatives you share", _ALL),
    "bonds.write": Permission(
        "替您邀请家人、确认、暂停或取消共济，改额度",
        "invite, confirm, pause or end sharing, and change its limits",
        _ALL,
    ),
    "wallet.write": Permission(
        "替您开通医保钱包、转账、收款、退回", "open your wallet, and send, take or return money", _PEOPLE | _DESKS
    ),
    "premiums.write": Permission("用您的账户替家人缴费", "pay premiums out of your account", _PEOPLE | _DESKS),
    "quotes.read": Permission("替您先算一笔医药费由谁付", "work out in advance who pays a bill", _ALL),
    "settlements.write": Permission(
        "结清一笔已经算好的医药费", "settle a bill that was quoted", frozenset({"clerk", SYSTEM})
    ),
    "credentials.show": Permission("出示您的医保码", "show your e-credential code", _PEOPLE),
    "notices.read": Permission("收取给您的通知", "receive notices for you", _PEOPLE | frozenset({SYSTEM})),
    "notices.write": Permission("改通知的接收方式", "change how you receive notices", _PEOPLE | frozenset({SYSTEM})),
    "mandates.write": Permission("替您设立或收回委托", "give or take back mandates for you", _PEOPLE | _DESKS),
    "applications.read": Permission("看您提交的申请办到哪一步", "see how your applications stand", _ALL),
    "applications.write": Permission("替您提交申请和材料", "hand in applications and materials for you", _ALL),
    "sessions.read": Permission("看您同意过哪些应用", "see to which apps you have agreed", _PEOPLE),
    "sessions.write": Permission("替您收回对应用的同意", "take back what you agreed to", _PEOPLE),
    "people.read": Permission("查询参保人（每次都有记录）", "look people up, each time on record", STAFF_ROLES),
    "reviews.write": Permission("审核申请", "decide on applications", _DESKS),
    "inspections.write": Permission("办理检查案件", "handle inspection cases", frozenset({"inspector"})),
    "enrolment.write": Permission("登记参保和划入", "enrol people and book credits", frozenset({"clerk", SYSTEM})),
    "apps.read": Permission("查看渠道应用", "see the channel apps", frozenset({"inspector", "auditor"})),
    "apps.write": Permission("停用或恢复渠道应用", "suspend channel apps", frozenset({"inspector"})),
    "staff.read": Permission("查看经办人员", "see the staff of a bureau", frozenset({"auditor"})),
    "staff.write": Permission("登记经办人员离岗", "note that staff have left", frozenset({"auditor"})),
    "webhooks.write": Permission("登记推送地址", "register addresses for deliveries", frozenset({SYSTEM})),
    "tokens.introspect": Permission("查验令牌是否有效", "ask whether a token is valid", frozenset({SYSTEM})),
}
"""All there are, in the order in which they are shown."""

PROVED_ANEW: Final[Mapping[str, str]] = {
    "openWallet": "whoever opens a wallet in another's name can send his money away",
    "proposeBond": "the sharer's account pays from then on, without being asked again",
    "answerInvitation": "a yes lets another's account pay; a no needs no proof",
    "claimInheritance": "money of one who can object no more changes hands",
    "giveMandate": "the holder does from then on what only the person could",
}
"""What a citizen does only with a face check that is fresh, by operation, and why. Ours: no document sets a time."""

TWO_PERSONS: Final[Mapping[str, str]] = {
    "active": "whoever suspended an app may have been wrong, or been talked round: another lets it in again",
    "revoked": "it cannot be undone: one suspends, and another shuts out for good",
}
"""Which states of an app take somebody else than who suspended it, and why. What only takes away is done by one."""

PROOF_FRESH: Final = timedelta(minutes=30)
"""So long is a face check fresh: the time that a sign-in of a browser lasts."""

PROOFS: Final = frozenset({"passed", "under_16", "helper"})
"""The outcomes that will do: below 16 none is asked for, and who cannot pass one has a helper beside him."""


def is_fresh(face: str, proved_at: datetime | None, now: datetime) -> bool:
    """Tell whether a face check, or what stands for one, will do for what has to be proved anew."""
    return face in PROOFS and proved_at is not None and proved_at <= now <= proved_at + PROOF_FRESH


def in_order(scopes: frozenset[str]) -> tuple[str, ...]:
    """Return scopes as they are shown and written down."""
    return tuple(name for name in PERMISSIONS if name in scopes)
