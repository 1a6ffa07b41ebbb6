#!/usr/bin/python3 -I
"""Starts a program under what packaging/hvnet-subagent.service takes away, as far as that can be
had without systemd: confined.py UNIT GROUP WRITABLE COMMAND...

User nobody with no group but GROUP, no capability and none to be had, a read-only system but for
the folder WRITABLE, the unit's filters of system calls and of socket families."""

import ctypes
import errno
import os
import re
import socket
import subprocess
import sys

import seccomp

LIBC = ctypes.CDLL(None, use_errno=True)
# sched.h, sys/mount.h, sys/mman.h, sys/prctl.h
CLONE_NEWNS = 0x20000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 1 << 5, 1 << 12, 1 << 14, 1 << 18
PROT_WRITE, PROT_EXEC = 2, 4
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
NOBODY = 65534


def settings(unit, name):
    with open(unit) as lines:
        return [word for line in lines if line.startswith(f"{name}=")
                for word in line.split("=", 1)[1].split()]


def calls_of(group, groups):
    """Of "@group" or of a call's own name; a group may have groups in it."""
    if not group.startswith("@"):
        return {group}
    return set().union(*(calls_of(one, groups) for one in groups[group]))


def known_groups():
    # Its programs tell their own end to the service manager of the environment (from 254 on).
    environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    said = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter"], capture_output=True,
                          text=True, check=True, env=environment).stdout  # fmt: skip
    groups = {}
    for name, body in re.findall(r"^(@\S+)\n((?: .*\n)+)", said, re.MULTILINE):
        groups[name] = [line.strip() for line in body.splitlines() if line.strip()[0] != "#"]
    return groups


def allowed_calls(unit):
    """As systemd.exec(5): what a later line with ~ names is taken away again; @default stays."""
    groups = known_groups()
    allowed = calls_of("@default", groups)
    for word in settings(unit, "SystemCallFilter"):
        if word.startswith("~"):
            allowed -= calls_of(word[1:], groups) - calls_of("@default", groups)
        else:
            allowed |= calls_of(word, groups)
    if settings(unit, "RestrictNamespaces") == ["yes"]:
        allowed -= {"unshare", "setns"}
    return allowed


def filter_of(unit):
    filters = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for call in allowed_calls(unit) - {"socket", "mmap", "mprotect"}:
        try:
            filters.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, OSError):
            pass  # a call that this library or this processor does not have
    for family in settings(unit, "RestrictAddressFamilies"):
        number = int(getattr(socket, family))
        filters.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, number))
    # MemoryDenyWriteExecute=yes
    writable_code = PROT_WRITE | PROT_EXEC
    for bits in (0, PROT_WRITE, PROT_EXEC):
        filters.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, writable_code, bits))
    filters.add_rule(seccomp.ALLOW, "mprotect", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, 0))
    return filters


def checked(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def mount(source, target, flags):
    checked(LIBC.mount(source.encode(), target.encode(), None, flags, None), target)


def make_read_only(writable):
    """ProtectSystem=strict and StateDirectory=."""
    checked(LIBC.unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", MS_REC | MS_PRIVATE)
    mount(writable, writable, MS_BIND)
    with open("/proc/self/mountinfo") as table:
        points = [line.split()[4] for line in table]
    for point in points:
        if point != writable and not point.startswith(("/proc", "/dev")):
            LIBC.mount(b"none", point.encode(), None, MS_REMOUNT | MS_BIND | MS_RDONLY, None)


def become_nobody(group):
    """No capability afterwards, and none to be had."""
    for capability in range(64):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups([group])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    checked(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def main():
    unit, group, writable, *command = sys.argv[1:]
    filters = filter_of(unit)
    make_read_only(writable)
    become_nobody(int(group))
    filters.load()
    os.execv(command[0], command)


main()
