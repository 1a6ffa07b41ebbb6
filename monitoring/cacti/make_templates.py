#!/usr/bin/env python3
"""Writes hvnet_templates.xml, which cli/import_template.php of Cacti reads: for each pair of
counters a data template and a graph template, the data query that ties them to hvnet_adapters.xml,
and a device template.

    monitoring/cacti/make_templates.py > monitoring/cacti/hvnet_templates.xml

Cacti knows an object by its hash, and an import with the same hash is an update. A hash here is
the MD5 of what the object is called below, so that it is the same each time; HASHES never changes,
or all who have imported the file get everything twice.
"""

import hashlib
import sys
from dataclasses import dataclass
from xml.sax.saxutils import escape

HASHES = "hvnet-subagent/cacti"

# Cacti's codes for kinds of objects, and for the oldest version that takes this file (1.2.3).
KINDS = {
    "graph_template": "00", "data_template": "01", "host_template": "02", "data_input": "03",
    "data_query": "04", "cdef": "05", "gprint": "06", "data_input_field": "07",
    "data_template_item": "08", "graph_template_input": "09", "graph_template_item": "10",
    "data_query_graph": "11", "sv_graph": "12", "sv_data_source": "13",
}  # fmt: skip
VERSION = "0102"

# What every Cacti has from its installation on, by its hashes there.
BUILTIN = {
    ("data_input", "Get SNMP Data (Indexed)"): "bf566c869ac6443b0c75d1c32b5a350e",
    ("data_input_field", "index_type"): "6027a919c7c7731fbe095b6f53ab127b",
    ("data_input_field", "index_value"): "cbbe5c1ddfb264a6e5d509ce1c78c95f",
    ("data_input_field", "output_type"): "e6deda7be0f391399c5130e7c4a48b28",
    ("cdef", "Turn Bytes into Bits"): "73f95f8b77b5508157d64047342c421e",
    ("gprint", "Normal"): "e9c43831e54eca8069317a2ce8c6f751",
}

LINE2, AREA, GPRINT = 5, 7, 9
AVERAGE, MAX, LAST = 1, 3, 4
DERIVE = 3


@dataclass(frozen=True)
class Series:
    field: str  # of hvnet_adapters.xml
    source: str  # the data source in the RRD, 19 characters at most
    legend: str
    shape: int
    color: str


@dataclass(frozen=True)
class Graph:
    name: str
    unit: str
    series: tuple[Series, Series]
    cdef: str | None = None


# Receive is an area and send a line over it; what is lost is in warm colours.
GRAPHS = (
    Graph("Traffic", "bits per second", (
        Series("hvnetInOctets", "in_octets", "In", AREA, "7BB661"),
        Series("hvnetOutOctets", "out_octets", "Out", LINE2, "1F4E9E"),
    ), "Turn Bytes into Bits"),
    Graph("Packets", "packets per second", (
        Series("hvnetIpkts", "in_pkts", "Ipkts", AREA, "7BB661"),
        Series("hvnetOpkts", "out_pkts", "Opkts", LINE2, "1F4E9E"),
    )),
    Graph("Drops", "packets per second", (
        Series("hvnetInDrops", "in_drops", "InDrops", AREA, "D7301F"),
        Series("hvnetOutDiscards", "out_discards", "OutDiscards", LINE2, "7A0177"),
    )),
    # Of what the driver had received. No values where it does not tell its own drops apart.
    Graph("Stack", "packets per second", (
        Series("hvnetInBacklogDrops", "backlog_drops", "Backlog drops", AREA, "D7301F"),
        Series("ifInUnknownProtos", "unknown_protos", "Unknown protocols", LINE2, "1F4E9E"),
    )),
    Graph("Errors", "packets per second", (
        Series("hvnetIerrs", "in_errors", "Ierrs", AREA, "FD8D3C"),
        Series("hvnetOerrs", "out_errors", "Oerrs", LINE2, "7A0177"),
    )),
)  # fmt: skip
QUERY = "hvnet - Adapters"
DEVICE = "hvnet-subagent router"


def tag(kind, name):
    """hash_TTVVVV…, Cacti's name for an object: as an element, and as a reference to it."""
    digest = BUILTIN.get((kind, name))
    if digest is None:
        digest = hashlib.md5(f"{HASHES}/{kind}/{name}".encode()).hexdigest()
    return f"hash_{KINDS[kind]}{VERSION}{digest}"


def element(name, content):
    """A list is children; anything else is text."""
    if isinstance(content, list):
        return [f"<{name}>", *(f"  {line}" for child in content for line in child), f"</{name}>"]
    return [f"<{name}>{escape(str(content))}</{name}>"]


def elements(values):
    return [element(name, value) for name, value in values.items()]


def fixed(values):
    """Settings of a template that its graphs and data sources cannot change."""
    rows = ({f"t_{name}": "", name: value} for name, value in values.items())
    return [one for row in rows for one in elements(row)]


def template_name(graph):
    return f"hvnet - {graph.name}"


def item_name(graph, series):
    return f"{graph.name}/{series.source}"


def data_template(graph):
    # DERIVE with minimum 0 and no COUNTER: should a counter ever start anew, the sample is unknown,
    # and not a wrap of 2^64. No maximum: the 1000BASE-T of the adapter is nominal.
    items = [
        element(tag("data_template_item", item_name(graph, series)), fixed({
            "data_source_name": series.source,
            "rrd_minimum": 0,
            "rrd_maximum": "U",
            "data_source_type_id": DERIVE,
            "rrd_heartbeat": 600,
            "data_input_field_id": 0,
        }))
        for series in graph.series
    ]  # fmt: skip
    data = [
        element(f"item_{number:03}", elements({
            "data_input_field_id": tag("data_input_field", field), "t_value": "on", "value": "",
        }))
        for number, field in enumerate(("index_type", "index_value", "output_type"))
    ]  # fmt: skip
    settings = elements({
        "t_name": "",
        "name": f"|host_description| - {graph.name}",
        "data_source_path": "",
        "data_input_id": tag("data_input", "Get SNMP Data (Indexed)"),
    })  # fmt: skip
    settings += fixed({"data_source_profile_id": 0, "rrd_step": 60, "active": "on"})
    return element(tag("data_template", graph.name), [
        element("name", template_name(graph)),
        element("ds", settings),
        element("items", items),
        element("data", data),
    ])  # fmt: skip


def graph_items(graph):
    """(series, tag, element) of what is drawn and of its legend."""
    rows = []
    for series in graph.series:
        drawn = (series.shape, AVERAGE, series.legend, "")
        legend = [(GPRINT, LAST, "Current:", ""), (GPRINT, AVERAGE, "Average:", ""),
                  (GPRINT, MAX, "Maximum:", "on")]  # fmt: skip
        for shape, consolidation, text, hard_return in (drawn, *legend):
            name = tag("graph_template_item", f"{item_name(graph, series)}/{text}")
            values = elements({
                "graph_type_id": shape,
                "task_item_id": tag("data_template_item", item_name(graph, series)),
                "color_id": 0 if shape == GPRINT else series.color,
                "alpha": "FF",
                "consolidation_function_id": consolidation,
                "cdef_id": tag("cdef", graph.cdef) if graph.cdef else 0,
                "vdef_id": 0,
                "shift": "",
                "value": "",
                "gprint_id": tag("gprint", "Normal"),
                "textalign": "",
                "text_format": text,
                "hard_return": hard_return,
                "line_width": "2.00" if shape == LINE2 else "0.00",
                "dashes": "",
                "dash_offset": 0,
                "sequence": len(rows) + 1,
            })  # fmt: skip
            rows.append((series, name, element(name, values)))
    return rows


def graph_template(graph):
    items = graph_items(graph)
    inputs = [
        element(tag("graph_template_input", item_name(graph, series)), elements({
            "name": f"{series.legend} Data Source",
            "description": "",
            "column_name": "task_item_id",
            "items": "|".join(name for of, name, _ in items if of == series),
        }))
        for series in graph.series
    ]  # fmt: skip
    settings = fixed({
        "title": f"|host_description| - {graph.name}",
        "vertical_label": graph.unit,
        "image_format_id": 1,
        "height": 200,
        "width": 700,
        "base_value": 1000,
        "slope_mode": "on",
        "auto_scale": "on",
        "auto_scale_opts": 2,
        "auto_scale_log": "",
        "scale_log_units": "",
        "auto_scale_rigid": "",
        "upper_limit": 1,
        "lower_limit": 0,
        "unit_value": "",
        "unit_exponent_value": "",
        "unit_length": "",
        "no_gridfit": "",
        "alt_y_grid": "",
        "right_axis": "",
        "right_axis_label": "",
        "right_axis_format": 0,
        "right_axis_formatter": 0,
        "left_axis_formatter": 0,
        "auto_padding": "on",
        "dynamic_labels": "",
        "force_rules_legend": "",
        "tab_width": "",
        "legend_position": 0,
        "legend_direction": 0,
    })  # fmt: skip
    return element(tag("graph_template", graph.name), [
        *elements({"name": template_name(graph), "multiple": "", "test_source": ""}),
        element("graph", settings),
        element("items", [item for _, _, item in items]),
        element("inputs", inputs),
    ])  # fmt: skip


def suggested(kind, graph, field, more):
    """Cacti takes the first whose fields all have values; without an alias it is the second."""
    texts = (
        f"|host_description| - {graph.name} - |query_ifName| (|query_ifAlias|)",
        f"|host_description| - {graph.name} - |query_ifName|",
    )
    return [
        element(tag(kind, f"{graph.name}/{number}"), elements(
            {"field_name": field} | more | {"sequence": number, "text": text}
        ))
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip


def query_graph(graph):
    of_template = {"data_template_id": tag("data_template", graph.name)}
    sources = [
        element(f"item_{number:03}", elements(
            {"snmp_field_name": series.field}
            | of_template
            | {"data_template_rrd_id": tag("data_template_item", item_name(graph, series))}
        ))
        for number, series in enumerate(graph.series)
    ]  # fmt: skip
    return element(tag("data_query_graph", graph.name), [
        element("graph_template_id", tag("graph_template", graph.name)),
        element("name", graph.name),
        element("rrd", sources),
        element("sv_graph", suggested("sv_graph", graph, "title", {})),
        element("sv_data_source", suggested("sv_data_source", graph, "name", of_template)),
    ])  # fmt: skip


def data_query():
    return element(tag("data_query", QUERY), [
        *elements({
            "name": QUERY,
            "description": "The adapters that the hypervisor gives a virtual router",
            "xml_path": "<path_cacti>/resource/snmp_queries/hvnet_adapters.xml",
            "data_input_id": tag("data_input", "Get SNMP Data (Indexed)"),
        }),
        element("graphs", [query_graph(graph) for graph in GRAPHS]),
    ])  # fmt: skip


def device_template():
    return element(tag("host_template", DEVICE), elements({
        "name": DEVICE,
        "class": "router",
        "graph_templates": "",
        "data_queries": tag("data_query", QUERY),
    }))  # fmt: skip


def templates():
    parts = [make(graph) for make in (graph_template, data_template) for graph in GRAPHS]
    comment = "<!-- Generated by make_templates.py; do not edit. -->"
    return "\n".join([comment, *element("cacti", [device_template(), *parts, data_query()]), ""])


if __name__ == "__main__":
    sys.stdout.write(templates())
