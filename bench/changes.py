# SPDX-License-Identifier: BSD-2-Clause
"""What bench/pairs compares: kernel options, machines, devices, firmware and
kernel formats, each with what it gains and what it risks."""

import dataclasses

import qemu
import virtual

KINDS = ("control", "option", "machine", "device", "format", "firmware")

# The options worth having: each saves instructions or exits, more than chance
# does, on q35 (docs/ladder.md), and none a risk that a VM's owner must weigh.
TUNED = ("quiet cryptomgr.notests no_timer_check noreplace-smp "
         "pci=lastbus=0 i8042.nokbd i8042.noaux")


@dataclasses.dataclass
class Change:
    """One change to a guest."""

    kind: str
    value: str                  # words, -M value, QEMU arguments, a name
    gain: str                   # one line each
    risk: str

    @property
    def name(self):
        """How it is called in tables."""
        if self.kind == "option":
            return "TUNED" if self.value == TUNED else self.value
        return f"{self.kind}: {self.value}"


def of_kind(kind, *rows):
    """Changes of a kind, from (value, gain, risk)."""
    return tuple(Change(kind, *row) for row in rows)


# Words that Linux does not know: what they change is chance.
CONTROLS = of_kind("control", *(
    (f"control={letter}", "none: a word that means nothing", "none")
    for letter in "abcd"))
OPTIONS = of_kind(
    "option",
    ("cryptomgr.notests", "no self tests of ciphers and hashes",
     "a broken implementation goes unseen; not for FIPS"),
    ("tsc=reliable", "no watchdog over the TSC",
     "a TSC that drifts or stops is not noticed"),
    ("no_timer_check", "no test of the timer's way through the IOAPIC",
     "none in a VM; KVM guests skip it anyway"),
    ("rcupdate.rcu_expedited=1", "RCU does not wait for a tick",
     "more interrupts between CPUs for as long as it is set"),
    ("noreplace-smp", "lock prefixes are not patched out",
     "with one CPU locks stay dearer"),
    ("pci=lastbus=0", "buses that no table names are not searched: exits",
     "host bridges that no table names are not found"),
    ("i8042.noaux i8042.nomux i8042.nopnp i8042.dumbkbd",
     "no probing for a mouse and for multiplexers",
     "no PS/2 mouse, no keyboard LEDs"),
    ("i8042.nokbd i8042.noaux", "no PS/2 devices at all",
     "no keyboard, so no Ctrl-Alt-Del from QEMU"),
    ("quiet", "few lines on the console",
     "less to read after a crash: dmesg still has it"),
    ("loglevel=7", "none: it shows what a talkative console costs", "none"),
    ("swiotlb=noforce", "no 64 MiB of bounce buffers if memory or an NVDIMM "
     "lies above 4 GiB",
     "devices that reach 32 bits only fail above 4 GiB; not for SEV"),
    ("iommu=off", "as swiotlb=noforce, and no search for an IOMMU",
     "as swiotlb=noforce; no vfio in the guest"),
    ("random.trust_cpu=on", "RDRAND seeds the pool: nobody waits for it",
     "one must trust the processor"),
    ("mitigations=off", "no work against speculation, later; boots pay",
     "programs in the guest can read each other and the kernel"),
    ("init_on_alloc=0", "pages are not cleared when allocated",
     "old contents leak to whoever reads memory too early"),
    ("hpet=disable", "none: without the HPET calibration takes longer",
     "one reference less for the TSC's calibration"),
    ("initcall_blacklist=load_system_certificate_list",
     "X.509 keys are not parsed", "signed modules are not trusted"),
    ("initcall_blacklist=init_kprobe_trace", "no kprobe events",
     "no kprobe trace events for perf"),
    ("audit=0", "no audit subsystem", "no audit records"),
    ("lsm=capability", "no AppArmor, no Landlock, no Yama",
     "no mandatory access control in the guest"),
    ("8250.nr_uarts=1", "one serial port is probed, not four",
     "no ttyS1 and above"),
    ("pcie_ports=compat", "no services of PCIe ports",
     "no native hotplug, AER, PME"),
    (TUNED, "all that are worth having at once: " + TUNED,
     "theirs together"),
)
MACHINES = of_kind(
    "machine",
    ("q35", "PCIe, ECAM", "more devices on bus 0 than pc"),
    ("pc", "fewer devices, no ECAM", "no PCIe, no vIOMMU"),
    ("microvm", "no PCI, hardly a legacy device",
     "virtio-mmio only, no hotplug, no DAX root; TCG needs tsc_early_khz="),
    ("q35,hpet=off", "no HPET to calibrate", "fewer clock sources"),
    ("q35,sata=off,smbus=off", "fewer devices on bus 0",
     "no SATA disk, no SMBus"),
    ("q35,i8042=off", "no keyboard controller to probe",
     "no PS/2 keyboard; QEMU 7.0 or newer"),
)
DEVICES = of_kind(
    "device",
    ("-device virtio-rng-pci", "none: random numbers from the host",
     "its cost, its driver not loaded"),
    ("-device virtio-net-pci,romfile=", "none: a network card",
     "its cost, its driver not loaded"),
    ("-vga std", "none: a picture", "its cost"),
    ("-cpu max", "newer instructions", "more features to set up"),
    ("-cpu qemu64,+rdrand", "RDRAND: random numbers from the first one on",
     "one must trust the processor"),
)
FORMATS = of_kind(
    "format",
    ("vmlinux", "nothing to decompress", "53 MB of file instead of 14"),
    ("bzImage", "14 MB of file instead of 53", "it is decompressed"),
)
FIRMWARE = of_kind(
    "firmware",
    ("seabios", "boots from disks too", "slow start, many exits"),
    ("qboot", "small", "hangs with a vmgenid device"),
    ("fw", "the fewest exits of a firmware", "Linux and -kernel only"),
    ("none", "nothing runs before the kernel",
     "a bundle is of one QEMU build and one machine"),
)
LISTS = dict(zip(KINDS, (CONTROLS, OPTIONS, MACHINES, DEVICES, FORMATS,
                         FIRMWARE)))


def built_in(kinds=KINDS):
    """Every change of some kinds, in their order."""
    return [change for kind in kinds for change in LISTS[kind]]


def find(kind, value):
    """The built-in change, or one of the same kind without words."""
    for change in LISTS[kind]:
        if change.value == value:
            return change
    return Change(kind, value, "not in the list", "not in the list")


def path_of(guest, firmware):
    """The path that a guest boots by: seabios, qboot, fw or none."""
    for name in virtual.NAMES:
        if virtual.rom_of(name, guest.machine, firmware) == guest.firmware:
            return name
    return "fw"


def rom(name, machine, firmware):
    """A ROM that must be here."""
    found = virtual.rom_of(name, machine, firmware)
    if found is None:
        raise qemu.Failure(f"{name}: no such ROM here")
    return found


def fields(change, guest, firmware):
    """The fields of a guest that a change sets."""
    value = change.value
    if change.kind in ("control", "option"):
        have = guest.append.split()
        missing = [word for word in value.split() if word not in have]
        return {"append": " ".join([*have, *missing])}
    if change.kind == "machine":
        name = path_of(guest, firmware)
        return {"machine": value, "firmware": rom(name, value, firmware)}
    if change.kind == "device":
        return {"extra": (*guest.extra, *value.split())}
    if change.kind == "format":
        return {"kernel": virtual.kernel_path(value)}
    found = rom(value, guest.machine, firmware)
    return {"firmware": found, "path": "firmware" if found else "none",
            "options": () if found else ("--no-cache",)}


def apply(change, guest, firmware):
    """The guest with a change; None if it is what it has already.

    firmware is the ROM that fw means."""
    found = dataclasses.replace(guest, **fields(change, guest, firmware))
    return None if found == guest else found
