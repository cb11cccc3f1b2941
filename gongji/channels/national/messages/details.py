"""Messages: details. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In5204Data(Struct, frozen=True, kw_only=True):
    """5204 费用明细查询: data."""

    psn_no: kinds.Filled30  # 人员编号
    setl_id: kinds.Text30 = ""  # 结算ID
    mdtrt_id: kinds.Filled30  # 就诊ID
    expContent: dict[str, Any] = {}  # 扩展字段


class In5204(Struct, frozen=True, kw_only=True):
    """5204 费用明细查询: input."""

    data: In5204Data


class Out5204Row(Struct, frozen=True, kw_only=True):
    """5204 费用明细查询: row."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    setl_id: kinds.Text30 | None = None  # 结算ID
    feedetl_sn: kinds.Filled30  # 费用明细流水号
    rx_drord_no: kinds.Text30 | None = None  # 处方/医嘱号
    med_type: kinds.MedType  # 医疗类别
    fee_ocur_time: kinds.MomentText  # 费用发生时间
    cnt: kinds.WrittenQuantity | None = None  # 数量
    pric: kinds.WrittenPrice | None = None  # 单价
    sin_dos_dscr: kinds.Text200 | None = None  # 单次剂量描述
    used_frqu_dscr: kinds.Text200 | None = None  # 使用频次描述
    prd_days: kinds.WrittenDays | None = None  # 周期天数
    medc_way_dscr: kinds.Text200 | None = None  # 用药途径描述
    det_item_fee_sumamt: kinds.WrittenAmount  # 明细项目费用总额
    pric_uplmt_amt: kinds.WrittenPrice  # 定价上限金额
    selfpay_prop: kinds.WrittenRatio | None = None  # 自付比例
    fulamt_ownpay_amt: kinds.WrittenAmount | None = None  # 全自费金 额
    overlmt_amt: kinds.WrittenAmount | None = None  # 超限价金额
    preselfpay_amt: kinds.WrittenAmount | None = None  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount | None = None  # 符合政策范围金额
    chrgitm_lv: kinds.ChrgitmLv  # 收费项目等级
    hilist_code: kinds.Filled50  # 医保目录编码
    hilist_name: kinds.Text200 | None = None  # 医保目录名称
    list_type: kinds.ListType  # 目录类别
    med_list_codg: kinds.Filled50  # 医疗目录编码
    medins_list_codg: kinds.Text150 | None = None  # 医药机构目录编码
    medins_list_name: kinds.Text100 | None = None  # 医药机构目录名称
    med_chrgitm_type: kinds.MedChrgitmType  # 医疗收费项目类别
    prodname: kinds.Text200 | None = None  # 商品名
    spec: kinds.Text200 | None = None  # 规格
    dosform_name: kinds.Text200 | None = None  # 剂型名称
    bilg_dept_codg: kinds.Text30 | None = None  # 开单科室编码
    bilg_dept_name: kinds.Text100 | None = None  # 开单科室名称
    bilg_dr_codg: kinds.Text30 | None = None  # 开单医生编码
    bilg_dr_name: kinds.Text50 | None = None  # 开单医师姓名
    acord_dept_codg: kinds.Text30 | None = None  # 受单科室编码
    acord_dept_name: kinds.Text100 | None = None  # 受单科室名称
    orders_dr_code: kinds.Text30 | None = None  # 受单医生编码
    orders_dr_name: kinds.Text50 | None = None  # 受单医生姓名
    lmt_used_flag: kinds.Text3 | None = None  # 限制使用标志
    hosp_prep_flag: kinds.Text3 | None = None  # 医院制剂标志
    hosp_appr_flag: kinds.MaybeHospApprFlag | None = None  # 医院审批标志
    tcmdrug_used_way: kinds.MaybeTcmdrugUsedWay | None = None  # 中药使用方式
    prodplac_type: kinds.Text6 | None = None  # 生产地类别
    bas_medn_flag: kinds.Text3 | None = None  # 基本药物标志
    hi_nego_drug_flag: kinds.Text3 | None = None  # 医保谈判药品标志
    chld_medc_flag: kinds.Text3 | None = None  # 儿童用药标志
    etip_flag: kinds.Text3 | None = None  # 外检标志
    etip_hosp_code: kinds.Text30 | None = None  # 外检医院编码
    dscg_tkdrug_flag: kinds.Text3 | None = None  # 出院带药标志
    list_sp_item_flag: kinds.Text3 | None = None  # 目录特项标志
    matn_fee_flag: kinds.Text6 | None = None  # 生育费用标志
    drt_reim_flag: kinds.Text3 | None = None  # 直报标志
    memo: kinds.Text500 | None = None  # 备注
    opter_id: kinds.Text20 | None = None  # 经办人ID
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间


class In5301Data(Struct, frozen=True, kw_only=True):
    """5301 人员慢特病备案查询: data."""

    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In5301(Struct, frozen=True, kw_only=True):
    """5301 人员慢特病备案查询: input."""

    data: In5301Data


class Out5301Feedetail(Struct, frozen=True, kw_only=True):
    """5301 人员慢特病备案查询: feedetail."""

    opsp_dise_code: kinds.Filled30  # 门慢门特病种目录代码
    opsp_dise_name: kinds.Filled300  # 门慢门特病种名称
    begndate: kinds.DayText  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期


class Out5301(Struct, frozen=True, kw_only=True):
    """5301 人员慢特病备案查询: output."""

    feedetail: tuple[Out5301Feedetail, ...] = ()


class In5302Data(Struct, frozen=True, kw_only=True):
    """5302 人员定点信息查询: data."""

    psn_no: kinds.Filled30  # 人员编号
    biz_appy_type: kinds.Filled3  # 业务申请类型
    expContent: dict[str, Any] = {}  # 扩展字段


class In5302(Struct, frozen=True, kw_only=True):
    """5302 人员定点信息查询: input."""

    data: In5302Data


class Out5302Psnfixmedin(Struct, frozen=True, kw_only=True):
    """5302 人员定点信息查询: psnfixmedin."""

    psn_no: kinds.Filled30  # 人员编号
    insutype: kinds.MaybeInsutype | None = None  # 险种类型
    fix_srt_no: kinds.Filled3  # 定点排序号
    fixmedins_code: kinds.Filled30  # 定点医药机构编号
    fixmedins_name: kinds.Filled200  # 定点医药机构名称
    begndate: kinds.DayText  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    memo: kinds.Text500 | None = None  # 备注


class Out5302(Struct, frozen=True, kw_only=True):
    """5302 人员定点信息查询: output."""

    psnfixmedin: tuple[Out5302Psnfixmedin, ...] = ()


class In5303Data(Struct, frozen=True, kw_only=True):
    """5303 在院信息查询: data."""

    psn_no: kinds.Text30 = ""  # 人员编号
    begntime: kinds.Moment  # 开始时间
    endtime: kinds.Moment | None = None  # 结束时间
    expContent: dict[str, Any] = {}  # 扩展字段


class In5303(Struct, frozen=True, kw_only=True):
    """5303 在院信息查询: input."""

    data: In5303Data


class Out5303Data(Struct, frozen=True, kw_only=True):
    """5303 在院信息查询: data."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    psn_cert_type: kinds.PsnCertType  # 人员证件类型
    certno: kinds.Filled50  # 证件号码
    psn_name: kinds.Filled50  # 人员姓名
    gend: kinds.Gend  # 性别
    brdy: kinds.DayText | None = None  # 出生日期
    age: kinds.WrittenAge  # 年龄
    insutype: kinds.Insutype  # 险种类型
    begndate: kinds.DayText  # 开始日期
    med_type: kinds.MedType  # 医疗类别
    ipt_otp_no: kinds.Text30 | None = None  # 住院/门诊号
    out_flag: kinds.Text3 | None = None  # 异地标志


class Out5303(Struct, frozen=True, kw_only=True):
    """5303 在院信息查询: output."""

    data: tuple[Out5303Data, ...] = ()


class In5304Data(Struct, frozen=True, kw_only=True):
    """5304 转院信息查询: data."""

    psn_no: kinds.Text30 = ""  # 人员编号
    begntime: kinds.Moment  # 开始时间
    endtime: kinds.Moment | None = None  # 结束时间
    expContent: dict[str, Any] = {}  # 扩展字段


class In5304(Struct, frozen=True, kw_only=True):
    """5304 转院信息查询: input."""

    data: In5304Data


class Out5304Refmedin(Struct, frozen=True, kw_only=True):
    """5304 转院信息查询: refmedin."""

    insutype: kinds.MaybeInsutype | None = None  # 险种类型
    dcla_souc: kinds.Text6 | None = None  # 申报来源
    psn_no: kinds.Text30 | None = None  # 人员编号
    psn_cert_type: kinds.MaybePsnCertType | None = None  # 人员证件类型
    certno: kinds.Text50 | None = None  # 证件号码
    psn_name: kinds.Text50 | None = None  # 人员姓名
    gend: kinds.MaybeGend | None = None  # 性别
    brdy: kinds.DayText | None = None  # 出生日期
    tel: kinds.Text50 | None = None  # 联系电话
    addr: kinds.Text200 | None = None  # 联系地址
    insu_optins: kinds.Text6 | None = None  # 参保机构医保区划
    emp_name: kinds.Text200 | None = None  # 单位名称
    diag_code: kinds.Text20 | None = None  # 诊断代码
    diag_name: kinds.Text100 | None = None  # 诊断名称
    dise_cond_dscr: kinds.Text2000 | None = None  # 疾病病情描述
    reflin_medins_no: kinds.Text12 | None = None  # 转往定点医药机构编号
    reflin_medins_name: kinds.Text200 | None = None  # 转往医院名称
    out_flag: kinds.Text3 | None = None  # 异地标志
    refl_date: kinds.DayText | None = None  # 转院日期
    refl_rea: kinds.Text100 | None = None  # 转院原因
    begndate: kinds.DayText | None = None  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    hosp_agre_refl_flag: kinds.Text3 | None = None  # 医院同意转院标志
    opter_id: kinds.Text20 | None = None  # 经办人ID
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间


class Out5304(Struct, frozen=True, kw_only=True):
    """5304 转院信息查询: output."""

    refmedin: tuple[Out5304Refmedin, ...] = ()
