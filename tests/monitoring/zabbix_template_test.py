"""The Zabbix template is whole, and the check that says so can fail."""

import copy
import sys
from pathlib import Path

import pytest
import yaml

TREE = Path(__file__).resolve().parents[2]
sys.path += [str(TREE / "tests/netns"), str(TREE / "tests/monitoring")]

from zabbix_template import faults  # noqa: E402

TEMPLATE = yaml.safe_load((TREE / "monitoring/zabbix/hvnet_by_snmp.yaml").read_text())
NINE = "Ipkts Ierrs Opkts Oerrs Colls InOctets OutOctets InDrops OutDiscards".split()


@pytest.fixture
def broken():
    """The export to be broken, and its template, adapter rule and first macro by name."""
    export = copy.deepcopy(TEMPLATE)
    return Parts(export["zabbix_export"])


class Parts:
    def __init__(self, export):
        self.export = export
        self.template = export["templates"][0]
        self.items = self.template["items"]
        self.adapters = self.template["discovery_rules"][0]
        self.macros = self.template["macros"]

    def faults(self):
        return faults({"zabbix_export": self.export})

    def trigger(self, part):
        triggers = list(self.adapters["trigger_prototypes"])
        for item in self.adapters["item_prototypes"]:
            triggers += item.get("trigger_prototypes", [])
        return next(one for one in triggers if part in one["name"])


def test_the_template_has_no_fault():
    assert faults(TEMPLATE) == []


def test_each_adapter_has_the_nine_counters_of_the_driver(broken):
    keys = [item["key"] for item in broken.adapters["item_prototypes"]]
    for name in NINE:
        assert sum(f"[hvnet{name}." in key for key in keys) == 1, name


def test_what_the_stack_drops_is_counted_and_only_a_full_backlog_is_alarmed(broken):
    """In a rule of its own: an adapter whose driver does not tell them has no such items."""
    (stack,) = (r for r in broken.template["discovery_rules"] if r["name"] == "Stack discovery")
    objects = {"hvnetInBacklogDrops": ["WARNING"], "ifInUnknownProtos": []}
    found = {
        item["key"].split("[")[1].split(".")[0]: [
            trigger["priority"] for trigger in item.get("trigger_prototypes", [])
        ]
        for item in stack["item_prototypes"]
    }  # fmt: skip
    assert found == objects
    (graph,) = stack["graph_prototypes"]
    assert len(graph["graph_items"]) == len(objects)
    assert {"macro": "{#BACKLOG}", "operator": "EXISTS", "formulaid": "A"} in (
        stack["filter"]["conditions"]
    )


@pytest.mark.parametrize("key", (
    "hvnet.in.drops[hvnetInDrops.{#SNMPINDEX}]", "hvnet.if.in.discards[ifInDiscards.{#SNMPINDEX}]",
))  # fmt: skip
def test_drops_that_a_guest_cannot_know_make_no_unsupported_item(broken, key):
    rules = broken.template["discovery_rules"]
    (item,) = (i for rule in rules for i in rule["item_prototypes"] if i["key"] == key)
    assert item["preprocessing"][0]["type"] == "CHECK_NOT_SUPPORTED"


def only(fault, found):
    assert any(fault in one for one in found), (fault, found)


def test_a_duplicate_uuid_is_found(broken):
    broken.items[1]["uuid"] = broken.items[0]["uuid"]
    only("is given 2 times", broken.faults())


@pytest.mark.parametrize("uuid", (
    "6f1d9b1c01021304a0b0c0708090a0b0",  # version 1
    "6f1d9b1c01024304c0b0c0708090a0b0",  # another variant
    "6f1d9b1c-0102-4304-a0b0-c0708090a0b0",
    "6f1d9b1c01024304a0b0c0708090a0b",
))  # fmt: skip
def test_what_is_no_uuid_of_version_4_is_found(broken, uuid):
    broken.adapters["uuid"] = uuid
    assert broken.faults() == [f"{uuid} is no UUID of version 4"]


def test_a_duplicate_key_is_found(broken):
    broken.items[1]["key"] = broken.items[0]["key"]
    only("is given 2 times", broken.faults())


def test_a_key_of_the_official_templates_is_found(broken):
    broken.items[0]["key"] = "system.name[hvnetAgentVersion.0]"
    only("may be another template's", broken.faults())


def test_a_trigger_on_a_missing_item_is_found(broken):
    trigger = broken.trigger("Link down")
    trigger["expression"] = trigger["expression"].replace("[ifOperStatus.", "[ifOperState.")
    only("refers to hvnet.status[ifOperState.{#SNMPINDEX}], which is missing", broken.faults())


def test_a_recovery_on_a_missing_item_is_found(broken):
    trigger = broken.trigger("High utilisation")
    trigger["recovery_expression"] = trigger["recovery_expression"].replace("in.util", "im.util")
    only("refers to hvnet.im.util[{#SNMPINDEX}], which is missing", broken.faults())


def test_a_trigger_on_another_template_is_found(broken):
    trigger = broken.trigger("Link down")
    trigger["expression"] = trigger["expression"].replace("HVNET router by SNMP", "Others")
    only("refers to the template Others", broken.faults())


def test_a_missing_item_is_found_wherever_it_is_shown(broken):
    prototypes = broken.adapters["item_prototypes"]
    prototypes[:] = [item for item in prototypes if "hvnetInOctets" not in item["key"]]
    found = broken.faults()
    only("the graph Adapter {#IFNAME}({#IFALIAS}): Traffic shows hvnet.in.bits", found)
    only("hvnet.in.util[{#SNMPINDEX}] refers to hvnet.in.bits", found)


def test_a_missing_kind_of_item_is_found_where_it_is_added_up(broken):
    prototypes = broken.adapters["item_prototypes"]
    prototypes[:] = [item for item in prototypes if "adapter.unassigned" not in item["key"]]
    only("hvnet.adapter.unassigned.sum refers to hvnet.adapter.unassigned[*]", broken.faults())


def test_a_missing_master_item_is_found(broken):
    dependent = next(i for i in broken.adapters["item_prototypes"] if i["type"] == "DEPENDENT")
    dependent["master_item"]["key"] = "hvnet.nobody"
    only("depends on hvnet.nobody, which is missing", broken.faults())


def test_a_missing_item_of_the_dashboard_is_found(broken):
    field = broken.template["dashboards"][0]["pages"][0]["widgets"][0]["fields"][0]
    field["value"]["key"] = "hvnet.nobody"
    assert broken.faults() == ["the dashboard shows hvnet.nobody, which is missing"]


def test_a_missing_graph_of_the_dashboard_is_found(broken):
    del broken.adapters["graph_prototypes"][0]
    only("the dashboard shows Adapter {#IFNAME}({#IFALIAS}): Traffic", broken.faults())


def test_a_dependency_on_a_trigger_that_was_changed_is_found(broken):
    broken.trigger("InDrops spike")["expression"] += " or 1=0"
    only("depends on Adapter {#IFNAME}({#IFALIAS}): InDrops spike, which", broken.faults())


def test_a_macro_without_a_default_is_found(broken):
    broken.macros[0]["value"] = ""
    assert broken.faults() == ["the macro HVNET.INTERVAL has no default"]
    del broken.macros[0]["value"]
    assert broken.faults() == ["the macro HVNET.INTERVAL has no default"]


def test_a_macro_without_a_description_is_found(broken):
    del broken.macros[0]["description"]
    assert broken.faults() == ["the macro HVNET.INTERVAL has no description"]


def test_a_macro_that_nobody_defines_is_found(broken):
    gone = next(one for one in broken.macros if one["macro"] == "{$HVNET.INDROPS.RATE}")
    broken.macros.remove(gone)
    assert broken.faults() == ["the macro HVNET.INDROPS.RATE is used and not defined"]


def test_a_macro_that_nobody_uses_is_found(broken):
    broken.macros.append({"macro": "{$HVNET.OLD}", "value": "1", "description": "Was once used."})
    assert broken.faults() == ["the macro HVNET.OLD is not used"]


def test_a_missing_value_map_is_found(broken):
    gone = broken.template["valuemaps"].pop()
    assert broken.faults() == [f"the value map {gone['name']} is missing"]


def test_an_oid_of_another_object_is_found(broken):
    drops = next(i for i in broken.adapters["item_prototypes"] if "[hvnetInDrops." in i["key"])
    drops["snmp_oid"] = drops["snmp_oid"].replace(".1.3.1.8.", ".1.3.1.9.")
    only("hvnet.in.drops[hvnetInDrops.{#SNMPINDEX}] reads ", broken.faults())


def test_a_macro_that_discovery_does_not_give_is_found(broken):
    broken.adapters["snmp_oid"] = broken.adapters["snmp_oid"].replace("{#DRIVER}", "{#DRIVE}")
    only("hvnet.adapter.discovery does not give {#DRIVER}", broken.faults())


def test_a_trigger_without_a_description_is_found(broken):
    del broken.trigger("Link down")["description"]
    only("has no description", broken.faults())
