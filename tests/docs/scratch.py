# SPDX-License-Identifier: BSD-2-Clause
"""A folder that looks like this tree, for commands that a page shows.

Its entries are links, so nothing is copied and nothing is built twice, but
what a command writes beside them, and below HOME, goes with the folder."""

import os
import re
import shutil
import signal
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TIME = 90                       # seconds for one command
# What pages call a kernel and an initrd of the reader's own.
OWN = {"bzImage": "kernel/bzImage", "vmlinux": "kernel/vmlinux",
       "initrd": "initrd/small.cpio", "initrd.cpio": "initrd/small.cpio"}
# What depends on the host: it has KVM at speed or not.
PASSED_OVER = re.compile(r"beeline: accel: |KVM")
HIDDEN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BEELINE_FIRMWARE",
          "XDG_CACHE_HOME", "KERNEL", "INITRD", "APPEND", "MACHINE", "MEMORY",
          "CPUS", "ACCEL", "FIRMWARE", "BOOT_PATH", "DESTDIR", "PREFIX")


class Scratch:
    """The folder, and commands run in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="beeline-docs-")
        self.tree = os.path.join(self.folder, "beeline")
        home = os.path.join(self.folder, "home")
        os.mkdir(self.tree)
        os.mkdir(home)
        for name in os.listdir(ROOT):
            if name != ".git":
                os.symlink(os.path.join(ROOT, name),
                           os.path.join(self.tree, name))
        for name, built in OWN.items():
            os.symlink(os.path.join(ROOT, "build", built),
                       os.path.join(self.tree, name))
        # without .git the version would be another, and all be built anew
        version = subprocess.run(
            [os.path.join(ROOT, "tools", "version")], text=True,
            capture_output=True, check=True).stdout.strip()
        self.env = {key: value for key, value in os.environ.items()
                    if key not in HIDDEN}
        self.env.update(HOME=home, LC_ALL="C.UTF-8",
                        MAKEFLAGS=f"VERSION={version}",
                        PATH=os.path.join(ROOT, "build") + ":" +
                        os.environ["PATH"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command, seconds=TIME):
        """(exit code, lines) of a command; a code of None: it took too long.
        Its own session, so that nothing of it stays behind."""
        with subprocess.Popen(
                ["bash", "-c", command], cwd=self.tree, env=self.env,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace",
                start_new_session=True) as child:
            try:
                out, _ = child.communicate(timeout=seconds)
                code = child.returncode
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                out, _ = child.communicate()
                code = None
        lines = [line.rstrip() for line in out.replace("\r", "").split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        return code, [line for line in lines if not PASSED_OVER.match(line)]
