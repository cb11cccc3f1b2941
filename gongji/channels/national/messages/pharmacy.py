"""Messages: pharmacy. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In2101Druginfo(Struct, frozen=True, kw_only=True):
    """2101 药店预结算: druginfo."""

    psn_no: kinds.Filled30  # 人员编号
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    begntime: kinds.Moment  # 开始时间
    medfee_sumamt: kinds.Amount  # 医疗费总额
    insutype: kinds.Insutype  # 险种类型
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    acct_used_flag: kinds.AcctUsedFlag  # 个人账户使用标志
    med_type: kinds.MedType  # 医疗类别
    expContent: dict[str, Any] = {}  # 扩展字段


class In2101Drugdetail(Struct, frozen=True, kw_only=True):
    """2101 药店预结算: drugdetail."""

    feedetl_sn: kinds.Filled30  # 费用明细流水号
    rxno: kinds.Text30 = ""  # 处方号
    rx_circ_flag: kinds.Text3  # 外购处方标志
    fee_ocur_time: kinds.Moment  # 费用发生时间
    med_list_codg: kinds.Filled50  # 医疗目录编码
    medins_list_codg: kinds.Text150  # 医药机构目录编码
    det_item_fee_sumamt: kinds.Amount  # 明细项目费用总额
    cnt: kinds.Quantity  # 数量
    pric: kinds.Price  # 单价
    sin_dos_dscr: kinds.Text200 = ""  # 单次剂量描述
    used_frqu_dscr: kinds.Text200 = ""  # 使用频次描述
    prd_days: kinds.Days | None = None  # 周期天数
    medc_way_dscr: kinds.Text200 = ""  # 用药途径描述
    bilg_dr_codg: kinds.Text30 = ""  # 开单医生编码
    bilg_dr_name: kinds.Text50 = ""  # 开单医师姓名
    tcmdrug_used_way: kinds.MaybeTcmdrugUsedWay = ""  # 中药使用方式
    expContent: dict[str, Any] = {}  # 扩展字段


class In2101(Struct, frozen=True, kw_only=True):
    """2101 药店预结算: input."""

    druginfo: In2101Druginfo
    drugdetail: tuple[In2101Drugdetail, ...]


class Out2101Setlinfo(Struct, frozen=True, kw_only=True):
    """2101 药店预结算: setlinfo."""

    mdtrt_id: kinds.Filled30  # 就诊 ID
    psn_no: kinds.Filled30  # 人员编号
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
    setl_time: kinds.MomentText | None = None  # 结算时间
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    med_type: kinds.MaybeMedType | None = None  # 医疗类别
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
    medins_setl_id: kinds.Text30 | None = None  # 医药机构结算 ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.MaybeClrType | None = None  # 清算类别


class Out2101Setldetail(Struct, frozen=True, kw_only=True):
    """2101 药店预结算: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2101Detlcutinfo(Struct, frozen=True, kw_only=True):
    """2101 药店预结算: detlcutinfo."""

    feedetl_sn: kinds.Text30 | None = None  # 费用明细流水号
    det_item_fee_sumamt: kinds.WrittenAmount | None = None  # 明细项目费用总额
    cnt: kinds.WrittenQuantity | None = None  # 数量
    pric: kinds.WrittenPrice | None = None  # 单价
    pric_uplmt_amt: kinds.WrittenPrice | None = None  # 定价上限金额
    selfpay_prop: kinds.WrittenRatio | None = None  # 自付比例
    fulamt_ownpay_amt: kinds.WrittenAmount | None = None  # 全自费金额
    overlmt_amt: kinds.WrittenAmount | None = None  # 超限价金额
    preselfpay_amt: kinds.WrittenAmount | None = None  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount | None = None  # 符合政策范围金额
    chrgitm_lv: kinds.MaybeChrgitmLv | None = None  # 收费项目等级
    med_chrgitm_type: kinds.MaybeMedChrgitmType | None = None  # 医疗收费项目类别
    bas_medn_flag: kinds.Text3 | None = None  # 基本药物标志
    hi_nego_drug_flag: kinds.Text3 | None = None  # 医保谈判药品标志
    chld_medc_flag: kinds.Text3 | None = None  # 儿童用药标志
    list_sp_item_flag: kinds.Text3 | None = None  # 目录特项标志
    drt_reim_flag: kinds.Text3 | None = None  # 直报标志
    memo: kinds.Text500 | None = None  # 备注


class Out2101(Struct, frozen=True, kw_only=True):
    """2101 药店预结算: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2101Setlinfo
    setldetail: tuple[Out2101Setldetail, ...] = ()
    detlcutinfo: tuple[Out2101Detlcutinfo, ...] = ()


class In2102Druginfo(Struct, frozen=True, kw_only=True):
    """2102 药店结算: druginfo."""

    psn_no: kinds.Filled30  # 人员编号
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    begntime: kinds.Moment  # 开始时间
    medfee_sumamt: kinds.Amount  # 医疗费总额
    invono: kinds.Text20 = ""  # 发票号
    insutype: kinds.Insutype  # 险种类型
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    acct_used_flag: kinds.AcctUsedFlag  # 个人账户使用标志
    med_type: kinds.MedType  # 医疗类别
    expContent: dict[str, Any] = {}  # 扩展字段


class In2102Drugdetail(Struct, frozen=True, kw_only=True):
    """2102 药店结算: drugdetail."""

    feedetl_sn: kinds.Filled30  # 费用明细流水号
    rxno: kinds.Text30 = ""  # 处方号
    rx_circ_flag: kinds.Text3  # 外购处方标志
    fee_ocur_time: kinds.Moment  # 费用发生时间
    med_list_codg: kinds.Filled50  # 医疗目录编码
    medins_list_codg: kinds.Text150  # 医药机构目录编码
    det_item_fee_sumamt: kinds.Amount  # 明细项目费用总额
    cnt: kinds.Quantity  # 数量
    pric: kinds.Price  # 单价
    sin_dos_dscr: kinds.Text200 = ""  # 单次剂量描述
    used_frqu_dscr: kinds.Text200 = ""  # 使用频次描述
    prd_days: kinds.Days | None = None  # 周期天数
    medc_way_dscr: kinds.Text200 = ""  # 用药途径描述
    bilg_dr_codg: kinds.Text30 = ""  # 开单医生编码
    bilg_dr_name: kinds.Text50 = ""  # 开单医师姓名
    tcmdrug_used_way: kinds.MaybeTcmdrugUsedWay = ""  # 中药使用方式
    expContent: dict[str, Any] = {}  # 扩展字段


class In2102(Struct, frozen=True, kw_only=True):
    """2102 药店结算: input."""

    druginfo: In2102Druginfo
    drugdetail: tuple[In2102Drugdetail, ...]


class Out2102Setlinfo(Struct, frozen=True, kw_only=True):
    """2102 药店结算: setlinfo."""

    setl_id: kinds.Filled30  # 结算ID
    mdtrt_id: kinds.Filled30  # 就诊 ID
    psn_no: kinds.Filled30  # 人员编号
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
    setl_time: kinds.MomentText | None = None  # 结算时间
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    med_type: kinds.MaybeMedType | None = None  # 医疗类别
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
    medins_setl_id: kinds.Text30 | None = None  # 医药机构结算 ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.MaybeClrType | None = None  # 清算类别


class Out2102Setldetail(Struct, frozen=True, kw_only=True):
    """2102 药店结算: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2102Detlcutinfo(Struct, frozen=True, kw_only=True):
    """2102 药店结算: detlcutinfo."""

    feedetl_sn: kinds.Text30 | None = None  # 费用明细流水号
    det_item_fee_sumamt: kinds.WrittenAmount | None = None  # 明细项目费用总额
    cnt: kinds.WrittenQuantity | None = None  # 数量
    pric: kinds.WrittenPrice | None = None  # 单价
    pric_uplmt_amt: kinds.WrittenPrice | None = None  # 定价上限金额
    selfpay_prop: kinds.WrittenRatio | None = None  # 自付比例
    fulamt_ownpay_amt: kinds.WrittenAmount | None = None  # 全自费金额
    overlmt_amt: kinds.WrittenAmount | None = None  # 超限价金额
    preselfpay_amt: kinds.WrittenAmount | None = None  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount | None = None  # 符合政策范围金额
    chrgitm_lv: kinds.MaybeChrgitmLv | None = None  # 收费项目等级
    med_chrgitm_type: kinds.MaybeMedChrgitmType | None = None  # 医疗收费项目类别
    bas_medn_flag: kinds.Text3 | None = None  # 基本药物标志
    hi_nego_drug_flag: kinds.Text3 | None = None  # 医保谈判药品标志
    chld_medc_flag: kinds.Text3 | None = None  # 儿童用药标志
    list_sp_item_flag: kinds.Text3 | None = None  # 目录特项标志
    drt_reim_flag: kinds.Text3 | None = None  # 直报标志
    memo: kinds.Text500 | None = None  # 备注


class Out2102(Struct, frozen=True, kw_only=True):
    """2102 药店结算: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2102Setlinfo
    setldetail: tuple[Out2102Setldetail, ...] = ()
    detlcutinfo: tuple[Out2102Detlcutinfo, ...] = ()


class In2103Data(Struct, frozen=True, kw_only=True):
    """2103 药店结算撤销: data."""

    setl_id: kinds.Filled30  # 结算ID
    mdtrt_id: kinds.Filled30  # 就诊 ID
    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2103(Struct, frozen=True, kw_only=True):
    """2103 药店结算撤销: input."""

    data: In2103Data


class Out2103Setlinfo(Struct, frozen=True, kw_only=True):
    """2103 药店结算撤销: setlinfo."""

    mdtrt_id: kinds.Filled30  # 就诊 ID
    setl_id: kinds.Filled30  # 结算ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    setl_time: kinds.MomentText | None = None  # 结算时间
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
    psn_pay: kinds.WrittenAmount | None = None  # 个人支付金额
    acct_pay: kinds.WrittenAmount  # 个人账户支出
    cash_payamt: kinds.WrittenAmount | None = None  # 现金支付金额
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    medins_setl_id: kinds.Text30 | None = None  # 医药机构结算 ID
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
    psn_part_amt: kinds.WrittenAmount | None = None  # 个人负担总金额
    psn_cash_pay: kinds.WrittenAmount | None = None  # 个人现金支出
    hosp_part_amt: kinds.WrittenAmount | None = None  # 医院负担金额
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.MaybeClrType | None = None  # 清算类别


class Out2103Setldetail(Struct, frozen=True, kw_only=True):
    """2103 药店结算撤销: setldetail."""

    fund_pay_type: kinds.MaybeFundPayType | None = None  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount | None = None  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount | None = None  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount | None = None  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2103(Struct, frozen=True, kw_only=True):
    """2103 药店结算撤销: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2103Setlinfo
    setldetail: tuple[Out2103Setldetail, ...] = ()
