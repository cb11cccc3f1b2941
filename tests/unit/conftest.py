"""What unit tests share: the policy book of the repository, compiled once."""

import tomllib
from pathlib import Path

import pytest

from gongji.rules.bundle import compile_book
from gongji.rules.policybook import PolicyBook

POLICIES = Path(__file__).parents[2] / "policies"


@pytest.fixture(scope="session")
def policy_files() -> dict[str, dict[str, object]]:
    return {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")}


@pytest.fixture(scope="session")
def book(policy_files) -> PolicyBook:
    return compile_book(policy_files)[0]
