"""What refusals about people, insurance and bonds say: sentence and next step in Chinese, then both in English."""

from typing import Final

from gongji.domain.refusals import Refusal

PEOPLE: Final[dict[Refusal, tuple[str, str, str, str]]] = {
    Refusal.NOT_OWN_CREDENTIAL: (
        "看病买药要用病人自己的医保码或医保卡，这张不是本人的。",
        "请出示病人自己的医保码（家人可用亲情账户代为出示，它不动钱）；家人的钱会按规定自动帮着付。",
        "Care is paid with the patient's own card or code, and this one is somebody else's.",
        "Show the patient's own code, which a relative may show for him; relatives' money is drawn by itself.",
    ),
    Refusal.CREDENTIAL_NOT_ACTIVE: (
        "这张卡或医保码还没有激活，或者已消磁、挂失、过期、用过。",
        "请刷新医保码或改用身份证；卡的问题到参保地窗口办理。",
        "This card or code is not activated, or is demagnetised, reported lost, expired or used up.",
        "Refresh the code or use the ID card instead; have the card mended at the local counter.",
    ),
    Refusal.IDENTITY_MISMATCH: (
        "姓名和证件号码对不上。",
        "请对着证件再填一次；有生僻字或改过名，请到窗口办理。",
        "The name and the ID number do not belong together.",
        "Enter both again from the document; rare characters and changed names are settled at the counter.",
    ),
    Refusal.SETTLEMENT_SUSPENDED: (
        "病人的医保联网结算因违规处理暂停，现在不能直接结算。",
        "这次请先自费，保留票据；恢复时间和申诉请问参保地经办机构。",
        "The patient's networked settlement is suspended for a violation.",
        "Pay now and keep the receipts; ask the patient's agency for the end date and for objections.",
    ),
    Refusal.MEMBER_NOT_INSURED: (
        "用钱的人现在没有参加基本医保。",
        "请先参保；办好以后再试一次，不用重填。",
        "The member has no basic medical insurance.",
        "Enrol first; then try again, nothing has to be entered twice.",
    ),
    Refusal.MEMBER_NOT_ACTIVE: (
        "用钱的人医保已暂停、欠费或终止，现在不能用。",
        "补缴或恢复参保后自动可用；有疑问请问参保地经办机构。",
        "The member's insurance is suspended, in arrears or ended.",
        "It works again once the insurance is active; ask the local agency if in doubt.",
    ),
    Refusal.DUPLICATE_INSURANCE: (
        "这个人在两个地方参了保，要先选定一个。",
        "请本人选一个参保地保留，另一个终止后再办。",
        "This person is insured in two places and has to choose one.",
        "Keep one insurance, end the other, then try again.",
    ),
    Refusal.SHARER_NOT_EMPLOYEE: (
        "出钱的人参加的不是职工医保，没有可以共用的个人账户。",
        "请由家里参加职工医保的人来添加。",
        "The sharer is not insured as an employee and has no personal account to share.",
        "Let a relative who is insured as an employee share instead.",
    ),
    Refusal.SHARER_HAS_NO_ACCOUNT: (
        "出钱的人参加的是不设个人账户的职工医保档次。",
        "请由有个人账户的家人来添加。",
        "The sharer is insured as an employee without a personal account.",
        "Let a relative who has a personal account share instead.",
    ),
    Refusal.SHARER_NOT_ACTIVE: (
        "出钱的人医保已暂停、欠费或终止，共济先停用；账户里的钱还在。",
        "恢复参保后自动可用；这次请用其他方式付款。",
        "The sharer's insurance is suspended, in arrears or ended; the money stays in the account.",
        "Sharing works again once the insurance is active; pay in another way this time.",
    ),
    Refusal.NOT_A_NEAR_RELATIVE: (
        "这个关系在当天不属于当地可以共济的亲属。",
        "关系选错的请更改；公婆、岳父母等请由其子女来添加。",
        "On that day the relation is not among those who may share in this region.",
        "Correct the relation if it was mistaken; parents-in-law are added by their own child.",
    ),
    Refusal.RELATION_NOT_UNIQUE: (
        "这个关系只能有一个人，已经有人登记了。",
        "请核对关系；确实变更的，先取消原来的再添加。",
        "There can be only one of this relation, and one is registered already.",
        "Check the relation; if it has changed, end the old bond first.",
    ),
    Refusal.REGION_NOT_COVERED: (
        "两个人的参保地在这一天还不能这样共济。",
        "同一参保地的家人可以共济；跨地区请看两地是否开通了医保钱包。",
        "On that day the two insured places cannot share in this way.",
        "Relatives in one place can share; between places, see whether both have opened the wallet.",
    ),
    Refusal.RULE_NOT_IN_FORCE: (
        "这一天当地还没有开通这项办法。",
        "请看当地的开通日期；这次请用本人账户或现金。",
        "The region had no such arrangement yet on that day.",
        "See from which day it is open there; use the own account or cash this time.",
    ),
    Refusal.MEMBER_LIMIT_REACHED: (
        "出钱的人添加的家人已经到当地的人数上限。",
        "先取消一位不用的家人，再添加。",
        "The sharer has as many members as the region allows.",
        "End a bond that is no longer used, then add this one.",
    ),
    Refusal.LIFETIME_LIMIT_REACHED: (
        "出钱的人累计添加过的家人已经到当地的终身上限。",
        "不能再添加新的人；以前添加过的人还可以恢复。",
        "The sharer has bound as many different people as the region allows for life.",
        "Nobody new can be added; people bound before can be bound again.",
    ),
    Refusal.MEMBER_ALREADY_BOUND: (
        "当地规定一个人只能由一位家人出钱，已经有另一位在出钱。",
        "请现在出钱的家人先取消，再由您添加。",
        "The region allows one sharer per member, and another person is it.",
        "Ask the present sharer to end the bond, then add it anew.",
    ),
    Refusal.MEMBER_IS_SHARER: (
        "当地规定一个人不能既出钱又用钱，对方正在给别人出钱。",
        "请对方先取消给别人出钱，再添加。",
        "The region forbids double roles, and the member shares with others.",
        "The member has to end the own sharing first.",
    ),
    Refusal.SHARER_IS_MEMBER: (
        "当地规定一个人不能既出钱又用钱，出钱的人正在用别人的钱。",
        "请出钱的人先退出别人的家人网，再添加。",
        "The region forbids double roles, and the sharer is somebody's member.",
        "The sharer has to leave the other's network first.",
    ),
    Refusal.ALREADY_BOUND: (
        "这两个人已经绑定，不用再办。",
        "可以直接使用；要改用途、额度或次序，请在原来的绑定上改。",
        "This very bond stands already.",
        "Use it as it is, or change its uses, quota or rank.",
    ),
    Refusal.PROOF_MISSING: (
        "当地要求的关系证明或承诺书还没有交。",
        "户口簿、出生证明、结婚证、承诺书，按当地要求交其中一份就行。",
        "A proof or pledge that the region asks for was not given.",
        "Hand in one of those it accepts: household book, birth or marriage certificate, pledge.",
    ),
    Refusal.FACE_CHECK_MISSING: (
        "当地要求本人做一次人脸核验，还没有做。",
        "请本人在手机上做；做不了的，带身份证到窗口办就行。",
        "The region asks this person, at this age, for a face check.",
        "It is done on the phone; who cannot, may come to the counter with the ID card.",
    ),
    Refusal.AWAITING_CONFIRMATION: (
        "对方还没有确认，或者窗口还没有审核，现在还不能用。",
        "请对方在手机上确认；没有手机的，到窗口一起确认。",
        "The member has not confirmed yet, or the counter has not reviewed it yet.",
        "Ask the member to confirm on the phone, or confirm together at the counter.",
    ),
    Refusal.INVITE_EXPIRED: (
        "这个邀请过期了。",
        "请出钱的人再发一次，填过的内容不用重填。",
        "The invitation was not answered in time.",
        "Ask the sharer to send it again; nothing has to be entered twice.",
    ),
    Refusal.UNBIND_NOT_YET: (
        "当地规定绑定满一定时间才能取消，现在还不到。",
        "请到规定的日期再取消；在那之前对方还可能用到这笔钱。",
        "The region lets a bond end only from a later day.",
        "End it from that day on; until then the member may still use the money.",
    ),
    Refusal.BOND_PAUSED: (
        "出钱的人暂停了对这位家人的共济，现在不能用。",
        "到恢复的那天自动可用；也可以请出钱的人提前恢复。",
        "The sharer has paused sharing with this member.",
        "It works again by itself from the day named; the sharer can also resume it earlier.",
    ),
    Refusal.MODE_NOT_CHOSEN: (
        "绑定时没有选这一种用途（看病买药，或者缴费）。",
        "请出钱的人给这位家人加上这种用途，以后的费用就能用。",
        "The use (bills, or premiums) was not chosen for this member.",
        "The sharer can add the use; it then holds for later expenses.",
    ),
}
"""Who is asking, who is insured, who shares with whom."""
