"""Messages: queries. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In5201Data(Struct, frozen=True, kw_only=True):
    """5201 就诊信息查询: data."""

    psn_no: kinds.Filled30  # 人员编号
    begntime: kinds.Moment  # 开始时间
    endtime: kinds.Moment  # 结束时间
    med_type: kinds.MaybeMedType = ""  # 医疗类别
    mdtrt_id: kinds.Text30 = ""  # 就诊ID
    expContent: dict[str, Any] = {}  # 扩展字段


class In5201(Struct, frozen=True, kw_only=True):
    """5201 就诊信息查询: input."""

    data: In5201Data


class Out5201Mdtrtinfo(Struct, frozen=True, kw_only=True):
    """5201 就诊信息查询: mdtrtinfo."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    psn_cert_type: kinds.PsnCertType  # 人员证件类型
    certno: kinds.Filled50  # 证件号码
    psn_name: kinds.Filled50  # 人员姓名
    gend: kinds.Gend  # 性别
    naty: kinds.Text3 | None = None  # 民族
    brdy: kinds.DayText | None = None  # 出生日期
    age: kinds.WrittenAge | None = None  # 年龄
    coner_name: kinds.Text50 | None = None  # 联系人姓名
    tel: kinds.Text50 | None = None  # 联系电话
    insutype: kinds.Insutype  # 险种类型
    psn_type: kinds.PsnType  # 人员类别
    maf_psn_flag: kinds.Text3 | None = None  # 医疗救助对象标志
    cvlserv_flag: kinds.CvlservFlag  # 公务员标志
    flxempe_flag: kinds.Text3 | None = None  # 灵活就业标志
    nwb_flag: kinds.Text3 | None = None  # 新生儿标志
    insu_optins: kinds.Text6 | None = None  # 参保机构医保区划
    emp_name: kinds.Text200 | None = None  # 单位名称
    begntime: kinds.MomentText  # 开始时间
    endtime: kinds.MomentText | None = None  # 结束时间
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    med_type: kinds.MedType  # 医疗类别
    ars_year_ipt_flag: kinds.Text3 | None = None  # 跨年度住院标志
    pre_pay_flag: kinds.Text3 | None = None  # 先行支付标志
    ipt_otp_no: kinds.Text30 | None = None  # 住院/门诊号
    medrcdno: kinds.Text30 | None = None  # 病历号
    atddr_no: kinds.Text30 | None = None  # 主治医生编码
    chfpdr_name: kinds.Text50 | None = None  # 主诊医师姓名
    adm_dept_codg: kinds.Text30 | None = None  # 入院科室编码
    adm_dept_name: kinds.Text100 | None = None  # 入院科室名称
    adm_bed: kinds.Text30 | None = None  # 入院床位
    dscg_maindiag_code: kinds.Text20 | None = None  # 住院主诊断代码
    dscg_maindiag_name: kinds.Text300 | None = None  # 住院主诊断名称
    dscg_dept_codg: kinds.Text30 | None = None  # 出院科室编码
    dscg_dept_name: kinds.Text100 | None = None  # 出院科室名称
    dscg_bed: kinds.Text30 | None = None  # 出院床位
    dscg_way: kinds.MaybeDscgWay | None = None  # 离院方式
    main_cond_dscr: kinds.Text1000 | None = None  # 主要病情描述
    dise_codg: kinds.Text30 | None = None  # 病种编码
    dise_name: kinds.Text500 | None = None  # 病种名称
    oprn_oprt_code: kinds.Text30 | None = None  # 手术操作代码
    oprn_oprt_name: kinds.Text500 | None = None  # 手术操作名称
    otp_diag_info: kinds.Text200 | None = None  # 门诊诊断信息
    inhosp_stas: kinds.MaybeInhospStas | None = None  # 在院状态
    die_date: kinds.DayText | None = None  # 死亡日期
    ipt_days: kinds.WrittenCount4 | None = None  # 住院天数
    fpsc_no: kinds.Text50 | None = None  # 计划生育服务证号
    matn_type: kinds.MaybeMatnType | None = None  # 生育类别
    birctrl_type: kinds.MaybeBirctrlType | None = None  # 计划生育手术类别
    latechb_flag: kinds.Text3 | None = None  # 晚育标志
    geso_val: kinds.WrittenCount2 | None = None  # 孕周数
    fetts: kinds.WrittenCount3 | None = None  # 次
    fetus_cnt: kinds.WrittenCount3 | None = None  # 胎儿数
    pret_flag: kinds.Text3 | None = None  # 早产标志
    birctrl_matn_date: kinds.DayText | None = None  # 计划生育手术或生育日期
    cop_flag: kinds.Text3 | None = None  # 伴有并发症标志
    opter_id: kinds.Text20 | None = None  # 经办人ID
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间
    memo: kinds.Text500 | None = None  # 备注


class Out5201(Struct, frozen=True, kw_only=True):
    """5201 就诊信息查询: output."""

    mdtrtinfo: tuple[Out5201Mdtrtinfo, ...] = ()


class In5203Data(Struct, frozen=True, kw_only=True):
    """5203 结算信息查询: data."""

    psn_no: kinds.Filled30  # 人员编号
    setl_id: kinds.Text30 = ""  # 结算ID
    mdtrt_id: kinds.Text30 = ""  # 就诊ID
    medins_setl_id: kinds.Text30 = ""  # 医药机构结算ID
    expContent: dict[str, Any] = {}  # 扩展字段


class In5203(Struct, frozen=True, kw_only=True):
    """5203 结算信息查询: input."""

    data: In5203Data


class Out5203Setlinfo(Struct, frozen=True, kw_only=True):
    """5203 结算信息查询: setlinfo."""

    setl_id: kinds.Filled30  # 结算ID
    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    psn_name: kinds.Filled50  # 人员姓名
    psn_cert_type: kinds.PsnCertType  # 人员证件类型
    certno: kinds.Filled50  # 证件号码
    gend: kinds.Gend  # 性别
    naty: kinds.Text3 | None = None  # 民族
    brdy: kinds.DayText | None = None  # 出生日期
    age: kinds.WrittenAge | None = None  # 年龄
    insutype: kinds.Insutype  # 险种类型
    psn_type: kinds.PsnType  # 人员类别
    cvlserv_flag: kinds.CvlservFlag  # 公务员标志
    flxempe_flag: kinds.Text3 | None = None  # 灵活就业标志
    nwb_flag: kinds.Text3 | None = None  # 新生儿标志
    insu_optins: kinds.Text6 | None = None  # 参保机构医保区划
    emp_name: kinds.Text200 | None = None  # 单位名称
    pay_loc: kinds.PayLoc  # 支付地点类别
    fixmedins_code: kinds.Filled30  # 定点医药机构编号
    fixmedins_name: kinds.Filled200  # 定点医药机构名称
    hosp_lv: kinds.MaybeHospLv | None = None  # 医院等级
    fixmedins_poolarea: kinds.Text6 | None = None  # 定点归属机构
    lmtpric_hosp_lv: kinds.MaybeHospLv | None = None  # 限价医院等级
    dedc_hosp_lv: kinds.MaybeHospLv | None = None  # 起付线医院等级
    begndate: kinds.DayText  # 开始日期
    enddate: kinds.DayText  # 结束日期
    setl_time: kinds.MomentText  # 结算时间
    mdtrt_cert_type: kinds.MaybeMdtrtCertType | None = None  # 就诊凭证类型
    med_type: kinds.MedType  # 医疗类别
    clr_type: kinds.ClrType  # 清算类别
    clr_way: kinds.MaybeClrWay | None = None  # 清算方式
    clr_optins: kinds.Text6 | None = None  # 清算经办机构
    medfee_sumamt: kinds.WrittenAmount  # 医疗费总额
    fulamt_ownpay_amt: kinds.WrittenAmount  # 全自费金额
    overlmt_selfpay: kinds.WrittenAmount  # 超限价自费费用
    preselfpay_amt: kinds.WrittenAmount  # 先行自付金额
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    act_pay_dedc: kinds.WrittenAmount  # 实际支付起付线
    hifp_pay: kinds.WrittenAmount  # 基本医疗保险统筹基金支出
    pool_prop_selfpay: kinds.WrittenRatio  # 基本医疗保险统筹基金支付比例
    cvlserv_pay: kinds.WrittenAmount  # 公务员医疗补助资金支出
    hifes_pay: kinds.WrittenAmount  # 企业补充医疗保险基金支出
    hifmi_pay: kinds.WrittenAmount  # 居民大病保险资金支出
    hifob_pay: kinds.WrittenAmount  # 职工大额医疗费用补助基金支出
    maf_pay: kinds.WrittenAmount  # 医疗救助基金支出
    oth_pay: kinds.WrittenAmount  # 其他支出
    fund_pay_sumamt: kinds.WrittenAmount  # 基金支付总额
    psn_pay: kinds.WrittenAmount  # 个人支付金额
    acct_pay: kinds.WrittenAmount  # 个人账户支出
    cash_payamt: kinds.WrittenAmount  # 现金支付金额
    balc: kinds.WrittenAmount  # 余额
    acct_mulaid_pay: kinds.WrittenAmount  # 个人账户共济支付金额
    medins_setl_id: kinds.Filled30  # 医药机构结算ID
    refd_setl_flag: kinds.RefdSetlFlag  # 退费结算标志
    year: kinds.Filled4  # 年度
    dise_codg: kinds.Text30 | None = None  # 病种编码
    dise_name: kinds.Text500 | None = None  # 病种名称
    invono: kinds.Text20 | None = None  # 发票号
    opter_id: kinds.Text20 | None = None  # 经办人ID
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间


class Out5203Setldetail(Struct, frozen=True, kw_only=True):
    """5203 结算信息查询: setldetail."""

    fund_pay_type: kinds.FundPayType  # 基金支付类型
    inscp_scp_amt: kinds.WrittenAmount  # 符合政策范围金额
    crt_payb_lmt_amt: kinds.WrittenAmount  # 本次可支付限额金额
    fund_payamt: kinds.WrittenAmount  # 基金支付金额
    fund_pay_type_name: kinds.Text200 | None = None  # 基金支付类型名称
    setl_proc_info: kinds.Text4000 | None = None  # 结算过程信息


class Out5203(Struct, frozen=True, kw_only=True):
    """5203 结算信息查询: output."""

    setlinfo: Out5203Setlinfo
    setldetail: tuple[Out5203Setldetail, ...] = ()


class In5206Data(Struct, frozen=True, kw_only=True):
    """5206 人员累计信息查询: data."""

    psn_no: kinds.Filled30  # 人员编号
    cum_ym: kinds.Text6 = ""  # 累计年月
    expContent: dict[str, Any] = {}  # 扩展字段


class In5206(Struct, frozen=True, kw_only=True):
    """5206 人员累计信息查询: input."""

    data: In5206Data


class Out5206Cuminfo(Struct, frozen=True, kw_only=True):
    """5206 人员累计信息查询: cuminfo."""

    insutype: kinds.Insutype  # 险种类型
    year: kinds.Filled4  # 年度
    cum_ym: kinds.Filled6  # 累计年月
    cum_type_code: kinds.Filled30  # 累计类别代码
    cum: kinds.WrittenAmount  # 累计值


class Out5206(Struct, frozen=True, kw_only=True):
    """5206 人员累计信息查询: output."""

    cuminfo: tuple[Out5206Cuminfo, ...] = ()
