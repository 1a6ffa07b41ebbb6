"""The real Cacti, its poller and its RRDs, on simulated routers: what monitoring/cacti/ promises.

A sample takes a step, and so does whatever Cacti notices. So the routers live their lives at the
same time, in one fixture; the tests look at what that left in the RRDs."""

import re
import subprocess
import time

import pytest
from cacti import OUR_QUERY, SHIPPED, STEP, STOCK_QUERY, Cacti
from cacti_routers import new_guids, rate, rates, reversed_order, start_router, swapped_names
from lab import adapter
from polling import SLOW, eventually
from seen import Picture

TEMPLATE = "hvnet-subagent router"
STOCK_TRAFFIC, STOCK_ERRORS = "In/Out Bits (64-bit)", "In/Out (Errors/Discards)"
METHODS = ("uptime", "index", "fields")
SPIKE = 500
SPIKE_START, SPIKE_LENGTH = 30, 5 * STEP
# After a reboot: the restart is noticed, that sample is unknown, and the next one has a part of it.
SETTLED = 3 * STEP
RESET = SPIKE_START + SPIKE_LENGTH + 3 * STEP
# A machine with more to do than it can reads late, and stamps late. The rates of two adapters are
# further apart than this, and a spike is far beyond it.
NOISE = 0.25

# (query, graph) → {data source: counter}
SOURCES = {
    (OUR_QUERY, "Traffic"): {"in_octets": "InOctets", "out_octets": "OutOctets"},
    (OUR_QUERY, "Packets"): {"in_pkts": "Ipkts", "out_pkts": "Opkts"},
    (OUR_QUERY, "Drops"): {"in_drops": "InDrops", "out_discards": "OutDiscards"},
    (OUR_QUERY, "Errors"): {"in_errors": "Ierrs", "out_errors": "Oerrs"},
    (STOCK_QUERY, STOCK_TRAFFIC): {"traffic_in": "InOctets", "traffic_out": "OutOctets"},
    (STOCK_QUERY, STOCK_ERRORS): {
        "discards_in": "InDrops", "discards_out": "OutDiscards",
        "errors_in": "Ierrs", "errors_out": "Oerrs",
    },
}  # fmt: skip
TRAFFIC = {OUR_QUERY: ("Traffic", "in_octets"), STOCK_QUERY: (STOCK_TRAFFIC, "traffic_in")}


def watch(cacti, router, name, kinds, method=None):
    """Cacti is told of the device, by our device template or with a re-index method of its own, and
    makes graphs of its adapters."""
    template = 0 if method else cacti.template(TEMPLATE)
    cacti.add_device(name, router.product.port, template)
    for query, kind in kinds:
        cacti.add_graphs(name, query, kind, method or "uptime")


def name_hosts(lab, names):
    """Cacti takes an address once only; a private /etc/hosts gives ours many names."""
    hosts = lab.folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {' '.join(names)}\n")
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)


@pytest.fixture(scope="module")
def cacti(lab):
    one = Cacti(lab).install()
    one.imported = one.import_templates()
    name_hosts(lab, ["router", "renamed", "restored", "no-vmbus", *(
        f"{router}-{method}" for router in ("reordered", "rebuilt") for method in METHODS
    )])  # fmt: skip
    return one


TRAFFICS = [(query, kind) for query, (kind, _) in TRAFFIC.items()]


@pytest.fixture(scope="module")
def routers(lab, cacti):
    """Five routers to the end of their lives, and the time of what happened to each.

    router      counts at constant rates, but for a spike and a reset; its agent is restarted
    reordered   is given lan1, and rebooted after its adapters were reordered on the host
    rebuilt     likewise reordered, but the index map is lost as well
    renamed     comes back with the names of two adapters swapped
    restored    comes back with new GUIDs, as a VM that was imported
    """
    names = ("lan0", "lan2", "lan4")
    all_names = (*names, "lan1")
    routers = {
        "reordered": start_router(lab, names, "at 30 add lan1\n" + rates("lan1", at=30)),
        "rebuilt": start_router(lab, all_names),
        "renamed": start_router(lab, names),
        "restored": start_router(lab, names),
    }
    for name in ("reordered", "rebuilt"):
        for method in METHODS:
            watch(cacti, routers[name], f"{name}-{method}", TRAFFICS, method)
    for name in ("renamed", "restored"):
        watch(cacti, routers[name], name, TRAFFICS)
    router = start_router(lab, ("lan0", "lan1", "lan2"), (
        f"at {SPIKE_START} spike lan1 InDrops {SPIKE} for {SPIKE_LENGTH}\n"
        f"at {RESET} reset lan2\n"
    ))  # fmt: skip
    for event, at in {"spike": SPIKE_START, "reset": RESET}.items():
        router.events[event] = router.events["started"] + at * SLOW
    routers = {"router": router} | routers
    watch(cacti, router, "router", SOURCES)
    cacti.poller.start()
    play(cacti, routers)
    return routers


def play(cacti, routers):
    router, reordered, rebuilt, renamed, restored = routers.values()
    rounds(cacti, 1)
    for one in routers.values():
        one.note("polled")

    # The new adapter is noticed where indexes are counted, and gets a graph like the others.
    told(reordered, "add lan1")
    for query, (kind, _) in TRAFFIC.items():
        device = "reordered-index"
        eventually(lambda query=query: "lan1" in cacti.index(device, query).values(), within=60)
        cacti.add_graphs(device, query, kind)

    measured(cacti, routers, "polled")
    reordered.reboot(reversed_order)
    rebuilt.reboot(reversed_order, "--rebuild-map")
    renamed.reboot(swapped_names)
    restored.reboot(new_guids)
    rounds(cacti, 2)
    cacti.reindex("rebuilt-index")  # the number of indexes is what it was: nothing to notice
    rebuilt.note("reindexed")

    told(router, "reset lan2")
    rounds(cacti, 2)
    router.reboot()
    measured(cacti, routers, "rebooted", SETTLED)
    rounds(cacti, 1)
    for one in routers.values():
        one.note("end")


def told(router, event):
    stdout = router.simulator.folder / "stdout"
    router.simulator.wait_until(
        lambda: event in stdout.read_text(), within=150, what=f"tells {event!r}"
    )


def measured(cacti, routers, event, later=0):
    """Waits until each graph of the routers has a sample that is wholly after the event of its own,
    and that the last step did not touch. A busy machine needs more rounds for it than an idle one."""
    def has_sample(graph):
        (since,) = (router.events[event] for name, router in routers.items()
                    if graph.device in (name, *(f"{name}-{method}" for method in METHODS)))
        source = SOURCES[graph.query, graph.kind]
        return cacti.samples(graph, min(source), since + later, time.time() - STEP)

    waiting = list(cacti.graphs)

    def done():
        waiting[:] = [graph for graph in waiting if not has_sample(graph)]
        return not waiting

    eventually(done, within=180, every=1, what=f"a sample of each graph after {event!r}")


def rounds(cacti, number):
    """Waits for so many rounds of the poller that begin after now."""
    before = cacti.rounds
    eventually(lambda: cacti.rounds > before + number, within=30 + 2 * STEP * number, every=0.1,
               what=f"{number} rounds of the poller")  # fmt: skip


# What was imported


def test_every_part_of_the_templates_is_imported_by_cacti_s_command_line(cacti):
    results = re.findall(r"^\[(\w+)\] (.*) \[(\w+)\]", cacti.imported, re.MULTILINE)
    kinds = ["Traffic", "Packets", "Drops", "Stack", "Errors"]
    expected = 2 * [f"hvnet - {kind}" for kind in kinds] + [OUR_QUERY, TEMPLATE]
    assert [name for _, name, _ in results] == expected, cacti.imported
    assert {(result, how) for result, _, how in results} == {("success", "new")}
    assert "unmet" not in cacti.imported.lower()
    assert "Import Error" not in cacti.log


def test_importing_them_again_changes_nothing(cacti):
    tables = ("graph_templates", "graph_templates_item", "data_template", "data_template_rrd",
              "snmp_query", "snmp_query_graph", "snmp_query_graph_rrd_sv",
              "host_template")  # fmt: skip
    where = {"graph_templates_item": "local_graph_id = 0", "data_template_rrd": "local_data_id = 0"}

    def count():
        return [cacti.sql(f"select count(*) from {table} where {where.get(table, 'true')}")
                for table in tables]  # fmt: skip

    before = count()
    said = cacti.import_templates()
    assert set(re.findall(r"^\[success\] .* \[(\w+)\]", said, re.MULTILINE)) == {"unchanged"}, said
    assert count() == before


def test_the_package_brings_both_files(cacti):
    query = cacti.folder / "cacti/resource/snmp_queries/hvnet_adapters.xml"
    query.unlink()
    said = cacti.import_package()
    assert set(re.findall(r"^\[success\] .* \[(\w+)\]", said, re.MULTILINE)) == {"unchanged"}, said
    assert query.read_bytes() == (SHIPPED / "hvnet_adapters.xml").read_bytes()


# Who an adapter is


def test_the_instance_guid_is_the_identity_of_an_adapter(cacti, routers):
    report = routers["router"].simulator.report.read_text()
    guids = dict(re.findall(r"^adapter (\S+) .* instance (\S+)", report, re.MULTILINE))
    assert cacti.sort_field("router", OUR_QUERY) == "hvnetAdapterInstance"
    names = cacti.index("router", OUR_QUERY)
    found = cacti.index("router", OUR_QUERY, "hvnetAdapterInstance")
    assert {name: found[index] for index, name in names.items()} == guids
    assert len(guids) == 3


def test_without_a_vmbus_it_is_the_mac_and_other_interfaces_are_no_adapters(lab, cacti):
    """Two adapters of a kind that only the configuration names, and lo."""
    for one in (adapter("eth0", 1, 21), adapter("eth1", 2, 22)):
        lab.cable(one.name, one.mac)
    product = lab.product("adapterDriver veth\n", sysfs=False)
    assert set(product.numbers()) >= {"lo", "eth0", "eth1"}
    cacti.add_device("no-vmbus", product.port, cacti.template(TEMPLATE))
    assert sorted(cacti.index("no-vmbus", OUR_QUERY).values()) == ["eth0", "eth1"]
    assert cacti.sort_field("no-vmbus", OUR_QUERY) == "ifPhysAddress"


# What is measured


def constant_samples(cacti, routers):
    """((graph, data source), what was simulated, the samples) while nothing happened to it but the
    spike."""
    events = routers["router"].events
    for graph in cacti.find(device="router"):
        for source, counter in SOURCES[graph.query, graph.kind].items():
            samples = cacti.samples(graph, source, events["polled"], events["reset"])
            yield graph, source, counter, [value for _, value in samples]


def test_every_data_source_has_values(cacti, routers):
    seen = 0
    for graph, source, _, samples in constant_samples(cacti, routers):
        assert len(samples) >= 5, (graph, source, samples)
        seen += 1
    # Three adapters; four graphs of ours with two sources, two stock ones with two and with four.
    assert seen == 3 * (4 * 2 + 2 + 4)
    assert all(set(cacti.sources(graph)) == set(SOURCES[graph.query, graph.kind])
               for graph in cacti.find(device="router"))  # fmt: skip


def test_values_are_what_was_simulated_within_2_percent(cacti, routers):
    for graph, source, counter, samples in constant_samples(cacti, routers):
        if counter != "InDrops":
            mean = sum(samples) / len(samples)
            expected = rate(graph.adapter, counter)
            print(f"{graph.kind} {graph.adapter} {source}: {mean:.1f}, {mean / expected - 1:+.2%}")
            assert mean == pytest.approx(expected, rel=0.02), (graph, source, samples)


def test_consecutive_samples_of_a_constant_rate_are_within_5_percent(cacti, routers):
    worst = 0
    for graph, source, counter, samples in constant_samples(cacti, routers):
        if counter != "InDrops":
            expected = rate(graph.adapter, counter)
            steps = [abs(b - a) / expected for a, b in zip(samples, samples[1:])]
            worst = max(worst, *steps)
            assert max(steps) < 0.05, (graph, source, samples)
    print(f"worst step {worst:.2%}")


def test_an_in_drops_spike_is_in_that_adapter_s_rrd_at_its_rate_and_in_no_other(cacti, routers):
    events = routers["router"].events
    start, end = events["spike"], events["spike"] + SPIKE_LENGTH * SLOW
    sources = {(OUR_QUERY, "Drops"): "in_drops", (STOCK_QUERY, STOCK_ERRORS): "discards_in"}
    for (query, kind), source in sources.items():
        for graph in cacti.find(device="router", query=query, kind=kind):
            all_of_it = cacti.samples(graph, source, events["polled"], events["end"])
            # A step may have a part of what was read before it, and of what was read after it.
            inside = cacti.samples(graph, source, start + STEP, end - STEP)
            assert len(inside) >= 2
            if graph.adapter == "lan1":
                assert all(value == pytest.approx(SPIKE, rel=0.1) for _, value in inside), inside
                outside = [value for stamp, value in all_of_it
                           if not start - STEP <= stamp <= end + 3 * STEP]  # fmt: skip
                assert len(outside) >= 4 and set(outside) == {0}, all_of_it
            else:
                assert {value for _, value in all_of_it} == {0}, (graph, all_of_it)


def test_a_reset_in_the_driver_is_not_to_be_seen(cacti, routers):
    events = routers["router"].events
    for graph in cacti.find(device="router"):
        for source, counter in SOURCES[graph.query, graph.kind].items():
            if counter == "InDrops":  # the spike may not be over in that step
                continue
            samples = cacti.samples(graph, source, events["reset"] - 2 * STEP, events["shut down"])
            stamps = [stamp for stamp, _ in samples]
            assert len(stamps) >= 2
            assert stamps == list(range(stamps[0], stamps[-1] + STEP, STEP)), "there is a gap"
            assert_rate(graph, source, samples, rate(graph.adapter, counter))


def test_a_restart_of_the_agent_is_no_spike(cacti, routers):
    """It is a gap at most, which the next samples end."""
    events = routers["router"].events
    for graph in cacti.find(device="router"):
        for source, counter in SOURCES[graph.query, graph.kind].items():
            expected = rate(graph.adapter, counter)
            samples = cacti.samples(graph, source, events["shut down"] - STEP, events["end"])
            highest = max(value for _, value in samples)
            assert highest <= (1 + NOISE) * expected, (graph, source, samples)
            last = cacti.samples(graph, source, events["rebooted"] + SETTLED, events["end"])
            assert_rate(graph, source, last, expected)


def assert_rate(graph, source, samples, expected):
    values = [value for _, value in samples]
    assert values, f"{graph} has no samples of {source}"
    assert all(value == pytest.approx(expected, rel=NOISE) for value in values), (
        graph, source, expected, samples,
    )  # fmt: skip


# Re-indexing


def assert_follows(cacti, graph, name, start, end):
    """From `start` on the graph has the rate of the adapter `name`."""
    _, source = TRAFFIC[graph.query]
    samples = cacti.samples(graph, source, start, end)
    assert_rate(graph, source, samples, rate(name, "InOctets"))


def assert_followed(cacti, graph, events):
    """Before the reboot it had that of its own. The last step has a part of what was read later."""
    assert_follows(cacti, graph, graph.adapter, events["polled"], events["shut down"] - STEP)


def test_a_hot_added_adapter_is_indexed_where_indexes_are_counted(cacti, routers):
    events = routers["reordered"].events
    for query in TRAFFIC:
        graphs = cacti.find(device="reordered-index", query=query, adapter="lan1")
        assert len(graphs) == 1
        assert cacti.title(graphs[0]).endswith("lan1")
        assert_follows(cacti, graphs[0], "lan1", events["rebooted"] + SETTLED, events["end"])


@pytest.mark.parametrize("query", TRAFFIC)
@pytest.mark.parametrize("method", METHODS)
def test_after_a_reboot_with_the_adapters_reordered_every_graph_has_its_adapter(
    cacti, routers, method, query
):
    events = routers["reordered"].events
    graphs = cacti.find(device=f"reordered-{method}", query=query)
    assert {graph.adapter for graph in graphs} >= {"lan0", "lan2", "lan4"}
    for graph in graphs:
        assert cacti.title(graph).endswith(graph.adapter)
        if graph.adapter != "lan1":  # which had no graph yet
            assert_followed(cacti, graph, events)
        assert_follows(cacti, graph, graph.adapter, events["rebooted"] + SETTLED, events["end"])


@pytest.mark.parametrize("query", TRAFFIC)
@pytest.mark.parametrize("method", METHODS)
def test_after_the_loss_of_the_index_map_every_graph_is_mapped_to_its_adapter_again(
    cacti, routers, method, query
):
    """By Cacti itself, where it looks at the uptime or at the fields; with the method that counts,
    by hand."""
    events = routers["rebuilt"].events
    graphs = cacti.find(device=f"rebuilt-{method}", query=query)
    assert {graph.adapter for graph in graphs} == {"lan0", "lan1", "lan2", "lan4"}
    settled = events["reindexed" if method == "index" else "rebooted"] + SETTLED
    for graph in graphs:
        assert cacti.title(graph).endswith(graph.adapter)
        assert_followed(cacti, graph, events)
        assert_follows(cacti, graph, graph.adapter, settled, events["end"])


def test_the_order_had_changed_indeed_and_one_map_was_lost(cacti, routers):
    reversed_order = {"lan4": 1, "lan2": 2, "lan1": 3, "lan0": 4}
    names = cacti.index("reordered-uptime", OUR_QUERY)
    places = cacti.index("reordered-uptime", OUR_QUERY, "hvnetAdapterPosition")
    assert {names[index]: int(place) for index, place in places.items()} == reversed_order
    kept = {"lan0": 1, "lan2": 2, "lan4": 3, "lan1": 4}
    assert routers["reordered"].product.numbers() == kept
    assert routers["rebuilt"].product.numbers() == reversed_order


def test_when_names_are_swapped_our_graphs_stay_with_the_adapter_and_stock_ones_with_the_name(
    cacti, routers
):
    events = routers["renamed"].events
    swapped = {"lan0": "lan4", "lan2": "lan2", "lan4": "lan0"}  # rate() goes by the first name
    for query in TRAFFIC:
        graphs = cacti.find(device="renamed", query=query)
        assert len(graphs) == 3
        for graph in graphs:
            name = graph.adapter if query == OUR_QUERY else swapped[graph.adapter]
            assert_followed(cacti, graph, events)
            assert_follows(cacti, graph, name, events["rebooted"] + SETTLED, events["end"])


def test_titles_have_the_new_names_when_cacti_is_told_to_apply_them(cacti, routers):
    cacti.cli("poller_graphs_reapply_names.php", f"--host-id={cacti.device('renamed')}")
    titles = {graph.adapter: cacti.title(graph)
              for graph in cacti.find(device="renamed", query=OUR_QUERY)}  # fmt: skip
    assert titles == {
        "lan0": "renamed - Traffic - lan4",
        "lan2": "renamed - Traffic - lan2",
        "lan4": "renamed - Traffic - lan0",
    }


def test_with_new_guids_the_graphs_go_on_by_the_ifindex_that_the_agent_keeps(cacti, routers):
    events, product = routers["restored"].events, routers["restored"].product
    assert product.numbers() == {"lan0": 1, "lan2": 2, "lan4": 3}
    assert "has a new instance GUID" in product.log
    device = f"host_id = {cacti.device('restored')} and snmp_query_id = {cacti.query(OUR_QUERY)}"
    assert cacti.sql(f"select distinct orphan from data_local where {device}") == [["1"]]
    for graph in cacti.find(device="restored", query=OUR_QUERY):
        assert cacti.title(graph).endswith(graph.adapter)
        assert_follows(cacti, graph, graph.adapter, events["rebooted"] + SETTLED, events["end"])


# What one sees


@pytest.mark.parametrize("kind, counters, name", [
    ("Traffic", {"In": "InOctets", "Out": "OutOctets"}, "lan2"),
    ("Drops", {"InDrops": "InDrops", "OutDiscards": "OutDiscards"}, "lan1"),
])  # fmt: skip
def test_the_graph_is_drawn_with_the_values_behind_it(
    cacti, routers, pictures, kind, counters, name
):
    events = routers["router"].events
    (graph,) = cacti.find(device="router", query=OUR_QUERY, kind=kind, adapter=name)
    picture = pictures / f"cacti-{kind.lower()}.png"
    values = cacti.draw(graph, picture, events["polled"], events["reset"] + STEP)
    seen = Picture(picture)
    assert seen.size[0] > 700 and seen.size[1] > 250, "an error is a strip of text"
    area = {"Traffic": "7BB661", "Drops": "D7301F"}[kind]
    assert seen.count(area) > 5000

    assert set(values) == set(counters)
    unit = 8 if kind == "Traffic" else 1
    for legend, counter in counters.items():
        highest = max(value for value in values[legend] if value == value)
        expected = SPIKE if counter == "InDrops" else unit * rate(name, counter)
        assert highest == pytest.approx(expected, rel=0.1), (legend, values[legend])
