"""Over which books a sample server is opened: anybody signs in there as whom he likes."""

from contextlib import nullcontext
from types import SimpleNamespace

from gongji.channels import cli_serve
from gongji.channels.cli_serve import Address, run_serve
from gongji.channels.sandbox import has_samples, is_sandbox
from gongji.services.store import MemoryStore
from tests.national_world import NOW, World


def house_with(store):
    return SimpleNamespace(
        institution_keys=lambda _: None,
        book=lambda: SimpleNamespace(regions=(), digest="0" * 64),
        clock=lambda _: lambda: NOW,
        store=lambda *_, **__: nullcontext(store),
    )


def test_no_sandbox_is_opened_over_the_books_of_real_people(monkeypatch, capsys):
    monkeypatch.setattr(cli_serve, "published_rules", lambda *_: nullcontext())
    store = MemoryStore()
    World(store).person(1)

    assert is_sandbox(MemoryStore())
    assert not is_sandbox(store)
    assert run_serve(house_with(store), Address("127.0.0.1", 0), data=None, sample=True, now=None) == 2
    assert "--sample" in capsys.readouterr().err
    assert not has_samples(store)
