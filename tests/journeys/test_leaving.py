"""A process that has served says all it has to say, gives its status, and tidies nothing up."""

import subprocess
import sys

PROGRAM = """
import atexit, logging, sys
from gongji.channels.serving.leaving import leave
atexit.register(print, "tidied up")
logging.basicConfig(stream=sys.stderr)
logging.warning("logged")
print("said", end="")
leave({code})
"""


def test_what_was_said_is_there_and_nothing_runs_afterwards():
    for code in (0, 3):
        command = [sys.executable, "-c", PROGRAM.format(code=code)]
        left = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)

        assert (left.returncode, left.stdout) == (code, "said")
        assert "logged" in left.stderr
