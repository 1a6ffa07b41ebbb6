"""What the tests of the installed package share: one Debian, made once, and a disk of it."""

import os
from pathlib import Path

import package
import pytest
from image import Image

FRR = ("frr", "frr-snmp")


@pytest.fixture(scope="session")
def suite():
    return os.environ["HVNET_SUITE"]


@pytest.fixture(scope="session")
def folder():
    return Path(os.environ["HVNET_FOLDER"])


@pytest.fixture(scope="session")
def image(suite, folder):
    """Has the package in /root, and those of FRR's routing daemons."""
    package_of_now = package.build(suite)
    one = Image(suite, folder, package.needs(package_of_now))
    one.make()
    one.fetch("frr", FRR)
    one.make_disk([package_of_now])
    return one


@pytest.fixture(scope="session")
def old_package(image):
    """Of 0.1.0."""
    if not package.has_old():
        pytest.skip("this clone does not have the commit of 0.1.0")
    return package.build_old(image.suite)
