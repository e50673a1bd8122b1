#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""pull.py - what a pull brings is what QEMU has, and nothing else is taken.

The files are compared with those that tests/golden/capture reads from the same
QEMU, both accelerators with each other, and the words for virtio-mmio with
what QEMU puts behind a command line itself.  Then come a QEMU that refuses and
a program that only pretends to be one (fake_qemu.py): one line, exit code 1,
no process left."""
import concurrent.futures
import importlib.machinery
import importlib.util
import os
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from functools import partial

import host_test
from host_test import (BUILD, HERE, ROOT, TIME, Skip, check, outcome, read,
                       report, tell, wanted, write)
from processes import gone

DUMP = os.path.join(BUILD, "test", "pull-dump")
QEMU = shutil.which(host_test.QEMU)
FAKE = os.path.join(HERE, "fake_qemu.py")
ROUNDS = 11
PLAIN = ("q35", "512M", "2", "tcg")
DEVICES = "-device virtio-serial-device"
BUS = DEVICES + ",bus=virtio-mmio-bus."

# Machine, memory, CPUs: pulled with both accelerators.  A KVM may have no SMM,
# which the FADT shows as SMI_CMD, and QEMU gives microvm an RTC under TCG
# alone; switched to the same, they are the same but for four pages of KVM's.
MACHINES = (("pc,smm=off", "512M", "2"), ("q35,smm=off", "512M", "2"),
            ("q35,smm=off", "6G", "8"), ("microvm,rtc=on", "512M", "2"),
            ("microvm,rtc=off,acpi=off", "512M", "2"))
ACCEL_LINES = "map 0xfeffc000 0x4000 2"

# microvm's transports, as arguments
WORDS = ("", DEVICES, f"{DEVICES} {DEVICES} {BUS}2", f"{BUS}0 {BUS}7",
         " ".join(f"{BUS}{i}" for i in (3, 1, 4, 0, 5, 7, 2, 6)))

# of the real QEMU: machine, CPUs, arguments, the message
REFUSED = (
    ("q35", "1", ["-device", "nothing"],
     "-device nothing: 'nothing' is not a valid device model name"),
    ("nothing", "1", [], "unsupported machine type"),
    ("q35", "300", [], "Invalid SMP CPUs 300"),
    ("none", "1", [], "fw_cfg: this machine has none, or one without DMA"),
    ("pc-i440fx-2.1", "1", [], "fw_cfg: this machine has none, or one "),
    ("q35", "1", ["-drive", "file=/nonexistent/disk"],
     "-drive file=/nonexistent/disk: Could not open"),
)

# of fake_qemu.py: what it does, the message
FAKED = (
    ("quits", "ended with code 3 and without a word"),
    ("complains", "-x: bad ?[31mthing"),
    ("warns", "fake_qemu.py: warning: not good"),
    ("crashes", "ended by signal 11 (Segmentation fault)"),
    ("hangs_up", "hung up without a word"),
    ("stubborn", "qmp: a line that is no JSON object"),
    ("garbage", "qmp: a line that is no JSON object"),
    ("wrong_greeting", "qmp: a greeting that is not QEMU's"),
    ("endless", "a line without an end"),
    ("silent", "no answer for 30 s"),
    ("events", "no answer for 30 s"),
    ("interrupts", "no answer for 30 s"),
    ("fails", 'qtest: answers "FAIL no"'),
    ("large_value", 'qtest: answers "0x100000000"'),
    ("no_value", 'qtest: answers ""'),
    ("no_ich9", "chipset: does not behave as known: 0:1f.0 is ffff:ffff"),
    ("fixed_pmbase", "chipset: does not behave as known: register 0x40 of "
     "0:1f.0 reads 0x1, not 0x601"),
    ("fixed_pciexbar", "chipset: does not behave as known: register 0x60 of "
     "0:0.0 reads 0xe0000001, not 0xb0000005"),
    ("fixed_piix4", "chipset: does not behave as known: register 0x80 of "
     "0:1.3 reads 0, not 0x1"),
    ("other_piix", "chipset: does not behave as known: 0:1.0 is 8086:7110"),
    ("no_fw_cfg", "fw_cfg: this machine has none"),
    ("dma_fails", "fw_cfg: key 0x19: DMA ends with 0x1"),
    ("dma_hangs", "fw_cfg: key 0x19: DMA ends with 0x2"),
    ("many_files", "fw_cfg: directory entry 0: has too many entries"),
    ("huge_count", "fw_cfg: directory entry 0: has too many entries"),
    ("endless_name", "fw_cfg: directory entry 9: has a name without an end"),
    ("no_map", "etc/e820: is not there"),
    ("empty_map", "etc/e820: is not there"),
    ("map_size", "etc/e820: entry 2: has a bad size"),
    ("map_overlap", "etc/e820: entry 1: overlaps another (0x1fff)"),
    ("map_wrap", "etc/e820: entry 0: wraps around (0x8000000000000000)"),
    ("map_long", "etc/e820: has too many entries"),
    ("script_size", "etc/table-loader: has a bad size (1025)"),
    ("script_name", "etc/table-loader: command 8: has a name without an end"),
    ("script_second_name",
     "etc/table-loader: command 8: has a name without an end"),
    ("script_names", "etc/table-loader: names more than 64 files"),
    ("large_file", "e: is longer than allowed (4294967295, limit "),
    ("large_files", "b: is longer than allowed (34603008, limit "),
    ("large_script", "etc/table-loader: is longer than allowed (67108992"),
    ("large_smbios", "etc/smbios/smbios-tables: is longer than allowed"),
    ("no_cpus", "qmp: 0 processors, not 1 to 288"),
    ("many_cpus", "qmp: 289 processors, not 1 to 288"),
    ("twin_cpus", "qmp: two processors have the APIC id 1"),
    ("negative_cpu", "qmp: apic-id of /cpu2 is no such number"),
    ("nameless_cpu", "qmp: a processor without a path"),
)


def load_capture():
    """tests/golden/capture as a module."""
    path = os.path.join(ROOT, "tests", "golden", "capture")
    loader = importlib.machinery.SourceFileLoader("capture", path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("capture", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    module.QEMU = QEMU
    return module


def dump(folder, qemu, *args, env=None):
    """Runs pull-dump; (exit code, stdout, stderr)."""
    done = subprocess.run(
        [DUMP, folder, qemu, *args], text=True, check=False, timeout=TIME,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace",
        env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout, done.stderr


def pull(folder, *args, qemu=QEMU, env=None):
    """The lines of a pull that has to succeed."""
    code, said, errors = dump(folder, qemu, *args, env=env)
    check(code == 0, f"{' '.join(args)}: {errors.strip()}")
    check(not errors, f"{' '.join(args)}: says {errors.strip()}")
    return said.splitlines()


def facts(lines, key):
    """What stands behind a key, line by line."""
    return [line[len(key) + 1:] for line in lines if line.startswith(key + " ")
            or line == key]


def files_of(folder):
    """File name to bytes, as fw_cfg calls them."""
    return {name.replace(",", "/"): read(folder, name)
            for name in os.listdir(folder)}


def test_golden(name, options, capture):
    """The same bytes, keys and map as another reader of the same QEMU."""
    words = options.split()
    args = [words[words.index(o) + 1] if o in words else "1"
            for o in ("-M", "-m", "-smp")]
    rest = [w for i, w in enumerate(words) if w not in ("-M", "-m", "-smp")
            and (i == 0 or words[i - 1] not in ("-M", "-m", "-smp"))]
    with tempfile.TemporaryDirectory() as folder, \
            tempfile.TemporaryDirectory() as side:
        wanted, tpm = None, None
        for reader in ("capture", "pull"):
            if "{tpm}" in options:
                tpm = capture.tpm_start(side)
                if tpm is None:
                    raise Skip(f"{name}: there is no swtpm")
            path = os.path.join(side, "tpm")
            if reader == "capture":
                wanted = capture.machine_read(options.format(tpm=path))
            else:
                lines = pull(folder, *args, "tcg",
                             *(w.format(tpm=path) for w in rest))
            if tpm:
                tpm.terminate()
                tpm.wait()
        compare(files_of(folder), lines, wanted, capture)


def compare(found, lines, wanted, capture):
    """What was pulled, with what was captured."""
    keys = {}
    data = wanted["directory"]
    for at in range(4, len(data), 64):
        _, key, _, file = struct.unpack_from(">IHH56s", data, at)
        keys.setdefault(file.rstrip(b"\0").decode(), key)
    named = capture.names_of(wanted["etc/table-loader"]) & set(keys)
    check(set(found) == named | {"etc/table-loader"} |
          ({"etc/smbios/smbios-tables"} & set(keys)),
          f"files: {sorted(found)}")
    for file, data in found.items():
        check(data == wanted[file], f"{file}: other bytes")
    for line in facts(lines, "blob"):
        file, key, size = line.split()
        check(int(key, 0) == keys[file], f"{file}: key {key}")
        check(int(size) == len(wanted[file]), f"{file}: size {size}")
    ranges = [struct.unpack_from("<QQI", wanted["etc/e820"], at)
              for at in range(0, len(wanted["etc/e820"]), 20)]
    check([tuple(int(n, 0) for n in line.split())
           for line in facts(lines, "map")] == ranges, "map")


def test_accelerators(machine):
    """KVM and TCG: the same but for what ACCEL_LINES lists."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Skip("/dev/kvm does not open")
    seen = []
    for accel in ("tcg", "kvm"):
        with tempfile.TemporaryDirectory() as folder:
            lines = pull(folder, *machine, accel)
            seen.append((files_of(folder),
                         [line for line in lines
                          if not line.startswith(ACCEL_LINES)]))
    check(set(seen[0][0]) == set(seen[1][0]), "other files")
    for file, data in seen[0][0].items():
        check(data == seen[1][0][file], f"{file}: other bytes")
    for one, other in zip(seen[0][1], seen[1][1], strict=True):
        check(one == other, f"{one} / {other}")


def kernel_make(folder):
    """A file that QEMU takes for a bzImage; its path."""
    data = bytearray(8192)
    struct.pack_into("<B", data, 0x1F1, 1)
    struct.pack_into("<HH4sH", data, 0x1FE, 0xAA55, 0x6AEB, b"HdrS", 0x20C)
    struct.pack_into("<BB", data, 0x210, 0, 1)
    struct.pack_into("<I", data, 0x22C, 0x7FFFFFFF)
    struct.pack_into("<I", data, 0x238, 2047)
    return write(folder, "kernel", data)


def test_words(devices, capture):
    """The words are those that QEMU has for a kernel of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = kernel_make(folder)
        machine = capture.Machine(f"-M microvm,acpi=off -m 512M -kernel {path}"
                                  f" -append some {devices}")
        size = struct.unpack("<I", machine.item(0x14, 4))[0]
        text = machine.item(0x15, size).rstrip(b"\0").decode()
        machine.end()
    lines = pull("-", "microvm,acpi=off", "512M", "1", "tcg",
                 *devices.split())
    check("some" + facts(lines, "words")[0] == text,
          f"{facts(lines, 'words')[0]} / {text}")
    check(text.count("virtio_mmio") == devices.split().count("-device"),
          text)


def test_switches():
    """What microvm's user switched off is not there."""
    for options, key, value in (
            ("rtc=off", "rtc", "0"), ("rtc=on", "rtc", "1"),
            ("auto-kernel-cmdline=off", "words", "")):
        lines = pull("-", f"microvm,acpi=off,{options}", "512M", "1", "tcg",
                     *DEVICES.split())
        check(facts(lines, key) == [value], f"{options}: {facts(lines, key)}")


def test_cpus():
    """APIC ids have gaps where a topology has them."""
    for cpus, ids in (("1", [0]), ("3", [0, 1, 2]),
                      ("6,sockets=2,cores=3", [0, 1, 2, 4, 5, 6]),
                      ("255", list(range(255)))):
        lines = pull("-", "microvm,acpi=off", "512M", cpus, "tcg")
        check([int(n) for n in facts(lines, "cpu")] == ids,
              f"{cpus}: {facts(lines, 'cpu')}")


def test_without_tables():
    """Machines whose ACPI is off or was never there."""
    for machine, chipset in (("pc,acpi=off", "none"), ("isapc", "none"),
                             ("q35,acpi=off", "q35")):
        lines = pull("-", machine, "128M", "1", "tcg", *(
            ["-device", "isa-serial"] if machine == "isapc" else []))
        check(facts(lines, "chipset") == [chipset], f"{machine}: {lines}")
        check(not facts(lines, "blob") and facts(lines, "rtc") == ["1"] and
              facts(lines, "cpu") == ["0"] and facts(lines, "words") == [""],
              f"{machine}: {lines}")


def test_small_memory():
    """The least that there can be."""
    for machine in ("pc", "q35", "microvm"):
        pull("-", machine, "2M", "1", "tcg")


def refused(qemu, args, message, env=None):
    """One line, exit code 1, nothing on stdout."""
    code, said, errors = dump("-", qemu, *args, env=env)
    name = os.path.basename(qemu)
    check(code == 1, f"exit code {code}: {errors.strip()}")
    check(not said, f"says {said.strip()}")
    check(errors.startswith(f"beeline: {name}: pull: {message}"),
          errors.strip())
    check(errors.count("\n") == 1 and errors.endswith("\n"),
          f"lines: {errors.strip()}")


def test_missing():
    """A QEMU that is not there, or no program."""
    refused("/nonexistent/qemu", PLAIN,
            "cannot be run: No such file or directory")
    refused(HERE, PLAIN, "cannot be run: Permission denied")


def test_faked(what, message):
    """A program that pretends; afterwards it is gone."""
    with tempfile.TemporaryDirectory() as folder:
        pid = os.path.join(folder, "pid")
        refused(FAKE, PLAIN, message, {"FAKE": what, "FAKE_PID": pid})
        with open(pid, encoding="ascii") as file:
            check(gone(int(file.read()), 0.1), "is still there")


def test_fake_is_good():
    """What fake_qemu.py spoils is otherwise taken."""
    for what in ("plain", "chatters"):
        lines = pull("-", *PLAIN, qemu=FAKE, env={"FAKE": what})
        check([line.split()[0] for line in facts(lines, "blob")] ==
              ["etc/table-loader", "a", "b", "c", "d", "e"], str(lines))
        check(facts(lines, "chipset") == ["q35"], str(lines))
    lines = pull("-", *PLAIN, qemu=FAKE, env={"FAKE": "no_tables"})
    check(facts(lines, "cpu") == ["0", "1"], str(lines))


def test_signals():
    """Whatever ends us ends QEMU."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "pid")
            env = dict(os.environ, FAKE="silent", FAKE_PID=path)
            with subprocess.Popen([DUMP, "-", FAKE, *PLAIN], env=env,
                                  stderr=subprocess.DEVNULL) as child:
                for _ in range(250):
                    if os.path.exists(path) and os.path.getsize(path):
                        break
                    time.sleep(0.02)
                with open(path, encoding="ascii") as file:
                    pid = int(file.read())
                child.send_signal(number)
                check(child.wait(TIME) == -number, f"{number}: lives on")
                check(gone(pid), f"{number}: its QEMU lives on")


def timed(*args):
    """Milliseconds of a command."""
    start = time.monotonic()    # no timeout: with one, python only polls
    subprocess.run(args, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    return (time.monotonic() - start) * 1000


def times_print():
    """How long pulls take, beside a QEMU that only says its version."""
    accels = ["tcg"] + ["kvm"] * os.access("/dev/kvm", os.R_OK | os.W_OK)
    runs = {"qemu -version": (QEMU, "-version"), "pull-dump": (DUMP,)}
    for accel in accels:
        for machine in ("pc", "q35", "microvm"):
            runs[f"{machine} {accel}"] = (DUMP, "-", QEMU, machine, "512M",
                                          "2", accel)
    times = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, command in runs.items():
            times[name].append(timed(*command))
    print("ms, median of", ROUNDS, "rounds:", ", ".join(
        f"{name} {statistics.median(ms):.1f}" for name, ms in times.items()))


def tests(capture):
    """(name, test) of each."""
    found = [(f"golden {name}", partial(test_golden, name, options, capture))
             for name, options in capture.SETS.items()]
    found += [(f"accelerators {machine[0]}",
               partial(test_accelerators, machine)) for machine in MACHINES]
    found += [(f"words {devices}", partial(test_words, devices, capture))
              for devices in WORDS]
    found += [(test.__name__, partial(test)) for test in (
        test_switches, test_cpus, test_without_tables, test_small_memory,
        test_missing, test_fake_is_good, test_signals)]
    found += [(f"refused {message}",
               partial(refused, QEMU, (machine, "512M", cpus, "tcg", *args),
                       message)) for machine, cpus, args, message in REFUSED]
    return found + [(f"fake {what}", partial(test_faked, what, message))
                    for what, message in FAKED]


def main():
    """Runs those whose names hold one of the arguments, or all, some at a
    time: those first that wait for a limit."""
    if QEMU is None:
        sys.exit("pull: there is no qemu-system-x86_64")
    times_print()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        todo = sorted(wanted(tests(load_capture())),
                      key=lambda test: "30 s" not in str(test[1].args))
        running = [(name, pool.submit(outcome, test)) for name, test in todo]
        return report("pull", [tell(name, *future.result())
                               for name, future in running])


if __name__ == "__main__":
    sys.exit(main())
