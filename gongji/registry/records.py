"""The records of the registry besides `Insured` and `Bond` of the ground floor."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from gongji.domain.bill import FeeLine
from gongji.domain.bill import Visit as VisitKind


class WrongKeyError(Exception):
    """What was sealed cannot be opened with this key, or is not what was sealed."""


class Identity(Struct, frozen=True, kw_only=True, gc=False):
    """By which papers a person is known. Name and numbers are encrypted at rest and found by keyed hash.

    Codes as in the national tables: `cert_type` psn_cert_type, `sex` gend, `nation` naty.
    """

    person_id: int
    psn_no: str
    name: str
    cert_type: str
    certno: str
    card_no: str = ""
    card_sn: str = ""
    sex: str = "9"
    nation: str = "01"
    employer: str = ""


class Institution(Struct, frozen=True, kw_only=True, gc=False):
    """A designated institution 定点医药机构."""

    code: str
    name: str
    kind: Literal["hospital", "pharmacy", "checkup", "vaccination"]
    level: int
    region: str
    takes_wallet: bool = True
    designated: bool = True


class UploadedLine(Struct, frozen=True, kw_only=True, gc=False):
    """A fee line as uploaded by 2204 and split by the catalogue; amounts in fen, `settled_by` once it is paid.

    `ratio_bp` is the fund's ratio that its settlement was decided by, `deducted_fen` (on the first line) what that
    counted to the deductible; `refunded` tells that it was given back, `swiped` that a first swipe asked for its batch.
    `count` and `price` stand as they were told; a line that takes back another one (`takes_back` is its number) has a
    negative count and amounts. `told` is what else was told of it, by the names of the national tables. `final` tells
    that it was settled by the final settlement of a hospital stay.
    """

    line_no: str
    batch: str
    code: str
    name: str
    amount_fen: int
    fee: FeeLine
    off_catalogue_fen: int
    over_limit_fen: int
    first_self_pay_fen: int
    in_scope_fen: int
    settled_by: int | None = None
    ratio_bp: int = 0
    refunded: bool = False
    deducted_fen: int = 0
    swiped: bool = False
    occurred_at: datetime | None = None
    count: str = ""
    price: str = ""
    takes_back: str = ""
    told: dict[str, str] = {}
    final: bool = False


class RefundType(StrEnum):
    """What of an order goes back, by the codes of refdType."""

    ALL = "ALL"
    CASH = "CASH"
    INSURANCE = "HI"


class Order(Struct, frozen=True, kw_only=True, gc=False):
    """An order of mobile payment 移动支付订单: the lines of the visit's `batch`, which have to add up to `total_fen`.

    `opened` tells that the visit was registered for it, `refunded` what of it went back last, None for nothing yet.
    `bundle` is the digest of the rules it was made under, which it is paid by.
    """

    reference: str
    batch: str
    total_fen: int
    kind: VisitKind
    med_type: str
    account_used: bool = True
    opened: bool = False
    revoked: bool = False
    refunded: RefundType | None = None
    bundle: str = ""


class Visit(Struct, frozen=True, kw_only=True, gc=False):
    """A registered visit 就诊, from registration or admission to its settlement.

    `in_hospital` is true from admission to discharge, `ended_at` the discharge. `swiped_at` is a first swipe that asked
    for a second. `told` is what else was told of it (doctor, ward, diagnosis), by the names of the national tables.
    `orders` are those of mobile payment, by number.
    """

    visit_id: str
    book_id: int
    institution: str
    reference: str
    begun_at: datetime
    insutype: str
    med_type: str = ""
    cancelled: bool = False
    lines: tuple[UploadedLine, ...] = ()
    swiped_at: datetime | None = None
    in_hospital: bool = False
    ended_at: datetime | None = None
    told: dict[str, str] = {}
    orders: dict[str, Order] = {}


class CodeUse(Struct, frozen=True, kw_only=True, gc=False):
    """An e-credential code 电子凭证令牌 that has been used: by its digest, for which visit, and the request it paid.

    A code serves one visit, and one settlement of it (`spent_by`, "" while none).
    """

    digest: bytes
    book_id: int
    visit_id: str
    used_at: datetime
    spent_by: str = ""


class SignIn(Struct, frozen=True, kw_only=True, gc=False):
    """An operator's sign-in 签到."""

    sign_no: str
    institution: str
    operator: str
    signed_at: datetime
    ended_at: datetime | None = None
