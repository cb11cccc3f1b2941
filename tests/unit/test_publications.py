"""The policy desk: two persons, in order, each act on record; what holds when; and what is refused."""

import threading
from datetime import datetime, timedelta

import pytest

from gongji.ledger.publishing import Approved, Checked, Drafted, Published, sha256_of
from gongji.services.policies.archives import MemoryArchive
from gongji.services.policies.drafts import BadDraftError, CaseRun, NoSuchDraftError, OutOfTurnError, SamePersonError
from gongji.services.policies.publications import AHEAD
from gongji.services.policies.timetables import Timetable
from tests.national_world import NOW
from tests.policy_drafts import DRAFTER, NOTICE, SECOND, WUXI, Office, all_cases, reserve, seed

LATER = NOW + timedelta(days=1)


@pytest.fixture
def office():
    return Office(MemoryArchive())


def timetable(office):
    found = Timetable(seed().book, office.archive)
    found.look()
    return found


def minimum_fen(book):
    return book.on("320200", NOW.date()).minimum_fen


def test_a_change_holds_from_its_moment_on_and_the_files_until_then(office):
    told = office.published(since=LATER)

    rules = timetable(office)

    assert told.since == LATER
    assert minimum_fen(rules.at(LATER - timedelta(microseconds=1))) == 0
    assert rules.at(NOW - timedelta(days=900)).digest == seed().book.digest
    assert minimum_fen(rules.at(LATER)) == 1700_00
    assert rules.at(LATER).digest == told.bundle == sha256_of(office.archive.bundle(told.bundle))
    assert office.archive.document(told.files[WUXI]) == reserve()


def test_every_act_is_on_record_with_who_when_and_why(office):
    office.published()

    log = office.desk.log()

    assert [type(act.told) for act in log] == [Drafted, Checked, Approved, Published, Published]
    assert [act.number for act in log] == [1, 2, 3, 4, 5]
    assert [act.draft_id for act in log] == [1, 1, 1, 0, 1]
    assert [act.who for act in log] == [DRAFTER, DRAFTER, SECOND, "policies/", DRAFTER]
    assert {act.done_at for act in log} == {NOW}
    assert log[0].why == "通知"
    assert office.archive.document(log[0].told.notice) == NOTICE[1]


def test_a_check_tells_what_changes_and_which_cases_come_out_otherwise(office):
    draft_id = office.draft()

    report = office.check(draft_id, all_cases())

    [change] = report.changes.rows
    assert (change.region, change.rule, change.before) == ("320200", "retained_minimum", None)
    assert change.after.words.en == "1700.00 yuan"
    assert report.changes.sources == ("wuxi-reserve",)
    assert report.cases.passed > 200
    assert not report.sound
    assert "jiangsu/quota-beside-one-sharer.toml act 3: shared.son: expected 100.00, got 0.00" in report.cases.failed[3]
    assert office.desk.find(draft_id)[1] == report


def test_a_draft_that_does_not_load_is_not_sound_and_cannot_be_approved(office):
    draft_id = office.draft(seed().files[WUXI] + b"\n[[retained_minimun]]\nstart = 2025-01-01\n")

    report = office.check(draft_id)

    assert not report.sound
    assert report.problems == (f"{WUXI}: retained_minimun: no such rule",)
    with pytest.raises(OutOfTurnError, match="failed"):
        office.approve(draft_id)


def test_a_case_that_comes_out_otherwise_stands_against_a_draft(office):
    draft_id = office.draft()

    report = office.check(draft_id, lambda _book, _cases: CaseRun(3, ("a.toml act 1: own: expected 1.00, got 2.00",)))

    assert not report.sound
    with pytest.raises(OutOfTurnError):
        office.approve(draft_id)


def test_a_case_that_came_with_a_draft_is_run_with_every_later_one(office):
    seen = []

    def run(_book, cases):
        seen.append(dict(cases))
        return CaseRun(len(cases))

    first = office.draft()
    office.check(first, run, cases={"wuxi/reserve.toml": b"one"})
    office.approve(first)
    office.publish(first)
    office.check(office.draft(reserve(100_00)), run, cases={"wuxi/more.toml": b"two"})

    assert seen == [{"wuxi/reserve.toml": b"one"}, {"wuxi/reserve.toml": b"one", "wuxi/more.toml": b"two"}]


@pytest.mark.parametrize("who", [DRAFTER, "王 芳", " 王芳 ", "王\u3000芳"])
def test_nobody_approves_his_own_draft_however_he_spells_his_name(office, who):
    draft_id = office.draft()
    office.check(draft_id)

    with pytest.raises(SamePersonError, match=DRAFTER):
        office.approve(draft_id, who=who)

    assert len(office.desk.log()) == 2


@pytest.mark.parametrize("who", ["", "  ", "a\x00b", "x" * 101])
def test_an_act_is_somebodys(office, who):
    with pytest.raises(BadDraftError, match="by:"):
        office.draft(who=who)

    assert office.desk.log() == []


def test_each_act_has_its_turn(office):
    draft_id = office.draft()

    with pytest.raises(OutOfTurnError, match="check it first"):
        office.approve(draft_id)
    with pytest.raises(OutOfTurnError, match="check it first"):
        office.publish(draft_id)
    office.check(draft_id)
    with pytest.raises(OutOfTurnError, match="approve it first"):
        office.publish(draft_id)
    office.approve(draft_id)
    with pytest.raises(OutOfTurnError, match="already"):
        office.approve(draft_id)
    office.check(draft_id)  # another look: the approval was of the one before
    with pytest.raises(OutOfTurnError, match="approve it first"):
        office.publish(draft_id)
    office.approve(draft_id)
    office.publish(draft_id)
    for act in (office.check, office.approve, office.publish):
        with pytest.raises(OutOfTurnError, match="published"):
            act(draft_id)
    with pytest.raises(NoSuchDraftError):
        office.check(draft_id + 1)


def test_what_was_checked_over_other_rules_is_checked_again(office):
    slow, waiting = office.approved(reserve(1000_00)), office.draft(reserve(500_00))
    office.check(waiting)
    office.published()

    with pytest.raises(OutOfTurnError, match="changed since draft 1"):
        office.publish(slow)
    with pytest.raises(OutOfTurnError, match="check it again"):
        office.approve(waiting)

    office.check(slow)
    office.approve(slow)
    assert office.publish(slow).told.bundle != office.published(reserve(1)).bundle


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("../320200-wuxi.toml", b"x", "call the file by its region"),
        ("wuxi.txt", b"x", "call the file by its region"),
        (WUXI, b"region = [", f"{WUXI}: "),
        (WUXI, b"\xff\xfe", f"{WUXI}: "),
        (WUXI, seed().files[WUXI], "to the byte"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named(office, file, content, words):
    with pytest.raises(BadDraftError, match=words):
        office.draft(content, file)

    assert office.desk.log() == []


@pytest.mark.parametrize(
    ("name", "content"), [("notice.doc", b"x"), ("notice", b"x"), ("a.txt", b" \n"), ("a.pdf", b"<html>")]
)
def test_a_draft_rests_on_a_notice_that_can_be_read(office, name, content):
    with pytest.raises(BadDraftError, match=name):
        office.draft(notice=(name, content))


@pytest.mark.parametrize("name", ["../a.toml", "/a.toml", "a//b.toml", ".toml", "a/../b.toml"])
def test_what_is_attached_stays_below_its_folder(office, name):
    draft_id = office.draft()

    with pytest.raises(BadDraftError, match="attach"):
        office.check(draft_id, cases={name: b"x"})


def test_what_is_attached_is_not_longer_than_the_archive_takes(office, monkeypatch):
    monkeypatch.setattr("gongji.services.policies.publications.ATTACHED_BYTES_MAX", 10)
    draft_id = office.draft()

    with pytest.raises(BadDraftError, match="longer"):
        office.check(draft_id, cases={"a.toml": b"x" * 6, "b.toml": b"x" * 5})

    assert office.check(draft_id, cases={"a.toml": b"x" * 5, "b.toml": b"x" * 5}).sound


def test_a_publication_comes_after_those_before_it_and_not_too_soon(office):
    with pytest.raises(BadDraftError, match="too soon"):
        office.published(since=NOW + AHEAD - timedelta(seconds=1))
    office.publish(1, LATER)
    draft_id = office.approved(reserve(1))

    with pytest.raises(BadDraftError, match="lies before"):
        office.publish(draft_id, LATER - timedelta(hours=1))

    assert office.publish(draft_id).told.since == LATER


def test_rolling_back_publishes_again_and_deletes_nothing(office):
    first = office.published()
    second = office.published(reserve(1))
    office.now = LATER

    back = office.roll_back()

    assert (back.told.bundle, back.told.again) == (first.bundle, 5)
    rules = timetable(office)
    assert [rules.at(moment).digest for moment in (NOW, first.since, LATER, LATER + AHEAD)] == [
        seed().book.digest, second.bundle, second.bundle, first.bundle,
    ]  # fmt: skip
    assert office.roll_back(to=4).told.bundle == seed().book.digest
    assert office.roll_back().told.bundle == first.bundle
    assert len(office.desk.log()) == 5 + 4 + 3
    with pytest.raises(OutOfTurnError, match="already"):
        office.roll_back(to=5)


def test_what_was_to_come_never_holds_when_it_is_rolled_back_before(office):
    office.published(since=LATER)

    back = office.roll_back()

    rules = timetable(office)
    assert back.told.since == LATER
    assert {rules.at(moment).digest for moment in (NOW, LATER, LATER + AHEAD)} == {seed().book.digest}


def test_a_rollback_needs_a_reason_and_something_to_go_back_to(office):
    with pytest.raises(OutOfTurnError, match="nothing"):
        office.roll_back()
    office.published()

    with pytest.raises(BadDraftError, match="why"):
        office.roll_back(why=" ")
    with pytest.raises(NoSuchDraftError):
        office.roll_back(to=1)


def test_of_two_who_publish_at_once_one_is_told_that_it_is_done(office):
    draft_id = office.approved()
    start, outcomes = threading.Barrier(2), []

    def publish():
        start.wait()
        try:
            outcomes.append(type(office.publish(draft_id).told))
        except OutOfTurnError as fault:
            outcomes.append(type(fault))

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(outcomes) == {Published, OutOfTurnError}
    assert len(office.desk.log()) == 5


def test_a_document_that_is_not_what_was_kept_is_not_published(office):
    draft_id = office.approved()
    office.archive._documents[office.desk.log()[0].told.content] = reserve(1)

    with pytest.raises(OutOfTurnError, match="not as it was kept"):
        office.publish(draft_id)


def test_a_timetable_that_looks_again_finds_what_is_new(office):
    rules = Timetable(seed().book, office.archive)
    assert rules.look() == []
    assert rules.at(LATER).digest == seed().book.digest

    told = office.published()

    assert [one.told for one in rules.look()][-1] == told
    assert rules.look() == []
    assert rules.at(LATER).digest == told.bundle
    assert rules.made_by(seed().book.digest) is seed().book
    assert rules.made_by("0" * 64) is None
    holding = rules.holding(datetime(2025, 6, 2, 11))
    assert holding is not None
    assert holding.told == told
