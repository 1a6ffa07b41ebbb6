"""SNMPv2c on a socket, written from RFC 3416 and X.690 alone.

The product must be right for clients that share no code with it; this one also lets a test send
exactly the PDU it means, and time the answer without starting a process.
"""

import socket
from typing import NamedTuple

from mib import Varbind
from polling import SLOW

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
GET, GET_NEXT, RESPONSE, SET, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5
NO_ERROR, TOO_BIG, NOT_WRITABLE = 0, 1, 17  # RFC 3416 §3, error-status
KINDS = {
    INTEGER: "INTEGER", OCTETS: "STRING", NULL: "NULL", OID: "OID", 0x41: "Counter32", 0x42: "Gauge32",
    0x43: "Timeticks", 0x46: "Counter64",
    0x80: "noSuchObject", 0x81: "noSuchInstance", 0x82: "endOfMibView",
}  # fmt: skip
TAGS = {kind: tag for tag, kind in KINDS.items()}


class Response(NamedTuple):
    error_status: int
    error_index: int
    varbinds: list


def tlv(tag, body):
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


def encode_integer(value, tag=INTEGER):
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def encode_oid(oid):
    body = bytearray([oid[0] * 40 + oid[1]])
    for arc in oid[2:]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        body += bytes(reversed(groups))
    return tlv(OID, bytes(body))


def encode_value(kind, value):
    if kind is None:
        return tlv(NULL, b"")
    if kind == "STRING":
        return tlv(OCTETS, value)
    if kind == "OID":
        return encode_oid(value)
    return encode_integer(value, TAGS[kind])


def parts(data):
    """The (tag, body) pairs that `data` is made of."""
    at, found = 0, []
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            octets = size & 0x7F
            size, at = int.from_bytes(data[at : at + octets], "big"), at + octets
        assert at + size <= len(data), "a BER length runs past the end"
        found.append((tag, data[at : at + size]))
        at += size
    return found


def decode_oid(body):
    arcs, value = [], 0
    for octet in body:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - 40 * first, *arcs[1:])


def decode_value(tag, body):
    kind = KINDS[tag]
    if tag & 0x80:
        return kind, None
    if tag == OCTETS:
        return kind, body
    if tag == OID:
        return kind, decode_oid(body)
    return kind, int.from_bytes(body, "big", signed=tag == INTEGER)


def decode_varbind(body):
    (_, oid), (tag, value) = parts(body)
    return Varbind(decode_oid(oid), *decode_value(tag, value))


class Client:
    """One socket, one request at a time. The socket belongs to the namespace it is made in."""

    def __init__(self, port, community="public", host="127.0.0.1", timeout_s=3.0):
        self.community = community.encode()
        self.request_id = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(timeout_s * SLOW)
        self.socket.connect((host, port))

    def close(self):
        self.socket.close()

    def request(self, pdu_type, bindings, first=0, second=0):
        """Sends one PDU; `first` and `second` are error-status and error-index, or, of a
        GETBULK, non-repeaters and max-repetitions."""
        self.request_id += 1
        listed = b"".join(
            tlv(SEQUENCE, encode_oid(oid) + encode_value(kind, value))
            for oid, kind, value in bindings
        )
        head = map(encode_integer, (self.request_id, first, second))
        pdu = tlv(pdu_type, b"".join(head) + tlv(SEQUENCE, listed))
        self.socket.send(tlv(SEQUENCE, encode_integer(1) + tlv(OCTETS, self.community) + pdu))
        return self.receive()

    def receive(self):
        while True:
            ((_, message),) = parts(self.socket.recv(65536))
            (_, version), _, (tag, pdu) = parts(message)
            assert (version, tag) == (b"\x01", RESPONSE)
            (_, number), (_, status), (_, index), (_, listed) = parts(pdu)
            if int.from_bytes(number, "big", signed=True) == self.request_id:
                break  # otherwise the late answer to a request that timed out
        varbinds = [decode_varbind(body) for _, body in parts(listed)]
        return Response(int.from_bytes(status, "big"), int.from_bytes(index, "big"), varbinds)

    def ask(self, pdu_type, oids, first=0, second=0):
        response = self.request(pdu_type, [(oid, None, None) for oid in oids], first, second)
        assert response.error_status == NO_ERROR, response
        return response.varbinds

    def get(self, *oids):
        return self.ask(GET, oids)

    def get_next(self, *oids):
        return self.ask(GET_NEXT, oids)

    def get_bulk(self, non_repeaters, max_repetitions, *oids):
        return self.ask(GET_BULK, oids, non_repeaters, max_repetitions)

    def set(self, oid, kind, value):
        """The whole response: an error is what a test of SET looks for."""
        return self.request(SET, [(oid, kind, value)])

    def value(self, oid):
        (varbind,) = self.get(oid)
        return varbind.value

    def must_hear_nothing(self, *oids):
        """A refusal's sign is silence; a port that nobody has raises ConnectionRefusedError."""
        try:
            response = self.request(GET, [(oid, None, None) for oid in oids])
        except TimeoutError:
            return
        raise AssertionError(f"somebody answered: {response}")

    def answers(self, oid):
        """True when there is an agent and it has this object. For readiness: never raises, and so
        tells no refusal from a dead agent (must_hear_nothing does)."""
        try:
            return self.value(oid) is not None
        except (OSError, AssertionError):
            return False


def walk_in_bulk(client, columns, max_repetitions, non_repeaters=()):
    """Reads whole columns with GETBULKs of several columns at once, as a poller does. Returns
    {column: [varbind…]}; every step is checked against RFC 3416 §4.2.3."""
    found = {column: [] for column in columns}
    cursors = {column: column for column in columns}
    fixed = len(non_repeaters)
    while cursors:
        answer = client.get_bulk(
            fixed, max_repetitions, *(oid[:-1] for oid in non_repeaters), *cursors.values()
        )
        assert [vb.oid for vb in answer[:fixed]] == list(non_repeaters)
        repeated = answer[fixed:]
        assert len(cursors) <= len(repeated) <= len(cursors) * max_repetitions
        take_repetitions(list(cursors), repeated, found, cursors)
    return found


def take_repetitions(asked, repeated, found, cursors):
    """One answer's repetitions: the k-th varbind belongs to the k-th column asked, round robin."""
    for position, varbind in enumerate(repeated):
        column = asked[position % len(asked)]
        if column not in cursors:
            continue  # this column ended in an earlier repetition
        if varbind.kind == "endOfMibView" or varbind.oid[: len(column)] != column:
            del cursors[column]
            continue
        assert varbind.oid > cursors[column], "a repetition went backwards"
        found[column].append(varbind)
        cursors[column] = varbind.oid
