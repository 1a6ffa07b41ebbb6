"""Waiting with a deadline. Nothing in these tests sleeps for a fixed time and hopes."""

import os
import time

# Sanitizer builds are 2 to 10 times slower: HVNET_SLOW multiplies every limit.
SLOW = float(os.environ.get("HVNET_SLOW", "1"))


def eventually(check, within=5.0, what="the condition", every=0.01):
    """Calls `check` until it returns something true and returns that; AssertionErrors inside it
    mean "not yet", and the last one is what a failure shows."""
    limit_s = within * SLOW
    deadline = time.monotonic() + limit_s
    while True:
        try:
            result = check()
            complaint = None
        except AssertionError as error:
            result, complaint = None, error
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {limit_s:g} s") from complaint
        time.sleep(every)


def eventually_equal(read, expected, within=5.0, what="value"):
    """Calls `read` until it returns `expected`; a failure shows both."""
    limit_s = within * SLOW
    deadline = time.monotonic() + limit_s
    while (got := read()) != expected and time.monotonic() <= deadline:
        time.sleep(0.01)
    assert got == expected, f"{what} after {limit_s:g} s"
