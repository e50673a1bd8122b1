#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""doctor_qemu.py - stands in for QEMU in tests/host/doctor.py: answers QMP as
the JSON in the variable FAKE says.

version: [major, minor, micro]; package: text; objects, accels, machines: names
of types; does: "hang_up", "garbage", "refuse" (every command) or "silent"."""

import json
import os
import re
import socket
import sys
import time

FAKE = json.loads(os.environ["FAKE"])
MACHINES = [{"name": "pc-q35-7.2", "alias": "q35"},
            {"name": "pc-i440fx-7.2", "alias": "pc"}, {"name": "microvm"}]


def answer(asked):
    """What a command returns."""
    command, given = asked["execute"], asked.get("arguments", {})
    if command == "query-machines":
        return FAKE.get("machines", MACHINES)
    if command != "qom-list-types":
        return {}
    if given["implements"] == "accel":
        names = FAKE.get("accels", ["tcg-accel", "kvm-accel"])
    else:
        names = FAKE.get("objects", ["rng-random", "qtest", "secret"])
    return [{"name": name, "parent": "object"} for name in names]


def main():
    """Greets, and answers until the other end is gone."""
    fd = int(re.search(r"fd=(\d+)", " ".join(sys.argv)).group(1))
    does = FAKE.get("does")
    with socket.socket(fileno=fd) as peer:
        if does == "hang_up":
            sys.stderr.write(f"{os.path.basename(sys.argv[0])}: it burns\n")
            return 1
        if does == "garbage":
            peer.sendall(b"\xff\x1b[31m{]\n")
        elif does != "silent":
            major, minor, micro = FAKE.get("version", [7, 2, 1])
            peer.sendall(json.dumps({"QMP": {"version": {
                "qemu": {"major": major, "minor": minor, "micro": micro},
                "package": FAKE.get("package", "")}}}).encode() + b"\n")
        for line in peer.makefile("r"):
            asked = json.loads(line)
            if asked["execute"] == "quit":
                return 0
            said = {"return": answer(asked)}
            if does == "refuse":
                said = {"error": {"class": "GenericError", "desc": "no"}}
            if does in ("garbage", "silent"):
                time.sleep(60)
            peer.sendall(b'{"event": "STOP"}\n' + json.dumps(said).encode() +
                         b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
