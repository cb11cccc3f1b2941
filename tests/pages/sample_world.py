"""A world with the sample families in it, and the story told: what a newcomer sees on the tour and at the kiosk."""

from gongji.channels.identity.tokens import Tokens
from gongji.channels.sample_story import tell_story
from gongji.channels.sandbox import load_samples
from tests.pages.visitors import VisitorWorld


def sample_world(*, over=""):
    """Return it; reached over plain HTTP at the address `over`, a browser on this machine keeps its cookies."""
    world = VisitorWorld()
    book = world.desk.rules.at(world.now)
    assert load_samples(world.store, book, world.now)
    assert tell_story(world.store, book, world.now) == []
    if over:
        world.known.tokens = Tokens(world.signing, over)
    return world
