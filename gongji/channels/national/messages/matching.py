"""Messages: matching. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In1316Data(Struct, frozen=True, kw_only=True):
    """1316 医疗目录与医保目录匹配信息查询: data."""

    query_date: kinds.Moment | None = None  # 查询时间点
    medins_list_codg: kinds.Text30 = ""  # 定点医药机构目录编号
    hilist_code: kinds.Text30 = ""  # 医保目录编码
    list_type: kinds.Text30 = ""  # 目录类别
    insu_admdvs: kinds.Text6 = ""  # 参保机构医保区划
    begndate: kinds.Moment | None = None  # 开始日期
    vali_flag: kinds.MaybeValiFlag = ""  # 有效标志
    updt_time: kinds.Moment  # 更新时间
    page_num: kinds.Count4  # 当前页数
    page_size: kinds.Count4  # 本页数据量
    expContent: dict[str, Any] = {}  # 扩展字段


class In1316(Struct, frozen=True, kw_only=True):
    """1316 医疗目录与医保目录匹配信息查询: input."""

    data: In1316Data


class Out1316Data(Struct, frozen=True, kw_only=True):
    """1316 医疗目录与医保目录匹配信息查询: data."""

    med_list_codg: kinds.Filled30  # 医疗目录编码
    hilist_code: kinds.Filled30  # 医保目录编码
    list_type: kinds.ListType  # 目录类别
    insu_admdvs: kinds.Filled6  # 参保机构医保区划
    begndate: kinds.DayText | None = None  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    memo: kinds.Text500 | None = None  # 备注
    vali_flag: kinds.ValiFlag  # 有效标志
    rid: kinds.Filled40  # 唯一记录号
    updt_time: kinds.MomentText | None = None  # 更新时间
    crter_id: kinds.Text20 | None = None  # 创建人
    crter_name: kinds.Text50 | None = None  # 创建人姓名
    crte_time: kinds.MomentText | None = None  # 创建时间
    crte_optins_no: kinds.Text20 | None = None  # 创建机构
    opter_id: kinds.Text20 | None = None  # 经办人
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间
    optins_no: kinds.Text20 | None = None  # 经办机构
    poolarea_no: kinds.Text6 | None = None  # 统筹区


class Out1316(Struct, frozen=True, kw_only=True):
    """1316 医疗目录与医保目录匹配信息查询: output."""

    firstPage: bool | None = None  # firstPage
    lastPage: bool | None = None  # lastPage
    size: kinds.WrittenCount4 | None = None  # size
    startRow: kinds.WrittenCount10 | None = None  # startRow
    endRow: kinds.WrittenCount10 | None = None  # endRow
    pageSize: kinds.WrittenCount4 | None = None  # pageSize
    pageNum: kinds.WrittenCount4 | None = None  # pageNum
    recordCounts: kinds.WrittenCount10 | None = None  # recordCounts
    pages: kinds.WrittenCount10 | None = None  # pages
    data: tuple[Out1316Data, ...] = ()


class In1317Data(Struct, frozen=True, kw_only=True):
    """1317 医药机构目录匹配信息查询: data."""

    query_date: kinds.Moment | None = None  # 查询时间点
    fixmedins_code: kinds.Text30 = ""  # 定点医药机构编号
    medins_list_codg: kinds.Text30 = ""  # 定点医药机构目录编号
    medins_list_name: kinds.Text200 = ""  # 定点医药机构目录名称
    insu_admdvs: kinds.Text6 = ""  # 参保机构医保区划
    list_type: kinds.Text30 = ""  # 目录类别
    med_list_codg: kinds.Text30 = ""  # 医疗目录编码
    begndate: kinds.Moment | None = None  # 开始日期
    vali_flag: kinds.MaybeValiFlag = ""  # 有效标志
    updt_time: kinds.Moment  # 更新时间
    page_num: kinds.Count4  # 当前页数
    page_size: kinds.Count4  # 本页数据量
    expContent: dict[str, Any] = {}  # 扩展字段


class In1317(Struct, frozen=True, kw_only=True):
    """1317 医药机构目录匹配信息查询: input."""

    data: In1317Data


class Out1317Data(Struct, frozen=True, kw_only=True):
    """1317 医药机构目录匹配信息查询: data."""

    fixmedins_code: kinds.Filled30  # 定点医药机构编号
    medins_list_codg: kinds.Filled30  # 定点医药机构目录编号
    medins_list_name: kinds.Text200 | None = None  # 定点医药机构目录名称
    insu_admdvs: kinds.Filled6  # 参保机构医保区划
    list_type: kinds.ListType  # 目录类别
    med_list_codg: kinds.Filled30  # 医疗目录编码
    begndate: kinds.DayText  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    aprvno: kinds.Text30 | None = None  # 批准文号
    dosform: kinds.Text200 | None = None  # 剂型
    exct_cont: kinds.Text2000 | None = None  # 除外内容
    item_cont: kinds.Text2000 | None = None  # 项目内涵
    prcunt: kinds.Text100 | None = None  # 计价单位
    spec: kinds.Text200 | None = None  # 规格
    pacspec: kinds.Text100 | None = None  # 包装规格
    memo: kinds.Text500 | None = None  # 备注
    vali_flag: kinds.ValiFlag  # 有效标志
    rid: kinds.Filled40  # 唯一记录号
    updt_time: kinds.MomentText  # 更新时间
    crter_id: kinds.Text20 | None = None  # 创建人
    crter_name: kinds.Text50 | None = None  # 创建人姓名
    crte_time: kinds.MomentText  # 创建时间
    crte_optins_no: kinds.Text20 | None = None  # 创建机构
    opter_id: kinds.Text20 | None = None  # 经办人
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间
    optins_no: kinds.Text20 | None = None  # 经办机构
    poolarea_no: kinds.Text6 | None = None  # 统筹区


class Out1317(Struct, frozen=True, kw_only=True):
    """1317 医药机构目录匹配信息查询: output."""

    firstPage: bool | None = None  # firstPage
    lastPage: bool | None = None  # lastPage
    size: kinds.WrittenCount4 | None = None  # size
    startRow: kinds.WrittenCount10 | None = None  # startRow
    endRow: kinds.WrittenCount10 | None = None  # endRow
    pageSize: kinds.WrittenCount4 | None = None  # pageSize
    pageNum: kinds.WrittenCount4 | None = None  # pageNum
    recordCounts: kinds.WrittenCount10 | None = None  # recordCounts
    pages: kinds.WrittenCount10 | None = None  # pages
    data: tuple[Out1317Data, ...] = ()


class In1318Data(Struct, frozen=True, kw_only=True):
    """1318 医保目录限价信息查询: data."""

    query_date: kinds.Moment | None = None  # 查询时间点
    hilist_code: kinds.Text30 = ""  # 医保目录编码
    hilist_lmtpric_type: kinds.Text6 = ""  # 医保目录限价类型
    overlmt_dspo_way: kinds.Text6 = ""  # 医保目录超限处理方式
    insu_admdvs: kinds.Text6 = ""  # 参保机构医保区划
    begndate: kinds.Moment | None = None  # 开始日期
    enddate: kinds.Moment | None = None  # 结束日期
    vali_flag: kinds.MaybeValiFlag = ""  # 有效标志
    rid: kinds.Text40 = ""  # 唯一记录号
    tabname: kinds.Text100 = ""  # 表名
    poolarea_no: kinds.Text6 = ""  # 统筹区
    updt_time: kinds.Moment  # 更新时间
    page_num: kinds.Count4  # 当前页数
    page_size: kinds.Count4  # 本页数据量
    expContent: dict[str, Any] = {}  # 扩展字段


class In1318(Struct, frozen=True, kw_only=True):
    """1318 医保目录限价信息查询: input."""

    data: In1318Data


class Out1318Data(Struct, frozen=True, kw_only=True):
    """1318 医保目录限价信息查询: data."""

    hilist_code: kinds.Filled30  # 医保目录编码
    hilist_lmtpric_type: kinds.Text6 | None = None  # 医保目录限价类型
    overlmt_dspo_way: kinds.Text6 | None = None  # 医保目录超限处理方式
    insu_admdvs: kinds.Filled6  # 参保机构医保区划
    begndate: kinds.DayText | None = None  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    hilist_pric_uplmt_amt: kinds.WrittenPrice  # 医保目录定价上限金额
    vali_flag: kinds.ValiFlag  # 有效标志
    rid: kinds.Filled40  # 唯一记录号
    updt_time: kinds.MomentText | None = None  # 更新时间
    crter_id: kinds.Text20 | None = None  # 创建人
    crter_name: kinds.Text50 | None = None  # 创建人姓名
    crte_time: kinds.MomentText | None = None  # 创建时间
    crte_optins_no: kinds.Text20 | None = None  # 创建机构
    opter_id: kinds.Text20 | None = None  # 经办人
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间
    optins_no: kinds.Text20 | None = None  # 经办机构
    tabname: kinds.Text100 | None = None  # 表名
    poolarea_no: kinds.Text6 | None = None  # 统筹区


class Out1318(Struct, frozen=True, kw_only=True):
    """1318 医保目录限价信息查询: output."""

    firstPage: bool | None = None  # firstPage
    lastPage: bool | None = None  # lastPage
    size: kinds.WrittenCount4 | None = None  # size
    startRow: kinds.WrittenCount10 | None = None  # startRow
    endRow: kinds.WrittenCount10 | None = None  # endRow
    pageSize: kinds.WrittenCount4 | None = None  # pageSize
    pageNum: kinds.WrittenCount4 | None = None  # pageNum
    recordCounts: kinds.WrittenCount10 | None = None  # recordCounts
    pages: kinds.WrittenCount10 | None = None  # pages
    data: tuple[Out1318Data, ...] = ()


class In1319Data(Struct, frozen=True, kw_only=True):
    """1319 医保目录先自付比例信息查询: data."""

    query_date: kinds.Moment | None = None  # 查询时间点
    hilist_code: kinds.Text30 = ""  # 医保目录编码
    selfpay_prop_psn_type: kinds.Text6 = ""  # 医保目录自付比例人员类别
    selfpay_prop_type: kinds.Text6 = ""  # 目录自付比例类别
    insu_admdvs: kinds.Text6 = ""  # 参保机构医保区划
    begndate: kinds.Moment | None = None  # 开始日期
    enddate: kinds.Moment | None = None  # 结束日期
    vali_flag: kinds.MaybeValiFlag = ""  # 有效标志
    rid: kinds.Text40 = ""  # 唯一记录号
    tabname: kinds.Text100 = ""  # 表名
    poolarea_no: kinds.Text6 = ""  # 统筹区
    updt_time: kinds.Moment  # 更新时间
    page_num: kinds.Count4  # 当前页数
    page_size: kinds.Count4  # 本页数据量
    expContent: dict[str, Any] = {}  # 扩展字段


class In1319(Struct, frozen=True, kw_only=True):
    """1319 医保目录先自付比例信息查询: input."""

    data: In1319Data


class Out1319Data(Struct, frozen=True, kw_only=True):
    """1319 医保目录先自付比例信息查询: data."""

    hilist_code: kinds.Filled30  # 医保目录编码
    selfpay_prop_psn_type: kinds.Text6 | None = None  # 医保目录自付比例人员类别
    selfpay_prop_type: kinds.Text6 | None = None  # 目录自付比例类别
    insu_admdvs: kinds.Filled6  # 参保机构医保区划
    begndate: kinds.DayText | None = None  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    selfpay_prop: kinds.WrittenRatio  # 自付比例
    vali_flag: kinds.ValiFlag  # 有效标志
    rid: kinds.Filled40  # 唯一记录号
    updt_time: kinds.MomentText | None = None  # 更新时间
    crter_id: kinds.Text20 | None = None  # 创建人
    crter_name: kinds.Text50 | None = None  # 创建人姓名
    crte_time: kinds.MomentText | None = None  # 创建时间
    crte_optins_no: kinds.Text20 | None = None  # 创建机构
    opter_id: kinds.Text20 | None = None  # 经办人
    opter_name: kinds.Text50 | None = None  # 经办人姓名
    opt_time: kinds.MomentText | None = None  # 经办时间
    optins_no: kinds.Text20 | None = None  # 经办机构
    tabname: kinds.Text100 | None = None  # 表名
    poolarea_no: kinds.Text6 | None = None  # 统筹区


class Out1319(Struct, frozen=True, kw_only=True):
    """1319 医保目录先自付比例信息查询: output."""

    firstPage: bool | None = None  # firstPage
    lastPage: bool | None = None  # lastPage
    size: kinds.WrittenCount4 | None = None  # size
    startRow: kinds.WrittenCount10 | None = None  # startRow
    endRow: kinds.WrittenCount10 | None = None  # endRow
    pageSize: kinds.WrittenCount4 | None = None  # pageSize
    pageNum: kinds.WrittenCount4 | None = None  # pageNum
    recordCounts: kinds.WrittenCount10 | None = None  # recordCounts
    pages: kinds.WrittenCount10 | None = None  # pages
    data: tuple[Out1319Data, ...] = ()
