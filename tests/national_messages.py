"""A well-formed message of every transaction, each about a person of its own, after the messages that go before it.

What a message has to say is taken from the national tables; only what ties it to others is said here.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from gongji.channels.national.door import TRANSACTIONS
from gongji.services.store import MemoryStore
from interface.build import ADDED, DICTIONARIES, tables
from tests.national_world import (
    CATCH_ALL,
    DRUG_A,
    NOW,
    PATH_OF,
    WUXI_HOSPITAL,
    WUXI_PHARMACY,
    Client,
    certno,
    psn,
)

TABLES = {table.infno: table for table in tables()}
PRICE = "10.00"
SPLIT = {"fund_pay_sumamt": 0, "hosp_part_amt": 0, "psn_part_amt": PRICE}
CODES = ("ecToken", "payAuthNo")


def table_of(infno):
    """2206A, 2207A and 2304A are read as the transaction without the letter; 1302 and its like as 1301."""
    if infno in ADDED["same_as_1301"]:
        return TABLES["1301"]
    return TABLES.get(infno) or TABLES[infno.removesuffix("A")]


class RehearsalStore(MemoryStore):
    """A store that keeps nothing while it only rehearses, and then gives the same numbers once more.

    `written` is what the last rehearsal would have written, but for the record of the message itself.
    """

    rehearsing = False
    written: tuple[Any, ...] = ()

    def rehearse(self, send):
        """Return the answer to a message that leaves no trace, accepted or not."""
        numbers = dict(self.ledger.next_ids)
        self.rehearsing, self.written = True, ()
        try:
            return send()
        finally:
            self.rehearsing = False
            self.ledger.next_ids.clear()
            self.ledger.next_ids.update(numbers)

    def _keep(self, books):
        if not self.rehearsing:
            super()._keep(books)
            return
        ledger, registry = books.ledger, books.registry
        tables = [table for table in (*ledger.tables, *registry.tables) if table is not ledger.answers]
        self.written = tuple({key: table.get(key) for key in table.dirty} for table in tables)


class Asked(NamedTuple):
    """A message yet to be sent: who sends it, and what it says."""

    client: Client
    infno: str
    content: dict[str, Any]

    @property
    def path(self):
        return PATH_OF.get(self.infno, CATCH_ALL)

    def envelope(self, **changes):
        """Return the whole message; sent twice it is the same message."""
        return self.client.envelope(self.infno, self.content, **changes)


class Counter:
    """The counters of a hospital and of a pharmacy in one world, with a new patient for every message."""

    def __init__(self, world):
        self.world = world
        self.hospital = world.client(WUXI_HOSPITAL)
        self.pharmacy = world.client(WUXI_PHARMACY)
        self.patients = 0

    def patient(self):
        self.patients += 1
        self.world.person(self.patients, money=10_000_00)
        return self.patients

    def asked(self, infno):
        """Return a message that will be accepted, having sent what goes before it."""
        number = self.patient()
        client = self.pharmacy if infno in ("2101", "2102", "2103") else self.hospital
        told = PREPARED.get(infno, nothing)(self, number)
        return Asked(client, infno, message_of(infno, number, told))

    def done(self, infno, number, client=None, **told):
        """Send a message of that transaction about a patient, and return its output."""
        content = message_of(infno, number, told)
        return (client or self.hospital).done(infno, content, path=PATH_OF.get(infno, CATCH_ALL))

    def code(self, number):
        return self.world.token(number)

    def visit(self, number):
        return {"mdtrt_id": self.done("2201", number)["data"]["mdtrt_id"]}

    def billed(self, number):
        """A visit with one line uploaded."""
        visit = self.visit(number)
        self.done("2204", number, **visit)
        return visit

    def paid(self, number):
        """A visit that has been settled."""
        visit = self.billed(number)
        info = self.done("2207", number, **visit)["setlinfo"]
        return visit | {"setl_id": info["setl_id"], "omsgid": info["medins_setl_id"], "oinfno": "2207"}

    def sold(self, number):
        info = self.done("2102", number, self.pharmacy)["setlinfo"]
        return {"mdtrt_id": info["mdtrt_id"], "setl_id": info["setl_id"]}

    def stay(self, number):
        return {"mdtrt_id": self.done("2401", number)["result"]["mdtrt_id"]}

    def stay_billed(self, number):
        stay = self.stay(number)
        self.done("2301", number, **stay)
        return stay

    def discharged(self, number):
        stay = self.stay_billed(number)
        self.done("2402", number, **stay)
        return stay

    def stay_paid(self, number):
        stay = self.discharged(number)
        return stay | {"setl_id": self.done("2304", number, **stay)["setlinfo"]["setl_id"]}

    def ordered(self, number):
        """An order of mobile payment; the code shown for it pays it too."""
        code = {name: self.code(number) for name in CODES}
        told = self.done("6201", number, **code)["data"]
        return code | told | {"mdtrtId": told["extData"]["mdtrtId"]}

    def order_paid(self, number):
        order = self.ordered(number)
        self.done("6202", number, **order)
        return {name: value for name, value in order.items() if name != "ecToken"}

    def signed_in(self, number):
        return {"sign_no": self.done("9001", number)["signinoutb"]["sign_no"]}

    def filed(self, number):
        """A catalogue file that can be fetched."""
        told: dict[str, Any] = self.done("1301", number)
        return {name: told[name] for name in ("file_qury_no", "filename")}


def nothing(*_):
    return {}


PREPARED: dict[str, Callable[[Counter, int], dict[str, Any]]] = {
    "2103": Counter.sold,
    "2202": Counter.visit,
    "2203": Counter.visit,
    "2203A": Counter.visit,
    "2204": Counter.visit,
    "2205": Counter.billed,
    "2206": Counter.billed,
    "2206A": Counter.billed,
    "2207": Counter.billed,
    "2207A": Counter.billed,
    "2208": Counter.paid,
    "2301": Counter.stay,
    "2302": Counter.stay_billed,
    "2303": Counter.stay_billed,
    "2304": Counter.discharged,
    "2304A": Counter.discharged,
    "2305": Counter.stay_paid,
    "2402": Counter.stay_billed,
    "2403": Counter.stay,
    "2404": Counter.stay,
    "2405": Counter.discharged,
    "2601": Counter.paid,
    "3201": Counter.paid,
    "5201": Counter.paid,
    "5203": Counter.paid,
    "5204": Counter.paid,
    "5206": Counter.paid,
    "5303": Counter.stay,
    "6201": lambda counter, number: {name: counter.code(number) for name in CODES[:1]},
    "6202": Counter.ordered,
    "6203": Counter.order_paid,
    "6301": Counter.order_paid,
    "6401": Counter.ordered,
    "9002": Counter.signed_in,
    "9102": Counter.filed,
}
"""What goes before a message, and what it has to name of it; of others nothing does."""


def common(number, infno):
    """What a message says under the names of the tables: of a patient, a bill of ten yuan, and this day."""
    inpatient, pharmacy = infno.startswith(("23", "24")), infno.startswith("21")
    asking = infno.startswith(("5", "13"))
    return {
        **patient(number),
        **BILL,
        **TODAY,
        **CHOSEN,
        "begntime": f"{NOW - timedelta(days=1):%Y-%m-%d}" if asking else TODAY["fee_ocur_time"],
        "med_type": "21" if inpatient else "41" if pharmacy else "11",
        "ipt_otp_no": f"Z{number}" if inpatient else f"M{number}",
        "fixmedins_code": "plc" if infno == "9102" else WUXI_HOSPITAL,
    }


def patient(number):
    return {
        "psn_no": psn(number),
        "psn_name": f"测{number}",
        "user_name": f"测{number}",
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": certno(number),
        "id_no": certno(number),
        "id_type": "01",
        "insutype": "310",
        "insu_code": "320200",
        "ipt_no": f"Z{number}",
        "med_org_ord": f"O{number}",
        "org_biz_ser": f"S{number}",
        "app_refd_sn": f"R{number}",
    }


BILL = {
    "feedetl_sn": "1",
    "chrg_bchno": "B1",
    "med_list_codg": DRUG_A,
    "cnt": "1",
    "pric": PRICE,
    "det_item_fee_sumamt": PRICE,
    "medfee_sumamt": PRICE,
    "totl_refd_amt": PRICE,
    "psn_acct_refd_amt": PRICE,
    "cash_refd_amt": 0,
    "fixmedins_setl_cnt": 1,
}
TODAY = {
    "endtime": f"{NOW:%Y-%m-%d %H:%M:%S}",
    "fee_ocur_time": f"{NOW:%Y-%m-%d %H:%M:%S}",
    "stmt_begndate": f"{NOW:%Y-%m-%d}",
    "stmt_enddate": f"{NOW:%Y-%m-%d}",
    "app_refd_time": f"{NOW:%Y%m%d%H%M%S}",
    "updt_time": "2020-01-01",
}
CHOSEN = {
    "org_codg": WUXI_HOSPITAL,
    "admdvs": "320200",
    "setl_optins": "320299",
    "clr_type": "11",
    "fee_type": "01",
    "dscg_way": "1",
    "refd_type": "ALL",
    "fixmedins_type": "1",
    "acct_used_flag": "1",
    "mid_setl_flag": "0",
    "page_num": 1,
    "page_size": 10,
    "type": "med_type",
    "ver": "0",
}


def message_of(infno, number, told):
    """Return the input of a message about a patient: all that the table requires, and what is `told` besides.

    What is required and neither told nor common gets the first code of its dictionary, a nought or a 1.
    """
    content: dict[str, Any] = {}
    known = common(number, infno)
    for node in sorted(table_of(infno).input, key=lambda node: len(node.path)):
        asked = (
            field for field in node.fields if field.mark or field.name in told or field.name in ALSO.get(infno, ())
        )
        row = {field.name: told.get(field.name, _value(field, known)) for field in asked}
        if infno[:4] in SPLIT_OUTSIDE and len(node.path) == 1 and not node.many:
            row["expContent"] = {"core_split": SPLIT}
        place = content
        for name in node.path[:-1]:
            place = place[name]
        if node.path:
            place[node.path[-1]] = [row] if node.many else row
        else:
            place |= row
    return content


def snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _value(field, known):
    if snake(field.name) in known:
        return known[snake(field.name)]
    if field.code:
        return next(iter(DICTIONARIES[field.code]["entries"]))
    return {"字符型": "1", "数值型": 0}.get(field.kind, f"{NOW:%Y-%m-%d %H:%M:%S}")


SPLIT_OUTSIDE = {"2101", "2102", "2206", "2207", "2303", "2304", "6202"}
"""The messages whose extension tells the split of an outside core."""

ALSO = {
    "6201": ("feedetlSn", "feeOcurTime", "medListCodg", "cnt", "pric"),
    "6203": ("psnAcctRefdAmt",),
    "5303": ("psn_no",),
}
"""What the tables do not ask for, but the business does."""


def every(counter):
    """Yield a well-formed message of every transaction that there is."""
    for infno in sorted(TRANSACTIONS):
        yield counter.asked(infno)


def as_json(message):
    return json.dumps(message, ensure_ascii=False).encode()
