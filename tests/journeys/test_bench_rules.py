"""`gongji bench rules` at a small size: every figure is there, and what was not measured says why."""

import json
import subprocess

import pytest
from typer.testing import CliRunner

from gongji.channels.bench import rule_speed
from gongji.channels.bench.rule_speed import BARS
from gongji.channels.cli import app
from gongji.wiring import Wiring


@pytest.fixture
def without_openfisca(monkeypatch):
    """An index of packages that nobody can reach."""
    run = rule_speed._run

    def refuse(*command: str) -> str:
        if "install" in command or "venv" in command:
            raise subprocess.SubprocessError("no network")
        return run(*command)

    monkeypatch.setattr(rule_speed, "_run", refuse)


@pytest.mark.usefixtures("without_openfisca")
def test_the_rules_are_measured_where_openfisca_cannot_be_installed():
    done = CliRunner().invoke(app, ["bench", "rules", "--bills", "3000", "--runs", "1", "--json"], obj=Wiring({}))

    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert all(told[name]["median"] > 0 for name in BARS.keys() - {"vs_openfisca", "single_vs_openfisca"})
    assert told["vs_openfisca"] is told["single_vs_openfisca"] is None
    assert told["openfisca_left_out"] == "OpenFisca could not be installed or run: no network"
    assert told["what"]["bills"] == told["what"]["single_bills"] == pytest.approx(3000, rel=0.1)
    assert "OpenFisca could not be installed" in done.stderr


@pytest.mark.usefixtures("without_openfisca")
def test_the_table_shows_the_bars():
    done = CliRunner().invoke(app, ["bench", "rules", "--bills", "3000", "--runs", "1"], obj=Wiring({}))

    assert "gongji bench rules" in done.stdout
    assert "not measured" in done.stdout
