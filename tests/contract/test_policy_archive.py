"""The archive of the rules, in memory and in PostgreSQL: acts are never changed, and a number is given once."""

import threading
from datetime import timedelta

import psycopg
import pytest
from psycopg import errors

from gongji.gateways.archive import PostgresArchive
from gongji.ledger.publishing import Approved, Checked, Deed, Drafted, PolicyAct, Published, sha256_of
from gongji.services.policies.archives import MemoryArchive
from gongji.services.policies.drafts import OutOfTurnError
from gongji.services.policies.timetables import Timetable
from gongji.services.store import StaleError, StoreDownError
from tests.national_world import NOW
from tests.policy_drafts import Office, reserve, seed

TOLD: list[Deed] = [
    Drafted(file="a.toml", content="c", notice_name="通知.pdf", notice="n"),
    Checked(sound=True, base="b", bundle="d", report="r"),
    Approved(check=2, bundle="d"),
    Published(bundle="d", files={"a.toml": "c"}, cases={"x/y.toml": "e"}, since=NOW + timedelta(microseconds=1)),
    Published(bundle="d", files={}, since=NOW, again=4),
]
ACTS = [
    PolicyAct(
        number=number, draft_id=1, who="王芳", done_at=NOW + timedelta(microseconds=number), why="因为", told=told
    )
    for number, told in enumerate(TOLD, 1)
]


@pytest.fixture(params=["memory", "postgres"])
def archive(request):
    if request.param == "memory":
        yield MemoryArchive()
        return
    found = PostgresArchive(request.getfixturevalue("clean_database"))
    yield found
    found.close()


def test_acts_come_back_as_they_were_told(archive):
    archive.add(ACTS[:2], [b"file", b"notice"], [b"bundle"])
    archive.add(ACTS[2:])

    assert archive.acts() == ACTS
    assert archive.acts(3) == ACTS[3:]
    assert archive.acts(5) == []
    assert [archive.document(sha256_of(one)) for one in (b"file", b"notice", b"bundle")] == [b"file", b"notice", None]
    assert archive.bundle(sha256_of(b"bundle")) == b"bundle"


@pytest.mark.parametrize("number", [1, 2])
def test_a_number_is_given_once_and_nothing_of_the_second_stays(archive, number):
    archive.add(ACTS[:2])

    with pytest.raises(StaleError):
        archive.add([ACTS[number - 1], *ACTS[2:4]], [b"second"], [b"bundle"])

    assert archive.acts() == ACTS[:2]
    assert archive.document(sha256_of(b"second")) is None
    assert archive.bundle(sha256_of(b"bundle")) is None


def test_what_is_kept_again_is_kept_once(archive):
    for _ in range(2):
        archive.add([], [b"file"], [b"bundle"])

    assert archive.document(sha256_of(b"file")) == b"file"


def test_a_change_goes_its_way_and_is_found_by_another_program(archive):
    office = Office(archive)

    told = office.published()
    back = office.roll_back()

    rules = Timetable(seed().book, archive)
    rules.look()
    assert rules.at(told.since - timedelta(seconds=1)).digest == seed().book.digest
    changed = rules.made_by(told.bundle)
    assert changed is not None
    assert changed.on("320200", NOW.date()).minimum_fen == 1700_00
    assert rules.at(back.told.since).digest == seed().book.digest


@pytest.mark.parametrize("table", ["policy_act", "policy_document", "policy_bundle"])
def test_nobody_changes_or_deletes_what_was_done(clean_database, table):
    archive = PostgresArchive(clean_database)
    archive.add(ACTS[:1], [b"file"], [b"bundle"])
    archive.close()
    column = {"policy_act": "who = 'x'"}.get(table, "sha256 = 'x'")

    with psycopg.connect(clean_database) as connection:
        connection.execute("SET ROLE gongji_app")
        for change in (f"UPDATE gongji.{table} SET {column}", f"DELETE FROM gongji.{table}"):  # noqa: S608  # our names
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(change.encode())


def test_of_two_programs_that_publish_at_once_one_is_too_late(clean_database):
    archives = [PostgresArchive(clean_database) for _ in range(2)]
    offices = [Office(archive) for archive in archives]
    drafts = [offices[0].approved(), offices[0].approved(reserve(1))]
    start, published, late = threading.Barrier(2), [], []

    def publish(office, draft_id):
        start.wait()
        try:
            published.append(office.publish(draft_id))
        except OutOfTurnError as fault:
            late.append(str(fault))

    threads = [threading.Thread(target=publish, args=pair) for pair in zip(offices, drafts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    acts = archives[0].acts()
    for archive in archives:
        archive.close()
    assert [len(published), len(late)] == [1, 1]
    assert "check it again" in late[0]
    assert [act.number for act in acts] == list(range(1, 9))
    assert acts[-1] == published[0]


def test_a_lost_connection_is_told_and_opened_anew(clean_database):
    archive = PostgresArchive(clean_database)
    archive.add(ACTS[:1])
    with psycopg.connect(clean_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with pytest.raises(StoreDownError):
        archive.acts()

    assert archive.acts() == ACTS[:1]
    archive.close()
