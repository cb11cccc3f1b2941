"""The command line as a person uses it: in processes of its own, with PostgreSQL, and killed in between."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from gongji.wiring import main; main()"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "120"}
CHONGQING = ROOT / "samples" / "2207_request_chongqing_input.json"


def gongji(*words, check=0, text=None):
    """Run a command to its end and return what it printed."""
    done = subprocess.run(
        [*PROGRAM, *map(str, words)], cwd=ROOT, env=ENVIRONMENT, input=text, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == check, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + (done.stderr if check else "")


class Server:
    """`gongji serve` in a process of its own; at the end it is asked to stop, if it still runs."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", "0", *map(str, words)], cwd=ROOT, env=ENVIRONMENT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.said: list[str] = []
        self.url = self._until_ready()

    def _until_ready(self):
        for line in self.process.stdout or ():
            self.said.append(line.rstrip())
            if line.startswith("ready "):
                return line.split()[1]
        raise AssertionError("\n".join(self.said))

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        out, _ = self.process.communicate(timeout=60)
        self.said += out.splitlines()
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def people(self):
        return {one["psn_no"]: one for one in httpx.get(f"{self.url}/sandbox/people.json").json()}

    def send(self, infno, content, *, msgid, code="H31000000002"):
        message = {
            "infno": infno, "msgid": msgid, "mdtrtarea_admvs": "310000", "insuplc_admdvs": "310000", "input": content,
            "recer_sys_code": "YBXT", "infver": "1.0", "opter_type": "1", "opter": "1", "opter_name": "甲",
            "inf_time": "2025-06-01 10:00:00", "fixmedins_code": code, "fixmedins_name": "样例",
        }  # fmt: skip
        return httpx.post(f"{self.url}/fsi/api/callFsiService/callService", json=message, timeout=30).json()


@pytest.fixture
def data(tmp_path):
    """Return a data folder; a database that a killed server left running in it is stopped at the end."""
    folder = tmp_path / "data"
    yield folder
    if folder.exists():
        with Server("--data", folder) as last:
            assert last.url


def test_help_teaches_and_the_version_is_told():
    assert "gongji settle samples/" in gongji("--help")
    assert "--now" in gongji("serve", "--help")
    assert gongji("version").startswith("gongji 0.")


def test_the_rules_of_a_region_on_a_day_are_shown_with_their_documents():
    table = gongji("policy", "show", "310000", "--on", "2025-06-01")
    rows = json.loads(gongji("policy", "show", "310000", "carry_over_only", "--json"))["rows"]

    assert "carry_over_only" in table
    assert "历年结余" in gongji("policy", "show", "310000", "carry_over_only")
    assert [row["state"] for row in rows] == ["not_in_force", "value"]
    assert rows[1]["start"] == "2022-07-01"
    assert rows[1]["document"]


def test_a_region_or_rule_that_is_none_is_named():
    assert "31" in gongji("policy", "show", "31", check=2)
    assert "relatives" in gongji("policy", "show", "310000", "nonsense", check=2)
    assert "1998-12-14" in gongji("policy", "show", "310000", "--on", "1990-01-01", check=2)


def test_the_policy_files_are_sound_and_the_regions_listed():
    assert "no problems" in gongji("policy", "lint")
    assert "上海市 Shanghai" in gongji("policy", "regions")


def test_cases_pass_or_fail_with_their_exit_status(tmp_path):
    case = """name = "{name}"
region = "320200"
at = 2023-06-01T10:00:00
source = "own"
grade = "derived"
[[person]]
id = "a"
insured = "employee"
carry_over = "10.00"
[[act]]
do = "settle"
id = "s1"
patient = "a"
personal_part = "4.00"
[act.expect]
own = "{own}"
"""
    (tmp_path / "good.toml").write_text(case.format(name="good", own="4.00"))
    (tmp_path / "bad.toml").write_text(case.format(name="bad", own="5.00"))

    assert "1 passed, 0 failed" in gongji("cases", tmp_path / "good.toml")
    assert "1 passed, 1 failed" in gongji("cases", tmp_path, check=1)
    done = json.loads(gongji("cases", tmp_path / "bad.toml", "--json", check=1))
    assert done["cases"][0]["differences"][0]["key"] == "own"


def test_the_recorded_chongqing_request_is_settled_and_what_was_filled_in_is_named():
    done = json.loads(gongji("settle", CHONGQING, "--json"))

    info = done["answer"]["output"]["setlinfo"]
    assert done["answer"]["infcode"] == 0
    assert (info["medfee_sumamt"], info["psn_cash_pay"], info["acct_pay"]) == (9, 9, 0)
    assert sum(float(line["amount"]) for line in done["explanation"]["lines"]) == 9
    for name in ("msgid", "fixmedins_code", "person 5000", "visit 5000", "fee line", "core_split"):
        assert any(note.startswith(name) or name in note for note in done["filled"]), name


def test_the_table_shows_the_answer_and_why():
    table = gongji("settle", CHONGQING)

    assert "9.00" in table
    assert "现金" in table
    assert "补齐" in table


def test_a_person_nobody_knows_is_put_in_for_a_lone_settlement(tmp_path):
    message = json.loads(CHONGQING.read_text())
    message["input"]["data"] |= {"psn_no": "42000000000000000077", "insutype": "310", "mdtrt_cert_no": "A77"}
    (tmp_path / "one.json").write_text(json.dumps(message))

    done = json.loads(gongji("settle", tmp_path / "one.json", "--json"))

    assert done["answer"]["output"]["setlinfo"]["psn_cash_pay"] == 9
    assert any("42000000000000000077" in note for note in done["filled"])


def test_what_cannot_be_settled_is_refused_with_name_and_exit_status(tmp_path):
    message = json.loads(CHONGQING.read_text())
    message["input"]["data"]["mdtrt_cert_no"] = "31S000001"
    (tmp_path / "foreign.json").write_text(json.dumps(message))
    (tmp_path / "broken.json").write_text('{"infno": "2207", ')

    refused = json.loads(gongji("settle", tmp_path / "foreign.json", "--json", check=1))
    assert refused["answer"]["err_msg"].startswith("FSI-NOT_OWN_CREDENTIAL:")
    assert refused["explanation"]["lines"][0]["refusal"] == "NOT_OWN_CREDENTIAL"
    assert "MESSAGE_MALFORMED" in gongji("settle", tmp_path / "broken.json", check=1)
    assert "cannot be read" in gongji("settle", tmp_path / "missing.json", check=2)


def test_a_message_may_come_through_a_pipe():
    assert '"infcode": 0' in gongji("settle", "-", "--json", text=CHONGQING.read_text())


def test_a_sample_server_serves_lists_and_messages_by_its_own_clock(data):
    with Server("--sample", "--data", data, "--now", "2025-06-01T10:00:00") as server:
        people = server.people()
        mother = people["31000000000000000001"]
        asked = {"mdtrt_cert_type": "03", "mdtrt_cert_no": mother["card_no"]}
        answer = server.send("1101", {"data": asked}, msgid="H31000000002202506011000000001")

        assert answer["infcode"] == 0
        assert answer["output"]["baseinfo"]["psn_no"] == mother["psn_no"]
        assert answer["refmsg_time"].startswith("20250601")
        assert sum(one["benefits"] == "known" for one in people.values()) >= 8
        assert {one["kind"] for one in httpx.get(f"{server.url}/sandbox/institutions.json").json()} >= {"hospital"}
        assert any(one["price"] is None for one in httpx.get(f"{server.url}/sandbox/catalogue.json").json())
        assert server.stop() == 0
    assert "Stopped." in server.said


def test_a_killed_server_comes_up_again_with_what_it_answered(data):
    visit = {"psn_no": "31000000000000000001", "mdtrt_cert_type": "03", "mdtrt_cert_no": "31S000001", "insutype": "310",
             "begntime": "2025-06-01 10:00:00", "ipt_otp_no": "1", "atddr_no": "", "dr_name": "", "dept_code": "",
             "dept_name": "", "caty": ""}  # fmt: skip
    msgid = "H31000000002202506011000000002"
    clock = ("--now", "2025-06-01T10:00:00")
    server = Server("--sample", "--data", data, *clock)
    first = server.send("2201", {"data": visit}, msgid=msgid)

    server.stop(signal.SIGKILL)
    with Server("--sample", "--data", data, *clock) as again:
        assert first["infcode"] == 0, first
        assert again.send("2201", {"data": visit}, msgid=msgid) == first
        assert len(again.people()) > 60


def test_a_code_from_the_list_of_people_works_once_and_outlives_the_server_that_made_it(data):
    def visit(code):
        return {"data": {
            "psn_no": "31000000000000000001", "mdtrt_cert_type": "01", "mdtrt_cert_no": code, "insutype": "310",
            "begntime": "2025-06-01 10:00:00", "ipt_otp_no": "1", "atddr_no": "", "dr_name": "", "dept_code": "",
            "dept_name": "", "caty": ""}}  # fmt: skip

    with Server("--sample", "--data", data, "--now", "2025-06-01T10:00:00") as server:
        code = server.people()["31000000000000000001"]["ec_token"]
    with Server("--sample", "--data", data, "--now", "2025-06-01T10:05:00", "--workers", "1") as again:
        numbers = iter(range(1, 19))

        def answer(shown):
            return again.send("2201", visit(shown), msgid=f"H3100000000220250601100000{next(numbers):04d}")

        answers = [answer(shown) for shown in (code, code)]
        for _ in range(6):  # over more than a second: none is from the future for whoever takes the message
            answers.append(answer(again.people()["31000000000000000001"]["ec_token"]))
            time.sleep(0.2)

    assert [answer["infcode"] for answer in answers] == [0, -1, *(6 * [0])], answers
    assert answers[1]["err_msg"].startswith("FSI-CREDENTIAL_NOT_ACTIVE: 这个医保码已用过")


def test_a_message_is_settled_into_a_data_folder_again_and_again(data):
    sample = ROOT / "samples" / "2207_request_chongqing_input.json"
    answers = [json.loads(gongji("settle", sample, "--data", data, "--json"))["answer"] for _ in range(2)]

    assert [answer["infcode"] for answer in answers] == [0, 0]
    first, again = (answer["output"]["setlinfo"] for answer in answers)
    assert first["medfee_sumamt"] == again["medfee_sumamt"] == 9
    assert first["setl_id"] != again["setl_id"]


def test_the_demonstration_comes_out_as_recorded_the_second_time_too(data):
    for _ in range(2):
        told = gongji("demo", "--once", "--data", data)
        assert "3 of 3 bills came out as recorded; the books add up." in told
        for amount in ("9.00", "4.52", "1373.63", "100.00", "500.00", "600.00"):
            assert amount in told
    assert "Credited to" in told


def test_a_taken_port_is_told_in_a_sentence(data):
    began = time.monotonic()
    with Server("--data", data) as server:
        port = server.url.rpartition(":")[2]
        told = gongji("serve", "--port", port, "--data", data.with_name("other"), check=1)
        assert "cannot be listened on" in told
    assert time.monotonic() - began < 60
