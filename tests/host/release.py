#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""release.py [NAME...] - the version that git gives a tree, the tarball that
`make dist` packs of it, and what is built from that without git."""

import functools
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

from host_test import ROOT, Skip, check, equal, read, run_tests, tests_of

BUILD_TIME = 600
SEMVER = re.compile(        # semver.org, "Is there a suggested regular..."
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[a-z-][0-9a-z-]*)(\.(0|[1-9]\d*|\d*[a-z-][0-9a-z-]*))*)?"
    r"(\+[0-9a-z-]+(\.[0-9a-z-]+)*)?", re.I)
# The commit of a copy: the same one wherever it is made.
WHO = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
       for what, value in (("NAME", "Somebody"), ("EMAIL", "some@body"),
                           ("DATE", "2026-02-03T04:05:06+0100"))}
LONGEST = 55    # characters of a version: core/about.h


def environment(home, **more):
    """Without the user's configuration, and what make has put there."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(("GIT_", "MAKE")) and key != "MFLAGS"}
    return {**env, **WHO, "HOME": home, "GIT_CONFIG_NOSYSTEM": "1",
            "XDG_CONFIG_HOME": home, **more}


def run(args, folder, code=0, **more):
    """What a program prints on its standard output."""
    done = subprocess.run(args, cwd=folder, env=environment(folder, **more),
                          text=True, check=False, timeout=BUILD_TIME,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    equal(done.returncode, code,
          f"{' '.join(args)}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout.strip()


def sources():
    """Every file that is or may become part of the tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
        stdout=subprocess.PIPE, text=True, check=False).stdout.split("\n")
    return [name for name in listed
            if os.path.isfile(os.path.join(ROOT, name))]


def repository(folder, names):
    """A repository with one commit, of these files of the tree."""
    for name in names:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(ROOT, name), path)
    run(["git", "init", "-q", "-b", "main"], folder)
    commit(folder, "first")
    return folder


def commit(folder, text):
    """All that is there, or nothing."""
    run(["git", "add", "-A"], folder)
    run(["git", "commit", "-q", "--allow-empty", "-m", text], folder)


def version(folder):
    """What tools/version says, which is a semantic version."""
    said = run(["tools/version"], folder)
    check(SEMVER.fullmatch(said), f"{said!r} is none")
    check(len(said) <= LONGEST, f"{said!r} is too long")
    return said


def base_of(said):
    """(major, minor, patch)"""
    return tuple(int(part) for part in re.split("[-+]", said)[0].split("."))


def no_git(folder):
    """A PATH whose git fails, and tells."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "git")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"#!/bin/sh\necho \"$@\" >> {folder}/called\nexit 127\n")
    os.chmod(path, 0o755)
    return f"{folder}:{os.environ['PATH']}"


class Suite:
    """Trees below a folder; the large one is made when it is wanted."""

    def __init__(self, top):
        if not shutil.which("git"):
            raise Skip("git is not installed")
        self.top = top

    def path(self, *names):
        """Of a file, the folder of which is there."""
        path = os.path.join(self.top, *names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    @functools.cached_property
    def tree(self):
        """A repository with all of the tree."""
        names = sources()
        if not names:
            raise Skip("this tree is no repository: nothing says what is in it")
        return repository(self.path("tree"), names)

    @functools.cached_property
    def tarball(self):
        """Packed from it."""
        out = self.path("out", "")
        run(["tools/dist", out], self.tree)
        names = os.listdir(out)
        equal(names, [f"beeline-{version(self.tree)}.tar.gz"], "tarballs")
        return os.path.join(out, names[0])

    def unpack(self, name):
        """The tarball's tree, in a folder of that name."""
        run(["tar", "-xzf", self.tarball], self.path(name, ""))
        return os.path.join(self.top, name, f"beeline-{version(self.tree)}")

    def test_version_of_commits(self):
        """Before any tag; with more commits it rises."""
        folder = repository(self.path("commits"), ["tools/version"])
        first = version(folder)
        check(re.fullmatch(r"\d+\.\d+\.\d+-dev\.1\+g[0-9a-f]{7}", first), first)
        commit(folder, "second")
        second = version(folder)
        equal(base_of(first), base_of(second), "release to come")
        check("-dev.2+g" in second, second)
        with open(folder + "/tools/version", "a", encoding="ascii") as file:
            file.write("# changed\n")
        equal(version(folder), second + ".dirty", "changed")

    def test_version_of_tags(self):
        """At a tag it is the tag's; behind it, that of the next release."""
        folder = repository(self.path("tags"), ["tools/version"])
        following = base_of(version(folder))
        tag = ".".join(str(part) for part in following)
        run(["git", "tag", "-a", "-m", "release", f"v{tag}"], folder)
        equal(version(folder), tag, "at the tag")
        with open(folder + "/more", "w", encoding="ascii") as file:
            file.write("1")
        equal(version(folder), tag, "a file that git does not know")
        run(["git", "add", "more"], folder)
        equal(version(folder), tag + "+dirty", "changed")
        commit(folder, "behind the release")
        behind = version(folder)
        check(base_of(behind) > following and "-dev.1+g" in behind, behind)
        run(["git", "tag", "nightly-7"], folder)
        equal(version(folder), behind, "a tag that is no release's")
        run(["git", "tag", "v99.0.0-rc1"], folder)
        equal(version(folder), behind, "a tag before a release")

    def test_version_without_git(self):
        """The file VERSION speaks; even inside another repository."""
        outer = repository(self.path("outer"), ["tools/deps"])
        folder = os.path.join(outer, "beeline")
        os.makedirs(folder + "/tools")
        shutil.copy(os.path.join(ROOT, "tools/version"), folder + "/tools")
        check(re.fullmatch(r"\d+\.\d+\.\d+-dev", version(folder)), "no file")
        with open(folder + "/VERSION", "w", encoding="ascii") as file:
            file.write("1.2.3\n")
        equal(version(folder), "1.2.3", "by the file")
        os.mkdir(folder + "/.git")
        check("-dev" in version(folder), "a .git that is none")

    def test_same_bytes(self):
        """Whoever packs it, wherever, whatever is configured."""
        other = self.path("a much", "longer path", "tree")
        run(["git", "clone", "-q", self.tree, other], self.top)
        for setting in ("tar.umask=0077", "core.autocrlf=true",
                        "core.eol=crlf"):
            run(["git", "config", *setting.split("=")], other)
        out = self.path("out2", "")
        run(["sh", "-c", 'umask 077; exec tools/dist "$0"', out], other,
            TZ="Asia/Tokyo", LC_ALL="C.UTF-8", GZIP="-1")
        names = os.listdir(out)
        equal(names, [os.path.basename(self.tarball)], "name")
        check(read(out, names[0]) == read(self.tarball), "other bytes")

    def test_contents(self):
        """What is committed, and the version; all by root, none by us."""
        said = version(self.tree)
        with tarfile.open(self.tarball) as tar:
            files = {member.name: member for member in tar if member.isfile()}
            folder = f"beeline-{said}/"
            text = tar.extractfile(folder + "VERSION").read().decode()
        equal(text, said + "\n", "VERSION")
        listed = run(["git", "ls-files"], self.tree).split("\n")
        equal(sorted(files), sorted(folder + name for name in
                                    [*listed, "VERSION"]), "files")
        for name, member in files.items():
            equal((member.uname, member.uid, member.mtime),
                  ("root", 0, 1770087906), name)
            check(member.mode in (0o644, 0o755), f"{name}: {member.mode:o}")

    def test_changes_are_not_packed(self):
        """It says so, and packs the commit."""
        folder = self.path("changed")
        run(["git", "clone", "-q", self.tree, folder], self.top)
        with open(folder + "/README.md", "a", encoding="utf-8") as file:
            file.write("not committed\n")
        out = self.path("out3", "")
        done = subprocess.run(["tools/dist", out], cwd=folder, text=True,
                              env=environment(folder), check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        check(done.returncode == 0 and "not packed" in done.stderr,
              done.stderr)
        check(read(done.stdout.strip()) == read(self.tarball), "other bytes")

    def test_refusals(self):
        """A tarball packs no tarball; a folder must be there."""
        folder = self.unpack("again")
        run(["tools/dist", self.top], folder, code=1)
        run(["tools/dist", "/nonexistent"], self.tree, code=2)
        run(["tools/dist"], self.tree, code=1)

    def test_builds_without_git(self):
        """Firmware and program, of the tarball's version; the firmware is the
        very one that the repository gives."""
        said = version(self.tree)
        folder = self.unpack("unpacked")
        path = no_git(os.path.join(self.top, "no-git"))
        run(["make", "-j2", "firmware", "beeline"], folder, PATH=path)
        run(["make", "-j2", "firmware"], self.tree)
        called = os.path.join(self.top, "no-git", "called")
        check(not os.path.exists(called), "it called git")
        program = os.path.join(folder, "build", "beeline")
        equal(run([program, "--version"], folder), f"beeline {said}",
              "version")
        for name in ("fw.bin", "fw-128k.bin", "fw.elf"):
            check(read(folder, "build", name) == read(self.tree, "build", name),
                  f"{name} is another one")
            facts = run([program, "inspect", f"build/{name}"], folder)
            check(re.search(rf"^version +{re.escape(said)}$", facts, re.M) and
                  re.search(r"^build_id +[0-9a-f]{40}$", facts, re.M), facts)
        run(["make", "install", "PREFIX=/usr", "DESTDIR=" + self.path("dest")],
            folder, PATH=path)
        check(os.path.exists(self.path("dest", "usr", "share", "beeline",
                                       "fw.bin")), "install")


def main():
    """Runs those whose names hold one of the arguments, or all."""
    with tempfile.TemporaryDirectory() as top:
        try:
            suite = Suite(os.path.realpath(top))
        except Skip as why:
            print(f"skipped: {why}")
            print("release: 0 passed, 0 failed, 1 skipped")
            return 0
        return run_tests("release", tests_of(vars(Suite), suite))


if __name__ == "__main__":
    sys.exit(main())
