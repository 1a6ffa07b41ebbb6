"""What must hold in a Zabbix template of the 6.0 export format, beyond its being YAML. For some of
it Zabbix refuses the import, the rest it takes without a word."""

import re
from collections import Counter

import mib

UUID4 = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
USER_MACRO = re.compile(r"\{\$([A-Z0-9_.]+)(?::[^}]*\}?[^}]*)?\}")
LLD_MACRO = re.compile(r"\{#[A-Z0-9_.]+\}")
KEY = r"[a-z0-9_.]+(?:\[[^\]]*\])?"
# Calculated items and dashboards say "//key" or name the template; triggers name it.
REFERENCE = re.compile(rf"\(/([^/(),]*)/({KEY})")
OBJECT = re.compile(r"\[([A-Za-z0-9]+)\.(?:\{#SNMPINDEX\}|0)\]$")
OBJECTS = mib.OBJECTS | {mib.SYS_UP_TIME[:-1]: "sysUpTime"}
LISTS_OF_PROTOTYPES = ("item_prototypes", "trigger_prototypes", "graph_prototypes")


def faults(export):
    """Everything that is wrong, as sentences."""
    return list(Checker(export["zabbix_export"]).all_faults())


def strings_of(value):
    """Every string in it, keys of mappings left out."""
    if isinstance(value, dict):
        for one in value.values():
            yield from strings_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings_of(one)
    elif isinstance(value, str):
        yield value


def values_of(value, name):
    """Every value under that name, at any depth."""
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        for one in value.values():
            yield from values_of(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from values_of(one, name)


def as_it_is_depended_on(trigger):
    return trigger["name"], trigger["expression"], trigger.get("recovery_expression", "")


class Checker:
    def __init__(self, export):
        self.export = export
        (self.template,) = export["templates"]
        self.name = self.template["template"]
        self.items = self.template["items"]
        self.rules = self.template["discovery_rules"]
        self.prototypes = [item for rule in self.rules for item in rule["item_prototypes"]]
        self.keys = [item["key"] for item in self.items + self.prototypes]

    def all_faults(self):
        if self.export["version"] != "6.0":
            yield "the version is not 6.0"
        for check in (
            self.uuids, self.unique_keys, self.macros, self.value_maps, self.objects,
            self.triggers, self.calculated, self.graphs, self.dashboards, self.lld_macros,
        ):  # fmt: skip
            yield from check()

    def uuids(self):
        counted = Counter(values_of(self.export, "uuid"))
        for uuid, times in counted.items():
            if not UUID4.fullmatch(uuid):
                yield f"{uuid} is no UUID of version 4"
            if times > 1:
                yield f"the UUID {uuid} is given {times} times"

    def unique_keys(self):
        rules = [rule["key"] for rule in self.rules]
        for key, times in Counter(self.keys + rules).items():
            if times > 1:
                yield f"the key {key} is given {times} times"
            if not key.startswith(("hvnet.", "snmptrap[")):
                yield f"the key {key} may be another template's on the same host, too"

    def macros(self):
        defined = {one["macro"][2:-1]: one for one in self.template["macros"]}
        for name, macro in defined.items():
            if not macro.get("value"):
                yield f"the macro {name} has no default"
            if not macro.get("description"):
                yield f"the macro {name} has no description"
            if not name.startswith("HVNET."):
                yield f"the macro {name} may be another template's"
        texts = [*strings_of(self.export.get("triggers", []))]
        texts += strings_of({part: one for part, one in self.template.items() if part != "macros"})
        used = {name for text in texts for name in USER_MACRO.findall(text)}
        yield from (f"the macro {name} is used and not defined" for name in used - defined.keys())
        yield from (f"the macro {name} is not used" for name in defined.keys() - used)

    def value_maps(self):
        known = {one["name"] for one in self.template["valuemaps"]}
        items = self.items + self.prototypes
        used = {item["valuemap"]["name"] for item in items if "valuemap" in item}
        yield from (f"the value map {name} is missing" for name in used - known)
        yield from (f"the value map {name} is not used" for name in known - used)

    def objects(self):
        """An item says in its key which object it reads, and reads that one."""
        for item in self.items + self.prototypes:
            if item["type"] != "SNMP_AGENT":
                continue
            named = OBJECT.search(item["key"])
            if not named:
                yield f"the key {item['key']} names no object"
                continue
            oid = mib.to_oid(re.sub(r"\.(\{#SNMPINDEX\}|0)$", "", item["snmp_oid"]))
            if OBJECTS.get(oid) != named[1]:
                yield f"{item['key']} reads {item['snmp_oid']}"

    def resolve(self, key, keys):
        """An item's own key, or one with a wildcard for all of its kind."""
        stem = key.removesuffix("[*]")
        return key in keys or (stem != key and any(one.startswith(f"{stem}[") for one in keys))

    def references(self, what, text, keys):
        found = REFERENCE.findall(text)
        if not found:
            yield f"{what} refers to no item"
        for template, key in found:
            if template not in ("", self.name):
                yield f"{what} refers to the template {template}"
            if not self.resolve(key, keys):
                yield f"{what} refers to {key}, which is missing"

    def all_triggers(self):
        """(trigger, the keys that it may refer to)."""
        own = [item["key"] for item in self.items]
        for item in self.items:
            yield from ((trigger, own) for trigger in item.get("triggers", []))
        yield from ((trigger, own) for trigger in self.export.get("triggers", []))
        for rule in self.rules:
            # A prototype's trigger has one for each row, so it must read something of that row.
            keys = [item["key"] for item in rule["item_prototypes"]]
            for item in rule["item_prototypes"]:
                yield from ((trigger, keys) for trigger in item.get("trigger_prototypes", []))
            yield from ((trigger, keys) for trigger in rule.get("trigger_prototypes", []))

    def triggers(self):
        known = {as_it_is_depended_on(trigger) for trigger, _ in self.all_triggers()}
        for trigger, keys in self.all_triggers():
            what = f"the trigger {trigger['name']}"
            yield from self.references(what, trigger["expression"], keys)
            if trigger.get("recovery_mode") == "RECOVERY_EXPRESSION":
                yield from self.references(what, trigger["recovery_expression"], keys)
            for needed in ("priority", "description"):
                if not trigger.get(needed):
                    yield f"{what} has no {needed}"
            for dependency in trigger.get("dependencies", []):
                if as_it_is_depended_on(dependency) not in known:
                    yield f"{what} depends on {dependency['name']}, which is missing"

    def calculated(self):
        for item in self.items + self.prototypes:
            if item["type"] == "CALCULATED":
                yield from self.references(item["key"], item["params"], self.keys)
            if item["type"] == "DEPENDENT" and item["master_item"]["key"] not in self.keys:
                yield f"{item['key']} depends on {item['master_item']['key']}, which is missing"

    def all_graphs(self):
        own = [item["key"] for item in self.items]
        yield from ((graph, own) for graph in self.export.get("graphs", []))
        for rule in self.rules:
            keys = [item["key"] for item in rule["item_prototypes"]]
            yield from ((graph, keys) for graph in rule.get("graph_prototypes", []))

    def graphs(self):
        for graph, keys in self.all_graphs():
            for line in graph["graph_items"]:
                if line["item"]["host"] != self.name or line["item"]["key"] not in keys:
                    yield f"the graph {graph['name']} shows {line['item']['key']}, which is missing"

    def dashboards(self):
        graphs = {graph["name"] for graph, _ in self.all_graphs()}
        for field in values_of(self.template["dashboards"], "fields"):
            for one in field:
                value = one["value"]
                if one["type"] == "ITEM" and value["key"] not in self.keys:
                    yield f"the dashboard shows {value['key']}, which is missing"
                if one["type"].startswith("GRAPH") and value["name"] not in graphs:
                    yield f"the dashboard shows {value['name']}, which is missing"

    def lld_macros(self):
        """A macro that discovery does not give stands in names as it is."""
        for rule in self.rules:
            script = [step["parameters"][0] for step in rule.get("preprocessing", [])]
            given = {"{#SNMPINDEX}", *LLD_MACRO.findall(" ".join([rule["snmp_oid"], *script]))}
            used = {
                macro for part in LISTS_OF_PROTOTYPES
                for text in strings_of(rule.get(part, [])) for macro in LLD_MACRO.findall(text)
            }  # fmt: skip
            yield from (f"{rule['key']} does not give {macro}" for macro in used - given)
