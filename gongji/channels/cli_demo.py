"""`make run`: three recorded bills settled before the watcher's eyes, each with its explanation; then serving."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import typer
from rich.console import Console

from gongji.channels import samples, tables
from gongji.channels.cli_serve import Address, keep_serving, load
from gongji.channels.cli_settle import Counter, Handled, show
from gongji.channels.house import Clock, House
from gongji.channels.published import published_rules
from gongji.channels.samples import Sample
from gongji.domain.account import Account, Pocket
from gongji.domain.money import fen_from_yuan, yuan
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.services.calendar import bring_up_to
from gongji.services.store import Books

_COUNTY_HOSPITAL: Final = "H13110200026"
_WUXI_HOSPITAL: Final = "H32020000003"
_CHONGQING_HOSPITAL: Final = "H50000000002"


class Show:
    """One run of the demonstration, over real books; every message goes through the national door."""

    def __init__(self, house: House, counter: Counter, clock: Clock, console: Console) -> None:
        """Prepare to show."""
        self._house = house
        self._counter = counter
        self._clock = clock
        self._console = console
        self._sent = 0

    def chongqing(self) -> bool:
        """Settle the recorded 2207 request of 9.00."""
        self._title("1  重庆：录下的挂号费请求 2207，9.00 元", "Chongqing: the recorded 2207 request of 9.00")
        recorded = msgspec.json.decode((self._house.samples() / "2207_request_chongqing_input.json").read_bytes())
        patient = _patient("chongqing")
        self._say(
            "  The recording is a lone settlement. Registration and fee line are sent first; the visit number is new.\n"
            "  The book has no benefit schedule for residents of 重庆, so a core split goes with it, an assumption of\n"
            "  the demonstration: funds 0.00, personal part 9.00."
        )
        data = recorded["input"]["data"]
        line = {"med_list_codg": "001101000010000-110100001", "amount": "9.00"}
        return self._settle(patient, _CHONGQING_HOSPITAL, data, line, {"medfee_sumamt": "9.00", "acct_pay": "0.00"})

    def qinhuangdao(self) -> bool:
        """Replay the recorded outpatient bill of 4.52, all of it from the account."""
        self._title(
            "2  河北：录下的门诊结算，4.52 元", "Hebei: the recorded outpatient bill of 4.52, all from the account"
        )
        patient = _patient("qinhuangdao")
        self._open_with(patient, patient.carry_over_fen, Pocket.CARRY_OVER)
        self._say("  Core split as recorded: funds 0.00, personal part 4.52 (0.23 先行自付, 4.29 起付).")
        data = {"medfee_sumamt": "4.52", "med_type": "11", "insutype": "310", "act_pay_dedc": "4.29"}
        line = {"med_list_codg": "XN02BEB010A001010400004", "amount": "4.52"}
        wanted = {"acct_pay": "4.52", "psn_cash_pay": "0.00", "preselfpay_amt": "0.23", "balc": "1373.63"}
        return self._settle(patient, _COUNTY_HOSPITAL, data, line, wanted)

    def wuxi(self) -> bool:
        """Settle 600.00: a father's own 100.00, then his son's 500.00."""
        self._title("3  无锡：父亲自己 100.00，儿子共济 500.00", "Wuxi: a father's own 100.00, then his son's 500.00")
        father, son = (samples.people()[samples.person_id(one.number)] for one in samples.family_of("wuxi").person)
        self._open_with(father, father.carry_over_fen, Pocket.CARRY_OVER)
        self._open_with(son, son.carry_over_fen, Pocket.CARRY_OVER)
        self._say("  The book has no benefit schedule for 无锡: the core split says funds 0.00, personal part 600.00.")
        data = {"medfee_sumamt": "600.00", "med_type": "11", "insutype": "310"}
        line = {"med_list_codg": "003401000120000-340100012", "amount": "600.00", "cnt": "20", "pric": "30.00"}
        wanted = {"acct_pay": "600.00", "acct_mulaid_pay": "500.00", "psn_cash_pay": "0.00", "balc": "0.00"}
        return self._settle(father, _WUXI_HOSPITAL, data, line, wanted)

    # The messages of one bill.

    def _settle(
        self, patient: Sample, hospital: str, data: dict[str, Any], line: dict[str, str], wanted: dict[str, str]
    ) -> bool:
        visit = self._send("2201", hospital, {"data": _registration(patient, data, self._clock())})
        if not visit.accepted:
            show(self._console, visit)
            return False
        mdtrt_id = visit.answer["output"]["data"]["mdtrt_id"]
        common = {"mdtrt_id": mdtrt_id, "psn_no": patient.identity.psn_no, "chrg_bchno": data.get("chrg_bchno", "1")}
        lines = self._send("2204", hospital, {"feedetail": [_fee_line(line, self._clock()) | common]})
        if not lines.accepted:
            show(self._console, lines)
            return False
        paid = self._send("2207", hospital, {"data": _settlement(patient, data) | common})
        show(self._console, paid)
        return paid.accepted and self._as_recorded(paid, wanted)

    def _send(self, infno: str, hospital: str, content: dict[str, Any]) -> Handled:
        self._sent += 1
        now = self._clock()
        place = samples.institutions()[hospital]
        message = {
            "infno": infno,
            "msgid": f"{hospital}{now:%Y%m%d%H%M%S}{(now.microsecond // 1000 * 10 + self._sent % 10) % 10_000:04d}",
            "mdtrtarea_admvs": place.region,
            "insuplc_admdvs": "",
            "recer_sys_code": "YBXT",
            "infver": "1.0",
            "opter_type": "1",
            "opter": "0001",
            "opter_name": "样例经办人",
            "inf_time": f"{now:%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": hospital,
            "fixmedins_name": place.name,
            "input": content,
        }
        return self._counter.handle(msgspec.json.encode(message), now)

    def _as_recorded(self, handled: Handled, wanted: dict[str, str]) -> bool:
        info = handled.answer["output"]["setlinfo"]
        off = [
            f"{name}: wanted {value}, got {info[name]}"
            for name, value in wanted.items()
            if not _same(info[name], value)
        ]
        for sentence in off:
            self._console.print(f"  {sentence}", style="red", markup=False)
        if not off:
            self._say(f"  As it should be: {', '.join(f'{name} {value}' for name, value in wanted.items())}.")
        return not off

    # The money to begin with.

    def _open_with(self, sample: Sample, wanted_fen: int, pocket: Pocket) -> None:
        """Bring a pocket to what the recording began with, in the open. On a first run it holds that already."""
        person_id, now = sample.insured.person_id, self._clock()

        def credit(books: Books) -> int:
            bring_up_to(books, self._counter.policy(now), [person_id], now)
            short_fen = wanted_fen - books.ledger.balance(person_id, pocket)
            if short_fen:
                moves = {Account(person_id, pocket): short_fen, Account(person_id, Pocket.CREDITS): -short_fen}
                books.ledger.append(
                    EntryKind.CREDIT, moves, book_id=person_id, event_at=now, recorded_at=now, request="demo"
                )
            return short_fen

        short_fen = self._counter.store.run(Scope(people={person_id}), credit)
        if short_fen:
            done = "Credited to" if short_fen > 0 else "Taken back from"
            self._say(
                f"  {done} {sample.identity.name}: {yuan(abs(short_fen))}, so that the account holds"
                f" {yuan(wanted_fen)} again, as in the recording."
            )

    # Words.

    def _title(self, chinese: str, english: str) -> None:
        self._console.rule(f"[bold]{chinese}[/bold]  {english}", align="left")

    def _say(self, sentence: str) -> None:
        self._console.print(sentence, markup=False, highlight=False)


def run_demo(house: House, *, host: str, port: int, data: Path | None, once: bool) -> int:
    """Settle the three bills, then serve (unless `once`); 0 when all came out as recorded."""
    console, clock = tables.wide_console(), house.clock(None)
    with house.store(data, typer.echo) as store, published_rules(house, data) as rules:
        load(store, rules.at(clock()), clock())
        codes = house.codes(data, typer.echo)
        counter = Counter(store, rules, codes)
        one_run = Show(house, counter, clock, console)
        acts: list[Callable[[], bool]] = [one_run.chongqing, one_run.qinhuangdao, one_run.wuxi]
        passed = [act() for act in acts]
        faults = store.faults()
        for fault in faults:
            typer.echo(fault, err=True)
        console.rule(align="left")
        typer.echo(
            f"{sum(passed)} of {len(passed)} bills came out as recorded; the books {'are off' if faults else 'add up'}."
        )
        if once:
            return 0 if all(passed) and not faults else 1
        typer.echo(f"Serving now, with the data in {house.data_folder(data)}; Ctrl-C ends it.")
        at = Address(host, port, or_any=True)
        return keep_serving(store, house, clock, at, data=data, rules=rules, sample=True)


# Helpers


def _patient(key: str) -> Sample:
    return samples.people()[samples.person_id(samples.family_of(key).person[0].number)]


def _registration(patient: Sample, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        **_credential(patient),
        "insutype": data["insutype"],
        "begntime": f"{now:%Y-%m-%d %H:%M:%S}",
        "ipt_otp_no": f"{now:%H%M%S%f}",
        "atddr_no": "D1",
        "dr_name": "样例医师",
        "dept_code": "01",
        "dept_name": "内科",
        "caty": "A03",
    }


def _fee_line(line: dict[str, str], now: datetime) -> dict[str, Any]:
    return {
        "feedetl_sn": "y0001",
        "rx_circ_flag": "0",
        "fee_ocur_time": f"{now:%Y-%m-%d %H:%M:%S}",
        "med_list_codg": line["med_list_codg"],
        "medins_list_codg": "1",
        "det_item_fee_sumamt": line["amount"],
        "cnt": line.get("cnt", "1"),
        "pric": line.get("pric", line["amount"]),
        "bilg_dept_codg": "01",
        "bilg_dept_name": "内科",
        "bilg_dr_codg": "D1",
        "bilg_dr_name": "样例医师",
        "hosp_appr_flag": "1",
    }


def _settlement(patient: Sample, data: dict[str, Any]) -> dict[str, Any]:
    funds = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay", "fund_pay_sumamt")
    split = dict.fromkeys((*funds, "hosp_part_amt"), "0.00") | {"psn_part_amt": data["medfee_sumamt"]}
    if "act_pay_dedc" in data:
        split["act_pay_dedc"] = data["act_pay_dedc"]
    informative = dict.fromkeys(("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"), "0.00")
    plain = {name: value for name, value in data.items() if name != "act_pay_dedc"}
    return {
        **_credential(patient),
        "psn_setlway": "01",
        "acct_used_flag": "1",
        **informative,
        **plain,
        "expContent": {"core_split": split},
    }


def _credential(patient: Sample) -> dict[str, str]:
    identity = patient.identity
    return {"psn_no": identity.psn_no, "mdtrt_cert_type": "03", "mdtrt_cert_no": identity.card_no}


def _same(got: object, wanted: str) -> bool:
    whole, _, rest = str(got).partition(".")
    return fen_from_yuan(f"{whole}.{rest.ljust(2, '0')}") == fen_from_yuan(wanted)
