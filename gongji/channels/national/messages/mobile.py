"""Messages: mobile. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In6202Data(Struct, frozen=True, kw_only=True):
    """6202 支付下单: data."""

    payAuthNo: kinds.Filled64  # 支付授权码
    payOrdId: kinds.Filled64  # 支付订单号
    payToken: kinds.Filled64  # 支付 token
    orgCodg: kinds.Filled30  # 机构编码
    orgBizSer: kinds.Filled64  # 机构业务流水号
    chrgBchno: kinds.Filled30  # 收费批次号
    feeType: kinds.FeeType  # 费用类别
    mdtrtId: kinds.Filled30  # 就诊 ID
    acctUsedFlag: kinds.MaybeAcctUsedFlag = ""  # 个人账户使用标志
    extData: dict[str, Any] = {}  # 扩展数据
    expContent: dict[str, Any] = {}  # 扩展字段


class In6202(Struct, frozen=True, kw_only=True):
    """6202 支付下单: input."""

    data: In6202Data


class Out6202DataExtDataPreSetl(Struct, frozen=True, kw_only=True):
    """6202 支付下单: data.extData.preSetl."""

    acct_mulaid_pay: kinds.WrittenAmount | None = None  # 个人账户共济支付金额
    acct_pay: kinds.WrittenAmount | None = None  # 个人账户支出
    act_pay_dedc: kinds.WrittenAmount | None = None  # 实际支付起付线
    age: kinds.WrittenAge | None = None  # 年龄
    balc: kinds.WrittenAmount | None = None  # 余额
    brdy: kinds.DayText | None = None  # 出生日期
    certno: kinds.Text50 | None = None  # 证件号码
    clr_type: kinds.MaybeClrType | None = None  # 清算类别
    cvlserv_flag: kinds.MaybeCvlservFlag | None = None  # 公务员标志
    cvlserv_pay: kinds.WrittenAmount | None = None  # 公务员医疗补助资金支出
    exp_content: kinds.Text4000 | None = None  # 字段扩展
    fulamt_ownpay_amt: kinds.WrittenAmount | None = None  # 全自费金额
    fund_pay_sumamt: kinds.WrittenAmount | None = None  # 基金支付总额
    gend: kinds.MaybeGend | None = None  # 性别
    hifdm_pay: kinds.WrittenAmount | None = None  # 伤残人员医疗保障基金支出
    hifes_pay: kinds.WrittenAmount | None = None  # 企业补充医疗保险基金支出
    hifmi_pay: kinds.WrittenAmount | None = None  # 居民大病保险资金支出
    hifob_pay: kinds.WrittenAmount | None = None  # 职工大额医疗费用补助基金支出
    hifp_pay: kinds.WrittenAmount | None = None  # 基本医疗保险统筹基金支出
    hosp_part_amt: kinds.WrittenAmount | None = None  # 医院负担金额
    inscp_scp_amt: kinds.WrittenAmount | None = None  # 符合政策范围金额
    insutype: kinds.MaybeInsutype | None = None  # 险种类型
    maf_pay: kinds.WrittenAmount | None = None  # 医疗救助基金支出
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    mdtrt_id: kinds.Text30 | None = None  # 就诊 ID
    med_type: kinds.MaybeMedType | None = None  # 医疗类别
    medfee_sumamt: kinds.WrittenAmount | None = None  # 医疗费总额
    medins_setl_id: kinds.Text30 | None = None  # 医药机构结算 ID
    naty: kinds.Text3 | None = None  # 民族
    oth_pay: kinds.WrittenAmount | None = None  # 其他支出
    overlmt_selfpay: kinds.WrittenAmount | None = None  # 超限价自费费用
    pool_prop_selfpay: kinds.WrittenRatio | None = None  # 基本医疗保险统筹基金支付比例
    preselfpay_amt: kinds.WrittenAmount | None = None  # 先行自付金额
    psn_cash_pay: kinds.WrittenAmount | None = None  # 个人现金支出
    psn_cert_type: kinds.MaybePsnCertType | None = None  # 人员证件类型
    psn_name: kinds.Text50 | None = None  # 人员姓名
    psn_no: kinds.Text30 | None = None  # 人员编号
    psn_part_amt: kinds.WrittenAmount | None = None  # 个人负担总金额
    psn_type: kinds.MaybePsnType | None = None  # 人员类别
    setl_time: kinds.MomentText | None = None  # 结算时间


class Out6202DataExtData(Struct, frozen=True, kw_only=True):
    """6202 支付下单: data.extData."""

    preSetl: Out6202DataExtDataPreSetl


class Out6202Data(Struct, frozen=True, kw_only=True):
    """6202 支付下单: data."""

    payOrdId: kinds.Filled64  # 支付订单号
    ordStas: kinds.OrdStas  # 订单状态
    feeSumamt: kinds.WrittenAmount  # 费用总额
    ownPayAmt: kinds.WrittenAmount  # 现金支付
    psnAcctPay: kinds.WrittenAmount  # 个人账户支出
    fundPay: kinds.WrittenAmount  # 医保基金支付
    othFeeAmt: kinds.WrittenAmount | None = None  # 其他支付金额
    hospPartAmt: kinds.WrittenAmount | None = None  # 医院负担金额
    acctMulaidPay: kinds.WrittenAmount | None = None  # 个人账户共济支付
    selfAcctPay: kinds.WrittenAmount | None = None  # 本人个人账户支出
    deposit: kinds.WrittenAmount | None = None  # 住院押金
    extData: Out6202DataExtData | None = None


class Out6202(Struct, frozen=True, kw_only=True):
    """6202 支付下单: output."""

    data: Out6202Data


class In6203Data(Struct, frozen=True, kw_only=True):
    """6203 医保退费: data."""

    payOrdId: kinds.Filled64  # 支付订单号
    appRefdSn: kinds.Filled64  # 应用退款流水号
    appRefdTime: kinds.Filled20  # 应用退费时间
    totlRefdAmt: kinds.Amount  # 总退费金额
    psnAcctRefdAmt: kinds.Amount | None = None  # 医保个人账户支付
    fundRefdAmt: kinds.Amount | None = None  # 基金支付
    cashRefdAmt: kinds.Amount  # 现金退费金额
    ecToken: kinds.Text64 = ""  # 电子凭证授权 Token
    payAuthNo: kinds.Text64 = ""  # 支付授权码
    refdType: kinds.RefdType  # 退费类型
    extData: dict[str, Any] = {}  # 扩展数据
    expContent: dict[str, Any] = {}  # 扩展字段


class In6203(Struct, frozen=True, kw_only=True):
    """6203 医保退费: input."""

    data: In6203Data


class Out6203Data(Struct, frozen=True, kw_only=True):
    """6203 医保退费: data."""

    refStatus: kinds.RefStatus  # 退费状态


class Out6203(Struct, frozen=True, kw_only=True):
    """6203 医保退费: output."""

    data: Out6203Data


class In6301Data(Struct, frozen=True, kw_only=True):
    """6301 医保订单结算结果查询: data."""

    payOrdId: kinds.Filled64  # 支付订单号
    orgCodg: kinds.Filled30  # 定点机构编码
    payToken: kinds.Filled64  # 支付 token
    idNo: kinds.Filled50  # 证件号码
    userName: kinds.Filled50  # 用户姓名
    idType: kinds.PsnCertType  # 证件类别
    extData: dict[str, Any] = {}  # 扩展数据
    expContent: dict[str, Any] = {}  # 扩展字段


class In6301(Struct, frozen=True, kw_only=True):
    """6301 医保订单结算结果查询: input."""

    data: In6301Data


class Out6301Data(Struct, frozen=True, kw_only=True):
    """6301 医保订单结算结果查询: data."""

    ordStas: kinds.OrdStas  # 订单状态
    callType: kinds.MaybeCallType | None = None  # 回调类型
    payOrdId: kinds.Filled64  # 支付订单号
    medOrgOrd: kinds.Text64 | None = None  # 医院订单号
    traceTime: kinds.Text40 | None = None  # 交易时间
    feeSumamt: kinds.WrittenAmount | None = None  # 费用总额
    ownPayAmt: kinds.WrittenAmount | None = None  # 现金支付
    psnAcctPay: kinds.WrittenAmount | None = None  # 个人账户支出
    fundPay: kinds.WrittenAmount | None = None  # 医保基金支付
    othFeeAmt: kinds.WrittenAmount | None = None  # 其他支付金额
    hospPartAmt: kinds.WrittenAmount | None = None  # 医院负担金额
    acctMulaidPay: kinds.WrittenAmount | None = None  # 个人账户共济支付
    selfAcctPay: kinds.WrittenAmount | None = None  # 本人个人账户支出
    deposit: kinds.WrittenAmount | None = None  # 住院押金
    delvFee: kinds.WrittenAmount | None = None  # 配送费
    hiChrgTime: kinds.Text40 | None = None  # 医保收费时间
    hiDocSn: kinds.Text64 | None = None  # 医保交易流水号
    hiRgstSn: kinds.Text64 | None = None  # 医保挂号流水号
    orgName: kinds.Text200 | None = None  # 机构名称
    orgCode: kinds.Text30 | None = None  # 机构编号
    ecCode: kinds.Text64 | None = None  # 电子凭证码值
    setlType: kinds.MaybeSetlType | None = None  # 结算类型
    revsToken: kinds.Text64 | None = None  # 冲正授权


class Out6301(Struct, frozen=True, kw_only=True):
    """6301 医保订单结算结果查询: output."""

    data: Out6301Data


class In6302Data(Struct, frozen=True, kw_only=True):
    """6302 医保订单结算结果通知: data."""

    ordStas: kinds.MaybeOrdStas = ""  # 订单状态
    callType: kinds.CallType  # 回调类型
    payOrdId: kinds.Filled64  # 支付订单号
    medOrgOrd: kinds.Filled64  # 医院订单号
    traceTime: kinds.Filled40  # 交易时间
    feeSumamt: kinds.Amount  # 费用总额
    ownPayAmt: kinds.Amount  # 现金支付
    psnAcctPay: kinds.Amount  # 个人账户支出
    fundPay: kinds.Amount  # 医保基金支付
    othFeeAmt: kinds.Amount | None = None  # 其他支付金额
    hospPartAmt: kinds.Amount | None = None  # 医院负担金额
    acctMulaidPay: kinds.Amount | None = None  # 个人账户共济支付
    selfAcctPay: kinds.Amount | None = None  # 本人个人账户支出
    deposit: kinds.Amount | None = None  # 住院押金
    delvFee: kinds.Amount | None = None  # 配送费
    hiChrgTime: kinds.Text40 = ""  # 医保收费时间
    hiDocSn: kinds.Text64 = ""  # 医保交易流水号
    hiRgstSn: kinds.Text64 = ""  # 医保挂号流水号
    orgName: kinds.Text200 = ""  # 机构名称
    orgCode: kinds.Text30 = ""  # 机构编号
    ecCode: kinds.Text64 = ""  # 电子凭证码值
    setlType: kinds.SetlType  # 结算类型
    revsToken: kinds.Filled64  # 冲正授权
    expContent: dict[str, Any] = {}  # 扩展字段


class In6302(Struct, frozen=True, kw_only=True):
    """6302 医保订单结算结果通知: input."""

    data: In6302Data
