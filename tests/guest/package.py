"""The Debian package of this checkout, the one of 0.1.0, and what they need of a Debian."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The last commit of 0.1.0. Its files are of version 1, and its README had two files copied by hand.
OLD = "a01f70efa7ebd2552d412418a069da16cf298210"
OLD_VERSION = "0.1.0~old"  # lower than that of every package of this checkout


def must(*command):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)  # fmt: skip
    assert done.returncode == 0, f"{command}:\n{(done.stdout + done.stderr)[-3000:]}"
    return done.stdout


def build(suite):
    """That of HVNET_PACKAGE, or one built here."""
    given = os.environ.get("HVNET_PACKAGE")
    if given:
        return Path(given)
    must("scripts/package", suite)
    return the_one_in(ROOT / "build/packages" / suite)


def the_one_in(folder):
    (package,) = folder.glob("*.deb")
    return package


def has_old():
    """A clone without the whole history does not."""
    asked = ["git", "cat-file", "-e", f"{OLD}^{{commit}}"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0


BUILD_OLD = f"""
cd build/old
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
cmake --preset release -D CMAKE_BUILD_TYPE=Debug  # as fast as it can be had
cmake --build --preset release
cpack --preset release -B "$PWD/package" -R {OLD_VERSION}
"""


def build_old(suite):
    """That of HVNET_OLD_PACKAGE, or 0.1.0 built here as it was. build() has been called before, so
    that the suite has what a build needs."""
    given = os.environ.get("HVNET_OLD_PACKAGE")
    if given:
        return Path(given)
    here = f"VERSION_CODENAME={suite}\n" in Path("/etc/os-release").read_text()
    folder = ROOT / ("build/old" if here else f"build/on/{suite}/build/old")
    if not (folder / "package").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        must("sh", "-ec", f"git archive {OLD} | tar -x -C {folder}")
        # Warnings of a compiler that came later are no matter here.
        must("sed", "-i", "s/ -Werror//", folder / "CMakeLists.txt")
        must(*([] if here else ["scripts/on", suite]), "bash", "-ec", BUILD_OLD)
    return the_one_in(folder / "package")


def needs(package):
    """Its Depends, by name."""
    depends = must("dpkg-deb", "-f", package, "Depends").strip()
    return [one.split("|")[0].split("(")[0].strip() for one in depends.split(",")]
