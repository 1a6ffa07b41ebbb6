"""What is wrong with a data query and with templates for Cacti, as lists of complaints. Cacti says
little itself: a reference that leads nowhere is imported as 0, and a wrong OID is a graph without
values."""

import collections
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests/netns"))

import mib  # noqa: E402

HASH = re.compile(r"hash_(\d\d)(\d{4})([0-9a-f]{32})")
ANY_HASH = re.compile(r"hash_\w*")
# What every Cacti has from its installation on: "kind hash" → what it is called there.
BUILTIN = {
    "03 bf566c869ac6443b0c75d1c32b5a350e": "Get SNMP Data (Indexed)",
    "05 73f95f8b77b5508157d64047342c421e": "Turn Bytes into Bits",
    "06 e9c43831e54eca8069317a2ce8c6f751": "Normal",
    "07 6027a919c7c7731fbe095b6f53ab127b": "Index Type",
    "07 cbbe5c1ddfb264a6e5d509ce1c78c95f": "Index Value",
    "07 e6deda7be0f391399c5130e7c4a48b28": "Output Type ID",
}
# An element that refers to an object, and that object's kind.
REFERENCES = {
    "task_item_id": "08", "cdef_id": "05", "gprint_id": "06", "data_input_id": "03",
    "data_input_field_id": "07", "graph_template_id": "00", "data_template_id": "01",
    "data_template_rrd_id": "08", "graph_templates": "00", "data_queries": "04", "items": "10",
}  # fmt: skip
NONE = ("0", "")
LONGEST_SOURCE = 19  # rrdtool's names of data sources


def templates_complaints(text, query_text):
    root = ElementTree.fromstring(text)
    return [
        *hash_complaints(root),
        *reference_complaints(root),
        *source_complaints(root),
        *field_complaints(root, ElementTree.fromstring(query_text)),
    ]


def defined(root):
    return [element.tag for element in root.iter() if element.tag.startswith("hash_")]


def hash_complaints(root):
    for tag, count in collections.Counter(defined(root)).items():
        if not HASH.fullmatch(tag):
            yield f"{tag}: not hash_, a kind, a version and an MD5"
        if count > 1:
            yield f"{tag}: {count} times"
    kinds = collections.defaultdict(set)
    for tag in defined(root):
        kinds[tag[-32:]].add(tag)
    for digest, tags in kinds.items():
        if len(tags) > 1:
            yield f"{digest}: of {' and '.join(sorted(tags))}"


def reference_complaints(root):
    known = {f"{tag[5:7]} {tag[-32:]}" for tag in defined(root)} | set(BUILTIN)
    for element in root.iter():
        text = (element.text or "").strip()
        for reference in ANY_HASH.findall(text):
            match = HASH.fullmatch(reference)
            if not match or f"{match[1]} {match[3]}" not in known:
                yield f"{element.tag}: there is no {reference}"
            elif match[1] != REFERENCES.get(element.tag):
                yield f"{element.tag}: {reference} is of another kind"
        if element.tag in REFERENCES and not len(element) and not ANY_HASH.search(text):
            if text not in NONE:
                yield f"{element.tag}: {text!r} is no reference"


def source_complaints(root):
    names = [element.text or "" for element in root.iter("data_source_name")]
    for name, count in collections.Counter(names).items():
        if not re.fullmatch(rf"[a-z0-9_]{{1,{LONGEST_SOURCE}}}", name):
            yield f"data_source_name: {name!r} is none for rrdtool"
        if count > 1:
            yield f"data_source_name: {name} {count} times"


def field_complaints(root, query):
    """Between the templates and the data query that they name."""
    fields = {field.tag: field.findtext("direction") for field in query.find("fields")}
    outputs = {name for name, direction in fields.items() if direction == "output"}
    used = [element.text for element in root.iter("snmp_field_name")]
    for name in sorted(set(used) - outputs):
        yield f"snmp_field_name: {name} is no output of the data query"
    for name in sorted(outputs - set(used)):
        yield f"{name}: an output of the data query that no graph draws"
    texts = [element.text or "" for element in root.iter("text")]
    for name in sorted({name for text in texts for name in re.findall(r"\|query_(\w+)\|", text)}):
        if fields.get(name) != "input":
            yield f"|query_{name}|: no input of the data query"
    for path in root.iter("xml_path"):
        if not (ROOT / "monitoring/cacti" / Path(path.text).name).is_file():
            yield f"xml_path: there is no {Path(path.text).name}"


def query_complaints(text):
    query = ElementTree.fromstring(text)
    fields = list(query.find("fields"))
    names = {field.tag: field.findtext("direction") for field in fields}
    for name, count in collections.Counter(field.tag for field in fields).items():
        if count > 1:
            yield f"{name}: {count} times"
    for name in (query.findtext("index_order") or "").split(":"):
        if names.get(name) != "input":
            yield f"index_order: {name!r} is no input"
    for name in ("oid_index_parse", "value_index_parse"):
        yield from regexp_complaints(name, query.findtext(name) or "")
    if query.findtext("oid_index") not in {field.findtext("oid") for field in fields}:
        yield "oid_index: the column of no field"
    for field in fields:
        yield from column_complaints(field)


def regexp_complaints(name, text):
    try:
        re.compile(text.partition("/REGEXP:")[2])
    except re.error as error:
        yield f"{name}: {error}"
    if not re.match(r"(OID|VALUE)/REGEXP:.", text):
        yield f"{name}: {text!r} is no expression"


def column_complaints(field):
    """A field is called what its column is called."""
    oid = field.findtext("oid") or ""
    if not re.fullmatch(r"(\.\d+)+", oid):
        yield f"{field.tag}: {oid!r} is no OID"
    elif field.tag not in mib.OIDS:
        yield f"{field.tag}: no object of ours"
    elif oid != mib.to_text(mib.OIDS[field.tag]):
        yield f"{field.tag}: is {mib.to_text(mib.OIDS[field.tag])}, not {oid}"
    if field.findtext("method") not in ("walk", "get"):
        yield f"{field.tag}: method {field.findtext('method')!r}"
    if field.findtext("direction") not in ("input", "output"):
        yield f"{field.tag}: direction {field.findtext('direction')!r}"
