# SPDX-License-Identifier: BSD-2-Clause
"""A libvirt of our own: a session daemon in a temporary folder, shells that
speak to it, and the end of all that it has started.

libvirt's paths follow from HOME and the XDG variables, so nothing of the
user's is touched.  A session daemon is not root's: root becomes nobody."""

import os
import pty
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

from host_test import Wrong      # run.py knows the way to it

DAEMONS = ("libvirtd", "virtqemud")
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
START = 60              # seconds until the daemon answers: it asks each QEMU
TIME = 90               # for a shell, with a boot in it
GRACE = 5               # until what was asked to end is killed


def daemon_path():
    """The daemon's path, or None."""
    path = os.environ["PATH"] + ":" + SBIN
    return next(filter(None, (shutil.which(name, path=path)
                              for name in DAEMONS)), None)


def end(pid, gone):
    """Ends a process that is ours; gone() says when it is."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        limit = time.monotonic() + GRACE
        while time.monotonic() < limit:
            if gone():
                return
            time.sleep(0.05)


class Session:
    """A folder, a user, a daemon."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="beeline-libvirt-")
        os.chmod(self.top, 0o755)
        self.user = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid,
                         "extra_groups": []}
        self.home = self.folder("home")
        self.run = self.folder("run")
        self.work = self.folder("work")
        self.env = {
            "PATH": f"{self.home}/.local/bin:{os.environ['PATH']}:{SBIN}",
            "HOME": self.home, "XDG_RUNTIME_DIR": self.run,
            "XDG_CONFIG_HOME": self.folder("home/.config"),
            "XDG_CACHE_HOME": self.folder("home/.cache"),
            "LC_ALL": "C.UTF-8", "TERM": "dumb", "LIBVIRT_AUTOSTART": "0",
            "LIBVIRT_DEFAULT_URI": "qemu:///session"}
        # QEMU's messages in files, so no virtlogd
        self.write("home/.config/libvirt/qemu.conf",
                   'stdio_handler = "file"\n')
        self.log = os.path.join(self.top, "daemon.log")
        self.child = None

    def path(self, name):
        """Of a file in the folder."""
        return os.path.join(self.top, name)

    def own(self, path):
        """Gives a file or folder to the session's user."""
        if self.user:
            os.chown(path, self.user["user"], self.user["group"])
        return path

    def folder(self, name):
        """Makes a folder; its path."""
        path = self.path(name)
        os.makedirs(path, exist_ok=True)
        return self.own(path)

    def write(self, name, text):
        """Makes a file."""
        self.folder(os.path.dirname(name))
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.own(self.path(name))

    def copy(self, source, name):
        """A file that the session's user can read, wherever the tree is."""
        self.folder(os.path.dirname(name))
        return self.own(shutil.copy(source, self.path(name)))

    def start(self):
        """Starts the daemon and waits until it answers."""
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                [daemon_path()], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=self.env, cwd=self.work, **self.user)
        limit = time.monotonic() + START
        while self.child.poll() is None and time.monotonic() < limit:
            if self.virsh("uri", check=False) is not None:
                return
            time.sleep(0.1)
        with open(self.log, encoding="utf-8", errors="replace") as file:
            raise Wrong(f"{daemon_path()}: does not answer: "
                          f"{file.read()[-2000:]}")

    def virsh(self, *words, check=True):
        """What virsh prints; None if it fails and may."""
        done = subprocess.run(
            ["virsh", *words], capture_output=True, text=True, check=False,
            env=self.env, cwd=self.work, timeout=TIME, **self.user)
        if done.returncode and check:
            raise Wrong(f"virsh {' '.join(words)}: {done.stderr.strip()}")
        return None if done.returncode else done.stdout

    def shell(self, text, limit=TIME, **variables):
        """Runs commands on a terminal; (exit code, all that it showed)."""
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            ["bash", "-euc", text], stdin=theirs, stdout=theirs,
            stderr=theirs, env={**self.env, **variables}, cwd=self.work,
            start_new_session=True, **self.user)
        os.close(theirs)
        timer_end = time.monotonic() + limit
        shown = b""
        os.set_blocking(ours, False)
        try:
            while time.monotonic() < timer_end:
                ended = child.poll() is not None
                try:
                    shown += os.read(ours, 65536)
                    continue
                except BlockingIOError:
                    pass
                except OSError:             # the other side is closed
                    break
                if ended:
                    break
                time.sleep(0.02)
            else:
                raise Wrong(f"{text}: no end after {limit} s: "
                              f"{shown[-500:].decode(errors='replace')}")
            code = child.wait(GRACE)
        finally:
            os.close(ours)
            if child.poll() is None:        # it and what it has started
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        return code, shown.decode(errors="replace").replace("\r\n", "\n")

    def wait_off(self, name, limit=TIME):
        """Waits until a domain is off; why it is."""
        timer_end = time.monotonic() + limit
        while time.monotonic() < timer_end:
            state = self.virsh("domstate", "--reason", name).strip()
            if state.startswith("shut off"):
                return state
            time.sleep(0.1)
        raise Wrong(f"{name}: {state} after {limit} s")

    def qemu_arguments(self, name):
        """A domain's last QEMU, as libvirt has noted it: its arguments."""
        path = os.path.join(self.env["XDG_CACHE_HOME"], "libvirt", "qemu",
                            "log", name + ".log")
        with open(path, encoding="utf-8", errors="replace") as file:
            last = file.read().split(": starting up libvirt")[-1]
        lines = re.findall(r"^(-.*?) ?\\?$", last, re.M)
        return [word for line in lines for word in line.split(" ", 1)]

    def qemus(self):
        """Process ids of QEMUs that the daemon started and that still run."""
        folder = os.path.join(self.run, "libvirt", "qemu", "run")
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            if name.endswith(".pid") and name != "driver.pid":
                try:
                    with open(os.path.join(folder, name),
                              encoding="ascii") as file:
                        pid = int(file.read())
                    with open(f"/proc/{pid}/cmdline", "rb") as file:
                        if self.top.encode() in file.read():
                            yield pid
                except (OSError, ValueError):
                    pass

    def close(self):
        """Ends QEMUs, then the daemon; removes all."""
        for pid in list(self.qemus()):
            end(pid, lambda pid=pid: pid not in list(self.qemus()))
        if self.child and self.child.poll() is None:
            end(self.child.pid, lambda: self.child.poll() is not None)
        shutil.rmtree(self.top, ignore_errors=True)
