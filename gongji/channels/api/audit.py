"""The audit over the API: who of an office did what, in sentences; as a page, and as a file for spreadsheets."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import ResponseHeader
from msgspec import Struct

from gongji.channels.api.declaring import lists
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.reasons import language
from gongji.channels.api.session import caller_of
from gongji.channels.exports.files import as_csv
from gongji.channels.exports.sheets import Sheet
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.texts import Language
from gongji.dossiers.cabinet import Asked
from gongji.services.acts import ACT, Act

EXPORT_MOST: Final = 10_000
"""So many of the newest acts are looked through for a file."""

DOES: Final[Mapping[str, tuple[str, str]]] = {
    "submitApplication": ("提交了申请", "handed in an application"),
    "addMaterials": ("补交了材料", "added materials"),
    "withdrawApplication": ("撤回了申请", "withdrew an application"),
    "appealApplication": ("对不予受理提出异议", "objected to a refusal"),
    "claimApplication": ("领取了申请", "took an application"),
    "releaseApplication": ("退回了申请", "gave an application back"),
    "parkApplication": ("挂起或恢复了申请", "parked or resumed an application"),
    "noticeApplication": ("一次告知了缺少的材料", "told once what was missing"),
    "decideApplication": ("作出了决定", "decided an application"),
    "checkApplication": ("复核了决定", "checked a decision"),
    "handInMaterial": ("上传了材料", "handed in a paper"),
    "lookAtMaterial": ("说明理由后查看了材料", "looked at a paper, with a reason"),
    "giveMandate": ("设立了委托", "gave a mandate"),
    "endMandate": ("收回了委托", "ended a mandate"),
    "standAtCounter": ("核身后在窗口代办", "acts at the counter for one who is present"),
    "settleQuote": ("结清了一笔医药费", "settled a bill"),
    "refundQuote": ("退了一笔医药费", "refunded a bill"),
    "reimburse": ("办理了零星报销", "reimbursed a bill paid in cash"),
    "returnReimbursement": ("撤回了零星报销", "took a reimbursement back"),
    "lookUpPerson": ("说明理由后查询了参保人", "looked a person up, with a reason"),
    "checkJournal": ("核对了差错", "looked through the journal for differences"),
    "stepDifference": ("认领或办结了差错", "took or closed a difference"),
    "stepCall": ("接了、退了或办结了自助机叫号", "took, gave back or closed a call of a kiosk"),
    "proposeBond": ("替人添加了家人", "asked a relative into a bond"),
    "answerInvitation": ("替人答复了邀请", "answered an invitation"),
    "withdrawInvitation": ("替人收回了邀请", "took an invitation back"),
    "endBond": ("替人取消了共济", "ended a bond"),
    "pauseBond": ("替人暂停或恢复了共济", "paused a bond, or let it go on"),
    "setCap": ("替人改了共济上限", "set a limit"),
    "setQuota": ("替人改了共济额度", "set a quota"),
    "setRank": ("替人改了出钱的次序", "set who pays first"),
    "setDetails": ("替人改了药品明细给不给看", "set whether medicines are seen"),
    "reportDivorce": ("替人登记了离婚", "reported a divorce"),
    "recordDeath": ("登记了去世", "recorded a death"),
    "claimInheritance": ("替人办了账户继承", "claimed an inheritance"),
    "openWallet": ("替人开通了医保钱包", "opened a wallet"),
    "closeWallet": ("替人关闭了医保钱包", "closed a wallet"),
    "changeWalletRegion": ("替人变更了钱包使用地", "moved a wallet to another region"),
    "sendTransfer": ("替人转了钱", "sent money"),
    "recallTransfer": ("替人撤回了转账", "called a transfer back"),
    "acceptTransfer": ("替人收下了转账", "took what was sent"),
    "declineTransfer": ("替人退回了转账", "declined what was sent"),
    "payPremium": ("替人缴了费", "paid a premium"),
    "refundPremium": ("退了一笔缴费", "gave a premium back"),
    "quoteBill": ("试算了一笔医药费", "worked out a bill"),
    "askShowing": ("替人请求出示医保码", "asked to show a code"),
    "answerShowing": ("替人答复了出示医保码的请求", "answered who asked to show a code"),
    "endShowing": ("替人停止了出示医保码", "ended the showing of a code"),
    "beginInspection": ("筛查了就医记录", "looked through somebody's care"),
    "offerHearing": ("告知了陈述申辩的权利", "offered a hearing"),
    "speakInspection": ("作了陈述申辩", "spoke in a case"),
    "proposeVerdict": ("提出了处理意见", "proposed a decision"),
    "checkVerdict": ("复核了处理意见", "checked a proposed decision"),
    "closeInspection": ("结案，没有发现问题", "closed a case without a finding"),
    "liftSuspension": ("解除了暂停结算", "lifted a suspension"),
    "appealInspection": ("对处理决定提出异议", "objected to a decision"),
    "upholdVerdict": ("维持了处理决定", "upheld a decision"),
}
"""What an act is, in words; one without words here is told by its name."""


class ActTold(Struct, frozen=True, kw_only=True):
    """An act of one of the staff: the sentence, and what it is made of."""

    at: Moment
    sentence: str
    operation: str
    by: str
    role: str
    office: str
    channel: str
    acting_for: int | None
    people: list[int]


class Acts(Struct, frozen=True):
    """A page of acts, newest first, and the cursor of the next page. A page may have fewer than were asked for."""

    items: list[ActTold]
    next: str | None


@get(f"{API}/audit", operation_id="listActs", summary="What the staff of an office did", tags=["audit"],
     **lists("people.read", roles=("auditor",)))  # fmt: skip
async def list_acts(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Acts]:
    """Return the acts of the staff of the caller's office, newest first."""
    page, more = await dossier_page(desk, "acts", Asked(kind=ACT), limit, cursor)
    items = _of_office(page, caller_of(request).office, language(request))
    return paged(request, Acts(items, more), more)


_FILE: Final = lists("people.read", roles=("auditor",)) | {
    "response_headers": [
        ResponseHeader(name="Content-Disposition", documentation_only=True, description="attachment, and a name.")
    ]
}


@get(f"{API}/audit/acts.csv", operation_id="exportActs", summary="What the staff of an office did, as a file",
     tags=["audit"], media_type="text/csv", **_FILE)  # fmt: skip
async def export_acts(request: Request[Any, Any, Any], desk: TheDesk) -> Response[bytes]:
    """Return the newest acts of the caller's office as CSV; no cell can become a formula."""
    lang, now = language(request), desk.clock()
    found = await desk.away(lambda: desk.store.dossiers(Asked(kind=ACT, most=EXPORT_MOST)))
    items = _of_office(found, caller_of(request).office, lang)
    sheet = Sheet(
        title="经办操作记录" if lang == "zh" else "acts of the staff",
        lang=lang,
        made_at=now,
        facts=(("机构" if lang == "zh" else "office", caller_of(request).office),),
        headings=_HEADINGS[lang],
        rows=tuple(
            (one.at.isoformat(), one.by, one.role, one.channel, one.operation, one.sentence,
             " ".join(map(str, one.people)))
            for one in items
        ),
    )  # fmt: skip
    headers = {"content-disposition": 'attachment; filename="acts.csv"'}
    return Response(as_csv(sheet), media_type="text/csv", headers=headers)


# Helpers

_HEADINGS: Final[Mapping[Language, tuple[str, ...]]] = {
    "zh": ("时间", "经办人", "岗位", "渠道", "操作", "说明", "涉及的人"),
    "en": ("at", "officer", "role", "channel", "operation", "sentence", "people"),
}
_SAYS: Final[Mapping[Language, str]] = {
    "zh": "{at:%Y-%m-%d %H:%M} {name}（{by}）{does}{whom}",
    "en": "{at:%Y-%m-%d %H:%M} {name} ({by}) {does}{whom}",
}
_WHOM: Final[Mapping[Language, str]] = {"zh": "，涉及个人编号 {people}", "en": ", about person {people}"}


def _of_office(page: list[Dossier], office: str, lang: Language) -> list[ActTold]:
    acts = [(one, opened(one, Act)) for one in page]
    return [_told(one, act, lang) for one, act in acts if office and act.actor.office == office]


def _told(dossier: Dossier, act: Act, lang: Language) -> ActTold:
    actor = act.actor
    does = DOES.get(act.operation, (act.operation, act.operation))[0 if lang == "zh" else 1]
    people = ", ".join(map(str, dossier.parties))
    return ActTold(
        at=told(dossier.made_at),
        sentence=_SAYS[lang].format(
            at=dossier.made_at,
            name=actor.clerk,
            by=actor.officer,
            does=does,
            whom=_WHOM[lang].format(people=people) if people else "",
        ),
        operation=act.operation,
        by=actor.officer,
        role=actor.role,
        office=actor.office,
        channel=actor.channel,
        acting_for=actor.acting_for or None,
        people=list(dossier.parties),
    )
