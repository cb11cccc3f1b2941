"""A change of rule while bills are under way: what was quoted or begun is paid by the rules of then."""

from datetime import timedelta

import pytest

from gongji.channels.national.door import Door
from gongji.registry.catalogue import sample_catalogue
from gongji.services.bills.rechecks import Bundles, find_kept, recheck
from gongji.services.policies.archives import MemoryArchive
from gongji.services.policies.drafts import kept_bundle
from gongji.services.policies.timetables import QUOTE_LIFE, Timetable
from tests.mobile_orders import Phone, whole
from tests.national_world import CATCH_ALL, DRUG_A, NOW, WUXI_PHARMACY, World, certno, psn, refused
from tests.policy_drafts import WUXI, Office, seed

FATHER, SON = 1, 2
FROM = NOW + timedelta(minutes=10)
MINUTE = timedelta(minutes=1)

TWO_SWIPES = """
[sources.wuxi-swipes]
title     = "无锡 二次刷卡的通知"
publisher = "样例"
kind      = "official"
checked   = 2025-05-01

[[second_swipe]]
start   = 2025-01-01
minutes = 10
source  = "wuxi-swipes"
grade   = "official"
quote   = "须刷卡两次"
"""


class Changing(World):
    """A father in Wuxi, his son with 2000 yuan, and from ten past ten on a reserve of 1700 that his son keeps back."""

    def __init__(self):
        super().__init__()
        self.office = Office(MemoryArchive())
        self.told = self.office.published(since=FROM)
        self.door = started_anew(self)
        for digest in (seed().book.digest, self.told.bundle):
            self.store.keep_bundle(digest, kept_bundle(self.office.archive, digest))
        self.person(FATHER, money=100_00)
        self.person(SON, money=2000_00)
        self.bond(SON, FATHER)

    def bundle_of(self, setl_id):
        """Return the digest that a settlement carries, having seen that it is decided the same by that bundle."""
        kept = find_kept(self.store, int(setl_id))
        assert kept is not None
        checked = recheck(kept, Bundles(self.store).book(kept.entry.basis.bundle))
        assert checked.differences == ()
        return kept.entry.basis.bundle


@pytest.fixture
def world():
    return Changing()


def started_anew(world, archive=None):
    """Return the door of a server that has started since, and knows of no quote."""
    rules = Timetable(seed().book, archive or world.office.archive)
    rules.look()
    return Door(world.store, rules, sample_catalogue(), codes=world.codes, watch=world.watched.append)


def bill(client):
    visit, total = client.visit(FATHER, (DRUG_A, "300.00", "2"))
    return client.bill(visit, FATHER, total, core=client.whole(total))


def settled(world, client, content):
    """Settle a bill, and return what the son paid and by which bundle."""
    info = client.done("2207", content)["setlinfo"]
    return int(info["acct_mulaid_pay"]), world.bundle_of(info["setl_id"])


def test_a_bill_is_settled_by_the_rules_of_its_moment(world):
    before, after = world.client(now=FROM - MINUTE), world.client(now=FROM)

    assert settled(world, before, bill(before)) == (500, seed().book.digest)
    assert settled(world, after, bill(after)) == (0, world.told.bundle)  # below what the son keeps back


def test_a_bill_that_was_quoted_is_settled_by_the_rules_it_was_quoted_by(world):
    client = world.client(now=FROM - MINUTE)
    content = bill(client)
    quoted = client.done("2206", content)["setlinfo"]
    client.now = FROM + MINUTE

    assert settled(world, client, content) == (int(quoted["acct_mulaid_pay"]), seed().book.digest)
    assert world.watched[-1].policy is seed().book


def test_a_quote_is_of_that_bill_and_does_not_hold_for_ever(world):
    client = world.client(now=FROM - MINUTE)
    content = bill(client)
    client.done("2206", content)
    client.now = FROM + QUOTE_LIFE

    assert settled(world, client, content)[1] == world.told.bundle
    assert settled(world, client, bill(client))[1] == world.told.bundle


def test_a_bill_that_is_quoted_anew_is_settled_by_the_new_rules(world):
    client = world.client(now=FROM - MINUTE)
    content = bill(client)
    client.done("2206", content)
    client.now = FROM
    assert client.done("2206", content)["setlinfo"]["acct_mulaid_pay"] == 300

    assert settled(world, client, content) == (300, world.told.bundle)


def test_a_sale_that_was_quoted_is_settled_by_the_rules_it_was_quoted_by(world):
    client = world.client(WUXI_PHARMACY, now=FROM - MINUTE)
    row = {
        "feedetl_sn": "1", "rxno": "", "rx_circ_flag": "0", "fee_ocur_time": f"{client.now:%Y-%m-%d %H:%M:%S}",
        "med_list_codg": DRUG_A, "medins_list_codg": "1", "det_item_fee_sumamt": "600.00", "cnt": "2",
        "pric": "300.00", "sin_dos_dscr": "", "used_frqu_dscr": "", "prd_days": "", "medc_way_dscr": "",
        "bilg_dr_codg": "D1", "bilg_dr_name": "医师", "tcmdrug_used_way": "",
    }  # fmt: skip
    head = {
        "psn_no": psn(FATHER), "mdtrt_cert_type": "02", "mdtrt_cert_no": certno(FATHER), "insutype": "310",
        "begntime": f"{client.now:%Y-%m-%d %H:%M:%S}", "medfee_sumamt": "600.00", "invono": "", "med_type": "41",
        "acct_used_flag": "1", "expContent": {"core_split": whole("600.00")},
    }  # fmt: skip
    goods = {"druginfo": head, "drugdetail": [row]}
    client.done("2101", goods, path=CATCH_ALL)
    client.now = FROM + MINUTE

    info = client.done("2102", goods, path=CATCH_ALL)["setlinfo"]

    assert world.bundle_of(info["setl_id"]) == seed().book.digest


def test_an_order_is_paid_by_the_rules_it_was_made_under_whenever_that_is(world):
    client = world.client(now=FROM - MINUTE)
    phone = Phone(world, client, FATHER)
    phone.uploaded()
    client.now, client.send = FROM + timedelta(days=3), started_anew(world).handle

    told = phone.pay(core=whole("600.00"))

    assert told["acctMulaidPay"] == 500
    assert world.bundle_of(max(world.store.ledger.settlements.rows)) == seed().book.digest


def test_an_order_under_rules_that_nobody_published_is_paid_by_those_of_the_moment(world):
    client = world.client(now=FROM + MINUTE)
    phone = Phone(world, client, FATHER)
    phone.uploaded()
    client.send = started_anew(world, MemoryArchive()).handle

    told = phone.pay(core=whole("600.00"))

    assert told["acctMulaidPay"] == 500
    assert world.bundle_of(max(world.store.ledger.settlements.rows)) == seed().book.digest


def test_what_is_refused_by_the_rules_of_the_quote_names_their_document(world):
    world.office.published(seed().files[WUXI] + TWO_SWIPES.encode(), since=FROM + MINUTE)
    world.office.roll_back(to=4, since=FROM + 3 * MINUTE)
    client = world.client(now=FROM + 2 * MINUTE)
    client.send = started_anew(world).handle
    content = bill(client)
    client.done("2206", content)
    client.now = FROM + 4 * MINUTE

    refused(client.ask("2207", content), "SECOND_SWIPE_NEEDED", "无锡 二次刷卡的通知")
