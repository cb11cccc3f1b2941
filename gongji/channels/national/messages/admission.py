"""Messages: admission. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In2401Mdtrtinfo(Struct, frozen=True, kw_only=True):
    """2401 入院办理: mdtrtinfo."""

    psn_no: kinds.Filled30  # 人员编号
    insutype: kinds.Insutype  # 险种类型
    coner_name: kinds.Text50 = ""  # 联系人姓名
    tel: kinds.Text50 = ""  # 联系电话
    begntime: kinds.Moment  # 开始时间
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    med_type: kinds.MedType  # 医疗类别
    ipt_no: kinds.Filled30  # 住院号
    medrcdno: kinds.Text30 = ""  # 病历号
    atddr_no: kinds.Text30  # 主治医生编码
    chfpdr_name: kinds.Text50  # 主诊医师姓名
    adm_diag_dscr: kinds.Text200  # 入院诊断描述
    adm_dept_codg: kinds.Text30  # 入院科室编码
    adm_dept_name: kinds.Text100  # 入院科室名称
    adm_bed: kinds.Text30  # 入院床位
    dscg_maindiag_code: kinds.Text20  # 住院主诊断代码
    dscg_maindiag_name: kinds.Text300  # 住院主诊断名称
    main_cond_dscr: kinds.Text1000 = ""  # 主要病情描述
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    oprn_oprt_code: kinds.Text30 = ""  # 手术操作代码
    oprn_oprt_name: kinds.Text500 = ""  # 手术操作名称
    fpsc_no: kinds.Text50 = ""  # 计划生育服务证号
    matn_type: kinds.MaybeMatnType = ""  # 生育类别
    birctrl_type: kinds.MaybeBirctrlType = ""  # 计划生育手术类别
    latechb_flag: kinds.Text3 = ""  # 晚育标志
    geso_val: kinds.Count2 | None = None  # 孕周数
    fetts: kinds.Count3 | None = None  # 胎次
    fetus_cnt: kinds.Count3 | None = None  # 胎儿数
    pret_flag: kinds.Text3 = ""  # 早产标志
    birctrl_matn_date: kinds.Moment | None = None  # 计划生育手术或生育日期
    dise_type_code: kinds.Text6 = ""  # 病种类型
    expContent: dict[str, Any] = {}  # 扩展字段


class In2401Diseinfo(Struct, frozen=True, kw_only=True):
    """2401 入院办理: diseinfo."""

    psn_no: kinds.Text30  # 人员编号
    diag_type: kinds.MaybeDiagType  # 诊断类别
    maindiag_flag: kinds.Text3  # 主诊断标志
    diag_srt_no: kinds.Count2 | None  # 诊断排序号
    diag_code: kinds.Text20  # 诊断代码
    diag_name: kinds.Text100  # 诊断名称
    adm_cond: kinds.Text500 = ""  # 入院病情
    diag_dept: kinds.Text50  # 诊断科室
    dise_dor_no: kinds.Text30  # 诊断医生编码
    dise_dor_name: kinds.Text50  # 诊断医生姓名
    diag_time: kinds.Moment | None  # 诊断时间
    expContent: dict[str, Any] = {}  # 扩展字段


class In2401(Struct, frozen=True, kw_only=True):
    """2401 入院办理: input."""

    mdtrtinfo: In2401Mdtrtinfo
    diseinfo: tuple[In2401Diseinfo, ...] = ()


class Out2401Result(Struct, frozen=True, kw_only=True):
    """2401 入院办理: result."""

    mdtrt_id: kinds.Filled30  # 就诊ID


class Out2401(Struct, frozen=True, kw_only=True):
    """2401 入院办理: output."""

    result: Out2401Result


class In2402Dscginfo(Struct, frozen=True, kw_only=True):
    """2402 出院办理: dscginfo."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    insutype: kinds.Insutype  # 险种类型
    endtime: kinds.Moment  # 结束时间
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    oprn_oprt_code: kinds.Text30 = ""  # 手术操作代码
    oprn_oprt_name: kinds.Text500 = ""  # 手术操作名称
    fpsc_no: kinds.Text50 = ""  # 计划生育服务证号
    matn_type: kinds.MaybeMatnType = ""  # 生育类别
    birctrl_type: kinds.MaybeBirctrlType = ""  # 计划生育手术类别
    latechb_flag: kinds.Text3 = ""  # 晚育标志
    geso_val: kinds.Count2 | None = None  # 孕周数
    fetts: kinds.Count3 | None = None  # 胎次
    fetus_cnt: kinds.Count3 | None = None  # 胎儿数
    pret_flag: kinds.Text3 = ""  # 早产标志
    birctrl_matn_date: kinds.Moment | None = None  # 计划生育手术或生育日期
    cop_flag: kinds.Text3 = ""  # 伴有并发症标志
    dscg_dept_codg: kinds.Text30  # 出院科室编码
    dscg_dept_name: kinds.Text100  # 出院科室名称
    dscg_bed: kinds.Text30 = ""  # 出院床位
    dscg_way: kinds.MaybeDscgWay  # 离院方式
    die_date: kinds.Moment | None = None  # 死亡日期
    expContent: dict[str, Any] = {}  # 扩展字段


class In2402Diseinfo(Struct, frozen=True, kw_only=True):
    """2402 出院办理: diseinfo."""

    mdtrt_id: kinds.Text30  # 就诊ID
    psn_no: kinds.Text30  # 人员编号
    diag_type: kinds.MaybeDiagType  # 诊断类别
    maindiag_flag: kinds.Text3  # 主诊断标志
    diag_srt_no: kinds.Count2 | None  # 诊断排序号
    diag_code: kinds.Text20  # 诊断代码
    diag_name: kinds.Text100  # 诊断名称
    diag_dept: kinds.Text50  # 诊断科室
    dise_dor_no: kinds.Text30  # 诊断医生编码
    dise_dor_name: kinds.Text50  # 诊断医生姓名
    diag_time: kinds.Moment | None  # 诊断时间
    expContent: dict[str, Any] = {}  # 扩展字段


class In2402(Struct, frozen=True, kw_only=True):
    """2402 出院办理: input."""

    dscginfo: In2402Dscginfo
    diseinfo: tuple[In2402Diseinfo, ...] = ()


class In2403AdminfoExpContent(Struct, frozen=True, kw_only=True):
    """2403 入院信息变更: adminfo.exp_content."""

    er_flag: kinds.Text6 = ""  # 急诊标志
    expContent: dict[str, Any] = {}  # 扩展字段


class In2403Adminfo(Struct, frozen=True, kw_only=True):
    """2403 入院信息变更: adminfo."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    coner_name: kinds.Text50 = ""  # 联系人姓名
    tel: kinds.Text50 = ""  # 联系电话
    begntime: kinds.Moment  # 开始时间
    endtime: kinds.Moment | None = None  # 结束时间
    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    med_type: kinds.MedType  # 医疗类别
    ipt_otp_no: kinds.Filled30  # 住院/门诊号
    medrcdno: kinds.Text30 = ""  # 病历号
    atddr_no: kinds.Text30  # 主治医生编码
    chfpdr_name: kinds.Text50  # 主诊医师姓名
    adm_diag_dscr: kinds.Text200  # 入院诊断描述
    adm_dept_codg: kinds.Text30  # 入院科室编码
    adm_dept_name: kinds.Text100  # 入院科室名称
    adm_bed: kinds.Text30  # 入院床位
    dscg_maindiag_code: kinds.Text20  # 住院主诊断代码
    dscg_maindiag_name: kinds.Text300  # 住院主诊断名称
    main_cond_dscr: kinds.Text1000 = ""  # 主要病情描述
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    oprn_oprt_code: kinds.Text30 = ""  # 手术操作代码
    oprn_oprt_name: kinds.Text500 = ""  # 手术操作名称
    fpsc_no: kinds.Text50 = ""  # 计划生育服务证号
    matn_type: kinds.MaybeMatnType = ""  # 生育类别
    birctrl_type: kinds.MaybeBirctrlType = ""  # 计划生育手术类别
    latechb_flag: kinds.Text3 = ""  # 晚育标志
    geso_val: kinds.Count2 | None = None  # 孕周数
    fetts: kinds.Count3 | None = None  # 胎次
    fetus_cnt: kinds.Count3 | None = None  # 胎儿数
    pret_flag: kinds.Text3 = ""  # 早产标志
    birctrl_matn_date: kinds.Moment | None = None  # 计划生育手术或生育日期
    dise_type_code: kinds.Text6 = ""  # 病种编号
    expContent: dict[str, Any] = {}  # 扩展字段
    exp_content: tuple[In2403AdminfoExpContent, ...] = ()


class In2403Diseinfo(Struct, frozen=True, kw_only=True):
    """2403 入院信息变更: diseinfo."""

    psn_no: kinds.Text30  # 人员编号
    diag_type: kinds.MaybeDiagType  # 诊断类别
    maindiag_flag: kinds.Text3  # 主诊断标志
    diag_srt_no: kinds.Count2 | None  # 诊断排序号
    diag_code: kinds.Text20  # 诊断代码
    diag_name: kinds.Text100  # 诊断名称
    adm_cond: kinds.Text500 = ""  # 入院病情
    diag_dept: kinds.Text50  # 诊断科室
    dise_dor_no: kinds.Text30  # 诊断医生编码
    dise_dor_name: kinds.Text50  # 诊断医生姓名
    diag_time: kinds.Moment | None  # 诊断时间
    expContent: dict[str, Any] = {}  # 扩展字段


class In2403(Struct, frozen=True, kw_only=True):
    """2403 入院信息变更: input."""

    adminfo: In2403Adminfo
    diseinfo: tuple[In2403Diseinfo, ...] = ()


class In2404Data(Struct, frozen=True, kw_only=True):
    """2404 入院撤销: data."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2404(Struct, frozen=True, kw_only=True):
    """2404 入院撤销: input."""

    data: In2404Data


class In2405Data(Struct, frozen=True, kw_only=True):
    """2405 出院撤销: data."""

    mdtrt_id: kinds.Filled30  # 就诊ID
    psn_no: kinds.Filled30  # 人员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2405(Struct, frozen=True, kw_only=True):
    """2405 出院撤销: input."""

    data: In2405Data
