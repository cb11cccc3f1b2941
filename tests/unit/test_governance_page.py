"""The page on changing rules, held to the commands and the paths there are."""

import re
from pathlib import Path

from typer.main import get_command

from gongji.channels import policy_desk
from gongji.channels.cli import policy
from gongji.channels.cli_governance import governance
from gongji.channels.policy_desk import is_desk

PAGE = (Path(__file__).parents[2] / "docs" / "governance.md").read_text(encoding="utf-8")
OPTION = re.compile(r"gongji policy (\w+)([^`]*)`")


def test_every_command_that_changes_rules_is_told_with_options_that_it_has():
    commands = get_command(policy).commands  # type: ignore[attr-defined]  # a group
    told = OPTION.findall(PAGE)

    assert {name for name, _ in told} == {command.name for command in governance.registered_commands}
    for name, words in told:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--\w+", words)) <= known


def test_every_path_of_the_desk_is_told():
    paths = {path.replace("ID", "1") for path in re.findall(r"/policy/[\w/]+", policy_desk.__doc__ or "")}

    assert paths == set(re.findall(r"(?:GET|POST) (/policy/[\w/]+)", PAGE))
    assert all(is_desk(path) for path in paths)
