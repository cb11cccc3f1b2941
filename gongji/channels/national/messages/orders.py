"""Messages: orders. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In6201DataDiseinfoList(Struct, frozen=True, kw_only=True):
    """6201 费用明细上传: data.diseinfoList."""

    diagType: kinds.MaybeDiagType = ""  # 诊断类别
    diagSrtNo: kinds.Count2 | None = None  # 诊断排序号
    diagCode: kinds.Text20 = ""  # 诊断代码
    diagName: kinds.Text100 = ""  # 诊断名称
    diagDept: kinds.Text50 = ""  # 诊断科室
    diseDorNo: kinds.Text30 = ""  # 诊断医生编码
    diseDorName: kinds.Text50 = ""  # 诊断医生姓名
    diagTime: kinds.Moment | None = None  # 诊断时间
    valiFlag: kinds.MaybeValiFlag = ""  # 有效标志
    expContent: dict[str, Any] = {}  # 扩展字段


class In6201DataFeedetailList(Struct, frozen=True, kw_only=True):
    """6201 费用明细上传: data.feedetailList."""

    feedetlSn: kinds.Text30 = ""  # 费用明细流水号
    mdtrtId: kinds.Text30 = ""  # 就诊 ID
    psnNo: kinds.Text30 = ""  # 人员编号
    chrgBchno: kinds.Text30 = ""  # 收费批次号
    diseCodg: kinds.Text30 = ""  # 病种编码
    rxno: kinds.Text30 = ""  # 处方号
    rxCircFlag: kinds.Text3 = ""  # 外购处方标志
    feeOcurTime: kinds.Moment | None = None  # 费用发生时间
    medListCodg: kinds.Text50 = ""  # 医疗目录编码
    medinsListCodg: kinds.Text150 = ""  # 医药机构目录编码
    detItemFeeSumamt: kinds.Amount  # 明细项目费用总额
    cnt: kinds.Quantity | None = None  # 数量
    pric: kinds.Price | None = None  # 单价
    sinDosDscr: kinds.Text200 = ""  # 单次剂量描述
    usedFrquDscr: kinds.Text200 = ""  # 使用频次描述
    prdDays: kinds.Days | None = None  # 周期天数
    medcWayDscr: kinds.Text200 = ""  # 用药途径描述
    bilgDeptCodg: kinds.Text30 = ""  # 开单科室编码
    bilgDeptName: kinds.Text100 = ""  # 开单科室名称
    bilgDrCodg: kinds.Text30 = ""  # 开单医生编码
    bilgDrName: kinds.Text50 = ""  # 开单医师姓名
    acordDeptCodg: kinds.Text30 = ""  # 受单科室编码
    acordDeptName: kinds.Text100 = ""  # 受单科室名称
    ordersDrCode: kinds.Text30 = ""  # 受单医生编码
    ordersDrName: kinds.Text50 = ""  # 受单医生姓名
    hospApprFlag: kinds.MaybeHospApprFlag = ""  # 医院审批标志
    tcmdrugUsedWay: kinds.MaybeTcmdrugUsedWay = ""  # 中药使用方式
    etipFlag: kinds.Text3 = ""  # 外检标志
    etipHospCode: kinds.Text30 = ""  # 外检医院编码
    dscgTkdrugFlag: kinds.Text3 = ""  # 出院带药标志
    matnFeeFlag: kinds.Text6 = ""  # 生育费用标志
    initFeedetlSn: kinds.Text30 = ""  # 原费用流水号
    drordNo: kinds.Text30 = ""  # 医嘱号
    medType: kinds.MaybeMedType = ""  # 医疗类别
    memo: kinds.Text500 = ""  # 备注
    extData: dict[str, Any] = {}  # 扩展字段
    medListName: kinds.Text200 = ""  # 医疗目录名称
    medListSpc: kinds.Text200 = ""  # 医疗目录规格
    itemtype: kinds.Text30 = ""  # 医保目录类别
    expContent: dict[str, Any] = {}  # 扩展字段


class In6201Data(Struct, frozen=True, kw_only=True):
    """6201 费用明细上传: data."""

    orgCodg: kinds.Filled30  # 机构编码
    orgId: kinds.Text40 = ""  # 电子凭证机构号
    psnNo: kinds.Filled30  # 人员编号
    insutype: kinds.Insutype  # 险种类型
    medOrgOrd: kinds.Filled64  # 医疗机构订单号
    initRxOrd: kinds.Text64 = ""  # 要续方的原处方流水
    rxCircFlag: kinds.Text3 = ""  # 电子处方流转标志
    begntime: kinds.Moment  # 开始时间
    idNo: kinds.Filled50  # 证件号码
    userName: kinds.Filled50  # 用户姓名
    idType: kinds.PsnCertType  # 证件类别
    ecToken: kinds.Text64 = ""  # 电子凭证授权 ecToken
    insuCode: kinds.Filled6  # 参保地
    insuplcAdmdvs: kinds.Text6 = ""  # 参保地医保区划
    iptOtpNo: kinds.Filled30  # 住院/门诊号
    atddrNo: kinds.Text30 = ""  # 医师编码
    drName: kinds.Text50 = ""  # 医师姓名
    deptCode: kinds.Text30  # 科室编码
    deptName: kinds.Text100  # 科室名称
    caty: kinds.Text6  # 科别
    mdtrtId: kinds.Text30 = ""  # 就诊 ID
    medType: kinds.MedType  # 医疗类别
    feeType: kinds.FeeType  # 费用类别
    medfeeSumamt: kinds.Amount  # 医疗费总额
    acctUsedFlag: kinds.MaybeAcctUsedFlag = ""  # 个人账户使用标志
    mainCondDscr: kinds.Text1000 = ""  # 主要病情描述
    diseCodg: kinds.Text30 = ""  # 病种编码
    diseName: kinds.Text500 = ""  # 病种名称
    psnSetlway: kinds.MaybePsnSetlway  # 个人结算方式
    chrgBchno: kinds.Filled30  # 收费批次号
    pubHospRfomFlag: kinds.Filled3  # 公立医院改革标志
    endtime: kinds.Moment | None = None  # 出院时间
    invono: kinds.Text20 = ""  # 发票号
    fulamtOwnpayAmt: kinds.Amount | None = None  # 全自费金额
    overlmtSelfpay: kinds.Amount | None = None  # 超限价金额
    preselfpayAmt: kinds.Amount | None = None  # 先行自付金额
    inscpScpAmt: kinds.Amount | None = None  # 符合政策范围金额
    oprnOprtCode: kinds.Text30 = ""  # 手术操作代码
    oprnOprtName: kinds.Text500 = ""  # 手术操作名称
    fpscNo: kinds.Text50 = ""  # 计划生育服务证号
    latechbFlag: kinds.Text3 = ""  # 晚育标志
    gesoVal: kinds.Count2 | None = None  # 孕周数
    fetts: kinds.Count3 | None = None  # 胎次
    fetusCnt: kinds.Count3 | None = None  # 胎儿数
    pretFlag: kinds.Text3 = ""  # 早产标志
    birctrlType: kinds.MaybeBirctrlType = ""  # 计划生育手术类别
    birctrlMatnDate: kinds.Text20 = ""  # 计划生育手术或生育日期
    copFlag: kinds.Text3 = ""  # 伴有并发症标志
    dscgDeptCodg: kinds.Text30 = ""  # 出院科室编码
    dscgDeptName: kinds.Text100 = ""  # 出院科室名称
    dscgDed: kinds.Text30 = ""  # 出院床位
    dscgWay: kinds.MaybeDscgWay = ""  # 离院方式
    dieDate: kinds.Moment | None = None  # 死亡日期
    matnType: kinds.MaybeMatnType = ""  # 生育类别
    extData: dict[str, Any] = {}  # 扩展字段
    midSetlFlag: kinds.MaybeMidSetlFlag = ""  # 中途结算标志
    admDiagDscr: kinds.Text200 = ""  # 入院诊断描述
    admDeptCodg: kinds.Text30 = ""  # 入院科室编码
    admDeptName: kinds.Text100 = ""  # 入院科室名称
    admBed: kinds.Text30 = ""  # 入院床位
    payAuthNo: kinds.Text64 = ""  # 支付授权码
    uldLatlnt: kinds.Text50 = ""  # 经纬度
    mdtrtCertType: kinds.MaybeMdtrtCertType = ""  # 就诊凭证类型
    expContent: dict[str, Any] = {}  # 扩展字段
    diseinfoList: tuple[In6201DataDiseinfoList, ...] = ()
    feedetailList: tuple[In6201DataFeedetailList, ...]


class In6201(Struct, frozen=True, kw_only=True):
    """6201 费用明细上传: input."""

    data: In6201Data


class Out6201DataExtData(Struct, frozen=True, kw_only=True):
    """6201 费用明细上传: data.extData."""

    mdtrtId: kinds.Text30 | None = None  # 就诊 ID


class Out6201Data(Struct, frozen=True, kw_only=True):
    """6201 费用明细上传: data."""

    payOrdId: kinds.Filled64  # 支付订单号
    payToken: kinds.Filled64  # 支付 token
    extData: Out6201DataExtData | None = None


class Out6201(Struct, frozen=True, kw_only=True):
    """6201 费用明细上传: output."""

    data: Out6201Data


class In6401Data(Struct, frozen=True, kw_only=True):
    """6401 费用明细上传撤销: data."""

    payOrdId: kinds.Filled64  # 支付订单号
    orgCodg: kinds.Filled30  # 定点机构编码
    payToken: kinds.Filled64  # 支付 token
    idNo: kinds.Filled50  # 证件号码
    userName: kinds.Filled50  # 用户姓名
    idType: kinds.PsnCertType  # 证件类别
    extData: dict[str, Any] = {}  # 扩展数据
    expContent: dict[str, Any] = {}  # 扩展字段


class In6401(Struct, frozen=True, kw_only=True):
    """6401 费用明细上传撤销: input."""

    data: In6401Data
