# SPDX-License-Identifier: BSD-2-Clause
"""Each VMM of profiles.py, and each channel by which it can give a payload:
to the kernel's entry, or to the sentence where there is none."""

import bench
import fwcfg
import images
import judge
import judge_vmm
import profiles
from case import Case
from host import MIB
from vmm_host import VmmHost

L = bench.LAYOUT
INITRD = images.pattern(9001, 3)
ECAM = (L["ECAM_BASE"], L["ECAM_BASE"] + (64 << 20))
HIGH = (L["HIGH_START"], 1 << 64)


class ProfileCase(Case):
    """What holds of every VMM.  The runner sets `folder`."""

    folder = ""

    def image_for(self, profile):
        """Its image; a skip where that was not built."""
        image = profile.load(self.folder)
        if image is None and profile.file != "fw.bin":
            self.skipTest(f"build/{profile.file} is not built")
        self.rom = image
        return image

    def host_for(self, profile):
        """A host without a payload."""
        return VmmHost(profile, self.image_for(profile))

    def boot(self, profile, channel, protocol, initrd=INITRD):
        """One boot to the kernel's entry, judged."""
        host = self.host_for(profile).give(channel, protocol, initrd)
        result = self.boots(host, moved=self.scratch(host, channel))
        self.segments(result, host)
        return result

    def scratch(self, host, channel):
        """Where more may be written than a kernel and its initrd: a file is
        read whole before it is taken apart."""
        if channel == "numeric":
            return []
        taken = [self.rom.extent] if host.profile.start.info else []
        taken += [(gpa, gpa + len(data)) for gpa, data in host.preload]
        return list(bench.outside([(0, HIGH[0])] + taken, HIGH[1]))

    def common(self, result, host, cmdline, spans, allowed, acpi_set, ecam):
        """In place of QEMU's rules, those of any VMM."""
        profile = host.profile
        self.payload(result, host, cmdline, spans, allowed)
        self.right(judge_vmm.told_map(result.map, host))
        self.reserved(result, profile)
        ours = self.acpi(result, profile)
        kinds = (judge.RECLAIM, judge.NVS)
        told = judge.ram_spans(host.rows, kinds)
        for i, span in enumerate(judge.ram_spans(result.map, kinds)):
            if not judge.inside(*span, told):
                spans[f"ACPI memory {i}"] = span
                allowed.append(span)
        self.right(judge.disjoint(spans))
        self.right(judge.writes(result, allowed + ours))
        self.right(judge_vmm.low_memory(result, ours))
        self.right(judge_vmm.placed(result, host))
        self.assertEqual(result.machine.pci.writes, list(profile.pci_writes))
        mtrr = 0 if profile.entry == profiles.PVH else 0x806
        self.assertEqual(result.regs["mtrr_def"], mtrr)

    def reserved(self, result, profile):
        """The ROM, and Q35's window."""
        want = []
        if profile.entry == profiles.RESET:
            want.append((L["ROM_BASE"], L["ROM_BASE"] + L["ROM_SIZE"]))
        if profile.pci_writes == profiles.Q35_WRITES:
            want.append(ECAM)
        spans = judge.ram_spans(result.map, (judge.RESERVED,))
        for span in want:
            self.assertTrue(judge.inside(*span, spans), f"{span}")

    def acpi(self, result, profile):
        """Whose tables the kernel gets; what may be written for them."""
        if profile.tables in ("placed", "none"):
            self.assertEqual(result.rsdp, profile.rsdp)
            return []
        self.assertTrue(L["EBDA"] <= result.rsdp < judge.EBDA[1])
        if profile.tables == "own":
            self.right(judge.own_tables(result, 1))
        else:
            self.right(judge_vmm.tables_walk(result, result.rsdp, result.map))
        return [judge.BDA_WORD, judge.EBDA]

    def segments(self, result, host):
        """An ELF file's bytes and its .bss, where its headers say."""
        for gpa, data in getattr(host, "segments", ()):
            self.assertTrue(result.read(gpa, len(data)) == data,
                            f"the kernel's bytes at {gpa:#x} are others")

    def ends(self, host, stage, words):
        """The sentence, and nothing of the VMM's touched."""
        result = self.refuses(host, stage, words)
        self.right(judge_vmm.low_memory(result, []))
        self.right(judge_vmm.placed(result, host))
        self.assertEqual(result.machine.pci.writes,
                         list(host.profile.pci_writes))


def boot_case(name, boot, initrd):
    """A test of one payload."""
    def run(self):
        self.boot(profiles.PROFILES[name], *boot.split(":"), initrd)
    return run


def end_case(name):
    """A test of a VMM that has no channel for a payload."""
    def run(self):
        profile = profiles.PROFILES[name]
        self.ends(self.host_for(profile).finish(), *profile.ends)
    return run


def all_cases():
    """A test each."""
    for name, profile in profiles.PROFILES.items():
        word = name.replace("-", "_")
        for boot in profile.boots:
            way = boot.replace("-", "_").replace(":", "_")
            yield f"test_{word}_{way}", boot_case(name, boot, INITRD)
        for boot in profile.boots[:1]:
            yield f"test_{word}_no_initrd", boot_case(name, boot, b"")
        if profile.ends:
            yield f"test_{word}_ends_with_a_sentence", end_case(name)


Profiles = type("Profiles", (ProfileCase,), dict(all_cases()))


class HalfTold(ProfileCase):
    """Kernels that a VMM has placed and tells too little of: a sentence."""

    def told(self, segments, size):
        """StratoVirt's three keys for them: no data, and no header."""
        host = self.host_for(profiles.PROFILES["stratovirt"])
        host.preload += segments
        host.number(fwcfg.KERNEL_ENTRY, segments[0][0] + 0x100)
        host.number(fwcfg.KERNEL_ADDR, segments[0][0])
        host.number(fwcfg.KERNEL_SIZE, size)
        result = self.run_host(host)
        self.assertEqual(result.outcome, bench.HALTED)
        self.assertRegex(result.serial, r"^fw: PANIC \w+: .*\r?\n$")

    def test_stratovirt_elf(self):
        """Its size is the distance of the first segment from the last."""
        _file, segments = images.pvh_file()
        self.told(segments, segments[1][0] - segments[0][0])

    def test_stratovirt_elf_of_one_segment(self):
        """Then that is 0."""
        self.told([(16 * MIB, images.pattern(0x4000))], 0)
