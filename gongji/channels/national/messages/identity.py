"""Messages: identity. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In1101Data(Struct, frozen=True, kw_only=True):
    """1101 人员信息获取: data."""

    mdtrt_cert_type: kinds.MdtrtCertType  # 就诊凭证类型
    mdtrt_cert_no: kinds.Filled50  # 就诊凭证编号
    card_sn: kinds.Text32 = ""  # 卡识别码
    begntime: kinds.Moment | None = None  # 开始时间
    psn_cert_type: kinds.MaybePsnCertType = ""  # 人员证件类型
    certno: kinds.Text50 = ""  # 证件号码
    psn_name: kinds.Text50 = ""  # 人员姓名
    expContent: dict[str, Any] = {}  # 扩展字段


class In1101(Struct, frozen=True, kw_only=True):
    """1101 人员信息获取: input."""

    data: In1101Data


class Out1101Baseinfo(Struct, frozen=True, kw_only=True):
    """1101 人员信息获取: baseinfo."""

    psn_no: kinds.Filled30  # 人员编号
    psn_cert_type: kinds.PsnCertType  # 人员证件类型
    certno: kinds.Filled50  # 证件号码
    psn_name: kinds.Filled50  # 人员姓名
    gend: kinds.Gend  # 性别
    naty: kinds.Text3 | None = None  # 民族
    brdy: kinds.DayText | None = None  # 出生日期
    age: kinds.WrittenAge  # 年龄
    exp_content: kinds.Text4000 | None = None  # 字段扩展


class Out1101Insuinfo(Struct, frozen=True, kw_only=True):
    """1101 人员信息获取: insuinfo."""

    balc: kinds.WrittenAmount  # 余额
    insutype: kinds.Insutype  # 险种类型
    psn_type: kinds.PsnType  # 人员类别
    psn_insu_stas: kinds.MaybePsnInsuStas | None = None  # 人员参保状态
    psn_insu_date: kinds.DayText | None = None  # 个人参保日期
    paus_insu_date: kinds.DayText | None = None  # 暂停参保日期
    cvlserv_flag: kinds.CvlservFlag  # 公务员标志
    insuplc_admdvs: kinds.Filled6  # 参保地医保区划
    emp_name: kinds.Text200 | None = None  # 单位名称


class Out1101Idetinfo(Struct, frozen=True, kw_only=True):
    """1101 人员信息获取: idetinfo."""

    psn_idet_type: kinds.PsnIdetType  # 人员身份类别
    psn_type_lv: kinds.Text3 | None = None  # 人员类别等级
    memo: kinds.Text500 | None = None  # 备注
    begntime: kinds.MomentText  # 开始时间
    endtime: kinds.MomentText | None = None  # 结束时间


class Out1101(Struct, frozen=True, kw_only=True):
    """1101 人员信息获取: output."""

    baseinfo: Out1101Baseinfo
    insuinfo: tuple[Out1101Insuinfo, ...] = ()
    idetinfo: tuple[Out1101Idetinfo, ...] = ()


class In1162Data(Struct, frozen=True, kw_only=True):
    """1162 电子凭证解码: data."""

    orgId: kinds.Filled40  # 机构 ID
    businessType: kinds.BizType  # 用码业务类型
    operatorId: kinds.Filled20  # 收款员编号
    operatorName: kinds.Filled30  # 收款员姓名
    officeId: kinds.Text20 = ""  # 医保科室编号
    officeName: kinds.Text30 = ""  # 科室名称
    deviceType: kinds.Text30 = ""  # 设备类型
    mdtrt_cert_type: kinds.Text3 = ""  # 获取信息类别
    ecQrCode: kinds.Text500 = ""
    businessInfo: kinds.Text500 = ""
    termId: kinds.Text500 = ""  # 机器名称
    termIp: kinds.Text500 = ""  # 机器IP
    expContent: dict[str, Any] = {}  # 扩展字段


class In1162(Struct, frozen=True, kw_only=True):
    """1162 电子凭证解码: input."""

    data: In1162Data


class Out1162(Struct, frozen=True, kw_only=True):
    """1162 电子凭证解码: output."""

    psn_cert_type: kinds.PsnCertType  # 人员证件类型
    certno: kinds.Filled50  # 证件号码
    psn_name: kinds.Filled50  # 人员姓名
    cardno: kinds.Text20 | None = None  # 社保卡卡号
    card_sn: kinds.Text32 | None = None  # 卡识别码
    ecToken: kinds.Text64 | None = None  # 令牌


class In1201Medinsinfo(Struct, frozen=True, kw_only=True):
    """1201 医药机构信息获取: medinsinfo."""

    fixmedins_type: kinds.FixmedinsType  # 定点医疗服务机构类型
    fixmedins_name: kinds.Text200 = ""  # 定点医药机构名称
    fixmedins_code: kinds.Text30 = ""  # 定点医药机构编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In1201(Struct, frozen=True, kw_only=True):
    """1201 医药机构信息获取: input."""

    medinsinfo: In1201Medinsinfo


class Out1201Medinsinfo(Struct, frozen=True, kw_only=True):
    """1201 医药机构信息获取: medinsinfo."""

    fixmedins_code: kinds.Filled30  # 定点医药机构编号
    fixmedins_name: kinds.Filled200  # 定点医药机构名称
    uscc: kinds.Text50 | None = None  # 统一社会信用代码
    fixmedins_type: kinds.FixmedinsType  # 定点医疗服务机构类型
    hosp_lv: kinds.MaybeHospLv | None = None  # 医院等级


class Out1201(Struct, frozen=True, kw_only=True):
    """1201 医药机构信息获取: output."""

    medinsinfo: tuple[Out1201Medinsinfo, ...] = ()


class In2001Data(Struct, frozen=True, kw_only=True):
    """2001 人员待遇享受检查: data."""

    psn_no: kinds.Filled30  # 人员编号
    insutype: kinds.Insutype  # 险种类型
    fixmedins_code: kinds.Text30 = ""  # 定点医药机构编号
    med_type: kinds.MedType  # 医疗类别
    begntime: kinds.Moment  # 开始时间
    endtime: kinds.Moment | None = None  # 结束时间
    dise_codg: kinds.Text30 = ""  # 病种编码
    dise_name: kinds.Text500 = ""  # 病种名称
    oprn_oprt_code: kinds.Text30 = ""  # 手术操作代码
    oprn_oprt_name: kinds.Text500 = ""  # 手术操作名称
    matn_type: kinds.MaybeMatnType = ""  # 生育类别
    birctrl_type: kinds.MaybeBirctrlType = ""  # 计划生育手术类别
    expContent: dict[str, Any] = {}  # 扩展字段


class In2001(Struct, frozen=True, kw_only=True):
    """2001 人员待遇享受检查: input."""

    data: In2001Data


class Out2001Trtinfo(Struct, frozen=True, kw_only=True):
    """2001 人员待遇享受检查: trtinfo."""

    psn_no: kinds.Filled30  # 人员编号
    trt_chk_type: kinds.TrtChkType  # 待遇检查类型
    fund_pay_type: kinds.FundPayType  # 基金支付类型
    trt_enjymnt_flag: kinds.Filled3  # 基金款项待遇享受标志
    begndate: kinds.DayText  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    trt_chk_rslt: kinds.Text500 | None = None  # 待遇检查结果


class Out2001(Struct, frozen=True, kw_only=True):
    """2001 人员待遇享受检查: output."""

    trtinfo: tuple[Out2001Trtinfo, ...] = ()


class In9001SignIn(Struct, frozen=True, kw_only=True):
    """9001 签到: signIn."""

    opter_no: kinds.Filled20  # 操作员编号
    mac: kinds.Text20 = ""  # 签到MAC地址
    ip: kinds.Text20 = ""  # 签到IP地址
    expContent: dict[str, Any] = {}  # 扩展字段


class In9001(Struct, frozen=True, kw_only=True):
    """9001 签到: input."""

    signIn: In9001SignIn


class Out9001Signinoutb(Struct, frozen=True, kw_only=True):
    """9001 签到: signinoutb."""

    sign_time: kinds.MomentText  # 签到时间
    sign_no: kinds.Filled30  # 签到编号


class Out9001(Struct, frozen=True, kw_only=True):
    """9001 签到: output."""

    signinoutb: Out9001Signinoutb


class In9002SignOut(Struct, frozen=True, kw_only=True):
    """9002 签退: signOut."""

    sign_no: kinds.Filled30  # 签到编号
    opter_no: kinds.Text20 = ""  # 操作员编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In9002(Struct, frozen=True, kw_only=True):
    """9002 签退: input."""

    signOut: In9002SignOut


class Out9002Signoutoutb(Struct, frozen=True, kw_only=True):
    """9002 签退: signoutoutb."""

    sign_time: kinds.MomentText  # 签退时间


class Out9002(Struct, frozen=True, kw_only=True):
    """9002 签退: output."""

    signoutoutb: Out9002Signoutoutb


class In9102FsDownloadIn(Struct, frozen=True, kw_only=True):
    """9102 文件下载: fsDownloadIn."""

    file_qury_no: kinds.Filled30  # 文件查询号
    filename: kinds.Filled200  # 文件名
    fixmedins_code: kinds.Filled30  # 医药机构编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In9102(Struct, frozen=True, kw_only=True):
    """9102 文件下载: input."""

    fsDownloadIn: In9102FsDownloadIn
