# SPDX-License-Identifier: BSD-2-Clause
# Makefile - builds, boots and tests Beeline.  `make help` lists the targets.

MAKEFLAGS += -r
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

V ?= 0
Q := $(if $(filter 1,$(V)),,@)
say = @$(if $(filter 1,$(V)),:,printf '  %-8s %s\n' $(1) $(2))

# CROSS_COMPILE=i686-linux-gnu- or x86_64-linux-gnu- builds the ROM anywhere.
CROSS_COMPILE ?=
FWCC    := $(CROSS_COMPILE)gcc
FWLD    := $(CROSS_COMPILE)ld
OBJCOPY := $(CROSS_COMPILE)objcopy
SIZE    := $(CROSS_COMPILE)size
NASM    ?= nasm
IASL    ?= iasl
PYTHON  := /usr/bin/python3
HOSTCC  ?= gcc

# MARKS=1: POST codes at port 0x80, time marks at port 0xf5.
MARKS  ?= 0
# SSE=0: no SSE in the ROM, for processors without it and for hosts that emulate
# the guest's kernel mode and know only its moves.
SSE    ?= 1
# FW_CFG_MMIO=0x...: the device's registers are there, not at ports.
FW_CFG_MMIO ?= 0
WERROR ?= 1

include core/core.mk
include firmware/firmware.mk

VERSION := $(shell tools/version)
build   := build
variant := $(if $(filter 1,$(MARKS)),-marks)$(if $(filter 0,$(SSE)),-nosse)$(if $(filter-out 0,$(FW_CFG_MMIO)),-mmio)
out     := $(build)/fw32$(variant)
rom     := $(build)/fw$(variant).bin
rom_128k := $(build)/fw$(variant)-128k.bin
fw_elf  := $(build)/fw$(variant).elf
images  := $(rom) $(rom_128k) $(fw_elf)

warnings := -Wall -Wextra -Wshadow -Wundef -Wvla -Wcast-qual -Wpointer-arith \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
	$(if $(filter 1,$(WERROR)),-Werror)
common   := -std=c11 -I. -I$(build)/gen $(warnings) -MMD -MP \
	-ffile-prefix-map=$(CURDIR)=.
fw_flags := $(common) -m32 -march=i686 -mtune=i386 -mregparm=3 -mrtd -mno-stv -mpreferred-stack-boundary=2 -ffreestanding \
	-fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fno-builtin -fno-tree-loop-distribute-patterns -fno-strict-aliasing \
	-fno-jump-tables -fno-tree-ch -malign-data=abi -falign-functions=1 -falign-loops=1 -falign-jumps=1 -falign-labels=1 -ffunction-sections -Wframe-larger-than=1024 \
	--param=min-pagesize=0 -DMARKS=$(MARKS) -DFW_CFG_MMIO=$(FW_CFG_MMIO)
# -Wno-psabi: no vector crosses a file, so its ABI is of no concern
fw_nosse := -mno-sse -mno-mmx -Wno-psabi
fw_sse   := $(if $(filter 0,$(SSE)),$(fw_nosse),-msse2 -mfpmath=sse)
fw_hot   := $(if $(filter 1,$(SSE)),$(firmware_hot))

include host-loader/host-loader.mk
include host-loader/install.mk
include tests/tests.mk
include bench/bench.mk

## firmware: builds build/fw.bin, fw-128k.bin and fw.elf with gcc, binutils,
##           nasm and iasl; no network; FW_CFG_MMIO=0x...: fw_cfg in memory
.PHONY: firmware
firmware: $(images)

common_obj := $(patsubst %,$(out)/%.o,$(firmware_asm) $(firmware_src) $(core_src)) \
	$(out)/dsdt.o
rom_obj := $(common_obj) $(patsubst %,$(out)/%.o,$(firmware_rom_src))
elf_obj := $(common_obj) $(patsubst %,$(out)/%.o,$(firmware_elf_asm) $(firmware_elf_src))
-include $(patsubst %.o,%.d,$(rom_obj) $(elf_obj))

rom_sections := -j .about -j .far -j .text -j .smbios -j .tail
fw_link = $(FWLD) -m elf_i386 -static -nostdlib --build-id=sha1 --gc-sections \
	--orphan-handling=error --fatal-warnings -z noexecstack

$(rom): $(out)/fw.elf
	$(call say,ROM,$@)
	$(Q)$(OBJCOPY) -O binary $(rom_sections) --gap-fill 0xff $< $@

# 64 KiB of nothing, then a ROM that runs in the copy below 1 MiB
$(rom_128k): $(out)/fw-128k.elf
	$(call say,ROM,$@)
	$(Q)$(OBJCOPY) -O binary $(rom_sections) --gap-fill 0xff $< $@.high
	$(Q){ head -c 65536 /dev/zero | tr '\0' '\377'; cat $@.high; } > $@
	$(Q)rm $@.high

$(fw_elf): $(out)/fw-pvh.elf linker/fw_elf.asm $(build)/gen/abi.inc
	$(call say,ELF,$@)
	$(Q)$(OBJCOPY) -O binary -j .text -j .about $< $(<:.elf=.flat)
	$(Q)$(OBJCOPY) -O binary -j .about $< $(<:.elf=.about)
	$(Q)$(NASM) -f bin -w+all -I$(build)/gen/ -DFLAT='"$(<:.elf=.flat)"' \
		-DABOUT='"$(<:.elf=.about)"' linker/fw_elf.asm -o $@

$(out)/fw.elf: $(rom_obj) $(out)/firmware.ld
	$(call say,LD,$@)
	$(Q)$(fw_link) -T $(out)/firmware.ld -Map $(@:.elf=.map) -o $@ $(rom_obj)

$(out)/fw-128k.elf: $(rom_obj) $(out)/firmware-128k.ld
	$(call say,LD,$@)
	$(Q)$(fw_link) -T $(out)/firmware-128k.ld -o $@ $(rom_obj)

$(out)/fw-pvh.elf: $(elf_obj) $(out)/fw_elf.ld
	$(call say,LD,$@)
	$(Q)$(fw_link) -T $(out)/fw_elf.ld -o $@ $(elf_obj)

ld_cpp = $(FWCC) -std=c11 -E -P -x c -I. -DSSE=$(SSE)
ld_parts := linker/ram.ld.S core/layout.h
$(out)/firmware.ld: linker/firmware.ld.S $(ld_parts) | $(out)/
	$(Q)$(ld_cpp) -DROM_AT=ROM_BASE $< -o $@
$(out)/firmware-128k.ld: linker/firmware.ld.S $(ld_parts) | $(out)/
	$(Q)$(ld_cpp) -DROM_AT=ROM_COPY $< -o $@
$(out)/fw_elf.ld: linker/fw_elf.ld.S $(ld_parts) | $(out)/
	$(Q)$(ld_cpp) $< -o $@

# an address is not in a name: one build folder serves them all
$(out)/firmware/fwcfg.c.o: $(out)/fw_cfg_mmio
$(out)/fw_cfg_mmio: FORCE | $(out)/
	$(Q)echo '$(FW_CFG_MMIO)' > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(out)/%.c.o: %.c $(build)/gen/version.h Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FWCC) $(fw_flags) $(if $(filter $<,$(firmware_nosse)),$(fw_nosse),$(fw_sse)) \
		$(if $(filter $<,$(fw_hot)),-O2,-Oz) $(if $(filter core/%,$<),-Wconversion) -c $< -o $@

$(out)/%.asm.o: %.asm $(build)/gen/abi.inc
	$(call say,NASM,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -w+all -DSSE=$(SSE) -I$(build)/gen/ $< -o $@

$(out)/dsdt.o: $(build)/acpi/dsdt.c
	$(call say,CC,$<)
	$(Q)$(FWCC) $(fw_flags) $(fw_sse) -Oz -c $< -o $@

# acpi/*.asl to AML to an array; -vs and -p keep dates and paths out of it.
.PRECIOUS: $(build)/acpi/%.aml
$(build)/acpi/%.aml: acpi/%.asl core/layout.h | $(build)/acpi/
	$(call say,IASL,$<)
	$(Q)$(FWCC) -std=c11 -E -P -x c -I. $< -o $(@:.aml=.pp.asl)
	$(Q)$(IASL) -vs -we -p $(@:.aml=) $(@:.aml=.pp.asl) > $(@:.aml=.log) || \
		{ cat $(@:.aml=.log) >&2; rm -f $@; exit 1; }

$(build)/acpi/%.c: $(build)/acpi/%.aml
	$(Q){ echo '#include "core/base.h"'; \
	echo 'extern const uint8_t aml_$*[];'; \
	echo 'extern const uint32_t aml_$*_size;'; \
	echo 'const uint8_t aml_$*[] = {'; \
	od -An -v -tx1 $< | sed 's/ \(..\)/ 0x\1,/g'; \
	echo '};'; echo 'const uint32_t aml_$*_size = sizeof(aml_$*);'; } > $@

# The constants of C, for nasm: plain `#define NAME 0xHEX` lines only.
$(build)/gen/abi.inc: core/layout.h core/abi/x86.h core/abi/pci.h | $(build)/gen/
	$(Q)sed -n 's/^#define \([A-Z0-9_]*\)  *\(0x[0-9a-f]*\).*/%define \1 \2/p' \
		$^ > $@

$(build)/gen/version.h: FORCE | $(build)/gen/
	@printf '#define BEELINE_VERSION "%s"\n' '$(VERSION)' > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# Folders are made on the way and stay.
.PRECIOUS: %/
%/:
	$(Q)mkdir -p $@

## boot: installs what is missing, builds, fetches a kernel, boots it in QEMU
##       KERNEL= INITRD= APPEND= MACHINE= MEMORY= CPUS= ACCEL=tcg|kvm|auto
##       BOOT_PATH=none: without firmware
.PHONY: boot
boot:
	$(Q)tools/deps boot
	$(Q)$(MAKE) --no-print-directory firmware beeline
	$(Q)KERNEL='$(KERNEL)' INITRD='$(INITRD)' APPEND='$(APPEND)' \
		MACHINE='$(MACHINE)' MEMORY='$(MEMORY)' CPUS='$(CPUS)' \
		ACCEL='$(ACCEL)' FIRMWARE='$(FIRMWARE)' \
		BOOT_PATH='$(BOOT_PATH)' tools/boot

## test: installs what is missing and runs everything that CI runs; TESTS=
##       names groups (make test TESTS="unit lint"; tests/all.py -l)
.PHONY: test
test:
	$(Q)tools/deps test
	$(Q)$(MAKE) --no-print-directory firmware beeline
	$(Q)tests/all.py $(TESTS)

## cost: instructions and exits to the kernel's entry, beside qboot and SeaBIOS;
##       WHOLE=1: whole boots, to init's first act
.PHONY: cost
cost: $(rom) beeline
	$(Q)tools/deps boot
	$(Q)tools/kernel
	$(Q)bench/cost $(if $(filter 1,$(WHOLE)),--whole)

.PHONY: check-boot check-cost check-cost-whole check-kvm check-marks check-vmm
check-kvm: $(rom) beeline
	$(Q)$(MAKE) --no-print-directory firmware SSE=0
	$(Q)tests/boot/kvm.py
check-marks: $(rom) beeline
	$(Q)tools/kernel
	$(Q)$(MAKE) --no-print-directory firmware MARKS=1
	$(Q)tests/boot/marks.py
check-boot: $(rom) beeline
	$(Q)tests/boot/run.py --tier full
check-cost: $(rom) beeline
	$(Q)tools/kernel
	$(Q)bench/cost --only fw,none --check bench/budget.json
check-cost-whole: $(rom) beeline
	$(Q)tools/kernel
	$(Q)bench/cost --whole --only fw,none --runs 2 \
		--check bench/budget.json
check-vmm: $(images) firmware-mmio
	$(Q)$(MAKE) --no-print-directory firmware SSE=0
	$(Q)$(PYTHON) tests/vmm/run.py

## size: bytes of each function and what is left of the budget
.PHONY: size
size: $(out)/fw.elf
	$(Q)$(SIZE) $<
	$(Q)$(CROSS_COMPILE)nm --size-sort -S -r $< | head -40

## clean: removes everything that was built (build/kernel stays)
.PHONY: clean
clean:
	$(Q)find $(build) -mindepth 1 -maxdepth 1 ! -name kernel -exec rm -rf {} + 2>/dev/null || true

## help: this list
.PHONY: help FORCE
help:
	@sed -n 's/^## //p' Makefile host-loader/*.mk tests/tests.mk bench/*.mk
FORCE:
