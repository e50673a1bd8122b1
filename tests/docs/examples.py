# SPDX-License-Identifier: BSD-2-Clause
"""Tests of examples/: what fleets are given.

Neither Kata nor Nomad is here, nor a systemd that runs; so their files are
read as they would read them, and the QEMU or beeline that they would start is
started (docs/fleet.md says from which sources that is known)."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

from scratch import ROOT, TIME

sys.path.append(os.path.join(ROOT, "tests", "host"))
from host_test import BEELINE, BUILD, QEMU, Skip, call, check, equal  # noqa

import artefacts    # noqa: E402, host_test knows the way to it

EXAMPLES = os.path.join(ROOT, "examples")
INSTALLED = {"/usr/local/bin/beeline": BEELINE,
             "/usr/local/share/beeline/fw.bin": os.path.join(BUILD, "fw.bin")}
DONE = "BEELINE done=ok"
# Kata 4.1, src/runtime/virtcontainers/qemu_amd64.go and _arch_base.go.
KATA_WORDS = (
    "tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 "
    "i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k "
    "cryptomgr.notests net.ifnames=0 pci=lastbus=0 quiet")
KATA_KEYS = {"firmware": str, "machine_type": str, "kernel_params": str,
             "hot_plug_vfio": str, "pcie_root_port": int}


def text_of(*path):
    """A file of examples/; what is built stands for what is installed."""
    with open(os.path.join(EXAMPLES, *path), encoding="utf-8") as file:
        text = file.read()
    for installed, built in INSTALLED.items():
        text = text.replace(installed, built)
    return text


def boot(args, folder):
    """Runs a whole command in a folder until the guest has ended; what the
    guest printed.  It must have got to its end."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, cwd=folder,
                          capture_output=True, text=True, errors="replace",
                          timeout=TIME, check=False)
    check(DONE in done.stdout, f"{args}: exit code {done.returncode}: "
          f"{(done.stdout + done.stderr)[-800:]}")
    return done.stdout


def bundle(folder):
    """A bundle of the test kernel, which says that it ran and ends."""
    path = os.path.join(folder, "guest")
    call(BEELINE, "bake", "--accel", "tcg", "--memory", "64M", "--output",
         path, "--kernel", artefacts.payload("linuxelf"), "--", "-device",
         "isa-debug-exit,iobase=0xf4,iosize=1")
    return path


def test_kata():
    """The drop-in, with all that it has in comments, and the QEMU that Kata
    starts with it, under TCG."""
    text = text_of("kata", "50-beeline.toml")
    tomllib.loads(text)
    full = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.M))
    equal(list(full), ["hypervisor"], "tables")
    options = full["hypervisor"]["qemu"]
    equal({key: type(value) for key, value in options.items()}, KATA_KEYS,
          "keys")
    said = boot([
        QEMU, "-machine", f"{options['machine_type']},accel=tcg,nvdimm=on",
        "-cpu", "max", "-m", "512M,slots=10,maxmem=2G", "-vga", "none",
        "-no-user-config", "-nodefaults", "-nographic", "--no-reboot",
        "-object", "memory-backend-ram,id=dimm1,size=512M",
        "-numa", "node,memdev=dimm1", "-bios", options["firmware"],
        "-device", "pcie-root-port,id=rp0,bus=pcie.0,chassis=1,slot=1,addr=2",
        "-device", "pcie-pci-bridge,id=pci-bridge-0,bus=rp0,addr=0",
        "-device", "virtio-serial-pci,disable-modern=false,id=serial0",
        "-serial", "stdio", "-monitor", "none",
        "-kernel", os.path.join(BUILD, "kernel", "vmlinux"),
        "-initrd", artefacts.initrd("small"), "-append",
        f"console=ttyS0 {KATA_WORDS} {options['kernel_params']}"], ROOT)
    check("0000:01:00.0" in said, "the bridge behind the port is not there")


def nomad_args(name):
    """(driver, the strings of its args) of a job; HCL's lists of strings are
    JSON but for the comma at the end."""
    text = text_of("nomad", name)
    equal(text.count("{"), text.count("}"), "braces")
    args = re.search(r"^ *args *= (\[.*?\])$", text, re.M | re.S)[1]
    return (re.search(r'^ *driver *= "(\w+)"$', text, re.M)[1],
            json.loads(re.sub(r",\s*\]", "]", args)), text)


def test_nomad_kernel():
    """The job's QEMU as Nomad's driver puts it together, under TCG."""
    driver, args, text = nomad_args("kernel.nomad.hcl")
    equal(driver, "qemu", "driver")
    value = dict(re.findall(r'^ *(\w+) *= "?([\w./-]+)"?$', text, re.M))
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "local"))
        with open(os.path.join(folder, value["image_path"]), "wb") as file:
            file.truncate(1 << 20)
        os.symlink(os.path.join(BUILD, "kernel", "bzImage"),
                   os.path.join(folder, "local", "bzImage"))
        boot([QEMU, "-machine", f"type={value['machine_type']},accel=tcg",
              "-name", "root.raw", "-m", value["memory"] + "M", "-drive",
              f"file={value['image_path']},if={value['drive_interface']},"
              "id=image0", "-nographic", *args,
              "-initrd", artefacts.initrd("small")], folder)


def test_nomad_bundle():
    """The job's command, with a bundle in its place."""
    driver, args, text = nomad_args("bundle.nomad.hcl")
    equal(driver, "raw_exec", "driver")
    command = re.search(r'command *= "(.*)"', text)[1]
    with tempfile.TemporaryDirectory() as folder:
        path = bundle(folder)
        boot([command, *(arg.replace("/var/lib/beeline/guest", path)
                         for arg in args)], folder)


def test_systemd():
    """The unit pleases systemd-analyze, and its command runs a bundle."""
    if shutil.which("systemd-analyze") is None:
        raise Skip("systemd-analyze: not installed")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "beeline@guest.service")
        text = text_of("systemd", "beeline@.service").replace(
            "/var/lib/beeline", folder)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", path], text=True,
            capture_output=True, check=False)
        equal((done.returncode, done.stderr), (0, ""), "systemd-analyze")
        bundle(folder)
        start = re.search(r"^ExecStart=(.*)$", text, re.M)[1]
        # a service has neither HOME nor a cache
        boot(["env", "-i", "PATH=" + os.environ["PATH"],
              *start.replace("%i", "guest").split()], folder)
