"""A keeper of secrets that means harm, over raw D-Bus: owns org.freedesktop.secrets on the bus at argv[1].

silent   takes every call and answers none
clear    knows no encrypted session, only plain ones
broken   answers everything with a text, whatever was asked for
"""
import os
import socket
import struct
import sys

RETURN, ERROR = 2, 3


def pad(data, to):
    return data + b"\0" * (-len(data) % to)


def text(value):
    value = value.encode()
    return struct.pack("<I", len(value)) + value + b"\0"


def message(kind, serial, fields, signature="", body=b""):
    """fields: {code: (signature, bytes)}"""
    if signature:
        fields = dict(fields) | {8: ("g", bytes([len(signature)]) + signature.encode() + b"\0")}
    array = b""
    for code, (form, value) in fields.items():
        array = pad(array, 8) + bytes([code, len(form)]) + form.encode() + b"\0"
        if form != "g":
            array = pad(array, 4)
        array += value
    head = struct.pack("<BBBBIII", ord("l"), kind, 0, 1, len(body), serial, len(array))
    return pad(head + array, 8) + body


class Bus:
    def __init__(self, path):
        self.socket, self.serial = socket.socket(socket.AF_UNIX), 0
        self.socket.connect(path)
        self.socket.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
        assert self.socket.recv(1024).startswith(b"OK")
        self.socket.sendall(b"BEGIN\r\n")
        self.call("Hello")
        self.call("RequestName", "su", text("org.freedesktop.secrets") + struct.pack("<I", 4))

    def call(self, member, signature="", body=b""):
        place = {1: ("o", text("/org/freedesktop/DBus")), 2: ("s", text("org.freedesktop.DBus"))}
        place |= {3: ("s", text(member)), 6: ("s", text("org.freedesktop.DBus"))}
        # The alignment of the body counts from its start.
        if signature == "su":
            cut = len(body) - 4
            body = pad(body[:cut], 4) + body[cut:]
        self.send(1, place, signature, body)

    def send(self, kind, fields, signature="", body=b""):
        self.serial += 1
        self.socket.sendall(message(kind, self.serial, fields, signature, body))

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                sys.exit(0)
            data += more
        return data

    def receive(self):
        """(kind, serial, {code: value}, body) of the next message; only what is needed of its fields."""
        head = self.exactly(16)
        kind, size, serial, length = head[1], *struct.unpack("<III", head[4:])
        array = self.exactly(length + -length % 8)[:length]
        body = self.exactly(size)
        fields, at = {}, 0
        while at < length:
            at += -at % 8
            code, form = array[at], array[at + 2 : at + 2 + array[at + 1]].decode()
            at += 3 + len(form)
            if form == "g":
                fields[code] = array[at + 1 : at + 1 + array[at]].decode()
                at += 2 + array[at]
            elif form == "u":
                at += -at % 4 + 4
            else:
                at += -at % 4
                (count,) = struct.unpack("<I", array[at : at + 4])
                fields[code] = array[at + 4 : at + 4 + count].decode()
                at += 5 + count
        return kind, serial, fields, body


def answer(bus, mode, serial, fields, body):
    to = {5: ("u", struct.pack("<I", serial)), 6: ("s", text(fields[7]))}
    if mode == "broken":
        bus.send(RETURN, to, "s", text("\x1b[31mno\u202e"))
    elif fields[3] == "OpenSession" and b"dh-" in body:
        bus.send(ERROR, to | {4: ("s", text("org.freedesktop.DBus.Error.NotSupported"))}, "s", text("no"))
    elif fields[3] == "OpenSession":
        plain = b"\1s\0" + b"\0" + text("")
        bus.send(RETURN, to, "vo", pad(plain, 4) + text("/org/freedesktop/secrets/session/s1"))
    elif fields[3] == "GetAll":
        bus.send(RETURN, to, "a{sv}", struct.pack("<II", 0, 0))
    else:
        # Whoever gets here was given what must not leave in clear.
        print("asked for", fields[3], flush=True)
        bus.send(ERROR, to | {4: ("s", text("org.freedesktop.DBus.Error.Failed"))}, "s", text("no"))


bus = Bus(sys.argv[1])
print("ready", flush=True)
while True:
    kind, serial, fields, body = bus.receive()
    if kind == 1 and sys.argv[2] != "silent":
        answer(bus, sys.argv[2], serial, fields, body)
