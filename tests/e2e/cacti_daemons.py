"""What Cacti needs beside its files: PHP that comes to an end, a database, and the poller."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import tools
from daemons import Daemon, as_ordinary_user, give_away
from polling import SLOW, eventually
from priority import prefer

# Cacti's PHP lifts its own memory limit, and a child that outlives the database recurses for ever:
# so an address space with an end, and a process group that dies before the database does.
LIMITED = ["prlimit", "--as=2000000000"]
PHP = ["/usr/bin/php", "-d", "memory_limit=512M", "-d", "date.timezone=UTC"]
PHP += ["-d", "display_errors=stderr"]
ENVIRONMENT = tools.HERMETIC | {"TZ": "UTC", "HOME": "/nonexistent"}


class Database(Daemon):
    """MariaDB on a socket in its own folder, for as long as Cacti needs it."""

    stop_within_s, stop_codes = 20, None

    def __init__(self, folder):
        folder = Path(folder)
        self.socket, self.data = folder / "socket", folder / "data"
        super().__init__(folder, [
            "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.data}",
            f"--socket={self.socket}", "--bind-address=127.0.0.1", "--port=3306",
            "--skip-log-bin", "--performance-schema=OFF", "--innodb-doublewrite=OFF",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M",
            "--innodb-log-file-size=16M", "--max-heap-table-size=64M", "--tmp-table-size=64M",
            "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci",
        ])  # fmt: skip

    def start(self):
        self.data.mkdir()
        give_away(self.data)
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={self.data}",
                   "--auth-root-authentication-method=normal", "--skip-test-db"]  # fmt: skip
        done = subprocess.run(
            as_ordinary_user(install), cwd="/", env=ENVIRONMENT, capture_output=True, text=True,
            timeout=60 * SLOW,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        self.spawn()
        self.wait_until(self.answers, within=30)
        return self

    def answers(self):
        with contextlib.suppress(AssertionError):
            return self.sql("select 1", database="") == [["1"]]

    def sql(self, text, database="cacti"):
        """The rows of the last statement, each a list of texts."""
        command = ["mariadb", "--no-defaults", "-N", "-B", "-r", "-uroot", "-S", str(self.socket)]
        done = subprocess.run(
            [*command, database], input=text, env=ENVIRONMENT, capture_output=True, text=True,
            timeout=60 * SLOW,
        )  # fmt: skip
        assert done.returncode == 0, f"{text[:300]}\n{done.stderr}"
        return [line.split("\t") for line in done.stdout.splitlines()]


class Poller(Daemon):
    """poller.php again and again, as cron would start it. A process group of its own."""

    def __init__(self, folder, site):
        loop = 'cd "$0" || exit 1; while :; do "$@"; done'
        super().__init__(folder, [
            "setsid", *LIMITED, "sh", "-c", loop, site, *PHP, "poller.php", "--force",
        ], ENVIRONMENT)  # fmt: skip

    def start(self):
        self.spawn()
        prefer(self)
        return self

    def stop(self):
        """With its whole group, in the middle of whatever it does."""
        if self.process is None:
            return
        self.must_run()
        group = self.process.pid
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self.await_end(10)
        # Orphans of the group are ours: this is the first process of its PID namespace.
        eventually(lambda: not group_lives(group), within=10, what="the poller's end")


def group_lives(group):
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-group, os.WNOHANG)
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
