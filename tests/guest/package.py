"""The Debian package of this checkout, and what it needs of a Debian."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def must(*command):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)  # fmt: skip
    assert done.returncode == 0, f"{command}:\n{(done.stdout + done.stderr)[-3000:]}"
    return done.stdout


def build(suite, folder):
    """That of HVNET_PACKAGE, or one built here, for the suite that this machine is."""
    given = os.environ.get("HVNET_PACKAGE")
    if given:
        return Path(given)
    assert f"VERSION_CODENAME={suite}\n" in Path("/etc/os-release").read_text(), (
        f"a package for {suite} is built on {suite}: give its path as HVNET_PACKAGE"
    )
    must("cmake", "--preset", "release")
    must("cmake", "--build", "--preset", "release")
    must("cpack", "--preset", "release", "-B", folder / "package")
    (package,) = (folder / "package").glob("*.deb")
    return package


def needs(package):
    """Its Depends, by name."""
    depends = must("dpkg-deb", "-f", package, "Depends").strip()
    return [one.split("|")[0].split("(")[0].strip() for one in depends.split(",")]
