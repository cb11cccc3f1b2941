"""The records of the ledger. All amounts are fen; all records are immutable, a change is a new record under the key."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from gongji.domain.account import Account
from gongji.domain.bill import Parts


class Balance(Struct, frozen=True, gc=False):
    """What lies in a pocket, and how many legs have touched it (the version that a writer checks)."""

    balance_fen: int = 0
    version: int = 0


class Leg(Struct, frozen=True, gc=False):
    """One side of an entry: `amount_fen` is added to the account; balance and version are as after it."""

    account: Account
    amount_fen: int
    balance_fen: int
    version: int


class EntryKind(StrEnum):
    """What an entry was made for."""

    OPENING = "opening"
    SETTLEMENT = "settlement"
    REVERSAL = "reversal"
    TRANSFER = "transfer"
    RECEIPT = "receipt"
    RETURN = "return"
    ALLOCATION = "allocation"
    RELEASE = "release"
    PREMIUM = "premium"
    PREMIUM_REFUND = "premium_refund"
    CREDIT = "credit"
    INTEREST = "interest"
    INHERITANCE = "inheritance"
    ROLL = "roll"
    RESTITUTION = "restitution"


class Basis(Struct, frozen=True, gc=False):
    """Why: the bundle the rules were read from, the rows used, the canonical input of the decision, the kernel."""

    bundle: str = ""
    rule_ids: tuple[str, ...] = ()
    decision: bytes = b""
    kernel: int = 0


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One balanced entry. `book_id` is the book of the person it was made for; `reverses` the entry it mirrors."""

    entry_id: int
    book_id: int
    kind: EntryKind
    event_at: datetime
    recorded_at: datetime
    legs: tuple[Leg, ...]
    request: str = ""
    reverses: int | None = None
    basis: Basis = Basis()


class Draw(Struct, frozen=True, gc=False):
    """Money taken out of one pocket for a bill, over a bond where it is another person's."""

    account: Account
    amount_fen: int
    bond_id: int | None = None


class Cleared(Struct, frozen=True, gc=False):
    """How settlements are cleared 清算: by insurance, kind of clearing and office, codes of the national tables."""

    insutype: str
    clr_type: str
    office: str


class Statement(Struct, frozen=True, kw_only=True, gc=False):
    """What the answer to a settlement said besides the amounts that are kept of it; codes as in the national tables.

    `office` is the one that clears it 清算经办机构, told as clr_optins; `scope_fens` the bill as 全自费, 超限价,
    先行自付, 符合政策范围; `balance_fen` the patient's own balance after; `mid_stay` tells a settlement in the middle
    of a hospital stay; `begun_on` and `ended_on` are the days it covers.
    """

    request: str = ""
    asked_on: date | None = None
    insutype: str = ""
    psn_type: str = ""
    med_type: str = ""
    clr_type: str = ""
    office: str = ""
    cert_type: str = ""
    operator: str = ""
    operator_name: str = ""
    invoice: str = ""
    begun_on: date | None = None
    ended_on: date | None = None
    mid_stay: bool = False
    scope_fens: tuple[int, int, int, int] = (0, 0, 0, 0)
    ratio_bp: int = 0
    balance_fen: int = 0


class Settlement(Struct, frozen=True, kw_only=True, gc=False):
    """A settled bill. `draws` stand in the order of payment; `given_back` is how much of each has been refunded.

    `layers` names the funds that paid; `year_start` and `inpatient` name the accumulators that the bill counted in,
    `deductible_fen` and `burden_fen` what it added to them, `counts_stay` whether it counted the hospital stay;
    `goods_fen` is what sharers paid for goods under a monthly limit.
    """

    settle_id: int
    book_id: int
    entry_id: int
    settled_at: datetime
    visited_on: date
    region: str
    institution: str = ""
    visit_id: str | None = None
    year_start: date
    inpatient: bool = False
    total_fen: int
    hospital_fen: int = 0
    layers: tuple[tuple[str, int], ...] = ()
    parts: Parts = Parts()
    deductible_fen: int = 0
    burden_fen: int = 0
    goods_fen: int = 0
    draws: tuple[Draw, ...] = ()
    given_back: tuple[int, ...] = ()
    cash_fen: int = 0
    cash_back_fen: int = 0
    reversed: bool = False
    counts_stay: bool = False
    statement: Statement = Statement()

    @property
    def fund_fen(self) -> int:
        """Return what all pooled funds paid together."""
        return sum(amount_fen for _, amount_fen in self.layers)

    @property
    def left_fen(self) -> int:
        """Return what of the personal part has not been refunded yet."""
        paid_fen = self.cash_fen + sum(draw.amount_fen for draw in self.draws)
        return paid_fen - self.cash_back_fen - sum(self.given_back)


class Totals(Struct, frozen=True, gc=False):
    """How many settlements, and the sums of their bills, of what funds paid and of what personal accounts paid."""

    count: int = 0
    total_fen: int = 0
    fund_fen: int = 0
    account_fen: int = 0


class Accumulated(Struct, frozen=True, gc=False):
    """What a person has used in one medical year: paid by funds, counted to the deductible, borne himself.

    `stays` is the number of hospital stays settled.
    """

    fund_fen: int = 0
    deductible_fen: int = 0
    burden_fen: int = 0
    stays: int = 0


class Refund(Struct, frozen=True, kw_only=True, gc=False):
    """A refund of a settlement, under a settlement number of its own. `back_fens` goes by the settlement's draws.

    `full` tells that it gave back the funds' share and all that was left. `balance_fen` is the patient's own balance
    after it, `used` what stood in the patient's medical year after it, of inpatient and all other care together. A
    refund that was itself taken back 冲正 has `undone_at`.
    """

    refund_id: int
    settle_id: int
    book_id: int
    entry_id: int
    refunded_at: datetime
    request: str = ""
    back_fens: tuple[int, ...] = ()
    cash_fen: int = 0
    full: bool = True
    balance_fen: int = 0
    used: Accumulated = Accumulated()
    undone_at: datetime | None = None


class AccumulatorKey(Struct, frozen=True, order=True, gc=False):
    """Whose, of which medical year, and whether of inpatient care."""

    book_id: int
    year_start: date
    inpatient: bool


class TransferState(StrEnum):
    """Where a wallet transfer stands: returned by itself, recalled by the sender, declined by the receiver."""

    AWAITING_RECEIPT = "awaiting_receipt"
    RECEIVED = "received"
    RETURNED = "returned"
    RECALLED = "recalled"
    DECLINED = "declined"


class Transfer(Struct, frozen=True, kw_only=True, gc=False):
    """A transfer from one person's account or wallet to another's wallet. `taken` tells where to return it to."""

    transfer_id: str
    book_id: int
    receiver_id: int
    amount_fen: int
    sent_at: datetime
    return_at: datetime
    taken: tuple[Draw, ...]
    state: TransferState = TransferState.AWAITING_RECEIPT


class PremiumKey(Struct, frozen=True, order=True, gc=False):
    """Whose premium, of which kind and year; `turn` grows when it is paid again after a refund in full."""

    book_id: int
    kind: str
    year: int
    turn: int = 0


class PremiumPaid(Struct, frozen=True, kw_only=True, gc=False):
    """A paid premium. `notice` is the number of the collecting office's notice 缴费通知, `draws` who paid how much.

    Where it had been paid in cash and was given back from the account 先缴后返, `receipt` is the number of the receipt.
    `refunded_fen` went back, the last draw first.
    """

    key: PremiumKey
    payer_id: int
    amount_fen: int
    paid_at: datetime
    product: str | None = None
    notice: str = ""
    receipt: str = ""
    entry_id: int = 0
    draws: tuple[Draw, ...] = ()
    refunded_fen: int = 0

    @property
    def left_fen(self) -> int:
        """Return what has not been refunded; 0 lets the premium be paid again."""
        return self.amount_fen - self.refunded_fen


class AccountYear(Struct, frozen=True, gc=False):
    """The account year a person's current-year pocket belongs to, and what is counted by the month.

    `allocations` are those to pots in `allocated_month`; `goods_fen` is what others have paid in `goods_month` for his
    goods under a monthly limit. Months are written 2026-03.
    """

    year_start: date
    allocated_month: str = ""
    allocations: int = 0
    goods_month: str = ""
    goods_fen: int = 0

    def goods_in(self, month: str) -> int:
        """Return what others have paid in that month for goods under a limit, in fen."""
        return self.goods_fen if self.goods_month == month else 0
