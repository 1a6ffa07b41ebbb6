#!/usr/bin/env python3
"""Writes the data query and the templates as one package for cli/import_package.php of Cacti.

    monitoring/cacti/make_package.py hvnet_package.xml.gz

A package must be signed, and Cacti 1.2.24 checks that with the key that is in the package. So the
signature proves that nothing was damaged on the way and not who made it; the key is made for it
here, by openssl, and thrown away.
"""

import base64
import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
# What is not below scripts/ or resource/ is imported as templates.
FILES = {
    "resource/snmp_queries/hvnet_adapters.xml": "hvnet_adapters.xml",
    "hvnet_templates.xml": "hvnet_templates.xml",
}
INFO = {
    "name": "hvnet-subagent router",
    "author": "hvnet-subagent",
    "homepage": "",
    "email": "",
    "description": "The adapters of a virtual router, by the instance GUID",
    "class": "router",
    "tags": "snmp hvnet",
    "installation": "See docs/monitoring.md",
    "version": "1",
    "copyright": "BSD-2-Clause",
}
# Cacti puts this line in place of the one with the signature, and checks what it has then.
UNSIGNED = "   <signature></signature>\n"


def encoded(data):
    return base64.b64encode(data).decode()


class Key:
    """A private key in a folder that goes away."""

    def __init__(self, folder):
        self.file = Path(folder) / "key.pem"
        openssl("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                "-out", self.file)  # fmt: skip

    @property
    def public(self):
        return openssl("pkey", "-in", self.file, "-pubout")

    def sign(self, data):
        return encoded(openssl("dgst", "-sha256", "-sign", self.file, stdin=data))


def openssl(*arguments, stdin=None):
    command = ["openssl", *map(str, arguments)]
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True).stdout


def package(key):
    lines = ["<xml>", "   <info>"]
    lines += [f"     <{name}>{value}</{name}>" for name, value in INFO.items()]
    lines += ["   </info>", "   <files>"]
    for name, file in FILES.items():
        data = (HERE / file).read_bytes()
        lines += ["     <file>", f"       <name>{name}</name>"]
        lines += [f"       <data>{encoded(data)}</data>"]
        lines += [f"       <filesignature>{key.sign(data)}</filesignature>", "     </file>"]
    lines += ["   </files>", f"   <publickey>{encoded(key.public)}</publickey>", ""]
    unsigned = "\n".join(lines) + UNSIGNED + "</xml>\n"
    signature = f"   <signature>{key.sign(unsigned.encode())}</signature>\n"
    return unsigned.replace(UNSIGNED, signature)


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} PACKAGE.xml.gz")
    with tempfile.TemporaryDirectory() as folder:
        text = package(Key(folder))
    Path(sys.argv[1]).write_bytes(gzip.compress(text.encode()))


if __name__ == "__main__":
    main()
