"""Every body that the API reads or tells; written by `python clients/build.py`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, convert, field


class ActTold(Struct, kw_only=True):
    acting_for: int | None
    at: datetime
    by: str
    channel: str
    office: str
    operation: str
    people: list[int]
    role: str
    sentence: str


class Acts(Struct, kw_only=True):
    items: list[ActTold]
    next: str | None


class AllRead(Struct, kw_only=True):
    read: int


AppKind: TypeAlias = Annotated[
    Literal[
        "national_app",
        "city_app",
        "alipay",
        "wechat",
        "payment_app",
        "counter",
        "kiosk",
        "institution",
        "bureau_system",
    ],
    Meta(description="What kind of channel an app is.", title="AppKind"),
]


AppState: TypeAlias = Annotated[
    Literal["active", "revoked", "suspended"],
    Meta(
        description="Whether an app may be used. A revoked one stays so.",
        title="AppState",
    ),
]


class AppStateWanted(Struct, kw_only=True):
    """
    To which state, and why: it stands on record.
    """

    state: AppState
    why: Annotated[str, Meta(max_length=200, min_length=1)]


class AttemptTold(Struct, kw_only=True):
    at: datetime
    fault: str | None
    millis: int
    status: int | None


class BalancesTold(Struct, kw_only=True):
    carry_over_fen: Annotated[int, Meta(description="Fen 分.")]
    current_year_fen: Annotated[int, Meta(description="Fen 分.")]
    free_fen: Annotated[int, Meta(description="Fen 分.")]
    held_fen: Annotated[int, Meta(description="Fen 分.")]
    person_id: int
    pots_fen: Annotated[int, Meta(description="Fen 分.")]
    transit_fen: Annotated[int, Meta(description="Fen 分.")]
    wallet_fen: Annotated[int, Meta(description="Fen 分.")]


class Because(Struct, kw_only=True):
    """
    Why.
    """

    reason: Annotated[str, Meta(max_length=1000, min_length=2)]


Reported: TypeAlias = Annotated[str, Meta(max_length=500, min_length=2)]


Institution: TypeAlias = Annotated[str, Meta(max_length=40)]


Picked: TypeAlias = Annotated[list[int], Meta(max_length=50)]


Region: TypeAlias = Annotated[str, Meta(pattern="^[0-9]{6}$")]


Swipe: TypeAlias = Annotated[int, Meta(ge=1, le=2)]


CapFen: TypeAlias = Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)]


QuotaFen: TypeAlias = Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)]


Rank: TypeAlias = Annotated[int, Meta(ge=1, le=1000)]


BondState: TypeAlias = Annotated[
    Literal["active", "awaiting_confirmation", "awaiting_review", "ended"],
    Meta(description="Where a bond stands.", title="BondState"),
]


class BulletinTold(Struct, kw_only=True):
    bulletin_id: str
    path: str
    published_at: datetime
    region: str
    rules: list[str]
    since: datetime


class Bulletins(Struct, kw_only=True):
    items: list[BulletinTold]
    next: str | None


class CallShown(Struct, kw_only=True):
    """
    The secret that the machine keeps.
    """

    secret: Annotated[str, Meta(max_length=128, min_length=1)]


class CallStep(Struct, kw_only=True):
    """
    What is done with a call: taken, given back, or answered.
    """

    step: Literal["answer", "release", "take"]


class Cap(Struct, kw_only=True):
    """
    The sharer's own limit, in fen 分.
    """

    cap_fen: Annotated[int, Meta(ge=0, le=10000000000000)]


class ChangeTold(Struct, kw_only=True):
    at: datetime
    channel: str | None
    what: str


class ChangedTold(Struct, kw_only=True):
    bond_id: int | None
    is_fen: int | None
    person_id: int | None
    was_fen: int | None
    why: Literal[
        "expired", "rules", "bond_ended", "bond_paused", "bond_changed", "bond_new", "balance", "own", "benefits"
    ]


class Checked(Struct, kw_only=True):
    """
    Whether the second person agrees.
    """

    agree: bool


Receipt: TypeAlias = Annotated[str, Meta(max_length=50, min_length=1)]


Proof: TypeAlias = Annotated[str, Meta(max_length=80, min_length=1)]


class CodeTold(Struct, kw_only=True):
    code: str
    person_id: int
    until: datetime


class ConsentDetailsTold(Struct, kw_only=True):
    bond_id: int
    details: bool


BaseFen: TypeAlias = Annotated[int, Meta(ge=0, le=10000000000000)]


class CorrectionSent(Struct, kw_only=True):
    """
    The right base of a month that was credited, in fen 分 (null for the retired), and why it was another.
    """

    month: date
    psn_no: Annotated[str, Meta(max_length=30, min_length=1)]
    reason: Annotated[str, Meta(max_length=200, min_length=2)]
    base_fen: BaseFen | None | UnsetType = UNSET


class CorrectionTold(Struct, kw_only=True):
    at: datetime
    month: date
    moved_fen: int
    owed_fen: int
    should_fen: int
    was_fen: int


class CredentialShown(Struct, kw_only=True):
    """
    What the patient shows: an e-credential code, the number of his ID paper, or his card's.
    """

    kind: Literal["card_no", "certno", "ec_token"]
    number: Annotated[str, Meta(max_length=64, min_length=1)]


class CreditLine(Struct, kw_only=True):
    """
    A month's base of one person, in fen 分; null for the retired, whose sums the rules know.
    """

    psn_no: Annotated[str, Meta(max_length=30, min_length=1)]
    base_fen: BaseFen | None | UnsetType = UNSET


class CreditsSent(Struct, kw_only=True):
    """
    Lines of credits of one month, told by its first day.
    """

    lines: Annotated[list[CreditLine], Meta(max_length=200, min_length=1)]
    month: date


class DeliveryTold(Struct, kw_only=True):
    attempts: list[AttemptTold]
    delivery_id: str
    queued_at: datetime
    state: Literal["waiting", "delivered", "failed"]
    tries: int


class DetailsTold(Struct, kw_only=True):
    goods: list[str]
    institution: str


class DifferenceStep(Struct, kw_only=True):
    """
    What is done with a difference: taken, or seen to, with a note of what was found.
    """

    step: Literal["see_to", "take"]
    note: Annotated[str, Meta(max_length=200)] | UnsetType = ""


class Dismissal(Struct, kw_only=True):
    """
    Why somebody may sign in no more: it stands on record.
    """

    why: Annotated[str, Meta(max_length=200, min_length=1)]


class Divorce(Struct, kw_only=True):
    """
    The other spouse's number in these books, as the bond tells it.
    """

    spouse_id: Annotated[int, Meta(ge=1, le=9223372036854775807)]


class Document(Struct, kw_only=True):
    publisher: str
    title: str
    grade: Literal["official", "portal", "assumed"] | None | UnsetType = UNSET
    quote: str | None | UnsetType = UNSET
    reading: str | None | UnsetType = UNSET
    url: str | None | UnsetType = UNSET


class EBillTold(Struct, kw_only=True):
    account_fen: Annotated[int, Meta(description="Fen 分.")]
    cash_fen: Annotated[int, Meta(description="Fen 分.")]
    family_fen: Annotated[int, Meta(description="Fen 分.")]
    fund_fen: Annotated[int, Meta(description="Fen 分.")]
    hospital_fen: Annotated[int, Meta(description="Fen 分.")]
    other_fen: Annotated[int, Meta(description="Fen 分.")]
    total_fen: Annotated[int, Meta(description="Fen 分.")]


class Effect(Struct, kw_only=True):
    what: Literal["reviewed", "mandate", "wallet_opened", "paid", "reimbursed", "phone_changed", "use_confirmed"]
    named: str | UnsetType = ""
    paid_fen: int | UnsetType = 0


class EndingDayChosen(Struct, kw_only=True):
    """
    A day to come, null to be told no more.
    """

    day: date | None


class EndingDayTold(Struct, kw_only=True):
    day: date | None


EntryKind: TypeAlias = Annotated[
    Literal[
        "opening",
        "settlement",
        "reversal",
        "transfer",
        "receipt",
        "return",
        "allocation",
        "release",
        "premium",
        "premium_refund",
        "credit",
        "interest",
        "inheritance",
        "roll",
        "restitution",
    ],
    Meta(description="What an entry was made for.", title="EntryKind"),
]


class Event(Struct, kw_only=True):
    data: dict[str, Any]
    id: str
    timestamp: str
    type: str
    version: int


class Events(Struct, kw_only=True):
    after: str
    items: list[Event]


class Explained(Struct, kw_only=True):
    en: str
    name: str
    next_en: str
    next_zh: str
    refusal: bool
    status: int
    type: str
    zh: str


FeeClass: TypeAlias = Annotated[Literal["A", "B", "C"], Meta(description="甲, 乙, 丙.", title="FeeClass")]


FeeKind: TypeAlias = Annotated[
    Literal[
        "checkup",
        "consumable",
        "cosmetic",
        "device",
        "disinfectant",
        "drug",
        "exam",
        "fitness",
        "other",
        "registration",
        "tonic",
        "treatment",
        "vaccine",
    ],
    Meta(description="What was bought.", title="FeeKind"),
]


AmountFen: TypeAlias = Annotated[int, Meta(ge=1, le=10000000000000)]


class GivingBack(Struct, kw_only=True):
    """
    How much of the personal part is given back, in fen 分; null for all that is left, the funds' share included.
    """

    amount_fen: AmountFen | None | UnsetType = UNSET


GrantType: TypeAlias = Annotated[
    Literal["authorization_code", "refresh_token", "client_credentials"],
    Meta(
        description="By what an app gets its tokens: a person's consent, a refresh token, or its own credentials.",
        title="GrantType",
    ),
]


class Health(Struct, kw_only=True):
    books: str
    rules: str


class HelpTold(Struct, kw_only=True):
    amount_fen: int
    at: datetime
    institution: str
    kind: EntryKind
    name: str
    settle_id: int | None
    sharer_id: int


Operation: TypeAlias = Annotated[str, Meta(max_length=40, min_length=1)]


Insurance: TypeAlias = Annotated[
    Literal["employee", "none", "resident"],
    Meta(description="险种: which basic medical insurance.", title="Insurance"),
]


class JournalChecked(Struct, kw_only=True):
    found: int
    more: bool


class LimitsTold(Struct, kw_only=True):
    ceiling_fen: int | None
    ceiling_on: Literal["transfer", "day"] | None
    closed_from: timedelta | None
    closed_until: timedelta | None
    count_per_day: int | None
    left_today: int | None
    one_pending: bool | None
    opens_at: datetime | None
    pending_id: str | None
    return_at: datetime
    sent_today: int


class Line(Struct, kw_only=True):
    before: int
    bring: str
    checked: bool
    coming_since: datetime | None
    number: str
    state: Literal["waiting", "taken", "answered", "served"]


class LineAsked(Struct, kw_only=True):
    """
    A fee line: amount, 甲乙丙 class and kind; 先行自付 in basis points, and what lies above the price ceiling.
    """

    amount_fen: Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)]
    fee_class: FeeClass | UnsetType = UNSET
    first_self_pay_bp: Annotated[int, Meta(ge=0, le=10000)] | UnsetType = 0
    kind: FeeKind | UnsetType = UNSET
    over_limit_fen: Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)] | UnsetType = 0


class LinkShown(Struct, kw_only=True):
    """
    The secret of a link.
    """

    link: Annotated[str, Meta(max_length=128, min_length=1)]


class LookReason(Struct, kw_only=True):
    """
    Why one of the staff looks.
    """

    reason: Annotated[str, Meta(max_length=200, min_length=2)]


class LookTold(Struct, kw_only=True):
    at: datetime
    by: str
    office: str
    reason: str
    role: str
    what: str


class Looks(Struct, kw_only=True):
    items: list[LookTold]
    next: str | None


class MandateTold(Struct, kw_only=True):
    checked_by: Literal["code", "material", "sandbox"] | None
    ended_at: datetime | None
    form: Literal["minor", "adult", "helper", "counter"]
    holder: str
    holder_id: int | None
    made_at: datetime
    mandate_id: str
    operations: list[str]
    person_id: int
    state: str
    until: datetime | None


class Mandates(Struct, kw_only=True):
    items: list[MandateTold]
    next: str | None


class MaterialLooked(Struct, kw_only=True):
    reason: str
    what: str


class MaterialSent(Struct, kw_only=True):
    """
    A paper: what it shows, and its content, a JPEG, PNG or PDF of at most 5 MiB, in base64.
    """

    content: Annotated[str, Meta(max_length=8388608, min_length=4)]
    paper: Literal[
        "authorisation",
        "bank_card",
        "birth_certificate",
        "court_paper",
        "death_certificate",
        "hukou",
        "id_card",
        "invoice",
        "kinship_proof",
        "marriage_certificate",
        "other",
        "pledge",
    ]


class MaterialTold(Struct, kw_only=True):
    format: str
    handed_in_at: datetime
    kept: str
    material_id: str
    paper: Literal[
        "id_card",
        "hukou",
        "birth_certificate",
        "marriage_certificate",
        "pledge",
        "court_paper",
        "death_certificate",
        "kinship_proof",
        "authorisation",
        "invoice",
        "bank_card",
        "other",
    ]
    person_id: int
    sha256: str
    size: int


class Materials(Struct, kw_only=True):
    items: list[MaterialTold]
    next: str | None


Mode: TypeAlias = Annotated[
    Literal["pay", "premium"],
    Meta(description="共济支付 pay: bills; 共济缴费 premium: premiums.", title="Mode"),
]


class MonthTold(Struct, kw_only=True):
    amount_fen: int
    month: str
    name: str
    person_id: int


Material: TypeAlias = Annotated[str, Meta(max_length=80, min_length=1)]


class More(Struct, kw_only=True):
    """
    Materials to add, by number.
    """

    materials: Annotated[list[Material], Meta(max_length=20)]


class Objection(Struct, kw_only=True):
    """
    Why the applicant objects.
    """

    reason: Annotated[str, Meta(max_length=1000, min_length=2)]


class Parked(Struct, kw_only=True):
    """
    Why it has to lie; null to go on.
    """

    why: Literal["material_unreadable", "other_office", "person_to_be_asked", "source_down"] | None


class PartsAsked(Struct, kw_only=True):
    """
    The personal part by component: 起付, 自付比例, 先行自付, 超限, 目录外.
    """

    copay_fen: Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)] | UnsetType = 0
    deductible_fen: Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)] | UnsetType = 0
    first_self_pay_fen: Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)] | UnsetType = 0
    off_catalogue_fen: Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)] | UnsetType = 0
    over_limit_fen: Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)] | UnsetType = 0


class Pause(Struct, kw_only=True):
    """
    The first day on which the bond pays again; null lets it pay again now.
    """

    paused_until: date | None


Tier: TypeAlias = Annotated[str, Meta(max_length=200)]


Place: TypeAlias = Annotated[
    Literal["checkup", "hospital", "other", "pharmacy", "vaccination"],
    Meta(description="Where.", title="Place"),
]


Pocket: TypeAlias = Annotated[
    Literal[
        "current_year",
        "carry_over",
        "wallet",
        "pot",
        "pot_current",
        "transit",
        "fund",
        "institution",
        "cash",
        "credits",
        "premiums",
        "clearing",
    ],
    Meta(
        description="The kinds of account. The first six hold a person's money and never go below zero.\n\n    `pot` is family money set aside out of carry-over, `pot_current` out of this year's money, so that what is\n    left can go back to where it came from; `transit` is a wallet transfer on its way.\n    ",
        title="Pocket",
    ),
]


class PocketTold(Struct, kw_only=True):
    balance_fen: int
    member_id: int | None
    pocket: Pocket


ReminderFen: TypeAlias = Annotated[int, Meta(gt=0, lt=1000000000000000)]


class Preferences(Struct, kw_only=True):
    """
    What a person wants. Messages go out by `channels`, to the address of each; in-app notices always do.

        What is not urgent waits from `quiet_from` to `quiet_until`; the same time twice is no rest. `reminder_fen` is the
        line above which a month's use of his account by one relative is to be pointed out, None for none.
    """

    alipay: Annotated[str, Meta(max_length=64)] | UnsetType = ""
    channels: list[Literal["alipay", "sms", "wechat"]] | UnsetType = field(default_factory=list)
    easy_mode: bool | UnsetType = False
    high_contrast: bool | UnsetType = False
    language: Literal["en", "zh"] | UnsetType = "zh"
    phone: Annotated[str, Meta(max_length=11)] | UnsetType = ""
    quiet_from: Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$")] | UnsetType = "22:00:00"
    quiet_until: Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$")] | UnsetType = "07:00:00"
    read_aloud: bool | UnsetType = False
    reminder_fen: ReminderFen | None | UnsetType = UNSET
    text_size: Literal["large", "largest", "standard"] | UnsetType = "standard"
    wechat: Annotated[str, Meta(max_length=64)] | UnsetType = ""


InsuredId: TypeAlias = Annotated[int, Meta(ge=1, le=9007199254740991)]


Product: TypeAlias = Annotated[str, Meta(max_length=100, min_length=1)]


Receipt1: TypeAlias = Annotated[str, Meta(max_length=50, min_length=1, pattern="^[!-~]+$")]


class PremiumAsked(Struct, kw_only=True):
    """
    A premium for the caller (`insured_id` null) or a relative: the amount and the number of the collecting notice.

        With `receipt` it was paid in cash on `paid_on`, and the caller wants it back from his account. `product` names a
        commercial one.
    """

    amount_fen: Annotated[int, Meta(ge=1, le=10000000000000)]
    kind: Literal["commercial", "large_amount", "long_term_care", "resident"]
    notice: Annotated[str, Meta(max_length=50, min_length=1, pattern="^[!-~]+$")]
    year: Annotated[int, Meta(ge=1998, le=2100)]
    insured_id: InsuredId | None | UnsetType = UNSET
    paid_on: date | None | UnsetType = UNSET
    product: Product | None | UnsetType = UNSET
    receipt: Receipt1 | None | UnsetType = UNSET


class PremiumTold(Struct, kw_only=True):
    amount_fen: Annotated[int, Meta(description="Fen 分.")]
    by: Literal["you", "insured", "relative"]
    insured_id: int
    kind: str
    left_fen: Annotated[int, Meta(description="Fen 分.")]
    notice: str | None
    paid_at: datetime
    payer_id: int | None
    product: str | None
    reimbursed: bool
    turn: int
    year: int


class Premiums(Struct, kw_only=True):
    items: list[PremiumTold]


Code: TypeAlias = Annotated[str, Meta(max_length=200, min_length=1)]


class Problems(Struct, kw_only=True):
    items: list[Explained]


PotFen: TypeAlias = Annotated[int, Meta(description="Fen 分.", ge=0, le=10000000000000)]


class Queued(Struct, kw_only=True):
    queued: int


class Quota(Struct, kw_only=True):
    """
    The money frozen for the member, spent part included, in fen 分.
    """

    quota_fen: Annotated[int, Meta(ge=0, le=10000000000000)]


class Rank2(Struct, kw_only=True):
    """
    The place of this sharer in the member's order; the lowest pays first.
    """

    rank: Annotated[int, Meta(ge=1, le=1000)]


class ReadTold(Struct, kw_only=True):
    notice_id: str
    read: bool


class RefundAsked(Struct, kw_only=True):
    """
    What of a premium goes back and why; `amount_fen` null for all that is left of it.
    """

    insured_id: Annotated[int, Meta(ge=1, le=9007199254740991)]
    kind: Literal["commercial", "large_amount", "long_term_care", "resident"]
    why: Literal["duplicate", "overpaid", "withdrawn"]
    year: Annotated[int, Meta(ge=1998, le=2100)]
    amount_fen: AmountFen | None | UnsetType = UNSET
    turn: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = 0


class RefundTold(Struct, kw_only=True):
    amount_fen: Annotated[int, Meta(description="Fen 分.")]
    at: datetime
    full: bool
    refund_id: int


Refusal: TypeAlias = Annotated[
    Literal[
        "NOT_OWN_CREDENTIAL",
        "CREDENTIAL_NOT_ACTIVE",
        "IDENTITY_MISMATCH",
        "SETTLEMENT_SUSPENDED",
        "MESSAGE_MALFORMED",
        "PERSON_UNKNOWN",
        "AMOUNTS_DISAGREE",
        "SETTLEMENT_NOT_FOUND",
        "SAME_REQUEST_DIFFERENT_CONTENT",
        "BENEFITS_UNKNOWN",
        "PLACE_NOT_DESIGNATED",
        "STAY_OPEN",
        "MEMBER_NOT_INSURED",
        "MEMBER_NOT_ACTIVE",
        "DUPLICATE_INSURANCE",
        "SHARER_NOT_EMPLOYEE",
        "SHARER_HAS_NO_ACCOUNT",
        "SHARER_NOT_ACTIVE",
        "NOT_A_NEAR_RELATIVE",
        "RELATION_NOT_UNIQUE",
        "REGION_NOT_COVERED",
        "RULE_NOT_IN_FORCE",
        "MEMBER_LIMIT_REACHED",
        "LIFETIME_LIMIT_REACHED",
        "MEMBER_ALREADY_BOUND",
        "MEMBER_IS_SHARER",
        "SHARER_IS_MEMBER",
        "ALREADY_BOUND",
        "PROOF_MISSING",
        "FACE_CHECK_MISSING",
        "AWAITING_CONFIRMATION",
        "INVITE_EXPIRED",
        "UNBIND_NOT_YET",
        "BOND_PAUSED",
        "MODE_NOT_CHOSEN",
        "USE_NOT_ALLOWED",
        "OUT_OF_SCOPE",
        "SHARER_NOT_PICKED",
        "SECOND_SWIPE_NEEDED",
        "ONE_SHARER_PER_SETTLEMENT",
        "OWN_BALANCE_NOT_ZERO",
        "ONLY_CARRY_OVER_SHARED",
        "ALLOCATION_ONCE_A_MONTH",
        "BELOW_RETAINED_MINIMUM",
        "CAP_REACHED",
        "CAP_NOT_ADJUSTABLE",
        "RANK_NOT_ADJUSTABLE",
        "QUOTA_REACHED",
        "QUOTA_BELOW_USED",
        "BALANCE_SHORT",
        "WALLET_NOT_OPEN",
        "WALLET_NOT_ACCEPTED_HERE",
        "WALLET_HOURS",
        "TRANSFER_TOO_LARGE",
        "TRANSFER_COUNT_REACHED",
        "TRANSFER_PENDING",
        "TRANSFER_NOT_PENDING",
        "PREMIUM_ALREADY_PAID",
        "PREMIUM_WINDOW_CLOSED",
        "RECEIPT_ALREADY_USED",
        "ALREADY_REVERSED",
        "NOTHING_TO_REFUND",
        "BUSY",
    ],
    Meta(
        description="Why something is refused, or why a sharer was skipped. When several apply, the first in this order speaks.",
        title="Refusal",
    ),
]


class RegionChosen(Struct, kw_only=True):
    """
    Where the wallet is to be used 使用地.
    """

    region: Annotated[str, Meta(description="医保区划, six digits.", pattern="^[0-9]{6}$")]


Relation: TypeAlias = Annotated[
    Literal[
        "child",
        "child_spouse",
        "cousin",
        "grandchild",
        "grandparent",
        "other",
        "parent",
        "sibling",
        "spouse",
        "spouse_parent",
        "uncle_aunt",
    ],
    Meta(description="What the member is to the sharer.", title="Relation"),
]


class Relative(Struct, kw_only=True):
    """
    Certificate type by the national code (01 for an ID card), number, and name.
    """

    certno: Annotated[str, Meta(max_length=50, min_length=1)]
    name: Annotated[str, Meta(max_length=50, min_length=1)]
    cert_type: Annotated[str, Meta(pattern="^[0-9]{2}$")] | UnsetType = "01"


class ReminderTold(Struct, kw_only=True):
    again_at: datetime | None
    last_at: datetime | None


class Restitution(Struct, kw_only=True):
    """
    What one owner gets back of one settlement, in fen.
    """

    amount_fen: Annotated[int, Meta(ge=1, le=10000000000000)]
    owner_id: Annotated[int, Meta(ge=1, le=9007199254740991)]
    settle_id: Annotated[int, Meta(ge=1, le=9007199254740991)]


class ReturnedTold(Struct, kw_only=True):
    amount_fen: int
    person_id: int


class RiskTold(Struct, kw_only=True):
    name: str
    text: str


class RuleTold(Struct, kw_only=True):
    rule: str
    state: str
    title: str
    words: str
    document: Document | None | UnsetType = UNSET


class SecondAgreed(Struct, kw_only=True):
    """
    Whether the second person agrees.
    """

    agree: bool


class SessionTold(Struct, kw_only=True):
    client_id: str
    sandbox: bool
    scopes: list[str]
    session_id: str
    since: datetime
    until: datetime


class Sessions(Struct, kw_only=True):
    items: list[SessionTold]
    next: str | None


class Settling(Struct, kw_only=True):
    """
    Whose quote it is, as the institution knows him, and what he shows.
    """

    credential: CredentialShown
    patient_id: Annotated[int, Meta(ge=1, le=9223372036854775807)]


class ShareTold(Struct, kw_only=True):
    amount_fen: int
    bond_id: int | None
    name: str
    person_id: int
    pocket: Pocket
    rules: list[RuleTold]


class ShowingAsked(Struct, kw_only=True):
    """
    Whose code the caller would show, and what that person is to him.
    """

    owner: Relative
    relation: Relation


class ShowingTold(Struct, kw_only=True):
    agreed_at: datetime | None
    asked_at: datetime
    ended_at: datetime | None
    helper_id: int
    owner_id: int
    relation: Relation
    showing_id: str
    state: str


class Showings(Struct, kw_only=True):
    items: list[ShowingTold]
    next: str | None


class ShownTold(Struct, kw_only=True):
    at: datetime
    channel: str
    helper_id: int
    owner_id: int


class SignalTold(Struct, kw_only=True):
    facts: dict[str, str]
    kind: str
    settlements: list[int]
    source: str


class Signature(Struct, kw_only=True):
    """
    How a promise was signed: by the name typed, or by a picture of which the SHA-256 is kept (hexadecimal).
    """

    kind: Literal["image", "typed_name"]
    value: str


class Since(Struct, kw_only=True):
    """
    From which moment on.
    """

    since: datetime


class SkippedTold(Struct, kw_only=True):
    person_id: int | None
    rules: list[str]
    who: str
    why: str


class StaffTold(Struct, kw_only=True):
    by: str
    name: str
    office: str
    role: str
    since: datetime
    staff_no: str
    state: Literal["active", "left"]
    why: str


class StandsTold(Struct, kw_only=True):
    helper_id: int
    owner_id: int
    showing_id: str
    state: str


class Start(Struct, kw_only=True):
    health: str
    name: str
    openapi: str
    problems: str
    version: str


class StateWanted(Struct, kw_only=True):
    """
    To let a webhook rest, to wake it, or to close it for good.
    """

    state: Literal["active", "closed", "paused"]


Status: TypeAlias = Annotated[
    Literal["active", "ended", "suspended"],
    Meta(description="参保状态: active 正常, suspended 暂停, ended 终止.", title="Status"),
]


class StepTold(Struct, kw_only=True):
    at: datetime
    by: str
    for_another: bool
    what: str
    why: str


class SumTold(Struct, kw_only=True):
    amount_fen: int
    count: int
    kind: EntryKind
    member_id: int | None
    month: str
    person_id: int | None
    pocket: Pocket


class Sums(Struct, kw_only=True):
    items: list[SumTold]


class TextTold(Struct, kw_only=True):
    id: str
    language: Literal["zh", "en"]
    sha256: str
    title: str
    version: int
    words: str


class Texts(Struct, kw_only=True):
    items: list[TextTold]


Topic: TypeAlias = Annotated[
    Literal[
        "deduction",
        "relative_deduction",
        "reminder",
        "refund",
        "refund_undone",
        "transfer_sent",
        "transfer_to_receive",
        "transfer_received",
        "transfer_returned",
        "premium",
        "premium_refund",
        "restitution",
        "invitation",
        "invitation_accepted",
        "invitation_declined",
        "invitation_withdrawn",
        "invitation_expired",
        "bond_ended",
        "ending_day",
        "showing_asked",
        "showing_agreed",
        "showing_ended",
        "code_shown",
        "application_decided",
        "materials_wanted",
        "looked_at",
        "new_app",
        "webhook_paused",
    ],
    Meta(description="What a notice is about.", title="Topic"),
]


ReceiverId: TypeAlias = Annotated[int, Meta(ge=1, le=9007199254740991)]


class TransferSent(Struct, kw_only=True):
    """
    Money for a relative's wallet: of a bond by `receiver_id`, anybody else by his papers and the `relation`.
    """

    amount_fen: Annotated[int, Meta(ge=1, le=10000000000000)]
    receiver: Relative | None | UnsetType = UNSET
    receiver_id: ReceiverId | None | UnsetType = UNSET
    relation: Relation | None | UnsetType = UNSET
    source: Literal["account", "wallet"] | UnsetType = "account"


TransferState: TypeAlias = Annotated[
    Literal["awaiting_receipt", "received", "returned", "recalled", "declined"],
    Meta(
        description="Where a wallet transfer stands: returned by itself, recalled by the sender, declined by the receiver.",
        title="TransferState",
    ),
]


class TransferTold(Struct, kw_only=True):
    amount_fen: Annotated[int, Meta(description="Fen 分.")]
    direction: Literal["sent", "received"]
    other_id: int
    other_name: str
    return_at: datetime
    sent_at: datetime
    state: TransferState
    transfer_id: str
    unknown: list[RuleTold] | UnsetType = UNSET


class Transfers(Struct, kw_only=True):
    items: list[TransferTold]


class UseDoubted(Struct, kw_only=True):
    amount_fen: int
    at: datetime
    entry_id: int
    patient_id: int
    why: list[Literal["was_not_there", "code_lost", "wrong_amount", "not_family", "other"]]
    words: str


class UseSeen(Struct, kw_only=True):
    at: datetime
    back_fen: int
    institution: str
    place: str
    region: str
    taken_fen: int


class UseTold(Struct, kw_only=True):
    amount_fen: int
    at: datetime
    details: DetailsTold | None
    kind: EntryKind
    member_id: int
    name: str
    place: str
    relation: Relation | None


class UsesTold(Struct, kw_only=True):
    items: list[UseTold]
    months: list[MonthTold]


class VerdictSent(Struct, kw_only=True):
    """
    What is proposed: the rule, months of suspension (0, or 3 to 12), what was spent, what owners get, a fine.
    """

    months: Annotated[int, Meta(ge=0, le=12)]
    rule_id: Annotated[str, Meta(max_length=80, min_length=1)]
    sum_fen: Annotated[int, Meta(ge=0, le=10000000000000)]
    fine_fen: Annotated[int, Meta(ge=0, le=10000000000000)] | UnsetType = 0
    restitutions: Annotated[list[Restitution], Meta(max_length=100)] | UnsetType = field(default_factory=list)


Visit: TypeAlias = Annotated[
    Literal["chronic", "drugstore", "inpatient", "outpatient"],
    Meta(description="普通门诊, 住院, 门诊慢特病, 药店.", title="Visit"),
]


Region1: TypeAlias = Annotated[str, Meta(description="医保区划, six digits.", pattern="^[0-9]{6}$")]


class WalletTold(Struct, kw_only=True):
    balance_fen: Annotated[int, Meta(description="Fen 分.")]
    open: bool
    person_id: int
    phone: str
    region: str | None
    transit_fen: Annotated[int, Meta(description="Fen 分.")]
    freed_fen: Annotated[int, Meta(description="Fen 分.")] | UnsetType = 0
    unknown: list[RuleTold] | UnsetType = UNSET


class WantedTold(Struct, kw_only=True):
    any_of: list[str]
    rule: RuleTold | None
    source: str


class WaysAsked(Struct, kw_only=True):
    """
    A relative with whom the caller has no bond, by his papers, and what he is to the caller.
    """

    relation: Relation
    relative: Relative


class WebhookTold(Struct, kw_only=True):
    failing_since: datetime | None
    old_secret_until: datetime | None
    since: datetime
    state: Literal["active", "paused", "closed"]
    types: list[str]
    url: str
    webhook_id: str


class WebhookWanted(Struct, kw_only=True):
    """
    Where to send events (https), and of which types; all, where none is named.
    """

    url: Annotated[str, Meta(max_length=500, min_length=1)]
    types: Annotated[list[str], Meta(max_length=50)] | UnsetType = field(default_factory=list)


class Webhooks(Struct, kw_only=True):
    items: list[WebhookTold]


class WindowTold(Struct, kw_only=True):
    first: str
    last: str
    open: bool


BondId: TypeAlias = Annotated[int, Meta(ge=1, le=9007199254740991)]


EntryId: TypeAlias = Annotated[int, Meta(ge=1, le=9007199254740991)]


InheritanceId: TypeAlias = Annotated[str, Meta(max_length=80, min_length=1)]


Phone: TypeAlias = Annotated[str, Meta(pattern="^1[3-9][0-9]{9}$")]


Receipt2: TypeAlias = Annotated[str, Meta(max_length=80, min_length=1)]


Receipts: TypeAlias = Annotated[list[Receipt2], Meta(max_length=50)]


Region2: TypeAlias = Annotated[str, Meta(pattern="^\\d{6}$")]


TotalFen: TypeAlias = Annotated[int, Meta(ge=1, le=10000000000000)]


Why: TypeAlias = Annotated[
    list[Literal["code_lost", "not_family", "other", "was_not_there", "wrong_amount"]],
    Meta(max_length=5, min_length=1),
]


class WishSent(Struct, kw_only=True):
    """
    What is asked for. Each kind has fields of its own: those that it does not name stay null.

        bind: `bond_id`. reimbursement: `receipts`, `total_fen`. inheritance: `inheritance_id`, `to`. guardian: `person`.
        open_wallet: `person`, `relation`, `region`. change_phone: `phone`. doubted_use: `entry_id` of the caller's own
        statement, `why`, and `words` where that says too little.
    """

    kind: Literal["bind", "change_phone", "doubted_use", "guardian", "inheritance", "open_wallet", "reimbursement"]
    bond_id: BondId | None | UnsetType = UNSET
    entry_id: EntryId | None | UnsetType = UNSET
    inheritance_id: InheritanceId | None | UnsetType = UNSET
    materials: Annotated[list[Material], Meta(max_length=20)] | UnsetType = field(default_factory=list)
    person: Relative | None | UnsetType = UNSET
    phone: Phone | None | UnsetType = UNSET
    receipts: Receipts | None | UnsetType = UNSET
    region: Region2 | None | UnsetType = UNSET
    relation: Relation | None | UnsetType = UNSET
    to: Literal["account", "cash"] | None | UnsetType = UNSET
    total_fen: TotalFen | None | UnsetType = UNSET
    why: Why | None | UnsetType = UNSET
    words: Annotated[str, Meta(max_length=1000)] | UnsetType = ""


class Words(Struct, kw_only=True):
    """
    What is said.
    """

    words: Annotated[str, Meta(max_length=4000, min_length=2)]


Work: TypeAlias = Annotated[
    Literal["flexible", "in_service", "retired"],
    Meta(description="在职, 退休, 灵活就业.", title="Work"),
]


class Agreed(Struct, kw_only=True):
    """
    What somebody says he agreed to: a text of the catalogue, in the language he read it in, and his signature.
    """

    language: Literal["en", "zh"]
    signature: Signature
    version: int


class Answer(Struct, kw_only=True):
    """
    The member's answer. `agreed` is wanted to accept; `details` lets the one who pays see medicines.
    """

    how: Literal["accepted", "declined", "not_my_relative"]
    agreed: Agreed | None | UnsetType = UNSET
    details: Agreed | None | UnsetType = UNSET


class ApplicationTold(Struct, kw_only=True):
    appeal_until: datetime | None
    appealed: bool
    applicant_id: int
    application_id: str
    bond_id: int | None
    due_at: datetime | None
    effect: Effect | None
    holder: str
    inheritance_id: str | None
    kind: Literal["bind", "reimbursement", "inheritance", "guardian", "open_wallet", "change_phone", "doubted_use"]
    made_at: datetime
    materials: list[str]
    missing: list[WantedTold]
    office: str
    person_id: int | None
    receipts: list[str]
    refused_by: RuleTold | None
    risks: list[RiskTold]
    state: str
    steps: list[StepTold]
    told: list[WantedTold]
    total_fen: int | None
    use: UseDoubted | None
    wanted: list[WantedTold]


class Applications(Struct, kw_only=True):
    items: list[ApplicationTold]
    next: str | None


class BalancesAtTold(Struct, kw_only=True):
    at: datetime
    person_id: int
    pockets: list[PocketTold]
    total_fen: int


class Begun(Struct, kw_only=True):
    """
    Whose care is looked through, over which time, and why.

        `reported`, by an institution: another's credential was shown. With `open` a case is opened where there is a signal.
    """

    person: Relative
    reason: Annotated[str, Meta(max_length=200, min_length=2)]
    since: datetime
    until: datetime
    open: bool | UnsetType = False
    reported: Reported | None | UnsetType = UNSET


Lines: TypeAlias = Annotated[list[LineAsked], Meta(max_length=1000, min_length=1)]


class BillAsked(Struct, kw_only=True):
    """
    A bill: at an institution by its code, or at a place of some kind in a region; with `lines` or with `parts`.

        `picked` are the numbers of the relatives picked at the counter, where the region asks for it; `swipe` is 1 or 2.
    """

    institution: Institution | None | UnsetType = UNSET
    level: Annotated[int, Meta(ge=1, le=3)] | UnsetType = 2
    lines: Lines | None | UnsetType = UNSET
    parts: PartsAsked | None | UnsetType = UNSET
    picked: Picked | None | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    region: Region | None | UnsetType = UNSET
    swipe: Swipe | None | UnsetType = UNSET
    visit: Visit | UnsetType = UNSET


class BondChecked(Struct, kw_only=True):
    """
    A bond that the caller, who would pay, thinks of; `relation` is what the relative is to him.
    """

    relation: Relation
    relative: Relative
    cap_fen: CapFen | None | UnsetType = UNSET
    modes: Annotated[list[Mode], Meta(max_length=2)] | UnsetType = field(
        default_factory=lambda: convert(["pay", "premium"], type=list[Mode])
    )
    proof: (
        Annotated[
            list[Literal["birth_certificate", "hukou", "marriage_certificate", "pledge"]],
            Meta(max_length=4),
        ]
        | UnsetType
    ) = field(default_factory=list)
    quota_fen: QuotaFen | None | UnsetType = UNSET
    rank: Rank | None | UnsetType = UNSET
    since: datetime | None | UnsetType = UNSET


class BondTold(Struct, kw_only=True):
    bond_id: int
    cap_fen: int | None
    ended_at: datetime | None
    member_id: int
    modes: list[Mode]
    quota_fen: int | None
    rank: int | None
    relation: Relation
    sharer_id: int
    since: datetime
    state: BondState
    until: datetime | None
    used_fen: int
    once: bool | UnsetType = False
    paused_until: date | None | UnsetType = UNSET


class Bonds(Struct, kw_only=True):
    items: list[BondTold]
    next: str | None


class ByLink(Struct, kw_only=True):
    answer: str
    answer_by: datetime | None
    from_name: str
    invitation_id: str
    lasts: Literal["once", "day", "cancelled"]
    modes: list[Mode]
    relation: Relation
    until: datetime | None
    you_pay_fen: int | UnsetType = 0


class CallTold(Struct, kw_only=True):
    bring: str
    call_id: str
    checked: bool
    holder: str
    known: bool
    made_at: datetime
    number: str
    state: Literal["waiting", "taken", "answered", "served"]
    steps: list[StepTold]


class Calls(Struct, kw_only=True):
    items: list[CallTold]
    over: list[CallTold]


class CareAsked(Struct, kw_only=True):
    """
    A bill that the patient paid in cash, and the day of care.

        `discharged_on` ends a hospital stay that began on `visited_on`.
    """

    bill: BillAsked
    visited_on: date
    discharged_on: date | None | UnsetType = UNSET


class CaseTold(Struct, kw_only=True):
    appealed: bool
    due_at: datetime | None
    fine_fen: int
    heard: str
    hearing_until: datetime | None
    inspection_id: str
    months: int
    office: str
    opened_at: datetime
    person_id: int
    restitutions: list[Restitution]
    rule: RuleTold | None
    signals: list[SignalTold]
    state: str
    steps: list[StepTold]
    sum_fen: int
    suspended_until: str | None


class Cases(Struct, kw_only=True):
    items: list[CaseTold]
    next: str | None


class ChannelAppTold(Struct, kw_only=True):
    client_id: str
    grant_types: list[GrantType]
    kind: AppKind
    name_en: str
    name_zh: str
    public: bool
    redirect_uris: list[str]
    registered_at: datetime
    registered_by: str
    requests_per_minute: int
    scopes: list[str]
    staff: bool
    state: AppState
    why: str


class ChannelApps(Struct, kw_only=True):
    items: list[ChannelAppTold]
    next: str | None


class ClaimAsked(Struct, kw_only=True):
    """
    A bill that the patient paid in cash: his papers, the day of care, and the numbers of all receipts.

        `discharged_on` ends a hospital stay that began on `visited_on`.
    """

    bill: BillAsked
    patient: Relative
    receipts: Annotated[list[Receipt], Meta(max_length=50, min_length=1)]
    visited_on: date
    discharged_on: date | None | UnsetType = UNSET


class ClaimTold(Struct, kw_only=True):
    inheritance_id: str
    paid_fen: int
    state: str
    unknown: list[RuleTold]


class Claimed(Struct, kw_only=True):
    """
    Whose inheritance the caller claims, what the dead person was to him, and the proofs (numbers of materials).
    """

    dead: Relative
    proofs: Annotated[list[Proof], Meta(max_length=20)]
    relation: Relation


class ConsentTold(Struct, kw_only=True):
    bond_id: int
    by_another: bool
    cap_fen: int | None
    changes: list[ChangeTold]
    channel: str
    consent_id: str
    details: bool
    given_at: datetime
    given_by_me: bool
    lasts: Literal["once", "day", "cancelled"]
    modes: list[Mode]
    pot_fen: int | None
    quota_fen: int | None
    side: Literal["sharer", "member"]
    signed: str
    state: str
    text: TextTold
    until: datetime | None


class Consents(Struct, kw_only=True):
    items: list[ConsentTold]
    next: str | None


class Decided(Struct, kw_only=True):
    """
    Approved, or refused by a row of the rules, which has to speak for that office today.

        Who approves a reimbursement tells the `figures` of the bill, as its receipts have them; nobody else does. Who
        answers a report of a doubted use tells in `why` what was found out, to the one who reported it; no rule is wanted.
    """

    approve: bool
    figures: CareAsked | None | UnsetType = UNSET
    rule_id: Annotated[str, Meta(max_length=80)] | UnsetType = ""
    why: Annotated[str, Meta(max_length=1000)] | UnsetType = ""


class Deliveries(Struct, kw_only=True):
    items: list[DeliveryTold]
    next: str | None


class Details(Struct, kw_only=True):
    """
    Whether the one who pays may see medicines; yes wants `agreed`.
    """

    details: bool
    agreed: Agreed | None | UnsetType = UNSET


class DifferenceTold(Struct, kw_only=True):
    amount_fen: int
    at: datetime
    difference_id: str
    entry_id: int
    kind: Literal["returned", "reversed", "restituted"]
    owner: str
    person_id: int
    state: str
    steps: list[StepTold]


class Differences(Struct, kw_only=True):
    checked_at: datetime | None
    items: list[DifferenceTold]
    next: str | None


class EndedTold(Struct, kw_only=True):
    at: datetime
    bond_ids: list[int]
    duty: RuleTold | None
    freed_fen: int


class GivenBackTold(Struct, kw_only=True):
    amount_fen: int
    at: datetime
    cash_fen: int
    full: bool
    left_fen: int
    quote_id: str
    refund_id: int
    returned: list[ReturnedTold]
    settle_id: int


class HelpChecked(Struct, kw_only=True):
    """
    A family without names: who would pay, what the relative is to him, and both insurances; null: not known.
    """

    member_region: Annotated[str, Meta(description="医保区划, six digits.", pattern="^[0-9]{6}$")]
    region: Annotated[str, Meta(description="医保区划, six digits.", pattern="^[0-9]{6}$")]
    relation: Relation
    account: bool | UnsetType = True
    at: datetime | None | UnsetType = UNSET
    member_scheme: Literal["employee", "none", "resident"] | None | UnsetType = UNSET
    scheme: Literal["employee", "none", "resident"] | None | UnsetType = UNSET


class HelperSent(Struct, kw_only=True):
    """
    Who may act for the caller, in what (names of scopes), until when: a year at most.
    """

    holder: Relative
    operations: Annotated[list[Operation], Meta(max_length=30, min_length=1)]
    until: datetime


class HelpsTold(Struct, kw_only=True):
    items: list[HelpTold]
    months: list[MonthTold]


class InvitationTold(Struct, kw_only=True):
    answer: str
    answer_by: datetime | None
    answered_at: datetime | None
    bond_id: int
    cap_fen: int | None
    channel: str
    invitation_id: str
    lasts: Literal["once", "day", "cancelled"]
    made_at: datetime
    member_id: int
    modes: list[Mode]
    pot_fen: int | None
    quota_fen: int | None
    relation: Relation
    sharer_id: int
    until: datetime | None


class Invitations(Struct, kw_only=True):
    items: list[InvitationTold]
    next: str | None


class InvitedTold(Struct, kw_only=True):
    answer: str
    bond: BondState
    bond_id: int
    invitation_id: str
    answer_by: datetime | None | UnsetType = UNSET
    freed_fen: int | UnsetType = 0
    link: str | None | UnsetType = UNSET
    unknown: list[RuleTold] | UnsetType = UNSET


class LineRefused(Struct, kw_only=True):
    field_: str | None = field(name="field")
    line: int
    refusal: Refusal
    title: str


class Lookup(Struct, kw_only=True):
    """
    Whom one of the staff looks up, by his papers, and why.
    """

    person: Relative
    reason: Annotated[str, Meta(max_length=200, min_length=2)]


class MovementTold(Struct, kw_only=True):
    amount_fen: int
    at: datetime
    balance_fen: int
    entry_id: int | None
    kind: EntryKind
    member_id: int | None
    name: str
    person_id: int | None
    place: str
    pocket: Pocket
    quota: bool
    recorded_at: datetime | None
    refund_id: int | None
    relation: Relation | None
    settle_id: int | None
    transfer_id: str | None
    undoes: bool


class NoticeTold(Struct, kw_only=True):
    amount_fen: int | None
    at: datetime
    notice_id: str
    other_id: str | None
    other_name: str | None
    path: str
    place: str | None
    read_at: datetime | None
    told_at: datetime
    topic: Topic
    words: str


class Notices(Struct, kw_only=True):
    items: list[NoticeTold]
    next: str | None
    unread: Annotated[int, Meta(ge=0, le=100)]


class PartTold(Struct, kw_only=True):
    amount_fen: Annotated[int, Meta(description="Fen 分.")]
    bond_id: int | None
    person_id: int
    pocket: Pocket


class PayerTold(Struct, kw_only=True):
    amount_fen: Annotated[int, Meta(description="Fen 分.")]
    back_fen: Annotated[int, Meta(description="Fen 分.")]
    counts: bool
    person_id: int | None
    pocket: Pocket | None
    rules: list[str]
    step: str
    who: str
    why: str


class PersonLine(Struct, kw_only=True):
    """
    A person as a line of the file of `gongji import people` tells him; codes as in the national tables.
    """

    cert_type: Annotated[str, Meta(max_length=200)]
    certno: Annotated[str, Meta(max_length=200)]
    insured: Insurance
    name: Annotated[str, Meta(max_length=200)]
    psn_no: Annotated[str, Meta(max_length=30, min_length=1)]
    region: Annotated[str, Meta(max_length=200)]
    account: bool | None | UnsetType = UNSET
    born: date | None | UnsetType = UNSET
    card_no: Annotated[str, Meta(max_length=200)] | UnsetType = ""
    card_sn: Annotated[str, Meta(max_length=200)] | UnsetType = ""
    employer: Annotated[str, Meta(max_length=200)] | UnsetType = ""
    enrolled_months: Annotated[int, Meta(ge=0, le=1200)] | UnsetType = 0
    nation: Annotated[str, Meta(max_length=200)] | UnsetType = "01"
    retired_on: date | None | UnsetType = UNSET
    sex: Annotated[str, Meta(max_length=200)] | UnsetType = ""
    since: date | None | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    tier: Tier | None | UnsetType = UNSET
    work: Work | UnsetType = UNSET


class PersonTold(Struct, kw_only=True):
    account: bool
    alive: bool
    bonds: list[BondTold]
    insured: Insurance
    person_id: int
    region: str
    status: Status
    suspended_until: datetime | None
    wallet_open: bool


class Presence(Struct, kw_only=True):
    """
    Who stands at the counter, how the clerk made sure of it, and what it is about.

        `code` is an e-credential code that he showed, and is used up by it; `material` an ID card or household book of his,
        by number, that this clerk has just taken in. What moves money, or forms or ends a bond, wants one of the two, not
        half an hour old; else this is the clerk's word alone.
    """

    how: Literal["card", "face", "home_visit", "id_in_hand", "known_helper"]
    person: Relative
    reason: Annotated[str, Meta(max_length=200, min_length=2)]
    code: Code | None | UnsetType = UNSET
    material: Material | None | UnsetType = UNSET


class Problem(Struct, kw_only=True):
    detail: str
    instance: str
    money_moved: bool | None
    next: list[str]
    status: Annotated[int, Meta(ge=400, le=599)]
    title: str
    type: str
    day: str | UnsetType = UNSET
    document: Document | UnsetType = UNSET
    field_: str | UnsetType = field(name="field", default=UNSET)
    figures: dict[str, str] | UnsetType = UNSET
    others: list[Refusal] | UnsetType = UNSET
    refusal: Refusal | UnsetType = UNSET
    region: str | UnsetType = UNSET
    request_id: str | UnsetType = UNSET
    rule: str | UnsetType = UNSET
    subject: str | UnsetType = UNSET


class Proposed(Struct, kw_only=True):
    """
    A bond that the caller, who would pay, asks for. `relation` is what the relative is to him.

        `lasts` is "once" for one payment, "day" with `until`, or "cancelled" for until it is taken back.
    """

    agreed: Agreed
    lasts: Literal["cancelled", "day", "once"]
    modes: Annotated[list[Mode], Meta(max_length=2)]
    relation: Relation
    relative: Relative
    cap_fen: CapFen | None | UnsetType = UNSET
    pot_fen: PotFen | None | UnsetType = UNSET
    proof: (
        Annotated[
            list[Literal["birth_certificate", "hukou", "marriage_certificate", "pledge"]],
            Meta(max_length=4),
        ]
        | UnsetType
    ) = field(default_factory=list)
    quota_fen: QuotaFen | None | UnsetType = UNSET
    rank: Rank | None | UnsetType = UNSET
    since: datetime | None | UnsetType = UNSET
    until: datetime | None | UnsetType = UNSET


class Queue(Struct, kw_only=True):
    decided_today: int
    items: list[ApplicationTold]


class Reason(Struct, kw_only=True):
    next: list[str]
    refusal: Refusal
    title: str
    day: str | None | UnsetType = UNSET
    document: Document | None | UnsetType = UNSET
    figures: dict[str, str] | UnsetType = UNSET
    region: str | None | UnsetType = UNSET
    rule: str | None | UnsetType = UNSET
    subject: str | None | UnsetType = UNSET


class ReimbursementTold(Struct, kw_only=True):
    cash_fen: Annotated[int, Meta(description="Fen 分.")]
    layers: dict[str, int]
    paid_out_fen: Annotated[int, Meta(description="Fen 分.")]
    parts: list[PartTold]
    patient_id: int
    receipts: list[str]
    reimbursement_id: str
    settle_id: int
    state: str
    total_fen: Annotated[int, Meta(description="Fen 分.")]
    unknown: list[RuleTold]
    visited_on: date


class Report(Struct, kw_only=True):
    entered: int
    known: int
    refused: list[LineRefused]


class SendingTold(Struct, kw_only=True):
    most_fen: Annotated[int, Meta(description="Fen 分.")]
    reasons: list[Reason]
    source: Literal["account", "wallet"]
    verdict: Literal["yes", "no", "unsure"]


class SheetCheckTold(Struct, kw_only=True):
    any_of: list[str]
    name: str
    passed: bool
    reason: Reason | None
    rule: RuleTold | None
    source: str
    text: str


class ShowingAnswer(Struct, kw_only=True):
    """
    The owner's answer, or his guardian's; yes wants `agreed`.
    """

    yes: bool
    agreed: Agreed | None | UnsetType = UNSET


class ShownPage(Struct, kw_only=True):
    items: list[ShownTold]
    next: str | None


class SkipTold(Struct, kw_only=True):
    bond_id: int | None
    name: str
    person_id: int
    reason: Reason


class SomeoneTold(Struct, kw_only=True):
    account: bool
    age: int
    alive: bool
    born: date
    cert_type: str
    certno_end: str
    insured: Insurance
    name: str
    person_id: int
    region: str
    side: Literal["applicant", "about", "sharer", "member"]
    status: Status
    wallet_open: bool


class StaffPage(Struct, kw_only=True):
    items: list[StaffTold]
    next: str | None


class StatementTold(Struct, kw_only=True):
    closing: list[PocketTold]
    items: list[MovementTold]
    next: str | None
    opening: list[PocketTold]


class UseCheckTold(Struct, kw_only=True):
    depends: bool
    kinds: list[str]
    reasons: list[Reason]
    rests_on: list[RuleTold]
    use: Literal["pay", "premium", "quota", "transfer"]
    verdict: Literal["yes", "no", "unsure"]


class WalletOpened(Struct, kw_only=True):
    """
    Where the wallet is used (null: where its owner is insured), its phone, and the text `wallet` agreed to.
    """

    agreed: Agreed
    phone: Annotated[str, Meta(pattern="^1[3-9][0-9]{9}$")]
    region: Region1 | None | UnsetType = UNSET


class WebhookMade(Struct, kw_only=True):
    secret: str
    webhook: WebhookTold


class BillTold(Struct, kw_only=True):
    bundle: str
    e_bill: EBillTold
    e_bill_left: EBillTold
    institution: str | None
    patient: str
    payers: list[PayerTold]
    proved: bool
    refunds: list[RefundTold]
    settle_id: int
    settled_at: datetime
    skipped: list[SkippedTold]
    visited_on: str


class CareLooked(Struct, kw_only=True):
    case: CaseTold | None
    signals: list[SignalTold]


class CheckTold(Struct, kw_only=True):
    fixed: Reason | None
    from_when: datetime
    reasons: list[Reason]
    state: BondState
    terms: list[RuleTold]
    unknown: list[RuleTold]
    uses: list[UseCheckTold]
    verdict: Literal["yes", "no", "unsure"]


class EndingOutlookTold(Struct, kw_only=True):
    bond_id: int
    earliest: date | None
    fault: Reason | None
    freed_fen: int
    last: bool
    open_quotes: int


class HelpCheckTold(Struct, kw_only=True):
    at: datetime
    uses: list[UseCheckTold]


class KinTold(Struct, kw_only=True):
    answer_by: datetime | None
    bond: BondTold
    direction: Literal["i_help", "helps_me"]
    earliest_end: date | None
    generation: Literal["elder", "same", "younger", "other"]
    invitation_id: str | None
    left_fen: int | None
    name: str
    person_id: int
    pot_fen: int | None
    reasons: list[Reason]
    state: Literal[
        "active", "paused", "awaiting_confirmation", "awaiting_review", "not_begun", "used_up", "ended", "expired"
    ]
    used_this_month_fen: int
    used_this_year_fen: int


class KindTold(Struct, kw_only=True):
    kind: Literal["resident", "large_amount", "long_term_care", "commercial"]
    most_fen: Annotated[int, Meta(description="Fen 分.")]
    paid: PremiumTold | None
    payable: bool
    reasons: list[Reason]


class PeopleSent(Struct, kw_only=True):
    """
    Lines of people.
    """

    lines: Annotated[list[PersonLine], Meta(max_length=200, min_length=1)]


class PremiumOutlookTold(Struct, kw_only=True):
    insured_id: int
    kinds: list[KindTold]
    reimbursed: bool
    rules: list[RuleTold]
    window: WindowTold | None
    year: int


class QuotaTold(Struct, kw_only=True):
    bond_id: int | None
    most_more_fen: Annotated[int, Meta(description="Fen 分.")]
    quota_fen: int | None
    reasons: list[Reason]
    used_fen: int | None
    verdict: Literal["yes", "no", "unsure"]


class QuoteTold(Struct, kw_only=True):
    bundle: str
    cash_fen: int
    hospital_fen: int
    layers: dict[str, int]
    next_id: str | None
    patient_id: int
    quote_id: str
    settle_id: int | None
    shares: list[ShareTold]
    skips: list[SkipTold]
    state: str
    total_fen: int
    unknown: list[RuleTold]
    until: datetime
    void: list[ChangedTold]


class SheetTold(Struct, kw_only=True):
    application: ApplicationTold
    bond: BondTold | None
    checks: list[SheetCheckTold]
    grounds: list[RuleTold]
    materials: list[MaterialTold]
    people: list[SomeoneTold]
    phone: str | None
    region: str | None
    relation: Relation | None
    use: UseSeen | None


class WaysTold(Struct, kw_only=True):
    holds: Literal["transfer", "quota"] | None
    limits: LimitsTold
    minimum_fen: Annotated[int, Meta(description="Fen 分.")]
    quota: QuotaTold
    receiver_open: bool
    relation: Relation
    relative_id: int
    rules: list[RuleTold]
    sender_open: bool
    sendings: list[SendingTold]
    unknown: list[RuleTold]


class Family(Struct, kw_only=True):
    elder: list[KinTold]
    other: list[KinTold]
    same: list[KinTold]
    used_this_month_fen: int
    younger: list[KinTold]


class OutcomeTold(Struct, kw_only=True):
    anew: QuoteTold | None
    changes: list[ChangedTold]
    quote_id: str
    settle_id: int | None
    settled: bool
