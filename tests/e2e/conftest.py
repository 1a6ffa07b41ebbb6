"""The world of the end-to-end tests is that of tests/netns; each file here is one monitoring system,
started once for all of its tests."""

import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "netns"))
if os.environ.get("HVNET_WORLD") != "inside":
    pytest.exit("these tests start servers: use scripts/test e2e", 2)

from lab import Lab  # noqa: E402

os.umask(0o022)  # an ordinary user reads what is written here


@pytest.fixture(scope="module")
def lab():
    one = Lab()
    try:
        yield one
    finally:
        one.close()


@pytest.fixture(scope="session")
def pictures():
    """Where a test puts what a person would see; kept, so that a person can look."""
    folder = Path(os.environ["HVNET_PICTURES"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder
