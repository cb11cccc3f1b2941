"""The citizen's pages about people in every state that they have: path, status, and who looks; 0 is nobody.

A path in braces is one that its world has begun.
"""

from contextlib import contextmanager
from datetime import timedelta

from gongji.domain.family import Relation
from tests.pages.family_pages_world import (
    CHILD,
    COUSIN,
    LONER,
    MOTHER,
    SISTER,
    SON,
    WIFE,
    FamilyPagesWorld,
)


def lived_in(world):
    """A family that has shared for a while: bonds in every state, what waits for answers, and what is over."""
    son, wife, mother = world.sits(SON), world.sits(WIFE), world.sits(MOTHER)
    paths = world.paths
    paths["mother"] = f"/family/{world.shared(SON, MOTHER)}"
    paths["sister"] = f"/family/{world.shared(SISTER, MOTHER, cap_fen=300_00, rank=1)}"
    world.bill(MOTHER)
    world.now += timedelta(minutes=10)
    world.bill(MOTHER, copay_fen=45_60)
    there, with_link = world.invited(son, member=WIFE, relation="spouse")
    paths["to wife"] = there
    world.with_link = with_link
    paths["link"] = world.link_of(there, with_link)
    to_child, _ = world.invited(son, member=CHILD, relation="child")
    paths["to child"] = to_child
    paths |= {
        "relation": world.begun(son, upto="relation"),
        "who": world.begun(son, upto="who"),
        "uses": world.begun(son, upto="uses"),
        "terms": world.begun(son, upto="terms", member=COUSIN, relation="sibling"),
        "check": world.begun(son, member=LONER, relation="sibling", lasts="day", until="2026-12-31"),
        "refused": world.begun(son, member=COUSIN, relation="cousin"),
        "sign": world.begun(son, member=LONER, relation="sibling", upto="sign"),
        "capped": world.begun(world.sits(SISTER), member=LONER, relation="sibling", upto="terms"),
    }
    asked = world.goes("/family/showings/ask", son, relation="parent", **world.papers(MOTHER))
    paths["showing"] = asked
    paths["shown"] = world.goes("/family/showings/ask", wife, relation="parent", **world.papers(MOTHER))
    world.goes(paths["shown"], mother, how="yes", signed=world.name_of(MOTHER))
    world.visit(f"{paths['shown']}/code", wife)
    paths["declined"] = world.goes(
        "/family/showings/ask", world.sits(SISTER), relation="parent", **world.papers(MOTHER)
    )
    world.submit(paths["declined"], mother, how="no", **world.hidden(paths["declined"], mother))
    world.goes(
        "/help/acting/give", mother, **world.papers(SON), may=["accounts.read", "bonds.read"], until="2026-06-30"
    )
    paths["guardian"] = world.goes("/applications/new?kind=guardian", son, kind="guardian", **world.papers(CHILD))
    paths["phone"] = world.goes("/applications/new?kind=change_phone", son, kind="change_phone", phone="13800000000")
    world.submit(paths["phone"], son, do="withdraw", **world.hidden(paths["phone"], son))
    for name, page in (("ask", "/family/showings/ask"), ("give", "/help/acting/give")):
        paths[name] = world.begins(page, son)
    world.looked_at(SON)
    world.told()


def over(world):
    """What has ended, was declined, taken back, or not answered in time."""
    son, wife = world.sits(SON), world.sits(WIFE)
    accepted, _ = world.invited(son, member=WIFE, relation="spouse")
    world.goes(accepted, wife, how="accepted", signed=world.name_of(WIFE))
    world.paths["accepted"] = accepted
    world.paths["wife"] = f"/family/{world.bonds()[0].bond_id}"
    number = world.shared(SON, MOTHER)
    world.paths["ended"] = f"/family/{number}"
    world.paths["rests"] = f"/family/{world.shared(SISTER, MOTHER)}"
    world.goes(world.paths["rests"], world.sits(SISTER), do="rest", days="week")
    world.goes(f"{world.paths['ended']}/ending", world.sits(MOTHER))
    world.paths["declined"] = world.invited(son, member=CHILD, relation="child")[0]
    child = world.sits(CHILD)
    world.goes(world.paths["declined"], child, how="not_my_relative")
    number = world.shared(WIFE, LONER, relation=Relation.SIBLING, reviewed=False)
    world.paths["to review"] = f"/family/{number}"
    world.paths["review"] = world.goes(world.paths["to review"], wife, to="/applications/new", kind="bind", bond=number)
    world.told()


WORLDS = {"lived in": lived_in, "over": over}

STATES = {
    "family": ("lived in", "/family", 200, SON),
    "family, of one": ("lived in", "/family", 200, LONER),
    "family, with what is over": ("over", "/family", 200, SON),
    "add": ("lived in", "/family/add", 200, SON),
    "add, relation": ("lived in", "{relation}", 200, SON),
    "add, who": ("lived in", "{who}", 200, SON),
    "add, uses": ("lived in", "{uses}", 200, SON),
    "add, terms": ("lived in", "{terms}", 200, SON),
    "add, terms with a limit": ("lived in", "{capped}", 200, SISTER),
    "add, check": ("lived in", "{check}", 200, SON),
    "add, refused": ("lived in", "{refused}", 200, SON),
    "add, sign": ("lived in", "{sign}", 200, SON),
    "invitation by its link": ("lived in", "{link}", 200, 0),
    "invitation, no such link": ("lived in", "/i/nothing", 404, 0),
    "invitation to answer": ("lived in", "{to wife}", 200, WIFE),
    "invitation unasked": ("lived in", "{to child}", 200, CHILD),
    "invitation sent": ("lived in", "{to wife}", 200, SON),
    "invitation sent, unasked": ("lived in", "{to child}", 200, SON),
    "invitation accepted": ("over", "{accepted}", 200, WIFE),
    "invitation accepted, for who sent it": ("over", "{accepted}", 200, SON),
    "invitation declined": ("over", "{declined}", 200, CHILD),
    "invitation declined, for who sent it": ("over", "{declined}", 200, SON),
    "invitation of others": ("lived in", "{to wife}", 404, LONER),
    "member, I help": ("lived in", "{mother}", 200, SON),
    "member, helps me": ("lived in", "{sister}", 200, MOTHER),
    "member, with a limit": ("lived in", "{sister}", 200, SISTER),
    "member, from the other side": ("lived in", "{mother}", 200, MOTHER),
    "member, rests": ("over", "{rests}", 200, MOTHER),
    "member, rests, for who pays": ("over", "{rests}", 200, SISTER),
    "member, ended": ("over", "{ended}", 200, SON),
    "member of others": ("lived in", "{mother}", 404, LONER),
    "ending, not yet": ("lived in", "{mother}/ending", 200, SON),
    "member, to be reviewed": ("over", "{to review}", 200, WIFE),
    "application, review": ("over", "{review}", 200, WIFE),
    "ending": ("lived in", "{sister}/ending", 200, SISTER),
    "leaving": ("lived in", "{mother}/ending", 200, MOTHER),
    "ending, of spouses": ("over", "{wife}/ending", 200, SON),
    "showings": ("lived in", "/family/showings", 200, SON),
    "showings, of me": ("lived in", "/family/showings", 200, MOTHER),
    "showings, none": ("lived in", "/family/showings", 200, LONER),
    "showing, ask": ("lived in", "{ask}", 200, SON),
    "showing, to answer": ("lived in", "{showing}", 200, MOTHER),
    "showing, waits": ("lived in", "{showing}", 200, SON),
    "showing, agreed": ("lived in", "{shown}", 200, MOTHER),
    "showing, may be shown": ("lived in", "{shown}", 200, WIFE),
    "showing, declined": ("lived in", "{declined}", 200, SISTER),
    "code": ("lived in", "{shown}/code", 200, WIFE),
    "my code": ("lived in", "/family/showings/mine", 200, SON),
    "messages": ("lived in", "/messages", 200, MOTHER),
    "messages, of the one who pays": ("lived in", "/messages", 200, SON),
    "messages, none": ("lived in", "/messages", 200, LONER),
    "help": ("lived in", "/help", 200, 0),
    "help, signed in": ("lived in", "/help", 200, SON),
    "acting, held": ("lived in", "/help/acting", 200, SON),
    "acting, given": ("lived in", "/help/acting", 200, MOTHER),
    "acting, none": ("lived in", "/help/acting", 200, LONER),
    "acting, give": ("lived in", "{give}", 200, SON),
    "looks": ("lived in", "/looks", 200, SON),
    "looks, none": ("lived in", "/looks", 200, LONER),
    "applications": ("lived in", "/applications", 200, SON),
    "applications, none": ("lived in", "/applications", 200, LONER),
    "application": ("lived in", "{guardian}", 200, SON),
    "application withdrawn": ("lived in", "{phone}", 200, SON),
    "application, guardian": ("lived in", "/applications/new?kind=guardian", 200, SON),
    "application, wallet": ("lived in", "/applications/new?kind=open_wallet", 200, SON),
    "application, reimbursement": ("lived in", "/applications/new?kind=reimbursement", 200, SON),
    "application, phone": ("lived in", "/applications/new?kind=change_phone", 200, SON),
    "settings": ("lived in", "/settings", 200, SON),
    "settings, kept": ("lived in", "/settings?kept=yes", 200, SON),
    "settings, apps": ("lived in", "/settings/apps", 200, SON),
    "easy": ("lived in", "/easy", 200, SON),
}


@contextmanager
def family_world(name):
    """Yield the world of that name, in which everything of it has happened."""
    with FamilyPagesWorld() as world:
        WORLDS[name](world)
        yield world


def path_of(world, name):
    """Return the path of a state in its world."""
    path = STATES[name][1]
    begun, brace, rest = path[1:].partition("}")
    return world.paths[begun] + rest if brace else path
