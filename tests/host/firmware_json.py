# SPDX-License-Identifier: BSD-2-Clause
"""The rules for firmware descriptors: [QEMU] docs/interop/firmware.json, and
what libvirt's src/qemu/qemu_firmware.c wants beyond it.

One file that breaks them keeps libvirt from finding any firmware."""

import json

INTERFACES = {"bios", "openfirmware", "uboot", "uefi"}
FEATURES = {"acpi-s3", "acpi-s4", "amd-sev", "amd-sev-es", "amd-sev-snp",
            "enrolled-keys", "host-uefi-vars", "intel-tdx", "requires-smm",
            "secure-boot", "verbose-dynamic", "verbose-static"}
# qapi/machine.json SysEmuTarget, those that libvirt knows
TARGETS = {"aarch64", "arm", "i386", "loongarch64", "riscv32", "riscv64",
           "x86_64"}
KEYS = {"description", "interface-types", "mapping", "targets", "features",
        "tags"}
FLASH_MODES = {"split", "combined", "stateless"}


class Broken(Exception):
    """The first rule that a descriptor breaks."""


def need(good, why):
    """Raises Broken unless good."""
    if not good:
        raise Broken(why)


def check_text(value, what):
    """A string that says something."""
    need(isinstance(value, str) and value.strip(), f"{what}: no string")
    need(value.isprintable(), f"{what}: control characters")


def check_list(value, what, least, known=None):
    """Strings, so many at least, each once."""
    need(isinstance(value, list), f"{what}: no array")
    for item in value:
        check_text(item, what)
        need(known is None or item in known, f"{what}: {item}: unknown")
    need(len(value) >= least, f"{what}: is empty")
    need(len(set(value)) == len(value), f"{what}: one twice")


def check_keys(value, what, needed, possible=()):
    """An object with all of these members and no others."""
    need(isinstance(value, dict), f"{what}: no object")
    for key in sorted(set(needed) - set(value)):
        raise Broken(f"{what}: no {key}")
    for key in sorted(set(value) - set(needed) - set(possible)):
        raise Broken(f"{what}: {key}: unknown")


def check_path(value, what):
    """An absolute path as it is opened."""
    check_text(value, what)
    need(value.startswith("/"), f"{what}: {value}: not absolute")
    need("//" not in value and "/../" not in value, f"{what}: {value}: odd")


def check_flash_file(value, what):
    """A file and its format."""
    check_keys(value, what, ("filename", "format"))
    check_path(value["filename"], what)
    need(value["format"] in ("raw", "qcow2"), f"{what}: its format")


def check_mapping(value):
    """How it gets into the machine."""
    need(isinstance(value, dict), "mapping: no object")
    device = value.get("device")
    if device in ("memory", "kernel"):
        check_keys(value, "mapping", ("device", "filename"))
        check_path(value["filename"], "filename")
    elif device == "flash":
        mode = value.get("mode", "split")
        need(mode in FLASH_MODES, "mode: unknown")
        files = ["executable"] + ["nvram-template"] * (mode == "split")
        check_keys(value, "mapping", ["device", *files], ["mode"])
        for name in files:
            check_flash_file(value[name], name)
    else:
        raise Broken("device: unknown")


def check_target(value):
    """Which emulator, and which of its machines."""
    check_keys(value, "target", ("architecture", "machines"))
    need(value["architecture"] in TARGETS, "architecture: unknown")
    check_list(value["machines"], "machines", 1)


def no_twins(pairs):
    """A JSON object, no member of which is there twice."""
    found = dict(pairs)
    need(len(found) == len(pairs), "a member twice")
    return found


def parse(data):
    """The descriptor in bytes, held against all rules."""
    need(not data.startswith(b"\xef\xbb\xbf"), "begins with a mark")
    try:
        found = json.loads(data.decode(), object_pairs_hook=no_twins)
    except ValueError as err:
        raise Broken(f"no JSON: {err}") from err
    check_keys(found, "descriptor", KEYS)
    check_text(found["description"], "description")
    check_list(found["interface-types"], "interface-types", 1, INTERFACES)
    check_mapping(found["mapping"])
    need(isinstance(found["targets"], list) and found["targets"],
         "targets: none")
    for target in found["targets"]:
        check_target(target)
    check_list(found["features"], "features", 0, FEATURES)
    need(not {"verbose-dynamic", "verbose-static"} <= set(found["features"]),
         "features: verbose in two ways")
    check_list(found["tags"], "tags", 0)
    return found
