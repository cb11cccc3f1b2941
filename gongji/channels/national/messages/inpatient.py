"""Messages: inpatient. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In2301Feedetail(Struct, frozen=True, kw_only=True):
    """2301 住院费用明细上传: feedetail."""

    feedetl_sn: kinds.Filled30  # 费用明细流水号
    init_feedetl_sn: kinds.Text30 = ""  # 原费用流水号
    mdtrt_id: kinds.Filled30  # 就诊ID
    drord_no: kinds.Text30 = ""  # 医嘱号
    psn_no: kinds.Filled30  # 人员编号
    med_type: kinds.MedType  # 医疗类别
    fee_ocur_time: kinds.Moment  # 费用发生时间
    med_list_codg: kinds.Filled50  # 医疗目录编码
    medins_list_codg: kinds.Text150  # 医药机构目录编码
    det_item_fee_sumamt: kinds.SignedAmount  # 明细项目费用总额
    cnt: kinds.SignedQuantity  # 数量
    pric: kinds.Price  # 单价
    bilg_dept_codg: kinds.Text30  # 开单科室编码
    bilg_dept_name: kinds.Text100  # 开单科室名称
    bilg_dr_codg: kinds.Text30  # 开单医生编码
    bilg_dr_name: kinds.Text50  # 开单医师姓名
    acord_dept_codg: kinds.Text30 = ""  # 受单科室编码
    acord_dept_name: kinds.Text100 = ""  # 受单科室名称
    orders_dr_code: kinds.Text30 = ""  # 受单医生编码
    orders_dr_name: kinds.Text50 = ""  # 受单医生姓名
    hosp_appr_flag: kinds.MaybeHospApprFlag = ""  # 医院审批标志
    tcmdrug_used_way: kinds.MaybeTcmdrugUsedWay = ""  # 中药使用方式
    etip_flag: kinds.Text3 = ""  # 外检标志
    etip_hosp_code: kinds.Text30 = ""  # 外检医院编码
    dscg_tkdrug_flag: kinds.Text3 = ""  # 出院带药标志
    matn_fee_flag: kinds.Text6 = ""  # 生育费用标志
    memo: kinds.Text500 = ""  # 备注
    expContent: dict[str, Any] = {}  # 扩展字段


class In2301(Struct, frozen=True, kw_only=True):
    """2301 住院费用明细上传: input."""

    feedetail: tuple[In2301Feedetail, ...]


class Out2301Result(Struct, frozen=True, kw_only=True):
    """2301 住院费用明细上传: result."""

    feedetl_sn: kinds.Text30 | None = None  # 费用明细流水号
    det_item_fee_sumamt: kinds.WrittenAmount  # 明细项目费用总额
    cnt: kinds.WrittenQuantity  # 数量
    pric: kinds.WrittenPrice  # 单价
    pric_uplmt_amt: kinds.WrittenPrice  # 定价上限金额
    selfpay_prop: kinds.WrittenRatio | None = None  # 自付比例
    fulamt_ownpay_amt: kinds.WrittenAmount | None = None  # 全自费金额
    overlmt_amt: kinds.WrittenAmount | None = None  # 超限价金额
    preselfpay_amt: kinds.WrittenAmount | None = None  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount | None = None  # 符合政策范围金额
    chrgitm_lv: kinds.ChrgitmLv  # 收费项目等级
    med_chrgitm_type: kinds.MedChrgitmType  # 医疗收费项目类别
    bas_medn_flag: kinds.Text3 | None = None  # 基本药物标志
    hi_nego_drug_flag: kinds.Text3 | None = None  # 医保谈判药品标志
    chld_medc_flag: kinds.Text3 | None = None  # 儿童用药标志
    list_sp_item_flag: kinds.Text3 | None = None  # 目录特项标志
    lmt_used_flag: kinds.Filled3  # 限制使用标志
    drt_reim_flag: kinds.Text3 | None = None  # 直报标志
    memo: kinds.Text500 | None = None  # 备注
    exp_content: kinds.Text4000 | None = None  # 扩展字段


class Out2301(Struct, frozen=True, kw_only=True):
    """2301 住院费用明细上传: output."""

    result: tuple[Out2301Result, ...] = ()


class In2302Data(Struct, frozen=True, kw_only=True):
    """2302 住院费用明细撤销: data."""

    feedetl_sn: kinds.Filled30  # 费用明细流水号
    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2302(Struct, frozen=True, kw_only=True):
    """2302 住院费用明细撤销: input."""

    data: tuple[In2302Data, ...]


class In2303Data(Struct, frozen=True, kw_only=True):
    """2303 住院预结算: data."""

    psn_no: kinds.Filled30  # 人员编号
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    medfee_sumamt: kinds.Amount  # 医疗费总额
    psn_setlway: kinds.MaybePsnSetlway  # 个人结算方式
    mdtrt_id: kinds.Filled30  # 就诊ID
    acct_used_flag: kinds.MaybeAcctUsedFlag = ""  # 个人账户使用标志
    insutype: kinds.Insutype  # 险种类型
    invono: kinds.Text20 = ""  # 发票号
    mid_setl_flag: kinds.MidSetlFlag  # 中途结算标志
    fulamt_ownpay_amt: kinds.Amount | None  # 全自费金额
    overlmt_selfpay: kinds.Amount | None  # 超限价金额
    preselfpay_amt: kinds.Amount | None  # 先行自付金额
    inscp_scp_amt: kinds.Amount | None  # 符合政策范围金额
    dscg_time: kinds.Moment | None = None  # 出院时间
    expContent: dict[str, Any] = {}  # 扩展字段


class In2303(Struct, frozen=True, kw_only=True):
    """2303 住院预结算: input."""

    data: In2303Data


class Out2303Setlinfo(Struct, frozen=True, kw_only=True):
    """2303 住院预结算: setlinfo."""

    mdtrt_id: kinds.Filled30  # 就诊ID
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
    psn_part_amt: kinds.WrittenAmount | None = None  # 个人负担总金额
    acct_pay: kinds.WrittenAmount  # 个人账户支出
    psn_cash_pay: kinds.WrittenAmount  # 个人现金支出
    hosp_part_amt: kinds.WrittenAmount | None = None  # 医院负担金额
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    medins_setl_id: kinds.Filled30  # 医药机构结算ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.ClrType  # 清算类别
    setl_id: kinds.Text30 | None = None  # 结算ID


class Out2303Setldetail(Struct, frozen=True, kw_only=True):
    """2303 住院预结算: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2303(Struct, frozen=True, kw_only=True):
    """2303 住院预结算: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2303Setlinfo
    setldetail: tuple[Out2303Setldetail, ...] = ()


class In2304Data(Struct, frozen=True, kw_only=True):
    """2304 住院结算: data."""

    psn_no: kinds.Filled30  # 人员编号
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    medfee_sumamt: kinds.Amount  # 医疗费总额
    psn_setlway: kinds.MaybePsnSetlway  # 个人结算方式
    mdtrt_id: kinds.Filled30  # 就诊ID
    insutype: kinds.Insutype  # 险种类型
    acct_used_flag: kinds.AcctUsedFlag  # 个人账户使用标志
    invono: kinds.Text20 = ""  # 发票号
    mid_setl_flag: kinds.MidSetlFlag  # 中途结算标志
    fulamt_ownpay_amt: kinds.Amount | None = None  # 全自费金额
    overlmt_selfpay: kinds.Amount | None = None  # 超限价金额
    preselfpay_amt: kinds.Amount | None = None  # 先行自付金额
    inscp_scp_amt: kinds.Amount | None = None  # 符合政策范围金额
    dscg_time: kinds.Moment | None = None  # 出院时间
    expContent: dict[str, Any] = {}  # 扩展字段


class In2304(Struct, frozen=True, kw_only=True):
    """2304 住院结算: input."""

    data: In2304Data


class Out2304Setlinfo(Struct, frozen=True, kw_only=True):
    """2304 住院结算: setlinfo."""

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
    hosp_part_amt: kinds.WrittenAmount | None = None  # 医院负担金额
    oth_pay: kinds.WrittenAmount  # 其他支出
    fund_pay_sumamt: kinds.WrittenAmount  # 基金支付总额
    psn_part_amt: kinds.WrittenAmount | None = None  # 个人负担总金额
    acct_pay: kinds.WrittenAmount  # 个人账户支出
    psn_cash_pay: kinds.WrittenAmount  # 个人现金支出
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    medins_setl_id: kinds.Filled30  # 医药机构结算ID
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.ClrType  # 清算类别


class Out2304Setldetail(Struct, frozen=True, kw_only=True):
    """2304 住院结算: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2304(Struct, frozen=True, kw_only=True):
    """2304 住院结算: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2304Setlinfo
    setldetail: tuple[Out2304Setldetail, ...] = ()


class In2305Data(Struct, frozen=True, kw_only=True):
    """2305 住院结算撤销: data."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    setl_id: kinds.Filled30  # 结算ID
    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2305(Struct, frozen=True, kw_only=True):
    """2305 住院结算撤销: input."""

    data: In2305Data


class Out2305Setlinfo(Struct, frozen=True, kw_only=True):
    """2305 住院结算撤销: setlinfo."""

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
    psn_cash_pay: kinds.WrittenAmount  # 个人现金支出
    hosp_part_amt: kinds.WrittenAmount | None = None  # 医院负担金额
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    medins_setl_id: kinds.Filled30  # 医药机构结算ID
    hifdm_pay: kinds.WrittenAmount | None = None  # 伤残人员医疗保障基金支出
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
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_type: kinds.MaybeClrType | None = None  # 清算类别


class Out2305Setldetail(Struct, frozen=True, kw_only=True):
    """2305 住院结算撤销: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out2305(Struct, frozen=True, kw_only=True):
    """2305 住院结算撤销: output."""

    exp_content: kinds.Text4000 | None = None  # 扩展字段
    setlinfo: Out2305Setlinfo
    setldetail: tuple[Out2305Setldetail, ...] = ()
