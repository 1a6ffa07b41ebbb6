"""For every test in Python: a run of which some part was skipped has not passed, and HVNET_RECORDS names
a folder for what was shown."""

import os

SKIPPED = 77  # CTest's SKIP_RETURN_CODE, in each CMakeLists.txt here


def pytest_configure(config):
    """Says why, at the end."""
    if not hasattr(config, "workerinput"):
        config.option.reportchars = "s" + config.option.reportchars
    if os.environ.get("HVNET_RECORDS"):
        from records import Recorder  # noqa: PLC0415

        config.pluginmanager.register(Recorder(os.environ["HVNET_RECORDS"]))


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus in (0, 5) and reporter.stats.get("skipped"):
        session.exitstatus = SKIPPED
