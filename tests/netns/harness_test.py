"""The harness itself: a program that ends before it is told to fails its test, and silence counts
as a refusal only while the product lives."""

import contextlib
import os
import signal

import mib
import pytest
from daemons import Daemon
from lab import Lab
from polling import eventually

# A sanitizer catches SIGSEGV and exits by itself; an abort it lets through.
CRASHED, KILLED = r"exited -6:", r"exited -9:"


@pytest.fixture
def own_lab():
    """A lab whose end is the test's own matter; a test that fails before that leaves nothing."""
    one = Lab()
    yield one
    if one.folder.exists():
        with contextlib.suppress(RuntimeError, AssertionError):
            one.close()


def end_unasked(daemon, number):
    """As a fault of its own or the out-of-memory killer would end it: the harness hears nothing."""
    os.kill(daemon.process.pid, number)
    eventually(lambda: not daemon.running, what="its end")


@pytest.mark.parametrize("mode", ("agentx", "standalone"))
def test_a_product_that_crashed_fails_its_test_at_the_end(own_lab, mode):
    product = own_lab.product(snmpd=own_lab.snmpd() if mode == "agentx" else None)
    end_unasked(product, signal.SIGABRT)
    with pytest.raises(RuntimeError, match=CRASHED):
        own_lab.close()


def test_a_product_that_ended_well_but_unasked_fails_its_test_at_the_end(own_lab):
    product = own_lab.product()
    end_unasked(product, signal.SIGTERM)
    with pytest.raises(RuntimeError, match="exited 0:"):
        own_lab.close()


def test_every_program_is_looked_at_and_the_links_are_gone_though_one_has_crashed(own_lab):
    snmpd, product, other = own_lab.snmpd(), own_lab.product(), own_lab.product()
    own_lab.cable("extra")
    end_unasked(product, signal.SIGKILL)
    with pytest.raises(RuntimeError, match=KILLED):
        own_lab.close()
    assert not (snmpd.running or other.running)
    assert set(own_lab.router.links()) == own_lab.found_links


@pytest.mark.parametrize("end", ("stop", "kill", "start"))
def test_a_crash_is_not_hidden_by_whatever_is_done_next(lab, end):
    product = lab.product()
    end_unasked(product, signal.SIGABRT)
    with pytest.raises((RuntimeError, AssertionError), match=CRASHED if end != "start" else "twice"):
        getattr(product, end)()
    product.discard()


def test_snmpd_and_the_other_programs_are_held_to_the_same(lab):
    for daemon in lab.snmpd(), lab.keep(Daemon(lab.new_folder("sleep"), ["sleep", "60"])):
        if not daemon.running:
            daemon.spawn()
        end_unasked(daemon, signal.SIGKILL)
        with pytest.raises(RuntimeError, match=KILLED):
            daemon.stop()
        daemon.discard()


def test_an_exit_code_that_is_not_0_fails_the_stop(lab):
    command = ["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.01; done"]
    daemon = lab.keep(Daemon(lab.new_folder("sh"), command))
    daemon.spawn()
    # `sh` runs its first `sleep` when it has set its trap.
    children = f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children"
    eventually(lambda: open(children).read(), what="the first sleep")
    with pytest.raises(AssertionError, match="exit code 3:"):
        daemon.stop()


@pytest.mark.parametrize("said", ("x.cpp:7:3: runtime error: shift", "WARNING: ThreadSanitizer: x"))
@pytest.mark.parametrize("end", ("stop", "kill"))
def test_what_a_sanitizer_says_fails_every_end(lab, said, end):
    product = lab.product()
    with open(product.log_file, "a") as log:
        log.write(f"{said}\n")
    with pytest.raises(AssertionError, match=said):
        getattr(product, end)()
    product.log_file.unlink()


def test_a_dead_or_deaf_product_is_not_taken_for_one_that_refuses(lab):
    product = lab.product("rocommunity public 127.0.0.1\n")

    def must_refuse():
        product.must_not_answer(product.client("nobody"), mib.IF_NUMBER)

    must_refuse()
    with pytest.raises(AssertionError, match="somebody answered"):
        product.must_not_answer(product.client(), mib.IF_NUMBER)
    product.process.send_signal(signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        must_refuse()
    product.process.send_signal(signal.SIGCONT)
    product.kill()
    with pytest.raises(ConnectionRefusedError):
        must_refuse()
