# SPDX-License-Identifier: BSD-2-Clause
"""The boot tests, one row each.

A row names machine, memory, CPUs, kernel and initrd (artefacts.py makes
them), more QEMU arguments, and what is expected.  Every row is judged by the
rules of its kernel (judge.py) as well, so most rows expect nothing more:

    boots=N     the guest resets itself until N boots were done
    runs=N      QEMU is started N times
    powers_off  the guest ends QEMU by itself
    panic=RE    the firmware gives up with this sentence instead
    refused=RE  beeline itself does, exit code 1, before QEMU is started
    console=RE  a console line, and no report from the guest
    high_initrd the initrd lies above 4 GiB
    see={key: RE}  more of what the guest reports
    known=WHY   it must fail, for a reason that the documentation gives
"""

import dataclasses

QUICK, FULL = "quick", "full"


@dataclasses.dataclass
class Row:
    """One boot."""

    name: str
    machine: str = "q35"
    memory: str = "512M"
    cpus: int = 1
    topology: str = ""          # behind -smp's number
    path: str = "firmware"      # or none
    entry: str = "64"           # by path none: 64 or pvh
    by: str = "keys"            # how the kernel comes: keys, names (of fw_cfg
                                # files), elf (names, by fw.elf) or module
    image: str = ""             # instead of fw.bin: name in build/, or a path
    kernel: str = "linux64"
    initrd: str = "small"
    append: str = ""
    extra: tuple = ()
    tier: str = QUICK
    limit: int = 60
    tpm: str = ""               # tis or crb: with swtpm behind it
    boots: int = 1
    runs: int = 1
    powers_off: bool = False
    panic: str = ""
    refused: str = ""
    console: str = ""
    high_initrd: bool = False
    known: str = ""
    see: dict = dataclasses.field(default_factory=dict)


MACHINES = ("pc", "q35", "microvm", "microvm,acpi=on", "microvm,acpi=off",
            "microvm,acpi=on,pcie=on", "microvm,acpi=off,pcie=on")
PAYLOADS = ("linux64", "linux32", "pvh", "multiboot")
LONG = "x" * 2047           # cmdline_size of the test kernel

# Where RAM below 4 GiB ends: at each split, a MiB beside it, and far off.
SPLITS = {
    "pc": ("64M", "128M", "3071M", "3G", "3583M", "3584M", "3585M", "8G"),
    "q35": ("64M", "128M", "2047M", "2G", "2815M", "2816M", "2817M", "8G"),
    "microvm": ("64M", "128M", "3071M", "3G", "3073M", "8G"),
    "microvm,acpi=off": ("64M", "3071M", "3G", "3073M", "8G"),
}

NVDIMM = ("-object", "memory-backend-ram,id=pm,size=128M",
          "-device", "nvdimm,id=nv,memdev=pm")
BLANK = ("-blockdev", "null-co,node-name=d,size=1048576")
ROOT_PORT = BLANK + (
    "-device", "pcie-root-port,id=rp,bus=pcie.0,chassis=1,slot=1",
    "-device", "virtio-blk-pci,drive=d,bus=rp")
PXB = BLANK + (
    "-device", "pxb-pcie,id=pxb,bus=pcie.0,bus_nr=32",
    "-device", "pcie-root-port,id=rp,bus=pxb,chassis=1,slot=1",
    "-device", "virtio-blk-pci,drive=d,bus=rp")
NET_RNG = ("-netdev", "user,id=n", "-device", "virtio-net-pci,netdev=n",
           "-object", "rng-random,id=r,filename=/dev/urandom",
           "-device", "virtio-rng-pci,rng=r")
# Xen calls the BIOS unless told not to; no firmware without one runs it then.
XEN = "no-real-mode com1=115200,8n1 console=com1"
# who starts fw.elf
PEERS = {"fw.bin": "", "qboot": "/usr/share/qemu/qboot.rom",
         "SeaBIOS": "/usr/share/seabios/bios-256k.bin"}
LOW_256M = ",max-ram-below-4g=256M"


def debian(name, machine, **more):
    """A row with Debian's kernel, which powers off at the end."""
    more.setdefault("powers_off", True)
    return Row(name, machine, kernel=more.pop("kernel", "bzImage"), **more)


def bare(name, machine="q35", memory="512M", kernel="linuxelf", **more):
    """A row without firmware."""
    return Row(f"none: {name}", machine, memory, path="none", kernel=kernel,
               **more)


def bare_debian(name, machine="q35", **more):
    """A row without firmware, with Debian's kernel."""
    more.setdefault("kernel", "vmlinux")
    more.setdefault("powers_off", True)
    return bare(name, machine, **more)


def bare_rows():
    """Every machine without firmware, at every amount of memory."""
    for machine in MACHINES:
        yield bare(f"payload on {machine}", machine)
        yield bare(f"payload by PVH on {machine}", machine, kernel="pvh",
                   entry="pvh")
        yield bare_debian(f"Debian vmlinux on {machine}", machine, cpus=2)
        yield bare_debian(f"Debian bzImage on {machine}", machine, cpus=2,
                          kernel="bzImage", tier=FULL)
        yield bare_debian(f"Debian by PVH on {machine}", machine, entry="pvh",
                          tier=FULL)
    for machine, sizes in SPLITS.items():
        for size in sizes:
            yield bare(f"payload on {machine}, {size}", machine, size)
            yield bare(f"payload by PVH on {machine}, {size}", machine, size,
                       kernel="pvh", entry="pvh", tier=FULL)


def machine_rows():
    """Every machine with every protocol, and every machine with Linux."""
    for machine in MACHINES:
        for kernel in PAYLOADS:
            yield Row(f"{kernel} on {machine}", machine, kernel=kernel)
        yield debian(f"Debian bzImage on {machine}", machine, cpus=2)
        yield debian(f"Debian vmlinux on {machine}", machine, cpus=2,
                     kernel="vmlinux")


def other_rows():
    """The other images, and kernels that come otherwise."""
    for machine in MACHINES:
        yield Row(f"fw-128k.bin on {machine}", machine, image="fw-128k.bin")
        for by in ("names", "elf"):
            for kernel in ("linux64", "linux32", "pvh"):
                yield Row(f"{kernel} on {machine}, by {by}", machine,
                          kernel=kernel, by=by)
        yield Row(f"linux64 on {machine}, by module", machine, by="module",
                  initrd="none")
    for kernel in ("bzImage", "vmlinux"):
        yield debian(f"Debian {kernel} on q35, by names", "q35", by="names",
                     kernel=kernel)
        yield debian(f"Debian {kernel} on pc, by names", "pc", by="names",
                     kernel=kernel, tier=FULL)
    for name, image in PEERS.items():
        for kernel in ("bzImage", "vmlinux"):
            yield debian(f"Debian {kernel}, fw.elf by {name}", "q35",
                         by="elf", kernel=kernel, image=image)
    yield debian("Debian bzImage on q35, fw-128k.bin", "q35",
                 image="fw-128k.bin")
    yield debian("Debian bzImage on pc, fw-128k.bin", "pc",
                 image="fw-128k.bin", tier=FULL)
    for by in ("names", "elf"):
        yield Row(f"garbage, by {by}", kernel="garbage", by=by,
                  panic="kernel has no known signature")
        yield Row(f"truncated bzImage, by {by}", kernel="truncated", by=by,
                  panic="bzImage ends too early")
        yield Row(f"command line one byte too long, by {by}", by=by,
                  append=LONG + "x", panic="command line")
        yield Row(f"kernel that fits nowhere, by {by}", "q35", "48M", by=by,
                  kernel="linux64-64M", initrd="none", panic="kernel")
    yield Row("fw.elf without a kernel", by="module", kernel="none",
              initrd="none", panic="none was given")


def memory_rows():
    """Every machine with every amount of memory."""
    for machine, sizes in SPLITS.items():
        for size in sizes:
            for kernel in ("linux64", "pvh"):
                yield Row(f"{kernel} on {machine}, {size}", machine, size,
                          kernel=kernel)


def more_tables(count):
    """Arguments that make QEMU add so many ACPI tables; their bytes are those
    of a file that is surely there."""
    return sum((("-acpitable", f"sig=TS{10 + i},data={__file__}")
                for i in range(count)), ())


ROWS = [
    *machine_rows(),
    *memory_rows(),
    *other_rows(),

    # Debian's kernel at the ends of memory.
    debian("Debian, 128 MiB", "q35", memory="128M"),
    debian("Debian, 8 GiB on q35", "q35", memory="8G", tier=FULL),
    debian("Debian, 8 GiB on pc", "pc", memory="8G"),
    debian("Debian, 8 GiB on microvm", "microvm", memory="8G", tier=FULL),
    debian("Debian vmlinux, 8 GiB", "q35", memory="8G", kernel="vmlinux"),

    # Initrd and command line.
    Row("no initrd", initrd="none"),
    Row("no initrd, 32-bit entry", kernel="linux32", initrd="none"),
    Row("no initrd, PVH", kernel="pvh", initrd="none"),
    Row("PVH kernel that is linked high", kernel="pvh-high"),
    bare("PVH kernel that is linked high", kernel="pvh-high", entry="pvh"),
    Row("no initrd, multiboot", kernel="multiboot", initrd="none"),
    Row("Debian without initrd", kernel="bzImage", initrd="none",
        append="panic=-1", console="Unable to mount root fs"),
    Row("initrd of 600 MiB", memory="2G", initrd="600"),
    Row("initrd of 600 MiB, PVH", memory="2G", initrd="600", kernel="pvh"),
    Row("initrd of 600 MiB on microvm", "microvm", "1G", initrd="600"),
    Row("initrd of 1900 MiB", "pc", "3G", initrd="1900", tier=FULL),
    debian("Debian, initrd of 520 MiB", "q35", memory="2G", initrd="520M",
           limit=120),
    Row("initrd above 4 GiB", "q35" + LOW_256M, "1G", kernel="linux64-64M",
        initrd="200", high_initrd=True),
    Row("initrd above 4 GiB on pc", "pc" + LOW_256M, "1G",
        kernel="linux64-64M", initrd="200", high_initrd=True),
    Row("initrd above 4 GiB, 1900 MiB", "q35", "8G", kernel="linux64-64M",
        initrd="1979", high_initrd=True, tier=FULL, limit=120),
    Row("initrd that fits nowhere", "q35", "256M", kernel="linux64-64M",
        initrd="200", panic="initrd"),
    Row("initrd that the 32-bit entry cannot reach", "q35" + LOW_256M, "1G",
        kernel="linux32-64M", initrd="200", panic="initrd"),
    Row("kernel that fits nowhere", "q35", "48M", kernel="linux64-64M",
        initrd="none", panic="kernel"),
    Row("long command line", append=LONG),
    Row("long command line, 32-bit", kernel="linux32", append=LONG),
    Row("long command line, PVH", kernel="pvh", append=LONG),
    debian("Debian, long command line", "q35", append="x" * 1900),
    Row("command line one byte too long", append=LONG + "x",
        panic="command line"),
    Row("empty command line", append="-"),

    # Bad and odd kernels.
    Row("no kernel", kernel="none", initrd="none", panic="kernel"),
    Row("garbage as kernel", kernel="garbage", initrd="none",
        panic="kernel"),
    Row("truncated bzImage", kernel="truncated", panic="bzImage"),
    Row("setup header without magic", kernel="no-magic",
        initrd="none", panic="kernel"),
    Row("setup header 2.09 without init_size", kernel="no-init-size"),
    Row("no kernel on microvm", "microvm", kernel="none", initrd="none",
        panic="kernel"),

    # Xen, up to its memory map.
    Row("Xen on pc", "pc", kernel="xen", append=XEN,
        console=r"System RAM: 511MB"),
    Row("Xen on q35", "q35", "4G", kernel="xen", append=XEN,
        console=r"System RAM: 409[0-9]MB"),

    # CPUs.
    Row("64 CPUs in the tables", cpus=64, see={"acpi": "APIC"}),
    debian("8 CPUs on q35", "q35", cpus=8, limit=120),
    debian("3 cores of 2 threads", "q35", cpus=6, limit=120,
           topology=",sockets=1,cores=3,threads=2"),
    debian("8 CPUs on pc", "pc", cpus=8, limit=120, tier=FULL),
    debian("8 CPUs on microvm", "microvm", cpus=8, limit=120),
    debian("4 CPUs on microvm,acpi=off", "microvm,acpi=off", cpus=4),
    debian("8 CPUs by PVH", "q35", cpus=8, limit=120, kernel="vmlinux",
           tier=FULL),
    debian("64 CPUs on q35", "q35", cpus=64, memory="1G", limit=400),

    # Devices that bring tables or bridges.
    Row("vmgenid in the tables", extra=("-device", "vmgenid,guid=auto"),
        see={"acpi": "SSDT"}),
    # The script ends 0 and 1 commands before its padding does, and opening
    # PCIEXBAR brings two more.
    *[debian(f"{count} more tables", "q35", extra=more_tables(count),
             see={"acpi": "TS10"}, append="beeline.more=no")
      for count in (14, 15)],
    debian("vmgenid on q35", "q35", extra=("-device", "vmgenid,guid=auto"),
           see={"acpi_devices": "QEMUVGID"}),
    debian("vmgenid on pc", "pc", extra=("-device", "vmgenid,guid=auto"),
           see={"acpi_devices": "QEMUVGID"}, tier=FULL),
    debian("nvdimm on q35", "q35,nvdimm=on", memory="512M,slots=2,maxmem=4G",
           extra=NVDIMM, initrd="nvdimm",
           see={"acpi": "NFIT", "nvdimm": "nmem0", "block": "pmem0"}),
    debian("nvdimm on pc", "pc,nvdimm=on", memory="512M,slots=2,maxmem=4G",
           extra=NVDIMM, initrd="nvdimm", see={"nvdimm": "nmem0"},
           tier=FULL),
    debian("tpm-tis", "q35", tpm="tis", see={"acpi": "TPM2"}),
    debian("tpm-crb", "q35", tpm="crb", see={"acpi": "TPM2"}),
    debian("disk behind a root port", "q35", extra=ROOT_PORT,
           initrd="virtio", see={"block": "vda"}),
    debian("pxb-pcie and its root port", "q35", extra=PXB,
           see={"pci": "0000:20:00.0"}),
    debian("disk behind pxb-pcie", "q35", extra=PXB, initrd="virtio",
           see={"pci": "0000:21:00.0", "block": "vda"},
           known="its _CRS has only the buses that firmware numbered"),
    debian("disk on pc", "pc", extra=BLANK + (
        "-device", "virtio-blk-pci,drive=d"), initrd="virtio",
           see={"block": "vda"}),
    debian("mmio disk on microvm", "microvm", extra=BLANK + (
        "-device", "virtio-blk-device,drive=d"), initrd="virtio",
           see={"block": "vda"}),
    debian("PCIe disk on microvm", "microvm,acpi=on,pcie=on", extra=BLANK + (
        "-device", "virtio-blk-pci,drive=d"), initrd="virtio",
           see={"block": "vda"}),

    # SMBIOS.
    debian("SMBIOS product", "q35", extra=(
        "-smbios", "type=1,product=Hive 7,manufacturer=Apiary"),
           see={"dmi_product": "^Hive 7$", "dmi_vendor": "^Apiary$",
                "dmi_bios": "^Beeline$"}),
    debian("SMBIOS type 0 of the VMM", "pc", extra=(
        "-smbios", "type=0,vendor=Wax,version=1"), see={"dmi_bios": "^Wax$"}),
    debian("SMBIOS 3 entry point", "q35,smbios-entry-point-type=64", extra=(
        "-smbios", "type=1,product=Hive 64"),
           see={"dmi_product": "^Hive 64$", "smbios": "SMBIOS 3"}),
    debian("SMBIOS 2 entry point", "pc,smbios-entry-point-type=32", extra=(
        "-smbios", "type=1,product=Hive 32"),
           see={"dmi_product": "^Hive 32$"}),

    # Warm resets, and every boot of many.
    *[Row(f"20 resets, {kernel} on {machine}", machine, kernel=kernel,
          append="beeline.exit=reboot", boots=20)
      for machine in ("q35", "pc", "microvm")
      for kernel in ("linux64", "pvh")],
    debian("3 reboots of Debian on q35", "q35", powers_off=False, boots=3,
           append="beeline.exit=reboot beeline.more=no"),
    debian("3 reboots of Debian on microvm", "microvm", powers_off=False,
           boots=3, append="beeline.exit=reboot beeline.more=no"),
    debian("20 reboots of Debian on q35", "q35", powers_off=False, boots=20,
           append="beeline.exit=reboot beeline.more=no", tier=FULL,
           limit=240),
    debian("20 boots of 20 on microvm,acpi=on", "microvm,acpi=on", runs=20,
           append="beeline.more=no"),

    # Without firmware.
    *bare_rows(),
    bare("no initrd", initrd="none"),
    bare("long command line", append=LONG),
    bare("command line one byte too long", append=LONG + "x",
         refused="command line"),
    bare("initrd of 600 MiB", memory="2G", initrd="600"),
    bare("initrd above 4 GiB", "q35" + LOW_256M, "1G", initrd="300",
         high_initrd=True),
    bare("initrd that fits nowhere", memory="256M", initrd="600",
         refused="sparse-600: initrd: does not fit"),
    bare("kernel without an ELF inside", kernel="linux64",
         refused="compressed payload"),
    bare("garbage as kernel", kernel="garbage", refused="signature"),
    bare("balloon", extra=("-device", "virtio-balloon-pci"),
         refused="virtio-balloon-pci: not without firmware"),
    bare("multiboot kernel", kernel="multiboot", refused="multiboot: "),
    bare_debian("Debian, 72 MiB", memory="72M"),
    bare_debian("Debian, 8 GiB on q35", memory="8G"),
    bare_debian("Debian, 8 GiB on pc", "pc", memory="8G"),
    bare_debian("Debian, 8 GiB on microvm", "microvm", memory="8G"),
    bare_debian("Debian, 8 GiB on microvm,acpi=off", "microvm,acpi=off",
                memory="8G", tier=FULL),
    bare_debian("8 CPUs on q35", cpus=8, limit=120),
    bare_debian("3 cores of 2 threads", cpus=6, limit=120,
                topology=",sockets=1,cores=3,threads=2"),
    bare_debian("8 CPUs on pc", "pc", cpus=8, limit=120),
    bare_debian("8 CPUs on microvm", "microvm", cpus=8, limit=120),
    bare_debian("4 CPUs on microvm,acpi=off", "microvm,acpi=off", cpus=4),
    *[bare_debian(f"Debian on {machine}", machine, cpus=2)
      for machine in ("pc,acpi=off", "q35,acpi=off")],
    bare_debian("64 CPUs on q35", cpus=64, memory="1G", limit=400),
    bare_debian("64 CPUs on pc", "pc", cpus=64, memory="1G", limit=400,
                tier=FULL),
    bare_debian("64 CPUs on microvm", "microvm", cpus=64, memory="1G",
                limit=400, tier=FULL),
    bare_debian("vmgenid", extra=("-device", "vmgenid,guid=auto"),
                see={"acpi_devices": "QEMUVGID"}),
    bare_debian("vmgenid on pc", "pc", extra=("-device", "vmgenid,guid=auto"),
                see={"acpi_devices": "QEMUVGID"}),
    bare_debian("nvdimm", "q35,nvdimm=on", memory="512M,slots=2,maxmem=4G",
                extra=NVDIMM, initrd="nvdimm",
                see={"acpi": "NFIT", "nvdimm": "nmem0", "block": "pmem0"}),
    bare_debian("nvdimm on pc", "pc,nvdimm=on",
                memory="512M,slots=2,maxmem=4G", extra=NVDIMM,
                initrd="nvdimm", see={"nvdimm": "nmem0"}),
    bare_debian("disk behind a root port", extra=ROOT_PORT, initrd="virtio",
                see={"block": "vda"}),
    bare_debian("net and rng", extra=NET_RNG,
                see={"pci": "0000:00:0[12].0.*0000:00:0[12].0"}),
    bare_debian("net and rng on pc", "pc", extra=NET_RNG,
                see={"pci": "0000:00:0[23].0.*0000:00:0[23].0"}),
    bare_debian("disk on pc", "pc", extra=BLANK + (
        "-device", "virtio-blk-pci,drive=d"), initrd="virtio",
                see={"block": "vda"}),
    *[bare_debian(f"mmio disk on {machine}", machine, extra=BLANK + (
        "-device", "virtio-blk-device,drive=d"), initrd="virtio",
                  see={"block": "vda"})
      for machine in ("microvm", "microvm,acpi=off")],
    bare_debian("PCIe disk on microvm", "microvm,acpi=on,pcie=on",
                extra=BLANK + ("-device", "virtio-blk-pci,drive=d"),
                initrd="virtio", see={"block": "vda"}),
    bare_debian("tpm-tis", tpm="tis", see={"acpi": "TPM2"},
                known="QEMU ends its TPM emulator with the pull: it takes one "
                "to bake and one to run"),
    bare_debian("SMBIOS product", extra=(
        "-smbios", "type=1,product=Hive 7,manufacturer=Apiary"),
                see={"dmi_product": "^Hive 7$", "dmi_vendor": "^Apiary$",
                     "dmi_bios": "^Beeline$"}),
    bare_debian("SMBIOS type 0 of the VMM", extra=(
        "-smbios", "type=0,vendor=Wax,version=1"), see={"dmi_bios": "^Wax$"}),
    *[bare_debian(f"3 reboots on {machine}", machine, powers_off=False,
                  boots=3, append="beeline.exit=reboot beeline.more=no")
      for machine in ("q35", "pc", "microvm")],
    bare("20 resets of a payload", append="beeline.exit=reboot", boots=20),
    bare_debian("20 boots of 20", runs=20, append="beeline.more=no",
                tier=FULL),
]
