#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""completions.py [NAME...] - what bash, zsh and fish offer behind `beeline`,
held against what the program's own --help names.

bash and zsh are interactive ones at a terminal of ours: a key inserts all that
they would offer, and the line is printed instead of run."""

import contextlib
import fcntl
import functools
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

from host_test import BEELINE, ROOT, Skip, Wrong, call, check, equal, run_tests

FOLDER = os.path.join(ROOT, "completions")
COLUMNS = 4000      # lines must not be cut
WAIT = 30           # seconds for a shell's answer
COMMANDS = ("run", "bake", "verify", "inspect", "cache", "doctor")
BASH = """
source %s/beeline.bash
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
bind '"\\C-x\\C-a": insert-completions'
"""
# zshcompwid(1), "_all_matches"
ZSH = """
fpath=(%s $fpath)
autoload -Uz compinit
compinit -D -u
zle -C all-matches complete-word _generic
bindkey '^X^A' all-matches
bindkey '^A' beginning-of-line
zstyle ':completion:all-matches:*' insert yes
zstyle ':completion:all-matches::::' completer _all_matches _complete
"""


def options_of(command):
    """The options that --help names: each begins a line of its own."""
    said = call(BEELINE, command, "--help")
    found = re.findall(r"^  (?:-\w, )?(--[a-z][a-z-]*)", said, re.M)
    check("--help" in found, f"{command}: {said}")
    return sorted(found)


def commands():
    """Those that the program's own help names."""
    return sorted(re.findall(r"^  (\w+) ", call(BEELINE, "--help"), re.M))


class Terminal:
    """A shell that is asked at its line editor."""

    def __init__(self, args, setup, folder):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(args[0], args, {
                "PATH": os.environ["PATH"], "HOME": folder, "TERM": "dumb",
                "PS1": "$ ", "INPUTRC": "/dev/null", "LC_ALL": "C",
                "ZDOTDIR": folder, "HISTFILE": "/dev/null"})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 50, COLUMNS, 0, 0))
        self.count = 0
        for line in setup.strip().split("\n"):
            os.write(self.fd, line.encode() + b"\n")
        self.answer("")

    def answer(self, keys):
        """Lines that a command prints behind "@"."""
        self.count += 1
        end = f"@end{self.count}"
        os.write(self.fd, f"{keys}\necho @'end'{self.count}\n".encode())
        text, limit = "", time.monotonic() + WAIT
        while f"\n{end}" not in text:
            if not select.select([self.fd], [], [],
                                 limit - time.monotonic())[0]:
                raise Wrong(f"no answer to {keys!r}: {text[-2000:]!r}")
            text += os.read(self.fd, 65536).decode(errors="replace")
            text = text.replace("\r", "")
        return re.findall(r"^@(.*)$", text[:text.index(f"\n{end}")], re.M)

    def offers(self, line):
        """What stands in the line's last place when all is inserted; nothing
        where it stays as it was."""
        words = line.split(" ")
        found = self.answer(line + "\x18\x01" + "\x01printf '@%s\\n' ")
        equal(found[:len(words) - 1], words[:-1], "words before")
        found = [word for word in found[len(words) - 1:] if word]
        return [] if found == words[-1:] else sorted(set(found))

    def close(self):
        """Ends the shell, which is ours."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Fish:
    """fish says what it would offer."""

    def __init__(self, folder):
        self.folder = folder

    def offers(self, line):
        """The first column of its list."""
        done = subprocess.run(
            ["fish", "--no-config", "-c",
             f"source {FOLDER}/beeline.fish; complete -C $argv[1]", line],
            capture_output=True, text=True, check=False, timeout=WAIT,
            cwd=self.folder, env={"PATH": os.environ["PATH"],
                                  "HOME": self.folder, "LC_ALL": "C"})
        equal((done.returncode, done.stderr), (0, ""), "fish")
        return sorted({line.split("\t")[0] for line in
                       done.stdout.splitlines()})

    def close(self):
        """Nothing of it runs."""


def shell_start(name, folder):
    """The shell of that name in a folder."""
    path = shutil.which(name)
    if not path:
        raise Skip(f"{name} is not installed")
    if name == "bash":
        return Terminal([path, "--norc", "--noprofile", "-i"], BASH % FOLDER,
                        folder)
    if name == "zsh":
        return Terminal([path, "-f", "-i"], ZSH % FOLDER, folder)
    return Fish(folder)


def check_commands(shell):
    equal(shell.offers("beeline "), commands(), "commands")
    equal(commands(), sorted(COMMANDS), "commands of this test")
    equal(shell.offers("beeline ins"), ["inspect"], "one command")
    equal(shell.offers("beeline --"), ["--help", "--version"], "options")


def check_options(shell):
    """Every option that --help names, and no other."""
    for command in COMMANDS:
        equal(shell.offers(f"beeline {command} --"), options_of(command),
              f"options of {command}")
    equal(shell.offers("beeline run --no-k"), ["--no-kaslr"], "one option")


def check_values(shell):
    """Those that the program takes."""
    for option, wanted in (("path", ["firmware", "none"]),
                           ("accel", ["auto", "kvm", "tcg"]),
                           ("entry", ["64", "pvh"])):
        for command in ("run", "bake"):
            equal(shell.offers(f"beeline {command} --{option} "), wanted,
                  option)
    for option in ("machine", "memory", "cpus"):
        values = shell.offers(f"beeline run --{option} ")
        check(len(values) > 2, f"{option}: {values}")
        for value in values:
            # without QEMU it fails only behind the check of the values
            subprocess_code(1, f"--{option}", value)
    subprocess_code(2, "--accel", "fly")
    equal(shell.offers("beeline cache "), ["list", "path", "prune"], "cache")


def subprocess_code(code, *args):
    """`beeline run` with these ends so."""
    call(BEELINE, "run", "--kernel", BEELINE, *args, code=code,
         env={**os.environ, "QEMU": "/nonexistent/qemu"})


def check_files(shell):
    """File names, or folders, where one is wanted."""
    for line in ("run --kernel ", "bake --initrd ", "run --firmware ",
                 "inspect "):
        found = shell.offers("beeline " + line)
        check("bzImage" in found and "bundle/" in "/".join(found) + "/",
              f"{line}: {found}")
    for line in ("run --bundle ", "bake --output ", "verify "):
        equal([name.rstrip("/") for name in shell.offers("beeline " + line)],
              ["bundle"], line)


def check_behind(shell):
    """QEMU's arguments are not ours to know."""
    found = shell.offers("beeline run --kernel k -- --")
    check(not any(word.startswith("--") for word in found), f"{found}")
    check("bzImage" in shell.offers("beeline run --kernel k -- bz"), "files")


def check_joined(shell):
    """--path=none"""
    found = shell.offers("beeline run --path=n")
    check([word.split("=")[-1] for word in found] == ["none"], f"{found}")


def in_shell(name, test):
    """Runs a test in a new shell."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as at:
        os.mkdir(os.path.join(folder, "bundle"))
        for file in ("bzImage", "image.bin"):
            with open(os.path.join(folder, file), "w", encoding="ascii"):
                pass
        shell = shell_start(name, folder)
        at.callback(shell.close)
        test(shell)


def main():
    """Runs those whose names hold one of the arguments, or all."""
    return run_tests("completions", [
        (f"{name}_{test[6:]}", functools.partial(in_shell, name,
                                                 globals()[test]))
        for name in ("bash", "zsh", "fish")
        for test in ("check_commands", "check_options", "check_values",
                     "check_files", "check_behind", "check_joined")])


if __name__ == "__main__":
    sys.exit(main())
