"""What a hospital sends for a patient who stays: admission, fees, discharge, settlement, and what takes them back."""

from decimal import Decimal

from tests.national_world import DRUG_A, certno, check_identities, psn


def admission(client, number, **more):
    node = {
        "psn_no": psn(number),
        "insutype": "310",
        "coner_name": "家属",
        "tel": "13800000000",
        "begntime": f"{client.now:%Y-%m-%d %H:%M:%S}",
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": certno(number),
        "med_type": "21",
        "ipt_no": f"Z{number}",
        "medrcdno": "B7",
        "atddr_no": "D1",
        "chfpdr_name": "医师",
        "adm_diag_dscr": "肺炎",
        "adm_dept_codg": "01",
        "adm_dept_name": "内科",
        "adm_bed": "12",
        "dscg_maindiag_code": "J18.900",
        "dscg_maindiag_name": "肺炎",
        "geso_val": "",
    }
    sickness = {
        "psn_no": psn(number), "diag_type": "1", "maindiag_flag": "1", "diag_srt_no": 1, "diag_code": "J18.900",
        "diag_name": "肺炎", "adm_cond": "", "diag_dept": "01", "dise_dor_no": "D1", "dise_dor_name": "医师",
        "diag_time": f"{client.now:%Y-%m-%d %H:%M:%S}",
    }  # fmt: skip
    return {"mdtrtinfo": node | more, "diseinfo": [sickness]}


def admit(client, number, **more):
    return client.done("2401", admission(client, number, **more))["result"]["mdtrt_id"]


def claim(visit, number, **more):
    return {"data": {"mdtrt_id": visit, "psn_no": psn(number)} | more}


def fee(client, visit, number, sn, price="100.00", count="1", code=DRUG_A, **more):
    """Return a row of 2301; what takes back of another one names it as init_feedetl_sn, with a negative count."""
    total = (Decimal(price) * Decimal(count)).quantize(Decimal("0.01"))
    row = client.line(visit, number, code, price, count, sn=sn) | {
        "init_feedetl_sn": "",
        "med_type": "21",
        "drord_no": "Y1",
        "det_item_fee_sumamt": str(total),
    }
    return row | more


def upload(client, visit, number, *fees):
    """Upload fees given as (sn, price, count); return the result rows."""
    rows = [fee(client, visit, number, *one) for one in fees]
    return client.done("2301", {"feedetail": rows})["result"]


def take_back(client, visit, number, sn, of, price, count):
    row = fee(client, visit, number, sn, price, f"-{count}", init_feedetl_sn=of)
    return client.ask("2301", {"feedetail": row})


def discharge(client, visit, number, **more):
    node = {
        "mdtrt_id": visit,
        "psn_no": psn(number),
        "insutype": "310",
        "endtime": f"{client.now:%Y-%m-%d %H:%M:%S}",
        "dscg_dept_codg": "01",
        "dscg_dept_name": "内科",
        "dscg_way": "1",
    }
    return {"dscginfo": node | more, "diseinfo": []}


def bill(client, visit, number, total, *, mid="0", core=None, **more):
    data = client.bill(visit, number, total, core=core)["data"] | {"mid_setl_flag": mid, "dscg_time": ""}
    del data["med_type"], data["chrg_bchno"]
    return {"data": data | more}


def whole(client, visit, number, total, **more):
    """Return a bill all of which an outside core leaves to the person."""
    return bill(client, visit, number, total, core=client.whole(total), **more)


def settle(client, visit, number, total, infno="2304", **more):
    output = client.done(infno, whole(client, visit, number, total, **more))
    check_identities(output)
    return output["setlinfo"]


def refund(visit, number, setl_id):
    return {"data": {"setl_id": setl_id, "mdtrt_id": visit, "psn_no": psn(number)}}


def reversal(number, message, infno):
    return {"data": {"psn_no": psn(number), "omsgid": message, "oinfno": infno}}
