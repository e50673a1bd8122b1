# SPDX-License-Identifier: BSD-2-Clause
"""Folders that packages are installed into: one that dpkg alone makes, with
this machine's list of packages, and a whole Debian by debootstrap."""

import glob
import os
import re
import shutil
import subprocess
import tempfile

from host_test import Wrong     # run.py knows the way to it

TIME = 120                      # for a command
INSTALL_TIME = 900              # with a Debian to be downloaded
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def run(*words, limit=TIME, **more):
    """A program's output; Wrong unless it ends with 0."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT, errors="replace",
                              timeout=limit, **more)
    except subprocess.TimeoutExpired as late:
        raise Wrong(f"{' '.join(words)}: no end after {limit} s: "
                    f"{(late.stdout or b'')[-500:]!r}") from late
    if done.returncode:
        raise Wrong(f"{' '.join(words)}: exit code {done.returncode}: "
                    f"{done.stdout[-2000:]}")
    return done.stdout


class Root:
    """A folder that is a root to dpkg."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="beeline-package-")
        os.chmod(self.top, 0o755)

    def path(self, name):
        """Of a file, from outside."""
        return os.path.join(self.top, name.lstrip("/"))

    def files(self):
        """All files that are not of the administration."""
        found = []
        for folder, _, names in os.walk(self.top):
            found += [os.path.relpath(os.path.join(folder, name), self.top)
                      for name in names]
        return sorted(name for name in found
                      if not name.startswith("var/lib/dpkg/"))

    def close(self):
        """Removes it."""
        shutil.rmtree(self.top, ignore_errors=True)


class Scratch(Root):
    """The packages and nothing else; what they depend on must be installed on
    this machine, whose programs run what is in the folder."""

    name = "dpkg --root"
    whole = False

    def __init__(self):
        super().__init__()
        admin = self.path("var/lib/dpkg")
        for name in ("info", "updates", "triggers"):
            os.makedirs(os.path.join(admin, name))
        # without those that wait for a trigger, which is not here to be run
        with open("/var/lib/dpkg/status", encoding="utf-8") as file:
            parts = file.read().split("\n\n")
        text = "\n\n".join(part for part in parts if part.strip() and
                           not re.search(r"^Package: (lib)?beeline", part,
                                         re.M))
        text = re.sub(r"^Triggers-\w+:.*\n", "", text, flags=re.M)
        with open(os.path.join(admin, "status"), "w",
                  encoding="utf-8") as file:
            file.write(text + "\n")

    def dpkg(self, *words):
        """dpkg on the folder; as who we are, if need be as if we were root."""
        fake = [] if os.getuid() == 0 else ["fakeroot"]
        return run(*fake, "dpkg", f"--root={self.top}",
                   "--force-not-root", "--force-script-chrootless",
                   f"--log={self.path('var/lib/dpkg/log')}", *words,
                   env={**os.environ, **QUIET,
                        "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})

    def install(self, debs):
        """With dependencies looked at, and not forced."""
        return self.dpkg("--install", *debs)

    def remove(self, packages):
        """As if they had never been there."""
        return self.dpkg("--purge", *packages)

    def run(self, program, *words):
        """A program that is installed there."""
        env = {key: value for key, value in os.environ.items()
               if not key.startswith("BEELINE")}
        return run(self.path("usr/bin/" + program), *words, env={
            **env, "XDG_CACHE_HOME": self.path("var/lib/dpkg/cache")})

    def bring(self, path):
        """A file for a program there; the path that it finds it by."""
        return path


def debian():
    """(release, mirror) of this machine."""
    with open("/etc/os-release", encoding="utf-8") as file:
        release = re.search(r"^VERSION_CODENAME=(\w+)", file.read(), re.M)
    sources = ["/etc/apt/sources.list",
               *glob.glob("/etc/apt/sources.list.d/*")]
    for path in filter(os.path.isfile, sources):
        with open(path, encoding="utf-8") as file:
            found = re.search(r"^(?:URIs: *|deb +(?:\[.*?\] *)?)"
                              r"(\S+/debian/?)(?= |$)", file.read(), re.M)
        if found:
            return release.group(1), found.group(1)
    return release.group(1), "http://deb.debian.org/debian"


class Chroot(Root):
    """A new Debian like this machine's, where apt installs the packages and
    what they want, QEMU too."""

    name = "debootstrap"
    whole = True

    def __init__(self):
        super().__init__()
        release, mirror = debian()
        run("debootstrap", "--variant=minbase", release, self.top, mirror,
            limit=INSTALL_TIME)
        proxies = [line for line in run("apt-config", "dump").splitlines()
                   if re.match(r"Acquire::\w+::Proxy", line)]
        with open(self.path("etc/apt/apt.conf.d/50proxy"), "w",
                  encoding="ascii") as file:
            file.write("\n".join(proxies) + "\n")
        shutil.copy("/etc/resolv.conf", self.path("etc/resolv.conf"))
        self.before = set()

    def inside(self, *words, limit=TIME):
        """A program there: its /proc, and all that it starts, goes with it."""
        return run("unshare", "--mount", "--pid", "--fork", "--kill-child",
                   f"--mount-proc={self.path('proc')}", "chroot", self.top,
                   "env", "-i", "HOME=/root", "PATH=/usr/sbin:/usr/bin:/sbin:"
                   "/bin", *(f"{key}={value}" for key, value in QUIET.items()),
                   *words, limit=limit)

    def install(self, debs):
        """With QEMU, and dependencies from the archive."""
        for path in debs:
            shutil.copy(path, self.path("root"))
        text = self.inside("apt-get", "-q", "-y", "--no-install-recommends",
                           "install", "qemu-system-x86", "man-db",
                           limit=INSTALL_TIME)
        self.before = set(self.system())
        return text + self.inside(
            "apt-get", "-q", "-y", "--no-install-recommends", "install",
            *("./root/" + os.path.basename(path) for path in debs),
            limit=INSTALL_TIME)

    def system(self):
        """Files that packages could have left."""
        return [name for name in super().files()
                if name.startswith(("usr/", "etc/"))
                and "/cache" not in name and "ld.so.cache" not in name]

    def files(self):
        """What has come with our packages."""
        libs = ("usr/lib/", "usr/share/doc/lib", "usr/share/lintian/")
        return [name for name in self.system() if name not in self.before
                and ("beeline" in name or not name.startswith(libs))]

    def remove(self, packages):
        """As if they had never been there."""
        return self.inside("apt-get", "-q", "-y", "purge", *packages)

    def run(self, program, *words):
        """A program that is installed there."""
        return self.inside(program, *words)

    def bring(self, path):
        """A file for a program there; the path that it finds it by."""
        shutil.copy(path, self.path("root"))
        return "/root/" + os.path.basename(path)
