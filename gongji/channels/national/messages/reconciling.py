"""Messages: reconciling. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class In2601Data(Struct, frozen=True, kw_only=True):
    """2601 冲正交易: data."""

    psn_no: kinds.Filled30  # 人员编号
    omsgid: kinds.Filled30  # 原发送方报文ID
    oinfno: kinds.Filled6  # 原交易编号
    expContent: dict[str, Any] = {}  # 扩展字段


class In2601(Struct, frozen=True, kw_only=True):
    """2601 冲正交易: input."""

    data: In2601Data


class In3201Data(Struct, frozen=True, kw_only=True):
    """3201 医药机构费用结算对总账: data."""

    insutype: kinds.Insutype  # 险种
    clr_type: kinds.ClrType  # 清算类别
    setl_optins: kinds.Filled6  # 结算经办机构
    stmt_begndate: kinds.Moment  # 对账开始日期
    stmt_enddate: kinds.Moment  # 对账结束日期
    medfee_sumamt: kinds.SignedAmount  # 医疗费总额
    fund_pay_sumamt: kinds.SignedAmount  # 基金支付总额
    acct_pay: kinds.SignedAmount  # 个人账户支付金额
    fixmedins_setl_cnt: kinds.Count10  # 定点医药机构结算笔数
    refd_setl_flag: kinds.MaybeRefdSetlFlag = ""  # 退费结算标志
    expContent: dict[str, Any] = {}  # 扩展字段


class In3201(Struct, frozen=True, kw_only=True):
    """3201 医药机构费用结算对总账: input."""

    data: In3201Data


class Out3201Stmtinfo(Struct, frozen=True, kw_only=True):
    """3201 医药机构费用结算对总账: stmtinfo."""

    setl_optins: kinds.Text6 | None = None  # 结算经办机构
    stmt_rslt: kinds.StmtRslt  # 对账结果
    stmt_rslt_dscr: kinds.Text200 | None = None  # 对账结果说明


class Out3201(Struct, frozen=True, kw_only=True):
    """3201 医药机构费用结算对总账: output."""

    stmtinfo: Out3201Stmtinfo


class In3202Data(Struct, frozen=True, kw_only=True):
    """3202 医药机构费用结算对明细账: data."""

    setl_optins: kinds.Filled6  # 结算经办机构
    file_qury_no: kinds.Filled200  # 文件查询号
    stmt_begndate: kinds.Moment  # 对账开始日期
    stmt_enddate: kinds.Moment  # 对账结束日期
    medfee_sumamt: kinds.Amount  # 医疗费总额
    fund_pay_sumamt: kinds.Amount  # 基金支付总额
    cash_payamt: kinds.Amount  # 现金支付金额
    fixmedins_setl_cnt: kinds.Count10  # 定点医药机构结算笔数
    clr_type: kinds.MaybeClrType = ""  # 清算类别
    expContent: dict[str, Any] = {}  # 扩展字段


class In3202(Struct, frozen=True, kw_only=True):
    """3202 医药机构费用结算对明细账: input."""

    data: In3202Data


class Out3202Fileinfo(Struct, frozen=True, kw_only=True):
    """3202 医药机构费用结算对明细账: fileinfo."""

    file_qury_no: kinds.Filled200  # 文件查询号
    filename: kinds.Filled200  # 文件名称
    dld_endtime: kinds.MomentText  # 下载截止时间


class Out3202(Struct, frozen=True, kw_only=True):
    """3202 医药机构费用结算对明细账: output."""

    fileinfo: Out3202Fileinfo


class In3203Data(Struct, frozen=True, kw_only=True):
    """3203 清算申请: data."""

    clr_type: kinds.ClrType  # 清算类别
    clr_way: kinds.Filled30  # 清算方式
    setlym: kinds.Filled6  # 清算年月
    psntime: kinds.Count6  # 清算人次
    medfee_sumamt: kinds.Amount  # 医疗费总额
    med_sumfee: kinds.Amount  # 医保认可费用总额
    fund_appy_sum: kinds.Amount  # 基金申报总额
    cash_payamt: kinds.Amount  # 现金支付金额
    acct_pay: kinds.Amount  # 个人账户支出
    begndate: kinds.Moment  # 开始日期
    enddate: kinds.Moment  # 结束日期
    expContent: dict[str, Any] = {}  # 扩展字段


class In3203(Struct, frozen=True, kw_only=True):
    """3203 清算申请: input."""

    data: In3203Data


class Out3203Result(Struct, frozen=True, kw_only=True):
    """3203 清算申请: result."""

    clr_appy_evt_id: kinds.Filled30  # 机构清算申请事件ID


class Out3203(Struct, frozen=True, kw_only=True):
    """3203 清算申请: output."""

    result: Out3203Result
