"""The envelope around every message. Written by `python interface/build.py` from the national tables."""

from typing import Any

from msgspec import Struct

from gongji.channels.national.messages import kinds


class Envelope(Struct, frozen=True, kw_only=True):
    """报文: the envelope; its input is read by the table of its transaction."""

    infno: kinds.Filled6  # 交易编号
    msgid: kinds.Filled30  # 发送方报文ID
    mdtrtarea_admvs: kinds.Filled6  # 就医地医保区划
    insuplc_admdvs: kinds.Text6 = ""  # 参保地医保区划
    recer_sys_code: kinds.Filled10  # 接收方系统代码
    dev_no: kinds.Text100 = ""  # 设备编号
    dev_safe_info: kinds.Text2000 = ""  # 设备安全信息
    cainfo: kinds.Text1024 = ""  # 数字签名信息
    signtype: kinds.Text10 = ""  # 签名类型
    infver: kinds.Filled6  # 接口版本号
    opter_type: kinds.OpterType  # 经办人类别
    opter: kinds.Filled30  # 经办人
    opter_name: kinds.Filled50  # 经办人姓名
    inf_time: kinds.Moment  # 交易时间
    fixmedins_code: kinds.Filled30  # 定点医药机构编号
    fixmedins_name: kinds.Filled200  # 定点医药机构名称
    sign_no: kinds.Text30 = ""  # 交易签到流水号
    input: Any  # 交易输入
