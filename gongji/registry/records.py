"""The records of the registry besides `Insured` and `Bond` of the ground floor."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from gongji.domain.bill import FeeLine


class WrongKeyError(Exception):
    """What was sealed cannot be opened with this key, or is not what was sealed."""


class Identity(Struct, frozen=True, kw_only=True):
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
    ec_token: str = ""
    sex: str = "9"
    nation: str = "01"
    employer: str = ""


class Institution(Struct, frozen=True, kw_only=True):
    """A designated institution 定点医药机构."""

    code: str
    name: str
    kind: Literal["hospital", "pharmacy", "checkup", "vaccination"]
    level: int
    region: str
    takes_wallet: bool = True
    designated: bool = True


class UploadedLine(Struct, frozen=True, kw_only=True):
    """A fee line as uploaded by 2204 and split by the catalogue; amounts in fen, `settled_by` once it is paid.

    `ratio_bp` is the fund's ratio that its settlement was decided by, `deducted_fen` (on the first line) what that
    counted to the deductible; `refunded` tells that it was given back, `swiped` that a first swipe asked for its batch.
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


class Visit(Struct, frozen=True, kw_only=True):
    """A registered visit 就诊: from 2201 to its settlement. `swiped_at` is a first swipe that asked for a second."""

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


class SignIn(Struct, frozen=True, kw_only=True):
    """An operator's sign-in 签到."""

    sign_no: str
    institution: str
    operator: str
    signed_at: datetime
    ended_at: datetime | None = None
