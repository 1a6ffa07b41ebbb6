"""What every test gets: a `lab` of its own, and the options of this suite."""

import os

import pytest

if os.environ.get("HVNET_WORLD") != "inside":
    pytest.exit("these tests change interfaces: start them with tests/netns/run BINARY", 2)

from lab import Lab  # noqa: E402

os.umask(0o022)  # an ordinary user reads what is written here


def pytest_addoption(parser):
    parser.addoption(
        "--regenerate", action="store_true", help="write tests/golden/ anew instead of comparing"
    )


@pytest.fixture
def lab():
    one = Lab()
    try:
        yield one
    finally:
        one.close()
