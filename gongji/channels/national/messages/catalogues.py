"""Messages: catalogues. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In1301Data(Struct, frozen=True, kw_only=True):
    """1301 西药中成药目录下载: data."""

    ver: kinds.Filled20  # 版本号
    expContent: dict[str, Any] = {}  # 扩展字段


class In1301(Struct, frozen=True, kw_only=True):
    """1301 西药中成药目录下载: input."""

    data: In1301Data


class Out1301(Struct, frozen=True, kw_only=True):
    """1301 西药中成药目录下载: output."""

    file_qury_no: kinds.Filled40  # 文件查询号
    filename: kinds.Filled100  # 文件名
    dld_end_time: kinds.MomentText  # 下载截止日期
    data_cnt: kinds.WrittenCount10 | None = None  # 数据量


class In1304Data(Struct, frozen=True, kw_only=True):
    """1304 民族药品目录查询: data."""

    med_list_codg: kinds.Text20 = ""  # 医疗目录编码
    genname_codg: kinds.Text100 = ""  # 通用名编号
    drug_genname: kinds.Text20 = ""  # 药品通用名
    drug_prodname: kinds.Text500 = ""  # 药品商品名
    reg_name: kinds.Text500 = ""  # 注册名称
    tcmherb_name: kinds.Text30 = ""  # 中草药名称
    mlms_name: kinds.Text255 = ""  # 药材名称
    vali_flag: kinds.MaybeValiFlag = ""  # 有效标志
    rid: kinds.Text30 = ""  # 唯一记录号
    ver: kinds.Text20 = ""  # 版本号
    ver_name: kinds.Text30 = ""  # 版本名称
    opt_begn_time: kinds.Moment | None = None  # 经办开始时间
    opt_end_time: kinds.Moment | None = None  # 经办结束时间
    updt_time: kinds.Moment  # 更新时间
    page_num: kinds.Count4  # 当前页数
    page_size: kinds.Count4  # 本页数据量
    expContent: dict[str, Any] = {}  # 扩展字段


class In1304(Struct, frozen=True, kw_only=True):
    """1304 民族药品目录查询: input."""

    data: In1304Data


class Out1304Data(Struct, frozen=True, kw_only=True):
    """1304 民族药品目录查询: data."""

    med_list_codg: kinds.Filled50  # 医疗目录编码
    drug_prodname: kinds.Text500 | None = None  # 药品商品名
    genname_codg: kinds.Text20 | None = None  # 通用名编号
    drug_genname: kinds.Text500 | None = None  # 药品通用名
    ethdrug_type: kinds.Text3 | None = None  # 民族药种类
    chemname: kinds.Text100 | None = None  # 化学名称
    alis: kinds.Text100 | None = None  # 别名
    eng_name: kinds.Text500 | None = None  # 英文名称
    dosform: kinds.Text500 | None = None  # 剂型
    each_dos: kinds.Text500 | None = None  # 每次用量
    used_frqu: kinds.Text30 | None = None  # 使用频次
    nat_drug_no: kinds.Text20 | None = None  # 国家药品编号
    used_mtd: kinds.Text500 | None = None  # 用法
    ing: kinds.Text500 | None = None  # 成分
    chrt: kinds.Text500 | None = None  # 性状
    defs: kinds.Text1000 | None = None  # 不良反应
    tabo: kinds.Text500 | None = None  # 禁忌
    mnan: kinds.Text500 | None = None  # 注意事项
    stog: kinds.Text500 | None = None  # 贮藏
    drug_spec: kinds.Text500 | None = None  # 药品规格
    prcunt_type: kinds.Text3 | None = None  # 计价单位类型
    otc_flag: kinds.Text3 | None = None  # 非处方药标志
    pacmatl: kinds.Text500 | None = None  # 包装材质
    pacspec: kinds.Text3 | None = None  # 包装规格
    min_useunt: kinds.Text30 | None = None  # 最小使用单位
    min_salunt: kinds.Text30 | None = None  # 最小销售单位
    manl: kinds.Text2000 | None = None  # 说明书
    rute: kinds.Text30 | None = None  # 给药途径
    begndate: kinds.DayText | None = None  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    pham_type: kinds.Text40 | None = None  # 药理分类
    memo: kinds.Text500 | None = None  # 备注
    pac_cnt: kinds.Text20 | None = None  # 包装数量
    min_unt: kinds.Text30 | None = None  # 最小计量单位
    min_pac_cnt: kinds.WrittenCount20 | None = None  # 最小包装数量
    min_pacunt: kinds.Text30 | None = None  # 最小包装单位
    min_prepunt: kinds.Text30 | None = None  # 最小制剂单位
    drug_expy: kinds.Text100 | None = None  # 药品有效期
    efcc_atd: kinds.Text500 | None = None  # 功能主治
    min_prcunt: kinds.Text50 | None = None  # 最小计价单位
    wubi: kinds.Text30 | None = None  # 五笔助记码
    pinyin: kinds.Text30 | None = None  # 拼音助记码
    vali_flag: kinds.ValiFlag  # 有效标志
    rid: kinds.Filled40  # 唯一记录号
    crte_time: kinds.MomentText  # 数据创建时间
    updt_time: kinds.MomentText  # 数据更新时间
    crter_id: kinds.Filled20  # 创建人
    crter_name: kinds.Filled50  # 创建人姓名
    crte_optins_no: kinds.Filled20  # 创建经办机构
    opter_id: kinds.Filled20  # 经办人
    opter_name: kinds.Filled50  # 经办人姓名
    opt_time: kinds.MomentText  # 经办时间
    optins_no: kinds.Filled20  # 经办机构
    ver: kinds.Filled20  # 版本号


class Out1304(Struct, frozen=True, kw_only=True):
    """1304 民族药品目录查询: output."""

    firstPage: bool | None = None  # firstPage
    lastPage: bool | None = None  # lastPage
    size: kinds.WrittenCount4 | None = None  # size
    startRow: kinds.WrittenCount10 | None = None  # startRow
    endRow: kinds.WrittenCount10 | None = None  # endRow
    pageSize: kinds.WrittenCount4 | None = None  # pageSize
    pageNum: kinds.WrittenCount4 | None = None  # pageNum
    recordCounts: kinds.WrittenCount10 | None = None  # recordCounts
    pages: kinds.WrittenCount10 | None = None  # pages
    data: tuple[Out1304Data, ...] = ()


class In1312Data(Struct, frozen=True, kw_only=True):
    """1312 医保目录信息查询: data."""

    query_date: kinds.Moment | None = None  # 查询时间点
    hilist_code: kinds.Text30 = ""  # 医保目录编码
    insu_admdvs: kinds.Text6 = ""  # 参保机构医保区划
    begndate: kinds.Moment | None = None  # 开始日期
    hilist_name: kinds.Text200 = ""  # 医保目录名称
    wubi: kinds.Text30 = ""  # 五笔助记码
    pinyin: kinds.Text30 = ""  # 拼音助记码
    med_chrgitm_type: kinds.MaybeMedChrgitmType = ""  # 医疗收费项目类别
    chrgitm_lv: kinds.MaybeChrgitmLv = ""  # 收费项目等级
    lmt_used_flag: kinds.Text3 = ""  # 限制使用标志
    list_type: kinds.Text30 = ""  # 目录类别
    med_use_flag: kinds.Text3 = ""  # 医疗使用标志
    matn_used_flag: kinds.Text3 = ""  # 生育使用标志
    hilist_use_type: kinds.Text3 = ""  # 医保目录使用类别
    lmt_cpnd_type: kinds.Text3 = ""  # 限复方使用类型
    vali_flag: kinds.MaybeValiFlag = ""  # 有效标志
    updt_time: kinds.Moment  # 更新时间
    page_num: kinds.Count4  # 当前页数
    page_size: kinds.Count4  # 本页数据量
    expContent: dict[str, Any] = {}  # 扩展字段


class In1312(Struct, frozen=True, kw_only=True):
    """1312 医保目录信息查询: input."""

    data: In1312Data


class Out1312Data(Struct, frozen=True, kw_only=True):
    """1312 医保目录信息查询: data."""

    hilist_code: kinds.Filled30  # 医保目录编码
    hilist_name: kinds.Filled200  # 医保目录名称
    insu_admdvs: kinds.Filled6  # 参保机构医保区划
    begndate: kinds.DayText | None = None  # 开始日期
    enddate: kinds.DayText | None = None  # 结束日期
    med_chrgitm_type: kinds.MedChrgitmType  # 医疗收费项目类别
    chrgitm_lv: kinds.ChrgitmLv  # 收费项目等级
    lmt_used_flag: kinds.Text3 | None = None  # 限制使用标志
    list_type: kinds.ListType  # 目录类别
    med_use_flag: kinds.Text3 | None = None  # 医疗使用标志
    matn_used_flag: kinds.Text3 | None = None  # 生育使用标志
    hilist_use_type: kinds.Text3 | None = None  # 医保目录使用类别
    lmt_cpnd_type: kinds.Text3 | None = None  # 限复方使用类型
    wubi: kinds.Text30 | None = None  # 五笔助记码
    pinyin: kinds.Text30 | None = None  # 拼音助记码
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


class Out1312(Struct, frozen=True, kw_only=True):
    """1312 医保目录信息查询: output."""

    firstPage: bool | None = None  # firstPage
    lastPage: bool | None = None  # lastPage
    size: kinds.WrittenCount4 | None = None  # size
    startRow: kinds.WrittenCount10 | None = None  # startRow
    endRow: kinds.WrittenCount10 | None = None  # endRow
    pageSize: kinds.WrittenCount4 | None = None  # pageSize
    pageNum: kinds.WrittenCount4 | None = None  # pageNum
    recordCounts: kinds.WrittenCount10 | None = None  # recordCounts
    pages: kinds.WrittenCount10 | None = None  # pages
    data: tuple[Out1312Data, ...] = ()


class In1901Data(Struct, frozen=True, kw_only=True):
    """1901 字典表查询: data."""

    type: kinds.Filled30  # 字典类型
    parentValue: kinds.Text10 = ""  # 父字典键值
    admdvs: kinds.Filled6  # 行政区划
    date: kinds.Moment  # 查询日期
    valiFlag: kinds.MaybeValiFlag  # 有效标志
    expContent: dict[str, Any] = {}  # 扩展字段


class In1901(Struct, frozen=True, kw_only=True):
    """1901 字典表查询: input."""

    data: In1901Data


class Out1901List(Struct, frozen=True, kw_only=True):
    """1901 字典表查询: list."""

    type: kinds.Filled30  # 字典类型
    label: kinds.Filled50  # 字典标签
    value: kinds.Filled20  # 字典键值
    parentValue: kinds.Text10 | None = None  # 父字典键值
    sort: kinds.WrittenCount10  # 序号
    valiFlag: kinds.ValiFlag  # 权限标识
    createUser: kinds.Text30 | None = None  # 创建账户
    createDate: kinds.DayText | None = None  # 创建时间
    version: kinds.WrittenCount20 | None = None  # 版本号


class Out1901(Struct, frozen=True, kw_only=True):
    """1901 字典表查询: output."""

    list: tuple[Out1901List, ...] = ()
