"""Bonds as people make them, over the API: asked, followed by link, answered, changed by two at once, ended."""

import msgspec
import pytest

from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.dossiers.cabinet import Asked
from gongji.services.acts import ACT, Act
from tests.api_world import ApiWorld, problem
from tests.national_world import certno

SON, WIFE, FATHER, STRANGER = 1, 2, 3, 4
INVITATIONS = "/api/v1/invitations"


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.world.person(SON, money=500_00)
        found.world.person(WIFE, insured=Insurance.RESIDENT)
        found.world.person(FATHER, insured=Insurance.RESIDENT)
        found.world.person(STRANGER)
        yield found


@pytest.fixture
def son(api):
    return api.identity.let_in(SON)


@pytest.fixture
def wife(api):
    return api.identity.let_in(WIFE)


def signed(person):
    return {"version": 1, "language": "zh", "signature": {"kind": "typed_name", "value": f"测{person}"}}


def relative(person):
    return {"certno": certno(person), "name": f"测{person}"}


def wish(person, relation="spouse", **more):
    usual = {
        "relative": relative(person),
        "relation": relation,
        "modes": ["pay", "premium"],
        "lasts": "cancelled",
        "agreed": signed(SON),
        "proof": ["pledge"],
    }
    return usual | more


def ask(api, token, person, relation="spouse", key=None, **more):
    answer = api.post(INVITATIONS, token, key=key, body=wish(person, relation, **more))
    assert answer.status_code == 200, answer.text
    return answer.json()


def accept(api, token, invitation_id, person):
    return api.post(f"{INVITATIONS}/{invitation_id}/answer", token, body={"how": "accepted", "agreed": signed(person)})


def test_a_spouse_is_asked_finds_it_by_link_and_accepts(api, son, wife):
    asked = ask(api, son, WIFE)
    assert (asked["bond"], asked["answer"], asked["answer_by"]) == ("awaiting_confirmation", "open", None)

    shown = api.ask("POST", f"{INVITATIONS}/look", body={"link": asked["link"]}).json()
    assert (shown["from_name"], shown["relation"], shown["you_pay_fen"]) == ("*1", "spouse", 0)

    said = accept(api, wife, asked["invitation_id"], WIFE).json()
    assert (said["bond"], said["answer"]) == ("active", "accepted")
    problem(api.ask("POST", f"{INVITATIONS}/look", body={"link": asked["link"]}), "SETTLEMENT_NOT_FOUND")
    (kin,) = api.get("/api/v1/family", wife).json()["same"]
    assert (kin["direction"], kin["person_id"], kin["state"], kin["reasons"]) == ("helps_me", SON, "active", [])


def test_the_secret_of_a_link_is_told_once_and_kept_nowhere(api, son):
    first = ask(api, son, WIFE, key="a")

    again = api.post(INVITATIONS, son, key="a", body=wish(WIFE))

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first | {"link": None}
    kept = [one for kind in ("invitation", "link", "consent", ACT) for one in api.store.dossiers(Asked(kind=kind))]
    assert not [one for one in kept if first["link"].encode() in one.content or first["link"] in one.dossier_id]
    assert [msgspec.json.decode(one.content, type=Act).operation for one in kept if one.kind == ACT] == ["proposeBond"]


def test_another_link_takes_the_place_of_the_first(api, son):
    asked = ask(api, son, WIFE)

    second = api.post(f"{INVITATIONS}/{asked['invitation_id']}/link", son).json()["link"]

    problem(api.ask("POST", f"{INVITATIONS}/look", body={"link": asked["link"]}), "SETTLEMENT_NOT_FOUND")
    assert api.ask("POST", f"{INVITATIONS}/look", body={"link": second}).status_code == 200


@pytest.mark.parametrize(
    ("changed", "name", "field"),
    [
        ({"relative": {"certno": certno(WIFE), "name": "别人"}}, "IDENTITY_MISMATCH", None),
        ({"relative": {"certno": "nobody", "name": "测2"}}, "PERSON_UNKNOWN", None),
        ({"agreed": signed(WIFE)}, "IDENTITY_MISMATCH", None),
        ({"relation": "cousin"}, "NOT_A_NEAR_RELATIVE", None),
        ({"modes": []}, "MODE_NOT_CHOSEN", None),
        ({"cap_fen": 1}, "CAP_NOT_ADJUSTABLE", None),
        ({"rank": 1}, "RANK_NOT_ADJUSTABLE", None),
        ({"quota_fen": 1}, "RULE_NOT_IN_FORCE", None),
        ({"lasts": "day"}, "MESSAGE_MALFORMED", "until"),
        ({"lasts": "for ever"}, "MESSAGE_MALFORMED", "/lasts"),
        ({"cap_fen": "1"}, "MESSAGE_MALFORMED", "/cap_fen"),
        ({"since": "2020-01-01T00:00:00+08:00"}, "MESSAGE_MALFORMED", "since"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_written(api, son, changed, name, field):
    told = problem(api.post(INVITATIONS, son, body=wish(WIFE) | changed), name)

    assert told["money_moved"] is False
    assert told.get("field") == field
    assert api.store.dossiers(Asked(kind="invitation")) == []


def test_a_second_submit_under_another_key_is_refused(api, son):
    ask(api, son, WIFE)

    problem(api.post(INVITATIONS, son, body=wish(WIFE)), "ALREADY_BOUND")


def test_an_invitation_is_nobody_elses(api, son):
    asked = ask(api, son, WIFE)
    path = f"{INVITATIONS}/{asked['invitation_id']}"
    stranger = api.identity.let_in(STRANGER)

    problem(api.get(path, stranger), "SETTLEMENT_NOT_FOUND")
    problem(accept(api, stranger, asked["invitation_id"], STRANGER), "SETTLEMENT_NOT_FOUND")
    problem(api.post(f"{path}/withdrawal", stranger), "SETTLEMENT_NOT_FOUND")
    problem(api.post(f"{path}/link", stranger), "SETTLEMENT_NOT_FOUND")
    problem(api.get(path, api.identity.let_in(role="system")), "NOT_YOURS")
    assert api.get(INVITATIONS, stranger).json() == {"items": [], "next": None}
    assert api.get(path, son).json()["answer"] == "open"


def test_invitations_and_consents_come_in_pages(api, son, wife):
    asked = ask(api, son, WIFE)
    accept(api, wife, asked["invitation_id"], WIFE)
    ask(api, son, FATHER, "parent")

    first = api.get(INVITATIONS, son, query={"limit": 1}).json()
    second = api.get(INVITATIONS, son, query={"limit": 1, "cursor": first["next"]}).json()
    told = api.get("/api/v1/consents", son).json()["items"]

    assert [len(page["items"]) for page in (first, second)] == [1, 1]
    assert second["next"] is None
    assert [one["given_by_me"] for one in told].count(True) == 2
    texts = {one["id"]: one for one in api.get("/api/v1/consent-texts").json()["items"]}
    assert all(one["text"]["sha256"] == texts[one["text"]["id"]]["sha256"] for one in told)


def test_two_who_change_one_bond_at_once_do_not_undo_each_other(api, son):
    bond = api.world.bond(SON, WIFE, relation=Relation.SPOUSE) or 1
    path = f"/api/v1/bonds/{bond}"
    seen = api.get(path, son).headers["etag"]

    first = api.post(f"{path}/pause", son, body={"paused_until": "2025-06-10"}, headers=[("if-match", seen)])
    second = api.post(f"{path}/pause", son, body={"paused_until": "2025-07-10"}, headers=[("if-match", seen)])

    assert first.json()["paused_until"] == "2025-06-10"
    assert problem(second, "CHANGED_MEANWHILE")["status"] == 412
    assert api.get(path, son).json()["paused_until"] == "2025-06-10"
    again = api.post(f"{path}/pause", son, body={"paused_until": None}, headers=[("if-match", first.headers["etag"])])
    assert again.json()["paused_until"] is None


def test_only_the_sharer_pauses_and_sets_quotas(api, son, wife):
    bond = api.world.bond(SON, WIFE, relation=Relation.SPOUSE) or 1

    problem(api.post(f"/api/v1/bonds/{bond}/pause", wife, body={"paused_until": "2025-06-10"}), "SETTLEMENT_NOT_FOUND")
    problem(api.post(f"/api/v1/bonds/{bond}/quota", wife, body={"quota_fen": 1}), "SETTLEMENT_NOT_FOUND")
    problem(api.post(f"/api/v1/bonds/{bond}/quota", son, body={"quota_fen": 1}), "WALLET_NOT_OPEN")
    problem(api.post(f"/api/v1/bonds/{bond}/rank", wife, body={"rank": 1}), "RANK_NOT_ADJUSTABLE")


def test_what_an_ending_stops_is_told_before_it_ends(api, son):
    asked = ask(api, son, FATHER, "parent")
    path = f"/api/v1/bonds/{asked['bond_id']}/ending"

    before = api.get(path, son).json()
    ended = api.post(path, son).json()

    assert before == {
        "bond_id": asked["bond_id"],
        "earliest": None,
        "fault": None,
        "freed_fen": 0,
        "open_quotes": 0,
        "last": True,
    }
    assert ended["bond_ids"] == [asked["bond_id"]]
    problem(api.get(path, son), "SETTLEMENT_NOT_FOUND")
    problem(api.post(path, api.identity.let_in(STRANGER)), "SETTLEMENT_NOT_FOUND")
    assert [kin["state"] for kin in api.get("/api/v1/family", son, query={"ended": "true"}).json()["elder"]] == [
        "ended"
    ]
    assert api.get("/api/v1/family", son).json()["elder"] == []


def test_medicines_are_the_patients_to_show(api, son, wife):
    asked = ask(api, son, WIFE)
    accept(api, wife, asked["invitation_id"], WIFE)
    path = f"/api/v1/bonds/{asked['bond_id']}/details"

    problem(api.post(path, son, body={"details": True, "agreed": signed(SON)}), "SETTLEMENT_NOT_FOUND")
    assert problem(api.post(path, wife, body={"details": True}), "MESSAGE_MALFORMED")["field"] == "agreed"
    assert api.post(path, wife, body={"details": True, "agreed": signed(WIFE)}).json()["details"] is True
    assert api.post(path, wife, body={"details": False}).json()["details"] is False


# Checks before anything is typed twice.


def test_a_check_tells_every_reason_with_its_document_and_next_step(api, son):
    told = api.ask(
        "POST",
        "/api/v1/checks/bond",
        son,
        body={"relative": relative(WIFE), "relation": "cousin", "cap_fen": 1, "rank": 1, "modes": []},
    ).json()

    assert told["verdict"] == "no"
    names = [one["refusal"] for one in told["reasons"]]
    assert {"NOT_A_NEAR_RELATIVE", "MODE_NOT_CHOSEN", "CAP_NOT_ADJUSTABLE", "RANK_NOT_ADJUSTABLE"} <= set(names)
    assert all(one["next"] and one["rule"] for one in told["reasons"])
    assert told["reasons"][0]["document"]["title"]
    assert api.store.dossiers(Asked(kind="act")) == []


def test_a_check_of_what_may_be_says_how_it_would_stand_and_what_is_unknown(api, son):
    body = {"relative": relative(WIFE), "relation": "spouse", "proof": ["pledge"]}
    told = api.ask("POST", "/api/v1/checks/bond", son, body=body).json()

    assert (told["verdict"], told["state"], told["reasons"]) == ("yes", "awaiting_confirmation", [])
    assert {one["use"] for one in told["uses"]} >= {"pay", "premium"}
    assert all(one["state"] == "unknown" for one in told["unknown"])
    assert told["from_when"] == "2025-06-02T10:00:00+08:00"


def test_a_family_without_names_is_checked_without_a_login(api):
    body = {"region": "320200", "relation": "parent", "member_region": "320200", "scheme": "employee"}
    told = api.ask("POST", "/api/v1/checks/help", body=body).json()
    wrong = api.ask("POST", "/api/v1/checks/help", body=body | {"region": "999999"})

    (pay,) = [one for one in told["uses"] if one["use"] == "pay"]
    assert (pay["verdict"], pay["depends"]) == ("unsure", True)  # of the parent's insurance nothing is known
    assert problem(wrong, "MESSAGE_MALFORMED")["field"] == "/region"
    for never in ("1511-06-29T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        answer = api.ask("POST", "/api/v1/checks/help", body=body | {"at": never})
        assert problem(answer, "MESSAGE_MALFORMED")["field"] == "/at"


# Endings that are reported.


def test_a_divorce_is_reported_by_either_and_names_the_duty(api, son):
    api.world.person(11, region="140100", money=1_500_00)
    api.world.person(12, region="140100", money=1_500_00)
    for sharer, member in ((11, 12), (12, 11)):
        api.world.bond(sharer, member, relation=Relation.SPOUSE)

    told = api.post("/api/v1/divorces", api.identity.let_in(12), body={"spouse_id": 11}).json()

    assert len(told["bond_ids"]) == 2
    assert told["duty"]["rule"] == "140000/unbind_on_divorce/2022-07-01"
    assert told["duty"]["document"]["reading"]
    problem(api.post("/api/v1/divorces", son, body={"spouse_id": WIFE}), "SETTLEMENT_NOT_FOUND")


def test_a_death_is_recorded_by_the_office_and_an_heir_claims(api, son):
    office = {
        "role": "clerk",
        "clerk": "王",
        "office": "320200",
        "scopes": frozenset({"enrolment.write", "reviews.write"}),
    }
    clerk = api.identity.let_in(**office)
    heir = api.identity.let_in(WIFE, scopes=frozenset({"applications.write"}))
    claim = {"dead": relative(SON), "relation": "spouse", "proofs": ["material-7"]}
    problem(api.post(f"/api/v1/people/{SON}/death", son), "SCOPE_MISSING")
    problem(api.post("/api/v1/inheritances", heir, body=claim), "SETTLEMENT_NOT_FOUND")

    api.post(f"/api/v1/people/{SON}/death", clerk)
    problem(api.post("/api/v1/inheritances", heir, body=claim | {"proofs": []}), "PROOF_MISSING")
    claimed = api.post("/api/v1/inheritances", heir, body=claim).json()

    assert (claimed["state"], claimed["paid_fen"]) == ("open", 0)  # paid by an application, which two people decide
    assert api.store.faults() == []
