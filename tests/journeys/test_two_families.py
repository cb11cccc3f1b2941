"""Two families in two provinces, from enrolment to the end of sharing, over a real server: right to the fen."""

import time
from datetime import date

import httpx

from gongji.domain.insured import Sex
from tests.family_http import Person, answered, clerk, system
from tests.journeys.test_cli import Server
from tests.national_messages import message_of

CLOCK = "2026-11-02T10:00:00"
QUOTA_FEN = 300_00
WHOLE = {"fund_pay_sumamt": 0, "hosp_part_amt": 0}
PATIENCE = 200
"""So often is an inbox looked at, a tenth of a second apart, until a notice that is told in the background is there."""


class Family:
    """Two spouses who are insured as employees, and a father who is a resident; the wife's account helps both."""

    def __init__(self, region, surname, place):
        self.region = region
        self.wife = Person(f"{surname}样琴", place, region=region, born=date(1985, 4, 1))
        self.husband = Person(f"{surname}样海", place + 1, region=region, born=date(1984, 5, 2), sex=Sex.MALE)
        self.father = Person(
            f"{surname}样山", place + 2, region=region, born=date(1955, 6, 3), sex=Sex.MALE, insured="resident"
        )
        self.bonds = {}

    @property
    def people(self):
        return self.wife, self.husband, self.father

    def check(self, *, wife, husband):
        """Check all three statements; the father has no account, and nothing is ever his."""
        for person, expected in ((self.wife, wife), (self.husband, husband), (self.father, {})):
            person.check(**expected)


def test_two_families_share_from_enrolment_to_the_end_right_to_the_fen(tmp_path):
    wuxi, wuhan = Family("320200", "蔺", 11), Family("420100", "郗", 21)
    with (
        Server("--sample", "--data", tmp_path / "data", "--now", CLOCK) as server,
        httpx.Client(base_url=server.url, timeout=30) as http,
    ):
        bureau = system(http)
        enrolled(http, bureau, wuxi, wuhan)
        confirmed_and_then_a_quota(wuxi)
        a_quota_that_is_confirmed(wuhan)
        for family in (wuxi, wuhan):
            fathers_bond(family)
            quoted_and_settled(bureau, family)
            sold_and_taken_back(http, family)
            premium_paid(family)
            ended(family)
            told_of_it(family)
        premium_given_back(clerk(http), wuxi, wuhan)
        strangers_see_nothing(http, wuxi, wuhan)


def enrolled(http, bureau, *families):
    people = [person for family in families for person in family.people]
    report = bureau.post("imports/people", {"lines": [person.line for person in people]})
    assert (report["entered"], report["refused"]) == (6, [])
    bases = {family.wife.psn_no: 10_000_00 for family in families} | {
        family.husband.psn_no: 1_000_00 for family in families
    }
    for month in range(7, 11):
        lines = [{"psn_no": psn_no, "base_fen": fen} for psn_no, fen in bases.items() if fen > 1_000_00 or month == 10]
        report = bureau.post("imports/credits", {"month": f"2026-{month:02}-01", "lines": lines})
        assert (report["entered"], report["refused"]) == (len(lines), [])
        assert bureau.post("imports/credits", {"month": f"2026-{month:02}-01", "lines": lines})["known"] == len(lines)
    for person in people:
        person.sign_in(http)
    for family in families:
        family.check(wife={"current_year": 800_00, "free": 800_00}, husband={"current_year": 20_00, "free": 20_00})


def proposed(family, member, relation, **more):
    return family.wife.post(
        "invitations",
        {
            "relative": member.papers,
            "relation": relation,
            "modes": ["pay", "premium"],
            "lasts": "cancelled",
            "agreed": family.wife.agreed(),
        }
        | more,
    )


def accepted(family, invited):
    """Let the husband follow the link, read what he is asked, and accept."""
    assert (invited["answer"], invited["bond"]) == ("open", "awaiting_confirmation")
    link = {"link": invited["link"]}
    shown = answered(family.wife.http.post("/api/v1/invitations/look", json=link))
    assert (shown["from_name"], shown["relation"]) == (f"**{family.wife.name[-1]}", "spouse")
    address = f"invitations/{invited['invitation_id']}/answer"
    family.father.post(address, {"how": "accepted", "agreed": family.father.agreed()}, status=404)
    said = family.husband.post(address, {"how": "accepted", "agreed": family.husband.agreed()})
    assert (said["answer"], said["bond"]) == ("accepted", "active")
    family.bonds["spouse"] = said["bond_id"]


def wallets_opened(family):
    for person in (family.wife, family.husband):
        told = person.post(f"people/{person.person_id}/wallet", {"phone": "13800000000", "agreed": person.agreed()})
        assert (told["open"], told["region"], told["balance_fen"]) == (True, family.region, 0)


def frozen(family):
    bond = family.husband.get(f"bonds/{family.bonds['spouse']}")
    assert (bond["state"], bond["quota_fen"], bond["used_fen"]) == ("active", QUOTA_FEN, 0)
    family.check(
        wife={"current_year": 800_00, "held": QUOTA_FEN, "free": 800_00 - QUOTA_FEN},
        husband={"current_year": 20_00, "free": 20_00},
    )


def confirmed_and_then_a_quota(family):
    """江苏 asks a spouse to confirm; then both open wallets, and the wife freezes money for the husband."""
    accepted(family, proposed(family, family.husband, "spouse"))
    family.check(wife={"current_year": 800_00, "free": 800_00}, husband={"current_year": 20_00, "free": 20_00})
    wallets_opened(family)
    quota = f"bonds/{family.bonds['spouse']}/quota"
    family.husband.post(quota, {"quota_fen": 1}, status=404)
    family.wife.post(quota, {"quota_fen": QUOTA_FEN})
    frozen(family)


def a_quota_that_is_confirmed(family):
    """武汉 asks for no confirmation of a bond, the nation for that of a quota: it freezes nothing before."""
    wallets_opened(family)
    papers = {"proof": ["marriage_certificate"], "modes": ["pay"], "quota_fen": QUOTA_FEN}
    invited = proposed(family, family.husband, "spouse", **papers)
    family.check(wife={"current_year": 800_00, "free": 800_00}, husband={"current_year": 20_00, "free": 20_00})
    accepted(family, invited)
    frozen(family)


def fathers_bond(family):
    """Neither province asks a parent: the bond stands at once."""
    invited = proposed(family, family.father, "parent", proof=["hukou"])
    assert (invited["answer"], invited["bond"]) == ("unasked", "active")
    family.bonds["father"] = invited["bond_id"]


def quoted_and_settled(bureau, family):
    """A bill of 120.00 is quoted, which moves nothing, and settled as quoted: the husband's own 20.00 go first."""
    husband = family.husband
    bill = {"institution": f"H{family.region}00002", "parts": {"copay_fen": 120_00}}
    quote = husband.post("quotes", bill)
    assert [(one["person_id"], one["amount_fen"]) for one in quote["shares"]] == [
        (husband.person_id, 20_00),
        (family.wife.person_id, 100_00),
    ]
    frozen(family)
    shown = {"kind": "ec_token", "number": husband.code()}
    settling = {"patient_id": husband.person_id, "credential": shown}
    done = bureau.post(f"quotes/{quote['quote_id']}/settlement", settling)
    assert (done["settled"], done["changes"]) == (True, [])
    sheet = husband.get(f"bills/{done['settle_id']}")
    assert (sheet["proved"], sheet["e_bill"]["family_fen"], sheet["e_bill"]["cash_fen"]) == (True, 100_00, 0)
    after_the_bill(family)


def after_the_bill(family):
    family.check(wife={"current_year": 700_00, "held": 200_00, "free": 500_00}, husband={})


def sold_and_taken_back(http, family):
    """A pharmacy sells drugs for 45.67 by the national interface, and takes them back: the money returns whence."""
    husband, region = family.husband, family.region
    paid = {"psn_no": husband.psn_no, "mdtrt_cert_no": husband.code(), "mdtrt_cert_type": "01"}
    when = {"begntime": "2026-11-02 10:00:00", "fee_ocur_time": "2026-11-02 10:00:00"}
    price = dict.fromkeys(("medfee_sumamt", "det_item_fee_sumamt", "pric"), "45.67")
    sale = message_of("2102", 1, paid | when | price)
    sale["druginfo"]["expContent"] = {"core_split": WHOLE | {"psn_part_amt": "45.67"}}
    info = sent(http, region, "2102", sale, 1)["setlinfo"]
    assert (info["acct_pay"], info["acct_mulaid_pay"], info["psn_cash_pay"]) == (45.67, 45.67, 0)
    family.check(wife={"current_year": 654_33, "held": 154_33, "free": 500_00}, husband={})

    named = {name: info[name] for name in ("mdtrt_id", "setl_id", "psn_no")}
    sent(http, region, "2103", message_of("2103", 1, named), 2)
    after_the_bill(family)
    bond = family.wife.get(f"bonds/{family.bonds['spouse']}")
    assert (bond["quota_fen"], bond["used_fen"]) == (QUOTA_FEN, 100_00)


def sent(http, region, infno, content, number):
    """Send a message of the city's pharmacy over the national interface, and return its output."""
    code = f"P{region}00001"
    message = {
        "infno": infno, "msgid": f"{code}20261102100000{number:04}", "mdtrtarea_admvs": region,
        "insuplc_admdvs": region, "input": content, "recer_sys_code": "YBXT", "infver": "1.0", "opter_type": "1",
        "opter": "1", "opter_name": "甲", "inf_time": "2026-11-02 10:00:00", "fixmedins_code": code,
        "fixmedins_name": "样例大药房",
    }  # fmt: skip
    answer = http.post("/fsi/api/callFsiService/callService", json=message).json()
    assert answer["infcode"] == 0, answer
    return answer["output"]


def premium_paid(family):
    """The wife pays the father's resident premium in full, once; what she froze for her husband is left alone."""
    wife, father = family.wife, family.father
    wanted = {"kind": "resident", "year": 2027, "insured_id": father.person_id, "notice": f"TAX-{family.region}"}
    short = wife.post("premiums", wanted | {"amount_fen": 500_01}, status=422)
    assert short["refusal"] == "BALANCE_SHORT"
    after_the_bill(family)
    told = wife.post("premiums", wanted | {"amount_fen": 400_00})
    assert (told["payer_id"], told["amount_fen"], told["left_fen"]) == (wife.person_id, 400_00, 400_00)
    twice = wife.post("premiums", wanted | {"amount_fen": 1}, status=409)
    assert twice["refusal"] == "PREMIUM_ALREADY_PAID"
    family.check(wife={"current_year": 300_00, "held": 200_00, "free": 100_00}, husband={})
    assert [one["by"] for one in father.get(f"people/{father.person_id}/premiums")["items"]] == ["relative"]


def premium_given_back(desk, wuxi, wuhan):
    """Wuxi's clerk gives a part of a premium of Wuxi back, after the bond has ended; of Wuhan's she knows nothing."""
    for family, status in ((wuhan, 404), (wuxi, 200)):
        wanted = {"insured_id": family.father.person_id, "kind": "resident", "year": 2027, "why": "overpaid"}
        desk.post("premium-refunds", wanted | {"amount_fen": 12_34}, status)
    wuhan.check(wife={"current_year": 300_00, "free": 300_00}, husband={})
    wuxi.check(wife={"current_year": 312_34, "free": 312_34}, husband={})


def ended(family):
    """Both bonds end; the unused quota is the wife's own again, and nobody can be helped any more."""
    outlook = family.wife.get(f"bonds/{family.bonds['spouse']}/ending")
    assert (outlook["freed_fen"], outlook["fault"], outlook["last"]) == (200_00, None, False)
    assert family.wife.post(f"bonds/{family.bonds['spouse']}/ending")["freed_fen"] == 200_00
    family.check(wife={"current_year": 300_00, "free": 300_00}, husband={})
    assert family.father.post(f"bonds/{family.bonds['father']}/ending")["freed_fen"] == 0
    family.check(wife={"current_year": 300_00, "free": 300_00}, husband={})
    bill = {"institution": f"H{family.region}00002", "parts": {"copay_fen": 1}}
    assert family.husband.post("quotes", bill)["cash_fen"] == 1
    assert {bond["state"] for bond in family.wife.get("bonds")["items"]} == {"ended"}


def told_of_it(family):
    """The wife reads that her husband used 100.00 of her account at a hospital."""
    wife, husband = family.wife, family.husband
    for _ in range(PATIENCE):
        found = [one for one in wife.get("notices", limit=200)["items"] if one["topic"] == "relative_deduction"]
        if len(found) == 2:
            break
        time.sleep(0.1)
    assert sorted(one["amount_fen"] for one in found) == [45_67, 100_00]
    notice = next(one for one in found if one["amount_fen"] == 100_00)
    assert (notice["other_id"], notice["other_name"]) == (str(husband.person_id), husband.name)
    assert "100.00" in notice["words"]
    assert husband.name in notice["words"]
    unread = [one["notice_id"] for one in wife.get("notices", limit=200, unread="true")["items"]]
    assert notice["notice_id"] in unread
    wife.post(f"notices/{notice['notice_id']}/read")
    # Others may have come meanwhile: what else there is to tell is told behind the settlements.
    still = [one["notice_id"] for one in wife.get("notices", limit=200, unread="true")["items"]]
    assert set(unread) - set(still) == {notice["notice_id"]}


def strangers_see_nothing(http, one, other):
    """Neither family learns anything of the other's account."""
    address = f"/api/v1/accounts/{other.wife.person_id}/statement"
    assert http.get(address, headers=one.wife.headers).status_code in (403, 404)
