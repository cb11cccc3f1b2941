"""A small world for tests of the national interface: families in the registry, a client that speaks like a hospital."""

import json
import os
import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from gongji.channels.national.desk import Watched
from gongji.channels.national.door import Door
from gongji.channels.national.envelope import PATHS
from gongji.domain.account import Account, Pocket
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.registry.catalogue import sample_catalogue
from gongji.registry.codes import Codes
from gongji.registry.records import Identity, Institution
from gongji.rules.bundle import compile_book
from gongji.services.store import Books, MemoryStore

NOW = datetime(2025, 6, 2, 10, 0, 0)
KEY = bytes(range(32))
POLICIES = Path(__file__).parents[1] / "policies"
PATH_OF = {infno: f"/fsi/api/{path}" for path, several in PATHS.items() for infno in several}
CATCH_ALL = "/fsi/api/callFsiService/callService"

WUXI_HOSPITAL = "H32020000001"
WUXI_PHARMACY = "P32020000001"
JINAN_HOSPITAL = "H37010000001"
CHENGDU_HOSPITAL = "H51010000001"
SHANGHAI_HOSPITAL = "H31000000001"
WUHAN_HOSPITAL = "H42010000001"
CLOSED_HOSPITAL = "H32020000009"
CASH_ONLY_HOSPITAL = "H32020000002"

DRUG_A = "XJ01CAA040A001010100001"
DRUG_B = "XN02BEB010A001010400004"
DRUG_B_CEILING = "XC10AAA002A001010500005"
EXAM = "002103000010000-210300001"
VISIT_FEE = "001102000010000-110200001"
VACCINE = "XJ07BBL023B002010178001"
TONIC = "F0101010000000100001"


@cache
def policy_book():
    files = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")}
    return compile_book(files)[0]


def institution(code, region, kind="hospital", level=2, **more):
    return Institution(code=code, name=f"样例{code}", kind=kind, level=level, region=region, **more)


PLACES = [
    institution(WUXI_HOSPITAL, "320200"),
    institution(WUXI_PHARMACY, "320200", kind="pharmacy", level=1),
    institution(JINAN_HOSPITAL, "370100"),
    institution(CHENGDU_HOSPITAL, "510100"),
    institution(SHANGHAI_HOSPITAL, "310000"),
    institution(WUHAN_HOSPITAL, "420100"),
    institution(CLOSED_HOSPITAL, "320200", designated=False),
    institution(CASH_ONLY_HOSPITAL, "320200", takes_wallet=False),
]


class World:
    """Books, a door before them, and helpers to put people in."""

    def __init__(self, store=None):
        self.store = store if store is not None else MemoryStore()
        self.policy = policy_book()
        self.watched: list[Watched] = []
        self.codes = Codes(KEY, os.urandom)
        self.door = Door(self.store, self.policy, sample_catalogue(), codes=self.codes, watch=self.watched.append)
        self._put(lambda books: books.registry.institutions.update({place.code: place for place in PLACES}))

    def _put(self, work, scope=None):
        return self.store.run(scope or Scope(), work)

    def person(self, number, region="320200", insured=Insurance.EMPLOYEE, money=0, current=0, wallet=None, **more):
        """Enter a person with `money` fen carried over, `current` fen of this year, and a wallet where one is given."""

        more.setdefault("born", date(1985, 4, 1))
        card_sn = more.pop("card_sn", "")

        def work(books: Books):
            account = insured is Insurance.EMPLOYEE
            books.registry.people.put(
                number,
                Insured(
                    person_id=number,
                    insured=insured,
                    region=region,
                    account=account,
                    wallet_open=wallet is not None,
                    wallet_region=region if wallet is not None else None,
                    **more,
                ),
            )
            books.registry.identities.put(
                number,
                Identity(
                    person_id=number,
                    psn_no=psn(number),
                    name=f"测{number}",
                    cert_type="01",
                    certno=certno(number),
                    card_no=card(number),
                    card_sn=card_sn,
                    sex="1",
                ),
            )
            pockets = {Pocket.CARRY_OVER: money, Pocket.CURRENT_YEAR: current, Pocket.WALLET: wallet or 0}
            moves = {Account(number, pocket): fen for pocket, fen in pockets.items() if fen}
            if moves:
                moves[Account(number, Pocket.CREDITS)] = -sum(moves.values())
                books.ledger.append(EntryKind.OPENING, moves, book_id=number, event_at=NOW, recorded_at=NOW)

        self._put(work)
        return number

    def bond(self, sharer, member, relation=Relation.PARENT, since=datetime(2025, 2, 1, 9, 0), **more):
        def work(books: Books):
            bond_id = books.ledger.take_id("bond")
            bond = Bond(bond_id=bond_id, sharer_id=sharer, member_id=member, relation=relation, since=since, **more)
            books.registry.put_bond(bond)

        self._put(work, Scope(people={sharer, member}))

    def balance(self, number, *pockets):
        kinds = pockets or (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)
        return self.store.read(
            Scope(people={number}), lambda books: sum(books.ledger.balance(number, pocket) for pocket in kinds)
        )

    def token(self, number, at=NOW):
        """Return a fresh e-credential code of that person."""
        return self.codes.mint(number, at)

    def client(self, code=WUXI_HOSPITAL, now=NOW):
        return Client(self.door.handle, code, now)

    def snapshot(self):
        """Return everything the books keep, to see that nothing was written."""
        ledger, registry = self.store.ledger, self.store.registry
        return [dict(table.rows) for table in (*ledger.tables, *registry.tables)]


def psn(number):
    return f"3202000000000{number:07d}"


def certno(number):
    return f"32020019850401{number:04d}"


def card(number):
    return f"C{number:08d}"


class Client:
    """Speaks like a hospital: fills the envelope, numbers the messages, reads the answers."""

    def __init__(self, send, code, now):
        self.send, self.code, self.now, self.count = send, code, now, 0

    def msgid(self):
        self.count += 1
        return f"{self.code}{self.now:%Y%m%d%H%M%S}{self.count:04d}"

    def envelope(self, infno, content, **changes):
        message = {
            "infno": infno,
            "msgid": self.msgid(),
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
            "inf_time": f"{self.now:%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": self.code,
            "fixmedins_name": "样例医院",
            "sign_no": "",
            "input": content,
        }
        return message | changes

    def raw(self, infno, content, path=None, **changes):
        message = self.envelope(infno, content, **changes)
        path = path or PATH_OF.get(infno, CATCH_ALL)
        return self.send(json.dumps(message, ensure_ascii=False).encode(), path, self.now)

    def ask(self, infno, content, path=None, **changes):
        return json.loads(self.raw(infno, content, path, **changes), parse_float=Decimal)

    def done(self, infno, content, **changes):
        answer = self.ask(infno, content, **changes)
        assert answer["infcode"] == 0, answer
        return answer["output"]

    def wait(self, **step):
        self.now += timedelta(**step)

    def register(self, number, **more):
        data = {
            "psn_no": psn(number),
            "insutype": "310",
            "begntime": f"{self.now:%Y-%m-%d %H:%M:%S}",
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": certno(number),
            "ipt_otp_no": f"M{number}",
            "atddr_no": "D1",
            "dr_name": "医师",
            "dept_code": "01",
            "dept_name": "内科",
            "caty": "A03",
        }
        return {"data": data | more}

    def line(self, visit, number, code=DRUG_A, price="10.00", count="1", sn="1", batch="B1", **more):
        total = (Decimal(price) * Decimal(count)).quantize(Decimal("0.01"))
        row = {
            "feedetl_sn": sn,
            "mdtrt_id": visit,
            "psn_no": psn(number),
            "chrg_bchno": batch,
            "rx_circ_flag": "0",
            "fee_ocur_time": f"{self.now:%Y-%m-%d %H:%M:%S}",
            "med_list_codg": code,
            "medins_list_codg": "L1",
            "det_item_fee_sumamt": str(total),
            "cnt": count,
            "pric": price,
            "bilg_dept_codg": "01",
            "bilg_dept_name": "内科",
            "bilg_dr_codg": "D1",
            "bilg_dr_name": "医师",
            "hosp_appr_flag": "1",
        }
        return row | more

    def bill(self, visit, number, total, batch="B1", core=None, **more):
        data = {
            "psn_no": psn(number),
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": certno(number),
            "med_type": "11",
            "medfee_sumamt": total,
            "psn_setlway": "01",
            "mdtrt_id": visit,
            "chrg_bchno": batch,
            "insutype": "310",
            "acct_used_flag": "1",
            "invono": "",
            "fulamt_ownpay_amt": 0,
            "overlmt_selfpay": 0,
            "preselfpay_amt": 0,
            "inscp_scp_amt": 0,
        }
        data |= more
        if core is not None:
            data["expContent"] = data.get("expContent", {}) | {"core_split": core}
        return {"data": data}

    def visit(self, number, *lines, **more):
        """Register a visit, upload lines given as (code, price, count), and return its id and their total in yuan."""
        visit = self.done("2201", self.register(number, **more))["data"]["mdtrt_id"]
        rows = [
            self.line(visit, number, code, price, count, sn=str(place))
            for place, (code, price, count) in enumerate(lines, 1)
        ]
        self.done("2204", {"feedetail": rows})
        return visit, str(sum(Decimal(row["det_item_fee_sumamt"]) for row in rows))

    def whole(self, total, **parts):
        """Return the split of an outside core that leaves all of it to the person."""
        return {"fund_pay_sumamt": 0, "hosp_part_amt": 0, "psn_part_amt": total} | parts


FUND_NAMES = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")
AMOUNTS = (
    "medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc",
    *FUND_NAMES, "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay", "hosp_part_amt", "acct_mulaid_pay",
)  # fmt: skip


def check_identities(output):
    """The identities of a settlement answer: I1 to I5, and that every amount is a number."""
    info = output["setlinfo"]
    for name in (*AMOUNTS, "balc", "pool_prop_selfpay"):
        assert type(info[name]) in (int, Decimal), name
    scope = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    assert info["medfee_sumamt"] == sum(info[name] for name in scope)
    assert info["medfee_sumamt"] == info["fund_pay_sumamt"] + info["psn_part_amt"] + info["hosp_part_amt"]
    assert info["psn_part_amt"] == info["acct_pay"] + info["psn_cash_pay"]
    assert info["fund_pay_sumamt"] == sum(info[name] for name in FUND_NAMES)
    assert abs(info["acct_mulaid_pay"]) <= abs(info["acct_pay"])
    detail = output["setldetail"]
    assert sum(row["fund_payamt"] for row in detail) == info["medfee_sumamt"] - info["psn_cash_pay"]
    assert all(row["fund_payamt"] for row in detail)
    shared = [row for row in detail if row["fund_pay_type_name"] == "个人账户共济支付"]
    assert sum(row["fund_payamt"] for row in shared) == info["acct_mulaid_pay"]


def refused(answer, name, *words):
    assert answer["infcode"] == -1
    assert answer["output"] is None
    assert answer["inf_refmsgid"] is None
    assert len(answer["refmsg_time"]) == len(answer["respond_time"]) == 17
    assert answer["err_msg"].startswith(f"FSI-{name}: ")
    assert len(answer["err_msg"]) <= 200
    for word in words:
        assert word in answer["err_msg"]


def settled(client, number, total, visit, **more):
    core = more.pop("core", client.whole(total))
    output = client.done("2207", client.bill(visit, number, total, core=core, **more))
    check_identities(output)
    return output["setlinfo"], output["setldetail"]
