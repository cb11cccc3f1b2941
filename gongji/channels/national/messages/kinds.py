"""The kinds of fields that messages have. Written by `python interface/build.py` from the national tables.

Text is so many characters long; Filled text is not empty. A code is as its dictionary
has it, or empty where it is a Maybe. A Written number is text that is a JSON number; answers have them.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Raw

from gongji.channels.national.fields import Number

Moment = Annotated[datetime, Meta(tz=False)]
MomentText = Annotated[str, Meta(pattern=r"\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\Z")]
DayText = Annotated[str, Meta(pattern=r"\A\d{4}-\d\d-\d\d\Z")]

Filled3 = Annotated[str, Meta(min_length=1, max_length=3)]
Filled4 = Annotated[str, Meta(min_length=1, max_length=4)]
Filled6 = Annotated[str, Meta(min_length=1, max_length=6)]
Filled10 = Annotated[str, Meta(min_length=1, max_length=10)]
Filled20 = Annotated[str, Meta(min_length=1, max_length=20)]
Filled30 = Annotated[str, Meta(min_length=1, max_length=30)]
Filled40 = Annotated[str, Meta(min_length=1, max_length=40)]
Filled50 = Annotated[str, Meta(min_length=1, max_length=50)]
Filled64 = Annotated[str, Meta(min_length=1, max_length=64)]
Filled100 = Annotated[str, Meta(min_length=1, max_length=100)]
Filled200 = Annotated[str, Meta(min_length=1, max_length=200)]
Filled300 = Annotated[str, Meta(min_length=1, max_length=300)]
Text3 = Annotated[str, Meta(max_length=3)]
Text6 = Annotated[str, Meta(max_length=6)]
Text10 = Annotated[str, Meta(max_length=10)]
Text12 = Annotated[str, Meta(max_length=12)]
Text20 = Annotated[str, Meta(max_length=20)]
Text30 = Annotated[str, Meta(max_length=30)]
Text32 = Annotated[str, Meta(max_length=32)]
Text40 = Annotated[str, Meta(max_length=40)]
Text50 = Annotated[str, Meta(max_length=50)]
Text64 = Annotated[str, Meta(max_length=64)]
Text100 = Annotated[str, Meta(max_length=100)]
Text150 = Annotated[str, Meta(max_length=150)]
Text200 = Annotated[str, Meta(max_length=200)]
Text255 = Annotated[str, Meta(max_length=255)]
Text300 = Annotated[str, Meta(max_length=300)]
Text500 = Annotated[str, Meta(max_length=500)]
Text1000 = Annotated[str, Meta(max_length=1000)]
Text1024 = Annotated[str, Meta(max_length=1024)]
Text2000 = Annotated[str, Meta(max_length=2000)]
Text4000 = Annotated[str, Meta(max_length=4000)]

AcctUsedFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)\Z", extra={"codes": "acct_used_flag"})]
MaybeAcctUsedFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)?\Z", extra={"codes": "acct_used_flag"})]
MaybeBirctrlType = Annotated[str, Meta(pattern=r"\A(?:[1-9])?\Z", extra={"codes": "birctrl_type"})]
BizType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{5})\Z", extra={"codes": "biz_type"})]
CallType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})\Z", extra={"codes": "call_type"})]
MaybeCallType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})?\Z", extra={"codes": "call_type"})]
ChrgitmLv = Annotated[str, Meta(pattern=r"\A(?:01|02|03)\Z", extra={"codes": "chrgitm_lv"})]
MaybeChrgitmLv = Annotated[str, Meta(pattern=r"\A(?:01|02|03)?\Z", extra={"codes": "chrgitm_lv"})]
ClrType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2,6})\Z", extra={"codes": "clr_type"})]
MaybeClrType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2,6})?\Z", extra={"codes": "clr_type"})]
MaybeClrWay = Annotated[str, Meta(pattern=r"\A(?:[0-9]{1,6})?\Z", extra={"codes": "clr_way"})]
CvlservFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)\Z", extra={"codes": "cvlserv_flag"})]
MaybeCvlservFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)?\Z", extra={"codes": "cvlserv_flag"})]
MaybeDiagType = Annotated[str, Meta(pattern=r"\A(?:1|2|3)?\Z", extra={"codes": "diag_type"})]
MaybeDscgWay = Annotated[str, Meta(pattern=r"\A(?:1|2|3|4|5|9)?\Z", extra={"codes": "dscg_way"})]
FeeType = Annotated[str, Meta(pattern=r"\A(?:01|02)\Z", extra={"codes": "fee_type"})]
FixmedinsType = Annotated[str, Meta(pattern=r"\A(?:1|2|3|4|5)\Z", extra={"codes": "fixmedins_type"})]
FundPayType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{6,8})\Z", extra={"codes": "fund_pay_type"})]
MaybeFundPayType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{6,8})?\Z", extra={"codes": "fund_pay_type"})]
Gend = Annotated[str, Meta(pattern=r"\A(?:0|1|2|9)\Z", extra={"codes": "gend"})]
MaybeGend = Annotated[str, Meta(pattern=r"\A(?:0|1|2|9)?\Z", extra={"codes": "gend"})]
MaybeHospApprFlag = Annotated[str, Meta(pattern=r"\A(?:0|1|2)?\Z", extra={"codes": "hosp_appr_flag"})]
MaybeHospLv = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})?\Z", extra={"codes": "hosp_lv"})]
MaybeInhospStas = Annotated[str, Meta(pattern=r"\A(?:0|1)?\Z", extra={"codes": "inhosp_stas"})]
Insutype = Annotated[str, Meta(pattern=r"\A(?:[0-9]{3,6})\Z", extra={"codes": "insutype"})]
MaybeInsutype = Annotated[str, Meta(pattern=r"\A(?:[0-9]{3,6})?\Z", extra={"codes": "insutype"})]
ListType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{3})\Z", extra={"codes": "list_type"})]
MaybeMatnType = Annotated[str, Meta(pattern=r"\A(?:1|2|3|4|5|6|7|9)?\Z", extra={"codes": "matn_type"})]
MdtrtCertType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})\Z", extra={"codes": "mdtrt_cert_type"})]
MaybeMdtrtCertType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})?\Z", extra={"codes": "mdtrt_cert_type"})]
MedChrgitmType = Annotated[
    str, Meta(pattern=r"\A(?:01|02|03|04|05|06|07|08|09|10|11|12|13|14)\Z", extra={"codes": "med_chrgitm_type"})
]
MaybeMedChrgitmType = Annotated[
    str, Meta(pattern=r"\A(?:01|02|03|04|05|06|07|08|09|10|11|12|13|14)?\Z", extra={"codes": "med_chrgitm_type"})
]
MedType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2,6})\Z", extra={"codes": "med_type"})]
MaybeMedType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2,6})?\Z", extra={"codes": "med_type"})]
MidSetlFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)\Z", extra={"codes": "mid_setl_flag"})]
MaybeMidSetlFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)?\Z", extra={"codes": "mid_setl_flag"})]
OpterType = Annotated[str, Meta(pattern=r"\A(?:1|2|3)\Z", extra={"codes": "opter_type"})]
OrdStas = Annotated[str, Meta(pattern=r"\A(?:[0-9]{1,2})\Z", extra={"codes": "ord_stas"})]
MaybeOrdStas = Annotated[str, Meta(pattern=r"\A(?:[0-9]{1,2})?\Z", extra={"codes": "ord_stas"})]
PayLoc = Annotated[str, Meta(pattern=r"\A(?:1|2|3|4)\Z", extra={"codes": "pay_loc"})]
PsnCertType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})\Z", extra={"codes": "psn_cert_type"})]
MaybePsnCertType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})?\Z", extra={"codes": "psn_cert_type"})]
PsnIdetType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2,6})\Z", extra={"codes": "psn_idet_type"})]
MaybePsnInsuStas = Annotated[str, Meta(pattern=r"\A(?:0|1|2|3|4)?\Z", extra={"codes": "psn_insu_stas"})]
MaybePsnSetlway = Annotated[str, Meta(pattern=r"\A(?:[0-9A-Z]{1,6})?\Z", extra={"codes": "psn_setlway"})]
PsnType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2,6})\Z", extra={"codes": "psn_type"})]
MaybePsnType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2,6})?\Z", extra={"codes": "psn_type"})]
RefStatus = Annotated[str, Meta(pattern=r"\A(?:EXP|FAIL|SUCC)\Z", extra={"codes": "ref_status"})]
RefdSetlFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)\Z", extra={"codes": "refd_setl_flag"})]
MaybeRefdSetlFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)?\Z", extra={"codes": "refd_setl_flag"})]
RefdType = Annotated[str, Meta(pattern=r"\A(?:ALL|CASH|HI)\Z", extra={"codes": "refd_type"})]
SetlType = Annotated[str, Meta(pattern=r"\A(?:1|2|3)\Z", extra={"codes": "setl_type"})]
MaybeSetlType = Annotated[str, Meta(pattern=r"\A(?:1|2|3)?\Z", extra={"codes": "setl_type"})]
StmtRslt = Annotated[str, Meta(pattern=r"\A(?:[0-9]{6})\Z", extra={"codes": "stmt_rslt"})]
MaybeTcmdrugUsedWay = Annotated[str, Meta(pattern=r"\A(?:1|2)?\Z", extra={"codes": "tcmdrug_used_way"})]
TrtChkType = Annotated[str, Meta(pattern=r"\A(?:[0-9]{2})\Z", extra={"codes": "trt_chk_type"})]
ValiFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)\Z", extra={"codes": "vali_flag"})]
MaybeValiFlag = Annotated[str, Meta(pattern=r"\A(?:0|1)?\Z", extra={"codes": "vali_flag"})]

WrittenCount10 = Annotated[Raw, Meta(extra={"digits": 10, "scale": 0})]
WrittenAmount = Annotated[Raw, Meta(extra={"digits": 16, "scale": 2})]
WrittenQuantity = Annotated[Raw, Meta(extra={"digits": 16, "scale": 4})]
WrittenPrice = Annotated[Raw, Meta(extra={"digits": 16, "scale": 6})]
WrittenCount2 = Annotated[Raw, Meta(extra={"digits": 2, "scale": 0})]
WrittenCount20 = Annotated[Raw, Meta(extra={"digits": 20, "scale": 0})]
WrittenCount3 = Annotated[Raw, Meta(extra={"digits": 3, "scale": 0})]
WrittenCount4 = Annotated[Raw, Meta(extra={"digits": 4, "scale": 0})]
WrittenAge = Annotated[Raw, Meta(extra={"digits": 4, "scale": 1})]
WrittenDays = Annotated[Raw, Meta(extra={"digits": 4, "scale": 2})]
WrittenRatio = Annotated[Raw, Meta(extra={"digits": 5, "scale": 4})]


class Amount(Number):
    """At most 16 digits, 2 of them after the point."""

    __slots__ = ()

    digits = 16
    scale = 2


class SignedAmount(Amount):
    """The same, and may be below zero."""

    __slots__ = ()

    signed = True


class Quantity(Number):
    """At most 16 digits, 4 of them after the point."""

    __slots__ = ()

    digits = 16
    scale = 4


class SignedQuantity(Quantity):
    """The same, and may be below zero."""

    __slots__ = ()

    signed = True


class Price(Number):
    """At most 16 digits, 6 of them after the point."""

    __slots__ = ()

    digits = 16
    scale = 6


class Days(Number):
    """At most 4 digits, 2 of them after the point."""

    __slots__ = ()

    digits = 4
    scale = 2


class Count2(Number):
    """At most 2 digits, none of them after the point."""

    __slots__ = ()

    digits = 2
    scale = 0


class Count3(Number):
    """At most 3 digits, none of them after the point."""

    __slots__ = ()

    digits = 3
    scale = 0


class Count4(Number):
    """At most 4 digits, none of them after the point."""

    __slots__ = ()

    digits = 4
    scale = 0


class Count6(Number):
    """At most 6 digits, none of them after the point."""

    __slots__ = ()

    digits = 6
    scale = 0


class Count10(Number):
    """At most 10 digits, none of them after the point."""

    __slots__ = ()

    digits = 10
    scale = 0
