"""What refusals about messages and money say: sentence and next step in Chinese, then both in English."""

from typing import Final

from gongji.domain.refusals import Refusal

MONEY: Final[dict[Refusal, tuple[str, str, str, str]]] = {
    Refusal.MESSAGE_MALFORMED: (
        "送来的信息读不出来，或者有一项缺失、过长、类型不对。",
        "请按指出的那一项改正后重新发送；没有记账。",
        "The message cannot be read, or a field is missing, too long or of the wrong type.",
        "Correct the field that is named and send it again; nothing was booked.",
    ),
    Refusal.PERSON_UNKNOWN: (
        "参保登记里查不到这个人。",
        "请核对证件类型和号码；号码无误的，请到参保地窗口查询。",
        "Nobody by that number is in the register.",
        "Check the type and number of the document; if they are right, ask at the local counter.",
    ),
    Refusal.AMOUNTS_DISAGREE: (
        "金额对不上：合计不等于各项之和，或者与已上传的明细不同。",
        "请核对费用明细和总额，改正后重新结算。",
        "The amounts do not add up, or differ from the fee lines uploaded.",
        "Compare the fee lines with the total, correct them and settle again.",
    ),
    Refusal.SETTLEMENT_NOT_FOUND: (
        "没有找到这一次就诊、结算、转账或绑定。",
        "请核对编号；当天的记录可以用原来的报文编号再查。",
        "There is no such visit, settlement, transfer or bond.",
        "Check the number; what was sent today can be looked up by its message id.",
    ),
    Refusal.SAME_REQUEST_DIFFERENT_CONTENT: (
        "这个编号已经用过，这次的内容和上次不一样。",
        "重发请原样发送；新业务请换新的编号。",
        "This request id was used before with another content.",
        "Repeat a request exactly as it was; give a new request a new id.",
    ),
    Refusal.BENEFITS_UNKNOWN: (
        "规则库里没有这个地方这一天的报销标准，算不出医保报销多少。",
        "请由当地系统先算好报销部分，再把个人要付的部分送来结算。",
        "The rule book has no benefit schedule for this region and day, so the fund's share cannot be computed.",
        "Have the local system compute the fund's share, then send the personal part for settlement.",
    ),
    Refusal.PLACE_NOT_DESIGNATED: (
        "这家机构或药店不是医保定点，不能用医保的钱。",
        "请现金付款，或到附近的定点机构。",
        "This institution or pharmacy is not designated, so insurance money cannot be used here.",
        "Pay in cash, or go to a designated place nearby.",
    ),
    Refusal.STAY_OPEN: (
        "病人正在住院，还没有办理出院。",
        "请先办理出院；人已经出院的，请住院的那家医院补办。",
        "The patient is in hospital and has not been discharged.",
        "Discharge first; if the patient has left already, that hospital has to enter the discharge.",
    ),
    Refusal.USE_NOT_ALLOWED: (
        "这种费用在这里不能用家人共济的钱付。",
        "请用本人账户或现金付这一项；其他项目不受影响。",
        "This kind of expense may not be paid with shared money there and then.",
        "Pay this item from the own account or in cash; the others are not affected.",
    ),
    Refusal.OUT_OF_SCOPE: (
        "这部分在医保范围以外，家人共济的钱只能付范围以内的。",
        "范围以外的部分请用本人账户或现金付。",
        "This part is outside what the insurance covers; shared money pays only what is inside.",
        "Pay the outside part from the own account or in cash.",
    ),
    Refusal.SHARER_NOT_PICKED: (
        "当地要求在窗口选好由哪位家人出钱，这次没有选。",
        "请问清由谁出钱，选好以后重新结算。",
        "The region asks for the sharer to be picked at the counter, and none was.",
        "Ask who is to pay, pick that person and settle again.",
    ),
    Refusal.SECOND_SWIPE_NEEDED: (
        "本人账户的钱不够，当地要在几分钟内再刷一次才用家人的钱。",
        "请再刷一次病人自己的码。",
        "The own money is not enough, and the region uses shared money on a second swipe within some minutes.",
        "Swipe the patient's own code once more.",
    ),
    Refusal.ONE_SHARER_PER_SETTLEMENT: (
        "当地规定一张账单只能由一位家人出钱，已经有一位付了。",
        "余下的部分请用现金付。",
        "The region allows one sharer per bill, and another has paid this one.",
        "Pay the rest in cash.",
    ),
    Refusal.OWN_BALANCE_NOT_ZERO: (
        "当地规定本人账户用完以后才能用家人的钱，本人账户还有余额。",
        "先用完本人账户；下一张账单起可以用家人的钱。",
        "The region shares only when the member's own account is empty, and it was not before this bill.",
        "Spend the own account first; relatives' money serves from the next bill on.",
    ),
    Refusal.ONLY_CARRY_OVER_SHARED: (
        "当地只能共用历年结余，出钱的人现在只有当年的钱。",
        "到下一个医保年度，没用完的当年资金转为结余后就可以用。",
        "The region shares only carry-over, and the sharer has only current-year money.",
        "What is left becomes carry-over in the next medical year.",
    ),
    Refusal.ALLOCATION_ONCE_A_MONTH: (
        "当地一个自然月只能划拨一次，这个月已经划过了。",
        "请下个月再划。",
        "The region allows one allocation in a calendar month, and there has been one.",
        "Allocate again next month.",
    ),
    Refusal.BELOW_RETAINED_MINIMUM: (
        "付了以后，出钱的人账户会低于当地要求留下的金额。",
        "请减少金额，或由另一位家人、现金付。",
        "Paying would take the sharer below what the region wants kept in the account.",
        "Ask for less, or let another relative or cash pay.",
    ),
    Refusal.CAP_REACHED: (
        "出钱的人设的上限已经用完。",
        "请出钱的人改上限，或用现金付余下的部分。",
        "The limit that the sharer has set is used up.",
        "The sharer can raise it, or the rest is paid in cash.",
    ),
    Refusal.CAP_NOT_ADJUSTABLE: (
        "当地不能由出钱的人自己设置或修改金额上限。",
        "不用设置，按当地规定使用；需要提醒的可以开通扣款通知。",
        "The region does not let the sharer set or change an amount.",
        "Nothing has to be set; a notice of each payment can be asked for.",
    ),
    Refusal.RANK_NOT_ADJUSTABLE: (
        "当地不能自己设置由谁先出钱。",
        "不用设置，系统按当地规定的次序付。",
        "The region does not let anybody set who pays first.",
        "Nothing has to be set; the region's own order holds.",
    ),
    Refusal.QUOTA_REACHED: (
        "留给这位家人的额度已经用完。",
        "请出钱的人增加额度，或用现金付余下的部分。",
        "The amount set aside for this member is used up.",
        "The sharer can raise it, or the rest is paid in cash.",
    ),
    Refusal.QUOTA_BELOW_USED: (
        "额度不能改到比已经用掉的还少。",
        "最低可以改成已经用掉的金额。",
        "A quota or limit cannot be set below what has been used.",
        "It can be lowered as far as the amount used.",
    ),
    Refusal.BALANCE_SHORT: (
        "账户里的钱不够付这一笔，而这一笔不能只付一部分。",
        "请减少金额，或换一位家人、换一种方式付。",
        "There is not enough money for something that cannot be paid in part.",
        "Ask for less, or pay from another account or in another way.",
    ),
    Refusal.WALLET_NOT_OPEN: (
        "转出或收款的一方还没有开通医保钱包。",
        "请先开通医保钱包；不会用手机的，带身份证到窗口开。",
        "The sender's or the receiver's wallet is not open.",
        "Open it first, on the phone or at the counter with the ID card.",
    ),
    Refusal.WALLET_NOT_ACCEPTED_HERE: (
        "这家机构还不能用医保钱包付款。",
        "请用本人账户或现金付，或到支持医保钱包的机构。",
        "This institution does not take the wallet.",
        "Pay from the own account or in cash, or go where the wallet is taken.",
    ),
    Refusal.WALLET_HOURS: (
        "现在是夜间，医保钱包不能转账。",
        "请早上开放以后再转。",
        "Transfers are closed at this hour.",
        "Transfer again in the morning, after the opening.",
    ),
    Refusal.TRANSFER_TOO_LARGE: (
        "这一笔超过了当地的转账限额。",
        "请减少金额，或按规定分几笔转。",
        "The amount is above the ceiling for transfers.",
        "Transfer less, or in several parts where the rule allows it.",
    ),
    Refusal.TRANSFER_COUNT_REACHED: (
        "今天的转账次数已经到上限。",
        "请明天再转。",
        "There have been as many transfers today as the rule allows.",
        "Transfer again tomorrow.",
    ),
    Refusal.TRANSFER_PENDING: (
        "上一笔转账对方还没有收，收了以后才能转下一笔。",
        "请提醒对方收款；到时没有收会自动退回。",
        "The last transfer has not been received yet.",
        "Remind the receiver; what is not received in time comes back by itself.",
    ),
    Refusal.TRANSFER_NOT_PENDING: (
        "这一笔转账已经收下、退回或撤回，不能再操作。",
        "请查看转账记录里的结果。",
        "This transfer is not waiting: it has been received, returned or recalled.",
        "See the outcome in the list of transfers.",
    ),
    Refusal.PREMIUM_ALREADY_PAID: (
        "这个人这一年的这项保费已经缴过了。",
        "不用再缴；可以查看缴费凭证。",
        "The premium of that person, kind and year has been paid.",
        "Nothing more is due; see the receipt.",
    ),
    Refusal.PREMIUM_WINDOW_CLOSED: (
        "现在不在这项保费的缴费期内。",
        "请在缴费期内再缴；能不能补缴请问当地经办机构。",
        "It is outside the collection period of this premium.",
        "Pay within the period; ask the local agency about paying late.",
    ),
    Refusal.RECEIPT_ALREADY_USED: (
        "这张票据已经报销过了，一张票据只能报一次。",
        "请核对票据号码；报错了的，先退回原来那一笔再报。",
        "This receipt has been reimbursed already; each receipt counts once.",
        "Check the receipt's number; if the earlier claim was wrong, have that one taken back first.",
    ),
    Refusal.ALREADY_REVERSED: (
        "这笔结算已经撤销，或者已经全部退费。",
        "不用再退；需要时请查看退费记录。",
        "The settlement has been reversed, or refunded in full.",
        "Nothing more is to be refunded; see the record.",
    ),
    Refusal.NOTHING_TO_REFUND: (
        "要退的金额比这笔结算还能退的多。",
        "请改成还能退的金额再退。",
        "The amount is more than is left of this settlement.",
        "Refund at most what is left.",
    ),
    Refusal.BUSY: (
        "现在排队的业务太多，这一笔没有受理，钱没有动。",
        "请稍后用同一个编号再发一次。",
        "The queue is full; nothing was taken and no money has moved.",
        "Ask again in a moment, with the same id.",
    ),
}
"""What was sent, what may be paid, how much, and what is over already."""
