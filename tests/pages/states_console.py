"""Every page of the desk in every state that it has, by name: the path, the status, and the cookie of who looks."""

from tests.pages.console_world import AUNT, CHILD, MOTHER, SON, WIFE, ConsoleWorld

State = tuple[str, int, str]


def console_states(world: ConsoleWorld) -> dict[str, State]:
    """Bring an office into all its states, and return them."""
    return _cases(world) | _desk(world) | _calls(world)


def _cases(world: ConsoleWorld) -> dict[str, State]:
    clerk, reviewer, second = world.at("clerk"), world.at("reviewer"), world.at("reviewer", "S2002")
    numbers = world.one_of_each()
    at = {name: f"/console/cases/{number}" for name, number in numbers.items()}
    for name in ("bind", "reimbursement", "guardian", "wallet", "phone"):
        world.sends(at[name], clerk, step="claim")
    world.sends(at["adult"], reviewer, step="claim")
    world.sends(f"{at['adult']}/approval", reviewer)
    paper = world.papers_of(numbers["reimbursement"])[0]
    world.sends(at["reimbursement"], clerk, holding="reason", step="look", reason="审核")
    waiting = world.applied(SON, world.phone("13900000000"), "id_card")
    refusal = f"{at['phone']}/refusal"
    rule = world.ground_of(numbers["phone"], clerk)
    return {
        "queue": ("/console", 200, clerk),
        "queue, mine": ("/console?show=mine", 200, clerk),
        "queue, none here": ("/console?show=incomplete", 200, clerk),
        "case, closed to me": (f"/console/cases/{waiting}", 200, clerk),
        "case, held by another": (at["bind"], 200, reviewer),
        "case, bind": (at["bind"], 200, clerk),
        "case, papers": (f"{at['reimbursement']}?paper={paper}", 200, clerk),
        "case, a paper is missing": (at["guardian"], 200, clerk),
        "case, wallet": (at["wallet"], 200, clerk),
        "case, second person": (at["adult"], 200, second),
        "case, waits for second": (at["adult"], 200, reviewer),
        "no such case": ("/console/cases/application-999", 404, clerk),
        "approval": (f"{at['bind']}/approval", 200, clerk),
        "approval of a bill": (f"{at['reimbursement']}/approval", 200, clerk),
        "notice": (f"{at['guardian']}/notice", 200, clerk),
        "notice, nothing missing": (f"{at['bind']}/notice", 200, clerk),
        "refusal": (refusal, 200, clerk),
        "refusal, rule picked": (f"{refusal}?rule_id={rule}", 200, clerk),
        "refusal, no rule": (f"{refusal}?rule_id=", 400, clerk),
        "outcome": (f"{at['adult']}/outcome", 200, reviewer),
        "prints": (f"{at['bind']}/print", 200, clerk),
        "print, application": (f"{at['bind']}/print/application", 200, clerk),
        "print, roll": (f"{at['bind']}/print/receipt?paper=roll", 200, clerk),
        "print, record": (f"{at['bind']}/print/record", 200, clerk),
    }


def _calls(world: ConsoleWorld) -> dict[str, State]:
    clerk = world.at("clerk")
    world.staff("S1009", "clerk", "另一位经办")
    for number, person in enumerate((WIFE, 0, SON)):
        world.call(f"call-{number}", person)
    world.sends("/console/calls", clerk, holding='name="call"', step="take")
    world.sends("/console/calls", world.at("clerk", "S1009"), holding='value="take"', step="take")
    return {
        "calls": ("/console/calls", 200, clerk),
        "calls, none": ("/console/calls", 200, world.sits_far("clerk")),
    }


def _inspections(world: ConsoleWorld, inspector: str) -> dict[str, State]:
    begin = "/console/inspections/begin"
    found = world.goes(begin, inspector, **world.fields_of(WIFE), reason="举报线索", reported="", open="")
    case = world.goes(begin, inspector, **world.fields_of(WIFE), reason="举报", reported="持他人码", open="yes")
    return {
        "inspections, begin": (begin, 200, inspector),
        "inspections, care": (found, 200, inspector),
        "inspection": (case, 200, inspector),
    }


def _desk(world: ConsoleWorld) -> dict[str, State]:
    clerk, reviewer = world.at("clerk"), world.at("reviewer")
    inspector, auditor = world.at("inspector"), world.at("auditor")
    presence = world.goes("/console/presence", clerk, **world.fields_of(WIFE), how="face", reason="窗口")
    looked = world.goes("/console/people", clerk, **world.fields_of(SON), reason="电话核对")
    terms = world.asks_terms(WIFE, SON, "spouse")
    bound = terms.replace("terms", "details")
    world.money_back(SON, 60_00)
    world.money_back(WIFE, 25_50)
    world.sends("/console/differences", clerk, step="check")
    world.sends("/console/differences", clerk, holding="difference", step="take")
    allowed = world.begins_sharing(WIFE, CHILD, "child")
    shared = world.goes(world.begins_sharing(WIFE, AUNT, "parent"), clerk, sign_sharer=world.name_of(WIFE))
    guarded = world.goes("/console/intake", clerk, kind="guardian", **world.fields_of(SON), how="card", reason="窗口")
    guarded_check = world.goes(guarded, clerk, **world.fields_of(MOTHER, "r_"))
    guarded_done = world.goes(guarded_check, clerk)
    estate = world.takes_in("inheritance", SON)
    estate_check = world.goes(estate, clerk, **world.fields_of(AUNT, "r_"), relation="uncle_aunt", to="cash")
    return {
        "presence": ("/console/presence", 200, clerk),
        "presence, noted": (presence, 200, clerk),
        "people": ("/console/people", 200, clerk),
        "person": (looked, 200, clerk),
        "intake": ("/console/intake", 200, clerk),
        "intake, details": (bound, 200, clerk),
        "intake, no terms": (terms, 200, clerk),
        "intake, terms": (allowed.replace("check", "terms"), 200, clerk),
        "intake, inheritance": (estate, 200, clerk),
        "intake, inheritance checked": (estate_check, 200, clerk),
        "intake, allowed": (allowed, 200, clerk),
        "intake, sharing": (shared, 200, clerk),
        "intake, done": (guarded_done, 200, clerk),
        "differences": ("/console/differences", 200, clerk),
        "differences, another": ("/console/differences", 200, reviewer),
        "inspections": ("/console/inspections", 200, inspector),
        **_inspections(world, inspector),
        "audit": ("/console/audit", 200, auditor),
        "settings": ("/console/settings", 200, clerk),
        "not my task": ("/console/audit", 403, clerk),
    }
