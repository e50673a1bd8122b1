# SPDX-License-Identifier: BSD-2-Clause
"""Rules that read the sources: notices, includes, purity, numbers, length."""
import re

COLUMNS = 80
TAB = 8
LENGTH_FAIL = 60
LENGTH_WARN = 40
SPDX = "SPDX-License-Identifier: BSD-2-Clause"
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
LIBC = {"stdint.h", "stddef.h", "stdbool.h"}    # freestanding C has these

# Who may include whose headers.  "version.h" is generated for firmware/.
ARROWS = {"core/": ("core/",),
          "firmware/": ("core/", "firmware/", "version.h"),
          "host-loader/": ("core/", "host-loader/", "version.h"),
          "host-loader/lib/": ("core/", "host-loader/beeline.h",
                               "host-loader/lib/", "version.h"),
          "examples/": ("host-loader/beeline.h", "beeline.h"),
          "linker/": ("core/", "linker/")}

# Numbers above 0xff that stand where they are used: file, number, why.
NUMBERS = {
    ("core/topology.c", 0xFFFF): "mask: EBX bits 15 to 0",
    ("core/e820.h", 0xBEE1): "our own type, which no specification has",
    ("core/e820.h", 0x100000): "pages below 4 GiB",
    ("core/bzimage.c", 0x40000000): "a limit of this module: an alignment",
    ("firmware/memory.c", 0x1000): "pages below 16 MiB",
    ("firmware/memory.c", 0x80000): "pages below 2 GiB",
    ("core/acpi_script.h", 0x100000): "a limit of this module: an alignment",
    ("core/bzimage.c", 0x37FFFFFF): "[BOOT] initrd_addr_max before 2.03",
    ("core/bzimage.c", 0x201): "[BOOT] where the header's length stands",
    ("core/bzimage.c", 0x202): "[BOOT] where the header begins",
    ("core/bzimage.c", 0x264): "[BOOT] end of init_size",
    ("core/bzimage.c", 0x23C): "[BOOT] end of cmdline_size",
    ("core/bzimage.c", 0x235): "[BOOT] end of relocatable_kernel",
    ("core/bzimage.c", 0x230): "[BOOT] end of initrd_addr_max",
    ("core/bzimage.c", 0x228): "[BOOT] end of the 2.00 header",
    ("core/boot_params.c", 0x201): "[BOOT] where the header's length stands",
    ("core/boot_params.c", 0x202): "[BOOT] where the header begins",
    ("firmware/mem.c", 0x01010101): "mask: a byte four times",
    ("firmware/memory.c", 0xFFFF): "what a bus without a device reads as",
    ("firmware/memory.c", 0x100000000): "4 GiB, in a constant initialiser",
    ("firmware/fwcfg.c", 0x554D4551): "the signature \"QEMU\"",
}
# The hardware edge: ports have their names here and nowhere else.
NUMBER_FILES = ("core/layout.h", "core/abi/", "firmware/io.h",
                "firmware/cpu.h")


def code_of(text):
    """The text without comments and strings; lines stay where they are."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", blank, text,
                  flags=re.S)


def line_of(text, at):
    """Line number of an offset."""
    return text.count("\n", 0, at) + 1


def rule_spdx(tree):
    """The licence on line one; on line two of a script."""
    names = tree.select(".c", ".h", ".S", ".asm", ".asl", ".py", "Makefile")
    names += [name for name in tree.files if name not in names and
              name.startswith(("bench/", "tools/", "tests/")) and
              tree.text(name).startswith("#!")]
    for name in names:
        lines = tree.text(name).split("\n")
        first = lines[1] if lines[0].startswith("#!") else lines[0]
        if SPDX not in first:
            yield f"{name}:1: no {SPDX}"


def rule_width(tree):
    """80 columns in C."""
    for name in tree.select(".c", ".h"):
        for number, line in tree.lines(name):
            width = len(line.expandtabs(TAB))
            if width > COLUMNS:
                yield f"{name}:{number}: {width} columns"
            if line != line.rstrip():
                yield f"{name}:{number}: blanks at the end"


def rule_arrows(tree):
    """Include lines are root paths, along the allowed arrows."""
    for folder, allowed in ARROWS.items():
        for name in tree.select(".c", ".h", ".S", under=(folder,)):
            text = tree.text(name)
            for match in INCLUDE.finditer(text):
                if match.group(1) == '"' and \
                        not match.group(2).startswith(allowed):
                    yield (f"{name}:{line_of(text, match.start())}: "
                           f"includes {match.group(2)}")


def listed(tree, name):
    """The C files that a .mk lists, in order."""
    text = tree.text(name).replace("\\\n", " ")
    found = []
    for words in re.findall(r"_src\s*:=(.*)", text):
        prefix = re.search(r"addprefix ([^,]*),", words)
        start = prefix.group(1) if prefix else ""
        words = words[prefix.end():] if prefix else words
        found += [start + word for word in words.replace(")", " ").split()
                  if word.endswith(".c")]
    return found


def rule_order(tree):
    """A file includes only headers of files that its .mk lists above it."""
    for mk in ("core/core.mk", "firmware/firmware.mk",
               "host-loader/host-loader.mk"):
        order = listed(tree, mk)
        folder = mk.split("/", maxsplit=1)[0] + "/"
        for name in tree.select(".c", under=(folder,)):
            if name not in order:
                yield f"{mk}: does not list {name}"
        for at, name in enumerate(order):
            for source in (name, name[:-1] + "h"):
                if source not in tree.files:
                    continue
                for match in INCLUDE.finditer(tree.text(source)):
                    other = match.group(2)[:-1] + "c"
                    if other in order[at + 1:]:
                        yield f"{source}: includes {match.group(2)}, {mk} " \
                              f"lists it below"


def rule_purity(tree):
    """core/: bytes in, bytes out, one text for every build."""
    guard = re.compile(r"\A\s*#ifndef (\w+)\n#define \1\n")
    for name in tree.select(".c", ".h", under=("core/",)):
        text = code_of(tree.text(name))
        rest = guard.sub(lambda m: "\n" * m.group(0).count("\n"), text)
        for match in re.finditer(r"^\s*#\s*(if\w*|elif|else)\b", rest, re.M):
            yield f"{name}:{line_of(rest, match.start())}: #{match.group(1)}"
        for match in re.finditer(r"\b(__)?asm(__)?\b", rest):
            yield f"{name}:{line_of(rest, match.start())}: assembly"
        for match in re.finditer(r"^\s*static (?!inline|const)[^(\n]*[;=]",
                                 rest, re.M):
            yield f"{name}:{line_of(rest, match.start())}: a variable"
        for match in INCLUDE.finditer(tree.text(name)):
            if match.group(1) == "<" and match.group(2) not in LIBC:
                yield f"{name}: includes <{match.group(2)}>"


def rule_constants(tree):
    """Numbers have one place: layout.h, abi/, or a line in NUMBERS."""
    used = set()
    for name in tree.select(".c", ".h", under=("core/", "firmware/")):
        if name.startswith(NUMBER_FILES):
            continue
        text = code_of(tree.text(name))
        for match in re.finditer(r"\b0x([0-9a-fA-F]+)[uUlL]*\b", text):
            value = int(match.group(1), 16)
            used.add((name, value))
            if value > 0xFF and (name, value) not in NUMBERS:
                yield f"{name}:{line_of(text, match.start())}: " \
                      f"{match.group(0)} belongs into a header"
    for name, value in sorted(set(NUMBERS) - used):
        yield f"warning: NUMBERS: {name} has no {value:#x} any more"


def functions(text):
    """(line, name, body lines) of each function, in the kernel's style."""
    head = re.compile(r"^(?![\s#}])[^;={}]*?\b(\w+)\([^;{}]*\)\n\{\n(.*?)^\}",
                      re.M | re.S)
    for match in head.finditer(text):
        yield (line_of(text, match.start(1)), match.group(1),
               match.group(2).count("\n"))


def rule_length(tree):
    """Functions fit on a screen."""
    for name in tree.select(".c", ".h"):
        for line, function, count in functions(code_of(tree.text(name))):
            if count > LENGTH_WARN:
                kind = "" if count > LENGTH_FAIL else "warning: "
                if kind and function == "main":
                    continue    # a list of cases
                yield f"{kind}{name}:{line}: {function}: {count} lines"
