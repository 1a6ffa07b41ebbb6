"""A kernel of Debian's, unpacked and not installed: what QEMU starts, and the modules beside it."""

import lzma
import os
import shutil
import struct
import subprocess
from pathlib import Path

MIRROR = os.environ.get("HVNET_DEBIAN_MIRROR", "http://deb.debian.org/debian")

LIBRARIES = "usr/lib/x86_64-linux-gnu"


def must(*command, **options):
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False, **options,
    )  # fmt: skip
    text = done.stdout.decode(errors="replace")
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{text[-3000:]}"
    return text


def kernel_inside(bzimage):
    """What a bzImage unpacks when it is started (Linux' Documentation/arch/x86/boot.rst)."""
    setup_sectors = bzimage[0x1F1]
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    packed = bzimage[start : start + length]
    if packed.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor().decompress(packed)
    assert packed.startswith(b"\x28\xb5\x2f\xfd"), f"neither xz nor zstd: {packed[:6]}"
    length_of_the_kernel = 4  # the last bytes
    return subprocess.run(["zstd", "-dc"], input=packed[:-length_of_the_kernel], capture_output=True,
                          check=True).stdout  # fmt: skip


class Kernel:
    """The one that a suite has today; `image` for QEMU, which starts it as it is: in a guest the
    unpacking takes as long as the rest of a boot. No root is needed."""

    def __init__(self, suite, folder):
        self.folder = Path(folder) / f"kernel-{suite}"
        self.suite = suite
        self.unpacked = self.folder / "unpacked"
        if not self.unpacked.exists():
            self.download()
        (bzimage,) = (self.unpacked / "boot").glob("vmlinuz-*")
        self.version = bzimage.name.removeprefix("vmlinuz-")
        self.image = self.folder / "vmlinux"
        if not self.image.exists():
            self.image.write_bytes(kernel_inside(bzimage.read_bytes()))
        parents = (self.unpacked / "usr/lib", self.unpacked / "lib")
        self.modules = next(one / "modules" / self.version for one in parents
                            if (one / "modules").is_dir())  # fmt: skip
        if not (self.modules / "modules.dep").exists():
            must("depmod", "-b", self.modules.parents[2], self.version)

    def download(self):
        name = next(word for word in self.apt("depends", "linux-image-amd64").split()
                    if word.startswith("linux-image-6"))  # fmt: skip
        self.unpack(name, self.unpacked)

    def unpack(self, name, target):
        self.apt("download", name)
        (package,) = self.folder.glob(f"{name}_*.deb")
        must("dpkg-deb", "-x", package, target)
        package.unlink()

    def headers(self):
        """The folder that a module is built in. It needs the compiler of the kernel's Debian."""
        target = self.folder / "headers"
        own = target / f"usr/src/linux-headers-{self.version}"
        if not own.exists():
            depends = self.apt("depends", own.name).split()
            others = [word for word in depends if word.startswith(("linux-headers-", "linux-kbuild-"))]
            for name in dict.fromkeys([own.name, *others]):
                self.unpack(name, target)
            makefile = own / "Makefile"
            makefile.write_text(makefile.read_text().replace(" /usr/", f" {target}/usr/"))
        return own

    def apt(self, what, name):
        """Asks the suite's own lists, not those of this machine."""
        lists = self.folder / "apt/lists"
        options = [
            f"Dir::State={self.folder}/apt", f"Dir::Cache={self.folder}/apt",
            f"Dir::Etc::SourceList={self.folder}/sources.list", "Dir::Etc::SourceParts=/dev/null",
            "Dir::State::status=/dev/null", "APT::Sandbox::User=", "Acquire::Languages=none",
        ]  # fmt: skip
        options = [part for option in options for part in ("-o", option)]
        if not lists.exists():
            (lists / "partial").mkdir(parents=True)
            (self.folder / "apt/archives/partial").mkdir(parents=True)
            (self.folder / "sources.list").write_text(f"deb {MIRROR} {self.suite} main\n")
            must("apt-get", *options, "update")
        program = "apt-get" if what == "download" else "apt-cache"
        return must(program, *options, what, name, cwd=self.folder)

    def files_of(self, module):
        """The module's file and those that it needs before it, relative to `modules`; none if it
        is built in."""
        for line in (self.modules / "modules.dep").read_text().splitlines():
            file, _, others = line.partition(":")
            if Path(file).name.split(".")[0].replace("-", "_") == module.replace("-", "_"):
                return [*reversed(others.split()), file]
        return []

    def copy_module(self, file, target):
        """Uncompressed, for a small root knows no way to unpack it."""
        target = target.with_name(target.name.removesuffix(".xz"))
        target.parent.mkdir(parents=True, exist_ok=True)
        data = (self.modules / file).read_bytes()
        target.write_bytes(lzma.decompress(data) if file.endswith(".xz") else data)
        return target


def copy_program(program, root, unpacked=None):
    """A program with its libraries, where they are here. Those of packages that are only unpacked
    are not copied."""
    path = Path(shutil.which(program) or program).resolve()
    more = {} if unpacked is None else {"LD_LIBRARY_PATH": f"{unpacked}/{LIBRARIES}"}
    needed = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False,
                            env=os.environ | more).stdout  # fmt: skip
    assert "not found" not in needed, f"{path} cannot start:\n{needed}"
    libraries = [word for word in needed.split()
                 if word.startswith("/") and not word.startswith(f"{unpacked}/")]  # fmt: skip
    (root / "bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(path, root / "bin" / Path(program).name)
    for library in libraries:
        target = root / library.lstrip("/")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)


def make_archive(root, archive):
    """What the kernel unpacks into memory at its start."""
    packed = "set -o pipefail; find . | cpio -o -H newc -R 0:0 --quiet | gzip -1"
    with open(archive, "wb") as out:
        subprocess.run(["bash", "-c", packed], cwd=root, check=True, stdout=out)
