"""C4 添加家人: one question a page; the rules are asked before anybody signs; nothing holds before the name is written.

The pages fill one unfinished form, whose secret is the key of the act: sent twice, it comes to one invitation.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from markupsafe import Markup
from msgspec import Struct

from gongji.channels.api.checks import BondChecked, CheckTold
from gongji.channels.api.invitations import InvitedTold, Proof, Proposed
from gongji.channels.api.moments import told
from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import View
from gongji.channels.pages.rendering import day
from gongji.channels.screens.citizen.invited import remembered
from gongji.channels.screens.citizen.kindred import (
    RELATIONS,
    SIGNED,
    about_signature,
    agreed,
    own_name,
    related,
    signing,
    text_of,
)
from gongji.channels.screens.citizen.one_by_one import asked_now
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import Mode, Relation
from gongji.registry.certificates import RESIDENT_ID, birthday, is_number
from gongji.rules.eligibility import may_rank
from gongji.services.access.unfinished import Unfinished
from gongji.services.office.mandates import ADULT_AGE

KIND: Final = "add_relative"
WHAT: Final = ("money", "code")
USES: Final[Mapping[str, tuple[Mode, ...]]] = {
    "both": (Mode.PAY, Mode.PREMIUM),
    "pay": (Mode.PAY,),
    "premium": (Mode.PREMIUM,),
}
"""What the money is for: at least one of the two, so that the choice cannot be forgotten."""
LASTS: Final = ("cancelled", "day", "once")
PROOFS: Final[tuple[Proof, ...]] = ("hukou", "birth_certificate", "marriage_certificate", "pledge")
PAPERS: Final = ("01", "04", "05", "06", "17", "07", "08", "90", "99")
"""Kinds of papers by the national code; the ID card stands first."""
SAID: Final = "said"
"""The field that keeps which questions of ⑤ were answered: an answer may be none."""

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "relation": ("relation",),
    "who": ("name", "certno"),
    "uses": ("uses",),
    "terms": ("lasts",),
}
"""The questions in their order, with the fields that each has to fill."""


class Draft(Struct, frozen=True):
    """A form on the way: its secret and what has been filled in."""

    secret: str
    fields: dict[str, str]

    def path(self, step: str) -> str:
        """Return the address of a step without the language."""
        return f"/family/add/{self.secret}/{step}"

    @property
    def next(self) -> str:
        """Return the first question that is still open, or the check page."""
        return next((step for step, names in STEPS.items() if any(n not in self.fields for n in names)), "check")

    @property
    def relative(self) -> Relative:
        """Return whom it is about."""
        fields = self.fields
        return Relative(certno=fields["certno"], name=fields["name"], cert_type=fields.get("cert_type", RESIDENT_ID))


async def what(visit: Visit) -> Found:
    """① Ask whether it is about money or about showing a code: two things that are taken for one."""
    faults: dict[str, str] = {}
    if visit.sent:
        match visit.form.get("what"):
            case "money":
                return visit.to(f"/family/add/{await visit.begin(KIND, what='money')}/relation")
            case "code":
                return visit.to("/family/showings/ask")
        faults = {"what": visit.say("forms.choose_one")}
    told = {"options": _options(visit, "what", WHAT), "faults": faults, "faulty": bool(faults), "back": "/family"}
    return View("citizen/adding_what.html", told, 400 if faults else 200)


async def relation(visit: Visit) -> Found:
    """② Ask what the relative is to the visitor."""
    draft = await _draft(visit)
    if isinstance(draft, Sent):
        return draft
    chosen, faults = visit.form.get("relation", ""), {}
    if visit.sent and chosen in RELATIONS:
        return await _onward(visit, draft, relation=chosen)
    if visit.sent:
        faults = {"relation": visit.say("forms.choose_one")}
    options = [(one.value, related(visit, one), "") for one in RELATIONS]
    return _view(visit, draft, "relation", {"options": options, "field": "relation"}, faults)


async def who(visit: Visit) -> Found:
    """③ Ask for the name and the number on his papers, and look at once whether there is such a person."""
    draft = await _draft(visit)
    if isinstance(draft, Sent):
        return draft
    values = {"cert_type": RESIDENT_ID, **draft.fields, **visit.form}
    asked = asked_now(visit, ("name", "cert_type", "certno"), draft.fields)
    faults = _who_faults(visit, values, asked) if visit.sent else {}
    trouble = None
    if visit.sent and not faults:
        fields = {name: values[name].upper() if name == "certno" else values[name] for name in asked}
        after = Draft(draft.secret, {**draft.fields, **fields})
        if after.next == "who":
            return await _onward(visit, draft, **fields)
        try:
            await _checked(visit, after)
        except TroubleError as met:
            trouble = met.problem
        else:
            return await _onward(visit, draft, **fields)
    papers = [(None, [(code, visit.say(f"adding.paper_{code}")) for code in PAPERS])]
    told = {"values": values, "asked": asked, "papers": papers, "trouble": trouble}
    return _view(visit, draft, "who", told, faults, 400 if trouble else 200)


async def uses(visit: Visit) -> Found:
    """④ Ask what the money is for."""
    draft = await _draft(visit)
    if isinstance(draft, Sent):
        return draft
    chosen, faults = visit.form.get("uses", ""), {}
    if visit.sent and chosen in USES:
        return await _onward(visit, draft, uses=chosen)
    if visit.sent:
        faults = {"uses": visit.say("forms.choose_one")}
    return _view(visit, draft, "uses", {"options": _options(visit, "uses", USES), "field": "uses"}, faults)


async def terms(visit: Visit) -> Found:
    """⑤ Ask for how long; and for cap, order and proof where the rules of the regions have them."""
    draft = await _draft(visit)
    if isinstance(draft, Sent):
        return draft
    if draft.next in ("relation", "who", "uses"):
        return visit.to(draft.path(draft.next))
    rules = {rule.rule.split("/")[1]: rule for rule in (await _checked(visit, draft)).terms}
    book = visit.desk.book(visit.now)
    ranks = "order" in rules and may_rank(book.on(rules["order"].rule.split("/")[0], visit.now.date()))
    there = {"proof": "proofs" in rules, "cap": "cap" in rules, "rank": ranks, "lasts": True}
    said = set(draft.fields.get(SAID, "").split(","))
    asked = asked_now(visit, [name for name, is_there in there.items() if is_there], said)
    values, faults = {**draft.fields, **visit.form}, dict[str, str]()
    if visit.sent:
        fields, faults = _terms(visit, asked)
        if not faults:
            return await _onward(visit, draft, **fields, **{SAID: ",".join(sorted({*said, *asked} - {""}))})
    shown = {
        "asked": asked,
        "options": _options(visit, "lasts", LASTS),
        **{name: rules.get(name) for name in ("cap", "order", "proofs")},
        "ranks": ranks,
        "papers": [(proof, visit.say(f"adding.proof_{proof}")) for proof in PROOFS],
        "values": values,
        "first": visit.now.date() + timedelta(days=1),
    }
    return _view(visit, draft, "terms", shown, faults)


async def check(visit: Visit) -> Found:
    """⑥ Show all of it once more, with what the rules say; where they say no, nobody gets to sign."""
    draft = await _draft(visit)
    if isinstance(draft, Sent):
        return draft
    if draft.next != "check":
        return visit.to(draft.path(draft.next))
    found = await _checked(visit, draft)
    if visit.sent and found.verdict != "no":
        return visit.to(draft.path("sign"))
    told_day = found.fixed.figures.get("earliest") if found.fixed is not None else None
    shown = {
        "rows": _rows(visit, draft),
        "found": found,
        "minor": _is_minor(visit, draft),
        "earliest": date.fromisoformat(told_day) if told_day else None,
    }
    return _view(visit, draft, "check", shown)


async def sign(visit: Visit) -> Found:
    """⑦ Show the promise word for word and take the name written below it; then the invitation is out."""
    draft = await _draft(visit)
    if isinstance(draft, Sent):
        return draft
    if draft.next != "check":
        return visit.to(draft.path(draft.next))
    text, name = await text_of(visit, "share"), await own_name(visit)
    told_all, faults, trouble = signing(visit, name, text), dict[str, str](), None
    if visit.sent:
        signed = visit.form.get(SIGNED, "")
        if signed:
            try:
                return await _invite(visit, draft, Proposed(agreed=agreed(text, signed), **_proposal(draft)))
            except TroubleError as met:
                trouble = None if about_signature(met) else met.problem
        if trouble is None:
            faults = {SIGNED: visit.say("people.not_your_name" if signed else "people.sign_first")}
    shown = {**told_all, "trouble": trouble, "who": draft.fields["name"]}
    return _view(visit, draft, "sign", shown, faults, 400 if trouble else 200)


PAGES: Final[Mapping[str, Page]] = {
    "/family/add": what,
    "/family/add/{draft:str}/relation": relation,
    "/family/add/{draft:str}/who": who,
    "/family/add/{draft:str}/uses": uses,
    "/family/add/{draft:str}/terms": terms,
    "/family/add/{draft:str}/check": check,
    "/family/add/{draft:str}/sign": sign,
}


# Helpers


async def _draft(visit: Visit) -> Draft | Sent:
    """Return the form that the address names, or where to go instead: to what it came to, or to a new beginning."""
    secret = visit.names["draft"]
    found: Unfinished | None = await visit.unfinished(secret, KIND)
    if found is None:
        return visit.to("/family/add")
    return visit.to(found.led_to) if found.led_to else Draft(secret, found.fields)


async def _onward(visit: Visit, draft: Draft, **fields: str) -> Sent:
    await visit.fill_in(draft.secret, **fields)
    after = {name: text for name, text in {**draft.fields, **fields}.items() if text}
    return visit.to(draft.path(Draft(draft.secret, after).next))


def _view(
    visit: Visit,
    draft: Draft,
    step: str,
    told_all: Mapping[str, Any],
    faults: Mapping[str, str] = {},  # read only
    status: int = 200,
) -> View:
    names = [*STEPS, "check", "sign"]
    place = names.index(step)
    told = {
        "step": step,
        "number": place + 2,
        "of": len(names) + 1,
        "back": "/family/add" if place == 0 else draft.path(names[place - 1]),
        "path": {name: visit.link(draft.path(name)) for name in names},
        "values": draft.fields,
        **told_all,
        "faults": dict(faults),
        "faulty": bool(faults),
    }
    template = {"relation": "answer", "uses": "answer"}.get(step, step)
    return View(f"citizen/adding_{template}.html", told, 400 if faults else status)


def _options(visit: Visit, field: str, names: Any) -> list[tuple[str, str, str]]:
    return [(one, visit.say(f"adding.{field}_{one}"), visit.say(f"adding.{field}_{one}_hint")) for one in names]


def _who_faults(visit: Visit, values: dict[str, str], asked: list[str]) -> dict[str, str]:
    faults = {}
    if "name" in asked and not values.get("name"):
        faults["name"] = visit.say("adding.no_name")
    if "cert_type" in asked and values.get("cert_type") not in PAPERS:
        faults["cert_type"] = visit.say("forms.choose_one")
    if "certno" in asked and not is_number(values.get("cert_type", ""), values.get("certno", "").upper()):
        faults["certno"] = visit.say("adding.no_certno")
    return faults


def _terms(visit: Visit, asked: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields of ⑤ that are asked for and what is wrong with them, in the order of the page."""
    filled = visit.filled()
    fields = {}
    if "cap" in asked:
        fields["cap"] = str(filled.fen("cap")) if filled.has("cap") else ""
    if "rank" in asked:
        fields["rank"] = str(filled.number("rank", 1, 99, 1)) if filled.has("rank") else ""
    if "proof" in asked:
        fields["proof"] = filled.choice("proof", PROOFS) or ""
    if "lasts" not in asked:
        return fields, filled.faults
    fields |= {"lasts": "", "until": ""}
    lasts = filled.choice("lasts", LASTS)
    fields["lasts"] = lasts or ""
    if lasts == "day":
        last = filled.day("until")
        if last is not None and last <= visit.now.date():
            filled.fault("until", "adding.day_over")
        fields["until"] = last.isoformat() if last is not None else ""
    return fields, filled.faults


def _proposal(draft: Draft) -> dict[str, Any]:
    """Return the fields of the proposal that were filled in."""
    fields = draft.fields
    until = datetime.combine(datetime.fromisoformat(fields["until"]), time()) if "until" in fields else None
    return {
        **_pair(draft),
        "lasts": fields["lasts"],
        "until": told(until + timedelta(days=1)) if until is not None else None,
        "modes": list(USES[fields["uses"]]),
    }


def _pair(draft: Draft) -> dict[str, Any]:
    fields = draft.fields
    return {
        "relative": draft.relative,
        "relation": Relation(fields["relation"]),
        "rank": int(fields["rank"]) if "rank" in fields else None,
        "cap_fen": int(fields["cap"]) if "cap" in fields else None,
        "proof": [fields["proof"]] if "proof" in fields else [],
    }


async def _checked(visit: Visit, draft: Draft) -> CheckTold:
    """Return what would come of it now. Raise TroubleError where nobody has these papers."""
    modes = USES[draft.fields.get("uses", "both")]
    return await visit.api.post("checks/bond", CheckTold, BondChecked(modes=modes, **_pair(draft)), key=draft.secret)


async def _invite(visit: Visit, draft: Draft, proposed: Proposed) -> Found:
    done = await visit.api.post("invitations", InvitedTold, proposed, key=draft.secret)
    there = f"/family/invitations/{done.invitation_id}"
    await visit.finish(draft.secret, there)
    return visit.to(there, *remembered(visit, done.invitation_id, done.link))


def _rows(visit: Visit, draft: Draft) -> list[tuple[str, str, str, int | None]]:
    """Return what was filled in, as it is shown once more: label, words, where to change it, an amount."""
    fields = draft.fields
    number = fields["certno"]
    masked = f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" if len(number) > 8 else number
    lasts = visit.say(f"adding.lasts_{fields['lasts']}")
    if "until" in fields:
        lasts = Markup("{} {}").format(lasts, day(date.fromisoformat(fields["until"]), visit.language))
    rows = {
        "relation": (related(visit, Relation(fields["relation"])), "relation"),
        "name": (fields["name"], "who"),
        "certno": (masked, "who"),
        "uses": (visit.say(f"adding.uses_{fields['uses']}"), "uses"),
        "lasts": (lasts, "terms"),
        "cap": ("", "terms"),
        "rank": (fields.get("rank", ""), "terms"),
        "proof": (visit.say(f"adding.proof_{fields['proof']}") if "proof" in fields else "", "terms"),
    }
    return [
        (
            visit.say(f"adding.row_{name}"),
            words,
            visit.link(draft.path(step), ask=name if step in ("who", "terms") else ""),
            int(fields[name]) if name == "cap" else None,
        )
        for name, (words, step) in rows.items()
        if name in fields
    ]


def _is_minor(visit: Visit, draft: Draft) -> bool:
    born = birthday(draft.relative.cert_type, draft.relative.certno)
    if born is None:
        return False
    today = visit.now.date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT_AGE
