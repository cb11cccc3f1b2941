"""Messages of about 1.2 KB, decoded into their structs: quickly, liberally, and opened as the door does."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from gongji.channels.national.envelope import open_envelope
from gongji.channels.national.fields import parse
from gongji.channels.national.messages.envelope import Envelope
from gongji.channels.national.messages.outpatient import In2207
from gongji.channels.national.messages.visits import In2204
from gongji.channels.national.reading import read_liberally, read_quickly

AT = datetime(2025, 3, 3, 10, 0, 0)
PATH = "/fsi/api/callFsiService/callService"


def works() -> dict[str, Callable[[], object]]:
    """Return what is timed: fee lines and a settlement with the split of an outside core."""
    found: dict[str, Callable[[], object]] = {}
    for infno, kind, content in (("2204", In2204, fee_lines()), ("2207", In2207, bill())):
        raw = written(infno, content)
        found[f"decode_{infno}"] = _quick(kind, raw)
        found[f"decode_{infno}_liberally"] = _liberal(kind, raw)
        found[f"open_{infno}"] = _opened(raw)
    return found


def written(infno: str, content: dict[str, Any]) -> bytes:
    """Return a message with this input."""
    return json.dumps(_envelope(infno, content), ensure_ascii=False).encode()


def bill() -> dict[str, Any]:
    """Return the input of a settlement, split by an outside core: the person pays 600.12, and names one sharer."""
    funds = dict.fromkeys(("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay"), 0)
    split = funds | {"fund_pay_sumamt": 0, "hosp_part_amt": 0, "psn_part_amt": 600.12, "act_pay_dedc": 600.12}
    data = {
        "psn_no": "32020000000000000001",
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": "320200198504010001",
        "med_type": "11",
        "medfee_sumamt": 600.12,
        "psn_setlway": "01",
        "mdtrt_id": "500000000000000048",
        "chrg_bchno": "B1",
        "insutype": "310",
        "acct_used_flag": "1",
        "invono": "2025030300001",
        "fulamt_ownpay_amt": 100.0,
        "overlmt_selfpay": 0,
        "preselfpay_amt": 20.12,
        "inscp_scp_amt": 480.0,
        "expContent": {"core_split": split, "sharers": ["32020000000000000002"]},
    }
    return {"data": data}


def fee_lines() -> dict[str, Any]:
    """Return the input of two fee lines of the same visit."""
    row = {
        "mdtrt_id": "500000000000000048",
        "psn_no": "32020000000000000001",
        "chrg_bchno": "B1",
        "rx_circ_flag": "0",
        "fee_ocur_time": f"{AT:%Y-%m-%d %H:%M:%S}",
        "med_list_codg": "XJ01CAA040A001010100001",
        "medins_list_codg": "L1",
        "det_item_fee_sumamt": 30.36,
        "cnt": 2,
        "pric": 15.18,
        "bilg_dept_codg": "01",
        "bilg_dept_name": "内科",
        "bilg_dr_codg": "D1",
        "bilg_dr_name": "医师",
        "hosp_appr_flag": "1",
    }
    return {"feedetail": [{"feedetl_sn": str(number), **row} for number in (1, 2)]}


# Helpers


def _quick(kind: type[Struct], raw: bytes) -> Callable[[], object]:
    def decode() -> Struct:
        envelope = read_quickly(Envelope, parse(raw, "message"))
        found = None if envelope is None else read_quickly(kind, envelope.input)
        if found is None:
            raise TypeError("the message of the bench is not written as the tables have it")
        return found

    return decode


def _liberal(kind: type[Struct], raw: bytes) -> Callable[[], object]:
    return lambda: read_liberally(kind, "input", read_liberally(Envelope, "message", parse(raw, "message")).input)


def _opened(raw: bytes) -> Callable[[], object]:
    return lambda: open_envelope(raw, PATH, AT)


def _envelope(infno: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "infno": infno,
        "msgid": f"H32020000001{AT:%Y%m%d%H%M%S}{infno}",
        "mdtrtarea_admvs": "320200",
        "insuplc_admdvs": "320200",
        "recer_sys_code": "YBXT",
        "dev_no": "",
        "dev_safe_info": "",
        "cainfo": "",
        "signtype": "",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": "001",
        "opter_name": "收费员",
        "inf_time": f"{AT:%Y-%m-%d %H:%M:%S}",
        "fixmedins_code": "H32020000001",
        "fixmedins_name": "样例医院",
        "sign_no": "",
        "input": content,
    }
