"""Mobile payment as a hospital's phone channel sends it, for tests: the messages of an order from 6201 to 6203."""

from decimal import Decimal

from tests.national_world import CATCH_ALL, DRUG_A, certno, psn

AMOUNTS = (
    "feeSumamt", "ownPayAmt", "psnAcctPay", "fundPay", "othFeeAmt", "hospPartAmt", "acctMulaidPay", "selfAcctPay",
)  # fmt: skip


class Phone:
    """Speaks for one patient at a hospital, and remembers the order it made."""

    def __init__(self, world, client, number):
        self.world, self.client, self.number = world, client, number
        self.order = {}

    def code(self):
        return self.world.token(self.number, self.client.now)

    def papers(self):
        return {"idNo": certno(self.number), "userName": f"测{self.number}", "idType": "01"}

    def line(self, code=DRUG_A, price="300.00", count="2", **more):
        total = (Decimal(price) * Decimal(count)).quantize(Decimal("0.01"))
        row = {"medListCodg": code, "detItemFeeSumamt": str(total), "cnt": count, "pric": price}
        return row | more

    def upload(self, *lines, **more):
        """Return the input of 6201 for these lines."""
        rows = list(lines) or [self.line()]
        data = self.papers() | {
            "orgCodg": self.client.code,
            "psnNo": psn(self.number),
            "insutype": "310",
            "medOrgOrd": f"ORDER-{self.number}",
            "begntime": f"{self.client.now:%Y-%m-%d %H:%M:%S}",
            "ecToken": self.code(),
            "insuCode": "320200",
            "iptOtpNo": f"M{self.number}",
            "deptCode": "01",
            "deptName": "内科",
            "caty": "A03",
            "medType": "11",
            "feeType": "01",
            "medfeeSumamt": str(sum(Decimal(row["detItemFeeSumamt"]) for row in rows)),
            "psnSetlway": "01",
            "chrgBchno": "B1",
            "pubHospRfomFlag": "0",
            "feedetailList": rows,
        }
        return {"data": data | more}

    def uploaded(self, *lines, **more):
        """Send 6201 and remember the order."""
        content = self.upload(*lines, **more)
        told = self.client.done("6201", content, path=CATCH_ALL)["data"]
        self.order = {
            "payOrdId": told["payOrdId"],
            "payToken": told["payToken"],
            "orgCodg": self.client.code,
            "mdtrtId": told["extData"]["mdtrtId"],
            "chrgBchno": content["data"]["chrgBchno"],
        }
        return self.order

    def payment(self, core=None, **more):
        """Return the input of 6202."""
        data = self.order | {"payAuthNo": self.code(), "orgBizSer": "S1", "feeType": "01"} | more
        if core is not None:
            data["extData"] = {"core_split": core}
        return {"data": data}

    def pay(self, core=None, **more):
        return self.client.done("6202", self.payment(core, **more), path=CATCH_ALL)["data"]

    def question(self, **more):
        """Return the input of 6301, which is that of 6401 too."""
        named = {name: self.order[name] for name in ("payOrdId", "payToken", "orgCodg")}
        return {"data": named | self.papers() | more}

    def ask(self, **more):
        return self.client.done("6301", self.question(**more), path=CATCH_ALL)["data"]

    def state(self):
        return self.ask()["ordStas"]

    def returning(self, kind, *, cash="0", account=None, fund=None, **more):
        """Return the input of 6203; the total is the sum of the parts."""
        parts = {"cashRefdAmt": cash, "psnAcctRefdAmt": account, "fundRefdAmt": fund}
        data = {
            "payOrdId": self.order["payOrdId"],
            "appRefdSn": f"R-{kind}-{cash}",
            "appRefdTime": f"{self.client.now:%Y%m%d%H%M%S}",
            "totlRefdAmt": str(sum(Decimal(fen) for fen in parts.values() if fen is not None)),
            "payAuthNo": self.code(),
            "refdType": kind,
        }
        return {"data": data | {name: fen for name, fen in parts.items() if fen is not None} | more}

    def refund(self, kind, **more):
        return self.client.done("6203", self.returning(kind, **more), path=CATCH_ALL)["data"]

    def refused(self, infno, content, **changes):
        """Return the answer to a message that is to be refused, having seen that it wrote nothing."""
        before = self.world.snapshot()
        answer = self.client.ask(infno, content, path=CATCH_ALL, **changes)
        assert self.world.snapshot() == before
        return answer


def whole(total, **parts):
    """Return the split of an outside core that leaves all of it to the person."""
    return {"fund_pay_sumamt": 0, "hosp_part_amt": 0, "psn_part_amt": total} | parts


def check_order(told):
    """The identities of an order's amounts, I10: who paid adds up, and the account's part is own and mutual aid."""
    parts = (told[name] for name in ("ownPayAmt", "psnAcctPay", "fundPay", "othFeeAmt"))
    assert told["feeSumamt"] == sum(parts)
    assert told["psnAcctPay"] == told["selfAcctPay"] + told["acctMulaidPay"]


def paid_of(told):
    """Return the amounts of an answer."""
    return {name: told[name] for name in AMOUNTS}
