"""The citizen's pages about money in every state that they have: world, path, status, and who looks.

A path in braces is one that its world has begun. 0 is nobody.
"""

from contextlib import contextmanager

from tests.pages.money_world import (
    BROTHER,
    DAY,
    HEFEI,
    LONER,
    MOTHER,
    NIGHT,
    QUOTA_DAY,
    SON,
    WIFE,
    WUHAN,
    MoneyWorld,
)


def day(world):
    """A day on which transfers are open; a transfer begun, bills settled and given back."""
    son = world.sits(SON)
    world.paths["bill"] = f"/bills/{world.bill()}"
    partly, whole = world.bill(SON, copay_fen=60_00), world.bill(WIFE, copay_fen=40_00)
    world.refunded(partly, 20_00)
    world.refunded(whole)
    world.paths |= {"bill partly": f"/bills/{partly}", "bill back": f"/bills/{whole}"}
    world.paths["to mother"] = world.sending_to(MOTHER, son)
    world.paths["check"] = world.sent(world.sending_to(MOTHER, son), son, chip=500_00)
    world.paths["to brother"] = world.sending_to(BROTHER, son)
    world.paths["to another"] = world.sending_to("other", son)
    world.paths["report"] = world.doubted()
    world.paths["wallet"] = world.sent("/wallet/open", world.sits(BROTHER))


def waiting(world):
    """The son has sent his mother 500, and she has not taken it; his wife has called hers back."""
    day(world)
    world.paths["sent"] = world.transferred()
    wife = world.sits(WIFE)
    form = world.sending_to(SON, wife)
    world.paths["recalled"] = world.sent(world.sent(form, wife, chip=100_00), wife)
    world.sent(world.paths["recalled"], wife, what="recall")
    world.paths["next"] = world.sending_to(WIFE)


def spent(world):
    """The son has sent three times today."""
    for what in ("receipt", "refusal", "receipt"):
        sent = world.transferred(fen=100_00)
        world.sent(sent, world.sits(MOTHER), what=what)
        world.paths[what] = sent
    world.paths["to mother"] = world.sending_to(MOTHER)


def night(world):
    """Transfers are closed."""
    world.paths["to mother"] = world.sending_to(MOTHER)


def quotas(world):
    """Quotas hold, and premiums are collected; the son has set aside for his mother, who has used some of it."""
    son = world.sits(SON)
    form = world.sent("/family/1/quota", son, chip=500_00)
    world.sent(form, son)
    world.bill(copay_fen=80_00)
    world.paths["check"] = world.sent("/family/1/quota", son, amount="1000")
    form = world.sent("/premiums", son, choice=f"{MOTHER}:resident", year="2027")
    world.paths["premium"] = world.sent("/premiums", son, choice=f"{WIFE}:resident", year="2027")
    check = world.sent(form, son, amount="400", notice="N-1")
    world.paths["premium check"] = world.sent(
        world.sent("/premiums", son, choice=f"{SON}:resident", year="2027"), son, amount="400", notice="N-2"
    )
    world.paths["paid"] = world.sent(check, son)


def funds(world):
    """Bills that the funds pay part of, and for which a relative could not be used."""
    world.paths["bill funds"] = f"/bills/{world.bill(BROTHER, fees=(900_00,))}"
    world.paths["bill skipped"] = f"/bills/{world.bill(copay_fen=6_000_00)}"


WORLDS = {
    "day": (day, DAY, HEFEI),
    "waiting": (waiting, DAY, HEFEI),
    "spent": (spent, DAY, HEFEI),
    "night": (night, NIGHT, HEFEI),
    "funds": (funds, DAY, WUHAN),
    "quotas": (quotas, QUOTA_DAY, WUHAN),
}

STATES: dict[str, tuple[str, str, int, int]] = {
    "ways in": ("day", "/", 200, 0),
    "home": ("day", "/", 200, SON),
    "home, things wait": ("waiting", "/", 200, SON),
    "home, to receive": ("waiting", "/", 200, MOTHER),
    "home, quotas": ("quotas", "/", 200, SON),
    "home, nobody": ("day", "/", 200, LONER),
    "wallet": ("day", "/wallet", 200, WIFE),
    "wallet, opened": ("day", "/wallet?done=opened", 200, SON),
    "wallet, none": ("day", "/wallet", 200, BROTHER),
    "wallet, begin": ("day", "/wallet/open", 200, BROTHER),
    "wallet, open already": ("day", "/wallet/open", 200, SON),
    "wallet, to open": ("day", "{wallet}", 200, BROTHER),
    "wallet, region": ("day", "/wallet/region", 200, SON),
    "wallet, closing": ("day", "/wallet/closing", 200, WIFE),
    "send, whom": ("day", "/wallet/send", 200, SON),
    "send, whom, nobody": ("day", "/wallet/send", 200, LONER),
    "send, whom, a quota": ("quotas", "/wallet/send", 200, SON),
    "send, how much": ("day", "{to mother}", 200, SON),
    "send, no wallet": ("day", "{to brother}", 200, SON),
    "send, one waits": ("waiting", "{next}", 200, SON),
    "send, used up": ("spent", "{to mother}", 200, SON),
    "send, closed": ("night", "{to mother}", 200, SON),
    "send, to another": ("day", "{to another}", 200, SON),
    "send, check": ("day", "{check}", 200, SON),
    "transfer, waits": ("waiting", "{sent}", 200, SON),
    "transfer, to receive": ("waiting", "{sent}", 200, MOTHER),
    "transfer, received": ("spent", "{receipt}", 200, SON),
    "transfer, taken": ("spent", "{receipt}", 200, MOTHER),
    "transfer, declined": ("spent", "{refusal}", 200, SON),
    "transfer, recalled": ("waiting", "{recalled}", 200, WIFE),
    "transfer of others": ("waiting", "{sent}", 404, WIFE),
    "quota, first": ("quotas", "/family/2/quota", 200, SON),
    "quota, used": ("quotas", "/family/1/quota", 200, SON),
    "quota, no wallet": ("quotas", "/family/3/quota", 200, SON),
    "quota, set": ("quotas", "/family/1/quota?done=yes", 200, SON),
    "quota, none here": ("day", "/family/1/quota", 200, SON),
    "quota, check": ("quotas", "{check}", 200, SON),
    "quota of others": ("quotas", "/family/1/quota", 404, MOTHER),
    "premiums": ("quotas", "/premiums?year=2027", 200, SON),
    "premiums, another paid": ("quotas", "/premiums?year=2027", 200, WIFE),
    "premiums, nobody": ("day", "/premiums", 200, LONER),
    "premium, how much": ("quotas", "{premium}", 200, SON),
    "premium, check": ("quotas", "{premium check}", 200, SON),
    "premium, paid": ("quotas", "{paid}", 200, SON),
    "bill": ("day", "{bill}", 200, MOTHER),
    "bill, partly back": ("day", "{bill partly}", 200, SON),
    "bill, all back": ("day", "{bill back}", 200, WIFE),
    "bill, funds": ("funds", "{bill funds}", 200, BROTHER),
    "bill, a relative not used": ("funds", "{bill skipped}", 200, MOTHER),
    "bill of others": ("day", "{bill}", 404, SON),
    "records": ("waiting", "/records", 200, SON),
    "records, filtered": ("day", "/records?person=2&kind=settlement", 200, SON),
    "records, none that fit": ("day", "/records?kind=premium", 200, SON),
    "records, none": ("day", "/records", 200, LONER),
    "records, in doubt": ("day", "/records/doubt?person=2&at=2025-09-01T10:00:00", 200, SON),
    "records, report": ("day", "{report}", 200, SON),
    "balance": ("waiting", "/balance", 200, SON),
    "balance, none": ("day", "/balance", 200, LONER),
}


@contextmanager
def opened_world(name):
    """Yield a world in which everything has happened."""
    build, now, region = WORLDS[name]
    with MoneyWorld(now, region) as world:
        build(world)
        yield world


def address(world, name):
    """Return the address of a state in its world."""
    path = STATES[name][1]
    begun, closed, rest = path.partition("}")
    return world.paths[begun[1:]] + rest if closed else path
