"""Messages: outpatient. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In2206Data(Struct, frozen=True, kw_only=True):
    """2206 门诊预结算: data."""

    psn_no: kinds.Filled30  # 人员编号
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    med_type: kinds.MedType  # 医疗类别
    medfee_sumamt: kinds.Amount  # 医疗费总额
    psn_setlway: kinds.MaybePsnSetlway  # 个人结算方式
    mdtrt_id: kinds.Filled30  # 就诊 ID
    chrg_bchno: kinds.Filled30  # 收费批次号
    acct_used_flag: kinds.AcctUsedFlag  # 个人账户使用标志
    insutype: kinds.Insutype  # 险种类型
    expContent: dict[str, Any] = {}  # 扩展字段


class In2206(Struct, frozen=True, kw_only=True):
    """2206 门诊预结算: input."""

    data: In2206Data


class Out2206Setlinfo(Struct, frozen=True, kw_only=True):
    """2206 门诊预结算: setlinfo."""

    mdtrt_id: kinds.Filled30  # 就诊 ID
    psn_no: kinds.Filled30  # 人员编号
    psn_name: kinds.Filled50  # 人员姓名
    psn_cert_type: kinds.PsnCertType  # 人员证件类型
    certno: kinds.Filled50  # 证件号码
    gend: kinds.MaybeGend | None = None  # 性别
    naty: kinds.Text3 | None = None  # 民族
    brdy: kinds.DayText | None = None  # 出生日期
    age: kinds.WrittenAge | None = None  # 年龄
    insutype: kinds.MaybeInsutype | None = None  # 险种类型
    psn_type: kinds.PsnType  # 人员类别
    cvlserv_flag: kinds.CvlservFlag  # 公务员标志
    setl_time: kinds.MomentText | None = None  # 结算时间
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    med_type: kinds.MedType  # 医疗类别
    medfee_sumamt: kinds.WrittenAmount  # 医疗费总额
    fulamt_ownpay_amt: kinds.WrittenAmount  # 全自费金额
    overlmt_selfpay: kinds.WrittenAmount  # 超限价自费费用
    preselfpay_amt: kinds.WrittenAmount  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    act_pay_dedc: kinds.WrittenAmount | None = None  # 实际支付起付线
    hifp_pay: kinds.WrittenAmount  # 基本医疗保险统筹基金支出
    pool_prop_selfpay: kinds.WrittenRatio  # 基本医疗保险统筹基金支付比例
    cvlserv_pay: kinds.WrittenAmount  # 公务员医疗补助资金支出
    hifes_pay: kinds.WrittenAmount  # 企业补充医疗保险基金支出
    hifmi_pay: kinds.WrittenAmount  # 居民大病保险资金支出
    hifob_pay: kinds.WrittenAmount  # 职工大额医疗费用补助基金支出
    maf_pay: kinds.WrittenAmount  # 医疗救助基金支出
    oth_pay: kinds.WrittenAmount  # 其他支出
    fund_pay_sumamt: kinds.WrittenAmount  # 基金支付总额
    psn_part_amt: kinds.WrittenAmount  # 个人负担总金额
    acct_pay: kinds.WrittenAmount  # 个人账户支出
    psn_cash_pay: kinds.WrittenAmount  # 个人现金支出
    hosp_part_amt: kinds.WrittenAmount  # 医院负担金额
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    medins_setl_id: kinds.Filled30  # 医药机构结算 ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.ClrType  # 清算类别
    setl_id: kinds.Text30 | None = None  # 结算ID


class Out2206Setldetail(Struct, frozen=True, kw_only=True):
    """2206 门诊预结算: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2206(Struct, frozen=True, kw_only=True):
    """2206 门诊预结算: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2206Setlinfo
    setldetail: tuple[Out2206Setldetail, ...] = ()


class In2207Data(Struct, frozen=True, kw_only=True):
    """2207 门诊结算: data."""

    psn_no: kinds.Filled30  # 人员编号
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    med_type: kinds.MedType  # 医疗类别
    medfee_sumamt: kinds.Amount  # 医疗费总额
    psn_setlway: kinds.MaybePsnSetlway  # 个人结算方式
    mdtrt_id: kinds.Filled30  # 就诊 ID
    chrg_bchno: kinds.Filled30  # 收费批次号
    insutype: kinds.Insutype  # 险种类型
    acct_used_flag: kinds.AcctUsedFlag  # 个人账户使用标志
    invono: kinds.Text20 = ""  # 发票号
    fulamt_ownpay_amt: kinds.Amount | None  # 全自费金额
    overlmt_selfpay: kinds.Amount | None  # 超限价金额
    preselfpay_amt: kinds.Amount | None  # 先行自付金额
    inscp_scp_amt: kinds.Amount | None  # 符合政策范围金额
    expContent: dict[str, Any] = {}  # 扩展字段


class In2207(Struct, frozen=True, kw_only=True):
    """2207 门诊结算: input."""

    data: In2207Data


class Out2207Setlinfo(Struct, frozen=True, kw_only=True):
    """2207 门诊结算: setlinfo."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    setl_id: kinds.Filled30  # 结算ID
    psn_no: kinds.Filled30  # 人员编号
    psn_name: kinds.Filled50  # 人员姓名
    psn_cert_type: kinds.PsnCertType  # 人员证件类型
    certno: kinds.Filled50  # 证件号码
    gend: kinds.MaybeGend | None = None  # 性别
    naty: kinds.Text3 | None = None  # 民族
    brdy: kinds.DayText | None = None  # 出生日期
    age: kinds.WrittenAge | None = None  # 年龄
    insutype: kinds.MaybeInsutype | None = None  # 险种类型
    psn_type: kinds.PsnType  # 人员类别
    cvlserv_flag: kinds.CvlservFlag  # 公务员标志
    setl_time: kinds.MomentText  # 结算时间
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    med_type: kinds.MedType  # 医疗类别
    medfee_sumamt: kinds.WrittenAmount  # 医疗费总额
    fulamt_ownpay_amt: kinds.WrittenAmount  # 全自费金额
    overlmt_selfpay: kinds.WrittenAmount  # 超限价自费费用
    preselfpay_amt: kinds.WrittenAmount  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    act_pay_dedc: kinds.WrittenAmount | None = None  # 实际支付起付线
    hifp_pay: kinds.WrittenAmount  # 基本医疗保险统筹基金支出
    pool_prop_selfpay: kinds.WrittenRatio  # 基本医疗保险统筹基金支付比例
    cvlserv_pay: kinds.WrittenAmount  # 公务员医疗补助资金支出
    hifes_pay: kinds.WrittenAmount  # 企业补充医疗保险基金支出
    hifmi_pay: kinds.WrittenAmount  # 居民大病保险资金支出
    hifob_pay: kinds.WrittenAmount  # 职工大额医疗费用补助基金支出
    maf_pay: kinds.WrittenAmount  # 医疗救助基金支出
    oth_pay: kinds.WrittenAmount  # 其他支出
    fund_pay_sumamt: kinds.WrittenAmount  # 基金支付总额
    psn_part_amt: kinds.WrittenAmount  # 个人负担总金额
    acct_pay: kinds.WrittenAmount  # 个人账户支出
    psn_cash_pay: kinds.WrittenAmount  # 个人现金支出
    hosp_part_amt: kinds.WrittenAmount  # 医院负担金额
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    medins_setl_id: kinds.Filled30  # 医药机构结算ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.ClrType  # 清算类别


class Out2207Setldetail(Struct, frozen=True, kw_only=True):
    """2207 门诊结算: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2207(Struct, frozen=True, kw_only=True):
    """2207 门诊结算: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2207Setlinfo
    setldetail: tuple[Out2207Setldetail, ...] = ()


class In2208Data(Struct, frozen=True, kw_only=True):
    """2208 门诊结算撤销: data."""

    setl_id: kinds.Filled30  # 结算ID
    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2208(Struct, frozen=True, kw_only=True):
    """2208 门诊结算撤销: input."""

    data: In2208Data


class Out2208Setlinfo(Struct, frozen=True, kw_only=True):
    """2208 门诊结算撤销: setlinfo."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    setl_id: kinds.Filled30  # 结算ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    setl_time: kinds.MomentText  # 结算时间
    medfee_sumamt: kinds.WrittenAmount  # 医疗费总额
    fulamt_ownpay_amt: kinds.WrittenAmount  # 全自费金额
    overlmt_selfpay: kinds.WrittenAmount  # 超限价自费费用
    preselfpay_amt: kinds.WrittenAmount  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    act_pay_dedc: kinds.WrittenAmount | None = None  # 实际支付起付线
    hifp_pay: kinds.WrittenAmount  # 基本医疗保险统筹基金支出
    pool_prop_selfpay: kinds.WrittenRatio  # 基本医疗保险统筹基金支付比例
    cvlserv_pay: kinds.WrittenAmount  # 公务员医疗补助资金支出
    hifes_pay: kinds.WrittenAmount  # 企业补充医疗保险基金支出
    hifmi_pay: kinds.WrittenAmount  # 居民大病保险资金支出
    hifob_pay: kinds.WrittenAmount  # 职工大额医疗费用补助基金支出
    maf_pay: kinds.WrittenAmount  # 医疗救助基金支出
    oth_pay: kinds.WrittenAmount  # 其他支出
    fund_pay_sumamt: kinds.WrittenAmount  # 基金支付总额
    psn_part_amt: kinds.WrittenAmount | None = None  # 个人负担总金额
    acct_pay: kinds.WrittenAmount  # 个人账户支出
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    hosp_part_amt: kinds.WrittenAmount  # 医院负担金额
    medins_setl_id: kinds.Filled30  # 医药机构结算ID
    pdn_cash_pay: kinds.WrittenAmount  # 个人现金支出
    psn_no: kinds.Text30 | None = None  # 人员编号
    psn_name: kinds.Text50 | None = None  # 人员姓名
    psn_cert_type: kinds.MaybePsnCertType | None = None  # 人员证件类型
    certno: kinds.Text50 | None = None  # 证件号码
    gend: kinds.MaybeGend | None = None  # 性别
    naty: kinds.Text3 | None = None  # 民族
    brdy: kinds.DayText | None = None  # 出生日期
    age: kinds.WrittenAge | None = None  # 年龄
    insutype: kinds.MaybeInsutype | None = None  # 险种类型
    psn_type: kinds.MaybePsnType | None = None  # 人员类别
    cvlserv_flag: kinds.MaybeCvlservFlag | None = None  # 公务员标志
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    med_type: kinds.MaybeMedType | None = None  # 医疗类别
    psn_cash_pay: kinds.WrittenAmount | None = None  # 个人现金支出
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.MaybeClrType | None = None  # 清算类别


class Out2208Setldetail(Struct, frozen=True, kw_only=True):
    """2208 门诊结算撤销: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2208(Struct, frozen=True, kw_only=True):
    """2208 门诊结算撤销: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2208Setlinfo
    setldetail: tuple[Out2208Setldetail, ...] = ()
