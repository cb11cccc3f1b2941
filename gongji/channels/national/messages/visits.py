"""Messages: visits. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In2201Data(Struct, frozen=True, kw_only=True):
    """2201 门诊挂号: data."""

    psn_no: kinds.Filled30  # 人员编号
    insutype: kinds.Insutype  # 险种类型
    begntime: kinds.Moment  # 开始时间
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    ipt_otp_no: kinds.Filled30  # 住院/门诊号
    atddr_no: kinds.Text30  # 医师编码
    dr_name: kinds.Text50  # 医师姓名
    dept_code: kinds.Text30  # 科室编码
    dept_name: kinds.Text100  # 科室名称
    caty: kinds.Text6  # 科别
    expContent: dict[str, Any] = {}  # 扩展字段


class In2201(Struct, frozen=True, kw_only=True):
    """2201 门诊挂号: input."""

    data: In2201Data


class Out2201Data(Struct, frozen=True, kw_only=True):
    """2201 门诊挂号: data."""

    mdtrt_id: kinds.Filled30  # 就诊 ID
    psn_no: kinds.Filled30  # 人员编号
    ipt_otp_no: kinds.Filled30  # 住院/门诊号
    exp_content: kinds.Text4000 | None = None  # 扩展字段


class Out2201(Struct, frozen=True, kw_only=True):
    """2201 门诊挂号: output."""

    data: Out2201Data


class In2202Data(Struct, frozen=True, kw_only=True):
    """2202 门诊挂号撤销: data."""

    psn_no: kinds.Filled30  # 人员编号
    mdtrt_id: kinds.Filled30  # 就诊 ID
    ipt_otp_no: kinds.Filled30  # 住院/门诊号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2202(Struct, frozen=True, kw_only=True):
    """2202 门诊挂号撤销: input."""

    data: In2202Data


class In2203Mdtrtinfo(Struct, frozen=True, kw_only=True):
    """2203 门诊就诊信息上传: mdtrtinfo."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    med_type: kinds.MedType  # 医疗类别
    begntime: kinds.Moment  # 开始时间
    main_cond_dscr: kinds.Text1000 = ""  # 主要病情描述
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    birctrl_type: kinds.MaybeBirctrlType = ""  # 计划生育手术类别
    birctrl_matn_date: kinds.Moment | None = None  # 计划生育手术或生育日期
    expContent: dict[str, Any] = {}  # 扩展字段


class In2203Diseinfo(Struct, frozen=True, kw_only=True):
    """2203 门诊就诊信息上传: diseinfo."""

    diag_type: kinds.MaybeDiagType  # 诊断类别
    diag_srt_no: kinds.Count2 | None  # 诊断排序号
    diag_code: kinds.Text20  # 诊断代码
    diag_name: kinds.Text100  # 诊断名称
    diag_dept: kinds.Text50  # 诊断科室
    dise_dor_no: kinds.Text30  # 诊断医生编码
    dise_dor_name: kinds.Text50  # 诊断医生姓名
    diag_time: kinds.Moment | None  # 诊断时间
    vali_flag: kinds.MaybeValiFlag  # 有效标志
    expContent: dict[str, Any] = {}  # 扩展字段


class In2203(Struct, frozen=True, kw_only=True):
    """2203 门诊就诊信息上传: input."""

    mdtrtinfo: In2203Mdtrtinfo
    diseinfo: tuple[In2203Diseinfo, ...] = ()


class In2203AMdtrtinfo(Struct, frozen=True, kw_only=True):
    """2203A 门诊就诊信息上传A: mdtrtinfo."""

    mdtrt_id: kinds.Filled30  # 就诊 ID
    psn_no: kinds.Filled30  # 人员编号
    med_type: kinds.MedType  # 医疗类别
    begntime: kinds.Moment  # 开始时间
    main_cond_dscr: kinds.Text1000 = ""  # 主要病情描述
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    birctrl_type: kinds.MaybeBirctrlType = ""  # 计划生育手术类别
    birctrl_matn_date: kinds.Moment | None = None  # 计划生育手术或生育日期
    matn_type: kinds.Text6 = ""  # 生育类别
    geso_val: kinds.Count2 | None = None  # 孕周数
    expContent: dict[str, Any] = {}  # 扩展字段


class In2203ADiseinfo(Struct, frozen=True, kw_only=True):
    """2203A 门诊就诊信息上传A: diseinfo."""

    diag_type: kinds.MaybeDiagType  # 诊断类别
    diag_srt_no: kinds.Count2 | None  # 诊断排序号
    diag_code: kinds.Text20  # 诊断代码
    diag_name: kinds.Text100  # 诊断名称
    diag_dept: kinds.Text50  # 诊断科室
    dise_dor_no: kinds.Text30  # 诊断医生编码
    dise_dor_name: kinds.Text50  # 诊断医生姓名
    diag_time: kinds.Moment | None  # 诊断时间
    vali_flag: kinds.MaybeValiFlag  # 有效标志
    expContent: dict[str, Any] = {}  # 扩展字段


class In2203A(Struct, frozen=True, kw_only=True):
    """2203A 门诊就诊信息上传A: input."""

    mdtrtinfo: In2203AMdtrtinfo
    diseinfo: tuple[In2203ADiseinfo, ...] = ()


class In2204Feedetail(Struct, frozen=True, kw_only=True):
    """2204 门诊费用明细信息上传: feedetail."""

    feedetl_sn: kinds.Filled30  # 费用明细流水号
    mdtrt_id: kinds.Filled30  # 就诊 ID
    psn_no: kinds.Filled30  # 人员编号
    chrg_bchno: kinds.Filled30  # 收费批次号
    dise_codg: kinds.Text30 = ""  # 病种编码
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
    bilg_dept_codg: kinds.Text30  # 开单科室编码
    bilg_dept_name: kinds.Text100  # 开单科室名称
    bilg_dr_codg: kinds.Text30  # 开单医生编码
    bilg_dr_name: kinds.Text50  # 开单医师姓名
    acord_dept_codg: kinds.Text30 = ""  # 受单科室编码
    acord_dept_name: kinds.Text100 = ""  # 受单科室名称
    orders_dr_code: kinds.Text30 = ""  # 受单医生编码
    orders_dr_name: kinds.Text50 = ""  # 受单医生姓名
    hosp_appr_flag: kinds.MaybeHospApprFlag  # 医院审批标志
    tcmdrug_used_way: kinds.MaybeTcmdrugUsedWay = ""  # 中药使用方式
    etip_flag: kinds.Text3 = ""  # 外检标志
    etip_hosp_code: kinds.Text30 = ""  # 外检医院编码
    dscg_tkdrug_flag: kinds.Text3 = ""  # 出院带药标志
    matn_fee_flag: kinds.Text6 = ""  # 生育费用标志
    expContent: dict[str, Any] = {}  # 扩展字段


class In2204(Struct, frozen=True, kw_only=True):
    """2204 门诊费用明细信息上传: input."""

    feedetail: tuple[In2204Feedetail, ...]


class Out2204Result(Struct, frozen=True, kw_only=True):
    """2204 门诊费用明细信息上传: result."""

    feedetl_sn: kinds.Filled30  # 费用明细流水号
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


class Out2204(Struct, frozen=True, kw_only=True):
    """2204 门诊费用明细信息上传: output."""

    result: tuple[Out2204Result, ...] = ()


class In2205Data(Struct, frozen=True, kw_only=True):
    """2205 门诊费用明细信息撤销: data."""

    mdtrt_id: kinds.Filled30  # 就诊 ID
    chrg_bchno: kinds.Filled30  # 收费批次号
    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2205(Struct, frozen=True, kw_only=True):
    """2205 门诊费用明细信息撤销: input."""

    data: In2205Data
