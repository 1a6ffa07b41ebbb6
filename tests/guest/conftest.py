"""What the tests of the installed package share: one Debian, made once, and a disk of it."""

import os
import shutil
from pathlib import Path

import package
import pytest
from image import Image

FRR = ("frr", "frr-snmp")


@pytest.fixture(scope="session")
def suite():
    return os.environ["HVNET_SUITE"]


@pytest.fixture(scope="session")
def folder(suite):
    """For the guests' disks. No story goes on with a disk of an earlier run."""
    one = Path(os.environ["HVNET_FOLDER"]) / f"guests-{suite}"
    shutil.rmtree(one, ignore_errors=True)
    one.mkdir(parents=True)
    return one


@pytest.fixture(scope="session")
def image(suite):
    """Has the package in /root, and those of FRR's routing daemons."""
    package_of_now = package.build(suite)
    one = Image(suite, os.environ["HVNET_FOLDER"], package.needs(package_of_now))
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
