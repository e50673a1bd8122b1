# SPDX-License-Identifier: BSD-2-Clause
"""One start of QEMU: from exec to the byte that the guest's first instruction
sends, and what it took."""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import time

import qemu
import variants
import vms

LIMIT = 30              # seconds to the first instruction
HELLO = b'{"execute":"qmp_capabilities"}\n{"execute":"cont"}\n'
MODULE = re.compile(r"/qemu/[^/]+\.so$")


def port_arguments(fd, serial):
    """Sends what the guest writes to the debug port down a pipe."""
    port = ["-serial", "chardev:first"] if serial else [
        "-device", f"isa-debugcon,iobase={qemu.DEBUG_PORT:#x},chardev=first"]
    return ["-add-fd", f"fd={fd},set=1", "-chardev",
            "file,id=first,path=/dev/fdset/1,append=on", *port]


def monitor(stack):
    """A socket with the commands to go on already in it: (arguments, fd)."""
    ours, theirs = map(stack.enter_context, socket.socketpair())
    ours.sendall(HELLO)
    fd = theirs.fileno()
    return ["-S", "-chardev", f"socket,id=go,fd={fd}", "-mon",
            "chardev=go,mode=control"], fd


def mapped(pid):
    """(libraries, modules of QEMU's) that a process has mapped."""
    with open(f"/proc/{pid}/maps", encoding="utf-8",
              errors="replace") as file:
        paths = {line.split(None, 5)[5].strip() for line in file
                 if line.count("/") and ".so" in line}
    modules = {path for path in paths if MODULE.search(path)}
    return len(paths - modules), sorted(map(os.path.basename, modules))


def wait_byte(fd, child, name):
    """When the guest's byte came."""
    ready = select.select([fd], [], [], LIMIT)[0]
    now = time.monotonic()
    if not ready or os.read(fd, 1) != variants.BYTE:
        child.kill()
        said = child.communicate()[1].decode(errors="replace").splitlines()
        said = [line for line in said if "warning: " not in line]
        why = said[0] if said else "no byte came"
        raise qemu.Failure(f"{name}: {why.removeprefix('beeline: ')}")
    return now


def end(child, number):
    """Ends it; what it used (getrusage(2)), beeline's QEMU included."""
    child.send_signal(number)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    return usage


def launch(variant):
    """Starts a variant once: a dict of what was seen."""
    with contextlib.ExitStack() as stack:
        read_fd, write_fd = os.pipe()
        reader = stack.enter_context(os.fdopen(read_fd, "rb", 0))
        writer = stack.enter_context(os.fdopen(write_fd, "wb", 0))
        fds = [write_fd]
        args = variant.args + port_arguments(write_fd, variant.serial)
        if variant.paused:
            more, fd = monitor(stack)
            args, fds = args + more, fds + [fd]
        start = time.monotonic()
        try:
            child = subprocess.Popen(
                args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, pass_fds=fds,
                env={**os.environ, **variant.env})
        except OSError as err:
            raise qemu.Failure(f"{args[0]}: cannot run: "
                               f"{err.strerror}") from err
        writer.close()
        at = wait_byte(reader.fileno(), child, variant.name)
        running = ([*vms.children(child.pid), child.pid])[0]
        libraries, modules = mapped(running)
        # beeline ends its QEMU when it is asked to, not when it is killed
        usage = end(child, signal.SIGTERM if args[0] == qemu.BEELINE
                    else signal.SIGKILL)
    return {"name": variant.name, "ms": (at - start) * 1000,
            "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1000,
            "faults": usage.ru_minflt, "rss_kib": usage.ru_maxrss,
            "libraries": libraries, "modules": modules}
