"""What the text of a MIB module says of its objects, clause by clause: what smilint finds good and
Net-SNMP's tools do not print may still be wrong."""

import re
from typing import NamedTuple


class Object(NamedTuple):
    syntax: str  # with its range, size or enumeration, blanks made one
    units: str  # None where the text has none
    access: str
    status: str
    index: tuple  # of a row
    default: str  # DEFVAL, None where there is none
    place: str  # "hvnetStatsEntry 2"
    description: str


class Notification(NamedTuple):
    objects: tuple
    status: str
    place: str


class Variation(NamedTuple):
    syntax: str
    access: str
    default: str


class Support(NamedTuple):
    groups: tuple
    variations: dict


CLAUSES = (r"SYNTAX|UNITS|MAX-ACCESS|ACCESS|STATUS|DESCRIPTION|REFERENCE|INDEX|AUGMENTS|DEFVAL"
           r"|OBJECTS|NOTIFICATIONS|DISPLAY-HINT")


def without_strings_and_comments(text):
    """A word inside a string is no clause. Comments go; strings that the caller may want stay in
    the returned list, at the numbers that stand in their places."""
    strings = []

    def kept(match):
        if match[0].startswith("--"):
            return ""
        strings.append(re.sub(r"\s+", " ", match[1]))
        return f'"{len(strings) - 1}"'

    return re.sub(r'"([^"]*)"|--[^\n]*', kept, text), strings


def names_in(braces):
    return tuple(braces.strip("{} \n").replace(",", " ").split())


def one_line(text):
    return re.sub(r"\s+", " ", text).strip() if text is not None else None


class ModuleText:
    def __init__(self, text):
        self.text, self.strings = without_strings_and_comments(text)

    def statements(self, macro):
        """(name, {clause: its text}, place) of each invocation of the macro."""
        pattern = rf"^(\w[\w-]*)\s+{macro}\b((?:(?!::=).)*)::= \{{([^}}]*)\}}"
        for name, body, place in re.findall(pattern, self.text, re.MULTILINE | re.DOTALL):
            parts = re.split(rf"\b({CLAUSES})\b", body)
            yield name, dict(zip(parts[1::2], map(one_line, parts[2::2]))), one_line(place)

    def string(self, quoted):
        return self.strings[int(quoted.strip('"'))] if quoted is not None else None

    @property
    def objects(self):
        return {
            name: Object(
                syntax=has["SYNTAX"], units=self.string(has.get("UNITS")),
                access=has["MAX-ACCESS"], status=has["STATUS"],
                index=names_in(has.get("INDEX", "")), default=has.get("DEFVAL"), place=place,
                description=self.string(has["DESCRIPTION"]),
            )
            for name, has, place in self.statements("OBJECT-TYPE")
        }  # fmt: skip

    @property
    def notifications(self):
        return {name: Notification(names_in(has.get("OBJECTS", "")), has["STATUS"], place)
                for name, has, place in self.statements("NOTIFICATION-TYPE")}

    @property
    def groups(self):
        found = {name: names_in(has["OBJECTS"])
                 for name, has, _ in self.statements("OBJECT-GROUP")}
        return found | {name: names_in(has["NOTIFICATIONS"])
                        for name, has, _ in self.statements("NOTIFICATION-GROUP")}

    @property
    def sequences(self):
        """{row type: ((column, syntax), …)}"""
        found = re.findall(r"^(\w+) ::= SEQUENCE \{([^}]*)\}", self.text, re.MULTILINE)
        return {name: tuple(tuple(one_line(part).split(" ", 1)) for part in body.split(","))
                for name, body in found}

    @property
    def conventions(self):
        """{textual convention: (display hint, syntax)}"""
        found = re.findall(r'^(\w+) ::= TEXTUAL-CONVENTION\s+DISPLAY-HINT ("\d+")'
                           r'.*?^\s+SYNTAX\s+(.*?)\n\n', self.text, re.MULTILINE | re.DOTALL)
        return {name: (self.string(hint), one_line(syntax)) for name, hint, syntax in found}

    @property
    def compliance(self):
        """(mandatory groups, other groups, {object: MIN-ACCESS})"""
        ((_, body),) = re.findall(r"^(\w+) MODULE-COMPLIANCE(.*?)::=", self.text,
                                  re.MULTILINE | re.DOTALL)
        mandatory = names_in(re.search(r"MANDATORY-GROUPS (\{[^}]*\})", body)[1])
        others = tuple(re.findall(r"^ +GROUP +(\w+)", body, re.MULTILINE))
        least = re.findall(r"^ +OBJECT +(\w+)\n +MIN-ACCESS +(\S+)", body, re.MULTILINE)
        return mandatory, others, dict(least)

    @property
    def supports(self):
        """{module: Support} of an AGENT-CAPABILITIES statement."""
        found = {}
        for part in self.text.split("    SUPPORTS ")[1:]:
            module = part.split(None, 1)[0]
            groups = names_in(re.search(r"INCLUDES\s+(\{[^}]*\})", part)[1])
            variations = {}
            for one in re.split(r"^ +VARIATION ", part, flags=re.MULTILINE)[1:]:
                name, rest = one.split(None, 1)
                has = {clause: re.search(rf"^ *{clause} +(.*)$", rest, re.MULTILINE)
                       for clause in ("SYNTAX", "ACCESS", "DEFVAL")}
                variations[name] = Variation(*(m and m[1].strip() for m in has.values()))
            found[module] = Support(groups, variations)
        return found
