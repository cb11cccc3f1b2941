"""The tour's page and the kiosk's in every state that they have: path, status, and the cookies of who looks."""

from gongji.channels.sample_story import DAUGHTER, FATHER, MOTHER, SON, WIFE
from gongji.services.acts import Actor
from gongji.services.family import invitations
from gongji.services.family.invitations import INVITATION, family_scope
from tests.identity_world import found as hit
from tests.pages.kiosk_visitor import KioskVisitor


def withdrawn(world):
    """Take the invitation back that waits for the wife, if it still does."""
    book, actor = world.desk.rules.at(world.now), Actor(channel="app", person_id=SON)

    def work(books):
        for asked in books.dossiers.of(INVITATION, WIFE):
            if asked.state == "open":
                invitations.take_back(books, book, actor, asked.dossier_id, world.now)

    world.store.run(family_scope(SON, WIFE), work)


def at_task(world, task, person_id=SON):
    """Return somebody whom the kiosk knows, at a task."""
    kiosk = KioskVisitor(world)
    kiosk.go(f"/kiosk/{task}")
    kiosk.shows(person_id)
    return kiosk


class States(dict[str, tuple[str, int, str]]):
    """States by name; `at` notes where somebody stands."""

    def at(self, name, kiosk, path="", status=200):
        cookies = "; ".join(f"{one}={value}" for one, value in kiosk.cookies.items())
        self[name] = (path or kiosk.path, status, cookies)


def kiosk_states(world):
    """Bring the kiosk into all its states, and return them by name."""
    found = States()
    _before_anybody_is_known(world, found)
    _for_a_pair(world, found)
    _for_one(world, found)
    return found


def _before_anybody_is_known(world, found):
    nobody = KioskVisitor(world)
    for name, path in {
        "tour": "/tour",
        "start": "/kiosk",
        "who": "/kiosk/who?back=%2Fkiosk%2Fbalance",
        "still there": "/kiosk/still-there?back=%2Fkiosk%2Fbalance",
        "left": "/kiosk/leave?done=yes",
    }.items():
        found.at(name, nobody, path)
    down = KioskVisitor(world)
    down.go("/kiosk?down=printer.reader")
    found.at("start, devices down", down, "/kiosk")
    found.at("who, devices down", down, "/kiosk/who")
    waits = KioskVisitor(world)
    waits.go("/kiosk/balance")
    waits.touch("certno", world.store.registry.identities[WIFE].certno)
    waits.touch("staff")
    found.at("line", waits)
    comes = KioskVisitor(world)
    comes.go("/kiosk/balance")
    comes.touch("staff")
    found.at("line, somebody comes", comes)
    desk = world.sits_at_desk("clerk")
    card = world.visit("/console/calls", desk).text.partition(f"<h2>{hit(r'(K[0-9]{3,})', comes.text)} ")[2]
    hidden = {name: hit(rf'name="{name}" value="([^"]+)"', card) for name in ("guard", "call", "seen")}
    assert world.submit("/console/calls", desk, **hidden, step="take").status_code == 303
    found.at("no such number", nobody, "/kiosk/line/none", 404)


def _for_a_pair(world, found):
    refused = at_task(world, "add")
    refused.touch("relation", "parent")
    found.at("add, second", refused)
    refused.shows(MOTHER)
    found.at("add, refused", refused)
    withdrawn(world)
    pair = at_task(world, "add")
    pair.touch("relation", "spouse")
    pair.shows(WIFE)
    found.at("add, uses", pair)
    pair.touch("uses", "both")
    found.at("add, first signs", pair)
    pair.touch()
    found.at("add, second signs", pair)
    other = at_task(world, "add")
    other.touch("relation", "spouse")
    other.shows(SON)
    found.at("add, himself", other, status=403)


def _for_one(world, found):
    son = at_task(world, "balance")
    found.at("balance", son)
    found.at("balance, names", son, "/kiosk/balance?names=yes")
    found.at("balance, little yet", at_task(world, "balance", MOTHER))
    found.at("add, relation", son, "/kiosk/add")
    found.at("send, whom", son, "/kiosk/send")
    found.at("send, to who pays", at_task(world, "send", FATHER))
    waiting = at_task(world, "send")
    waiting.touch("receiver_id", str(FATHER))
    found.at("send, not now", waiting)
    found.at("end, whose", son, "/kiosk/end")
    ends = at_task(world, "end", MOTHER)
    ends.touch("bond_id")
    found.at("end, check", ends)
    bond = at_task(world, "end", DAUGHTER)
    bond.touch("bond_id")
    bond.touch()
    found.at("end, done", bond)
    found.at("end, nobody", bond, "/kiosk/end")


def tomorrow_states(world):
    """Return the states of a day on which nothing waits."""
    found = States()
    kiosk = at_task(world, "send")
    kiosk.touch("receiver_id", str(FATHER))
    found.at("send, amount", kiosk)
    kiosk.types("120")
    kiosk.touch()
    found.at("send, check", kiosk)
    sender = at_task(world, "send", FATHER)
    sender.touch("receiver_id", str(SON))
    sender.types("80.50")
    sender.touch()
    sender.touch()
    found.at("sent", sender)
    withdrawn_pair = at_task(world, "add")
    withdrawn(world)
    withdrawn_pair.touch("relation", "spouse")
    withdrawn_pair.shows(WIFE)
    withdrawn_pair.touch("uses", "pay")
    withdrawn_pair.touch()
    withdrawn_pair.touch()
    found.at("added", withdrawn_pair)
    return found
