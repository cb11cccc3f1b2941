"""Who tells people what happened is killed in the middle of it, again and again: each is told everything once."""

import subprocess
import sys
from pathlib import Path

import pytest

from gongji.domain.dossiers import opened
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.gateways.database import PostgresStore
from gongji.gateways.embedded import EmbeddedPostgres
from gongji.gateways.migrating import migrate
from gongji.services.telling.notices import NOTICE, Notice
from tests.contract.people import DAUGHTER, FATHER, family, settle
from tests.faults.notice_teller import KEY, LEASE_SECONDS

pytestmark = pytest.mark.faults

BILLS = 60


@pytest.fixture
def url(tmp_path):
    server = EmbeddedPostgres(tmp_path / "data")
    try:
        found = server.start()
        migrate(found, say=lambda _: None)
        yield found
    finally:
        server.remove()


def teller(url):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.notice_teller", url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def killed_after(url, count):
    """Let a program tell so many times, then kill it; return the last it said."""
    program = teller(url)
    assert program.stdout is not None
    said = [program.stdout.readline() for _ in range(count + 1)]
    program.kill()
    program.wait()
    program.stdout.close()
    return said[-1]


def test_a_teller_killed_again_and_again_tells_everything_once(url):
    store = PostgresStore(url, KEY, lease_seconds=LEASE_SECONDS)
    bond_id = family(store)

    def pay_all(books):
        for number in range(1, BILLS + 1):
            settle(books, f"bill-{number}", number, bond_id)

    store.run(Scope(people={DAUGHTER}), pay_all)
    store.close()

    rounds = [killed_after(url, count) for count in (1, 4, 2, 6)]
    program = teller(url)
    told, _ = program.communicate(timeout=120)

    reader = PostgresStore(url, KEY)
    notices = [opened(one, Notice) for one in reader.dossiers(Asked(kind=NOTICE, party=FATHER, most=999))]
    reader.close()
    assert set(rounds) == {"told\n"}
    assert told.endswith("all told\n")
    assert sorted(notice.amount_fen for notice in notices) == list(range(1, BILLS + 1))
