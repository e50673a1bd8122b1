# SPDX-License-Identifier: BSD-2-Clause
# tests.mk - unit, golden, lint and repeatability tests: each target stands
# alone, and tests/all.py runs them all.

TESTCC  ?= $(HOSTCC)
FUZZCC  ?= clang
TIME    ?= 60
JOBS    ?= 2
test_out := $(build)/test

unit_tests := err sum8 e820 e820_parse e820_model fwcfg_dir acpi_script \
	acpi_script_place acpi_script_refuse topology smbios bzimage \
	bzimage_place initrd_place boot_params elf elf_refuse pvh \
	multiboot acpi_tables mptable rsdp start_info
# tests of host-loader/: they take all of it but main.c
host_unit_tests := plan rom payload payload_block vm options qtest qmp \
	hwreduced hwreduced_refuse manifest manifest_refuse image verify \
	verify_plan verify_tables plan_refuse doctor_text notes
fuzz_tests := acpi_script e820 fwcfg_dir bzimage elf smbios initrd handover \
	pc_tables start_info rsdp
host_fuzz_tests := payload qtest manifest verify plan cmdline rom hwreduced \
	inspect fields options bundle

test_core  := $(core_src)
test_flags := -std=c11 -g -O1 -I. -I$(build)/gen $(warnings) -Wno-cast-qual \
	-D_DEFAULT_SOURCE -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all -MMD -MP
unit_bin   := $(patsubst %,$(test_out)/unit_%,$(unit_tests))
host_unit_bin := $(patsubst %,$(test_out)/unit_%,$(host_unit_tests))
replay_bin := $(fuzz_tests:%=$(test_out)/replay_%)
host_replay_bin := $(host_fuzz_tests:%=$(test_out)/replay_%)
host_drivers := pull-dump bundle-make

-include $(wildcard $(test_out)/*.d $(test_out)/*/*.d $(test_out)/*/*/*.d)

$(test_out)/%.o: %.c $(build)/gen/version.h tests/tests.mk
	$(call say,TESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(TESTCC) $(test_flags) -c $< -o $@

$(test_out)/core.a: $(test_core:%.c=$(test_out)/%.o)
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $^

$(unit_bin): $(test_out)/unit_%: $(test_out)/tests/unit/test_%.o \
		$(test_out)/core.a
	$(call say,TESTLD,$@)
	$(Q)$(TESTCC) $(test_flags) $^ -lcmocka -o $@

# what speaks to an operating system
host_test_obj := $(test_out)/host-loader/%.o $(test_out)/tests/host/%.o \
	$(host_unit_tests:%=$(test_out)/tests/unit/test_%.o) \
	$(host_fuzz_tests:%=$(test_out)/tests/fuzz/fuzz_%.o) \
	$(test_out)/tests/fuzz/replay.o
$(host_test_obj): test_flags += -D_GNU_SOURCE

$(test_out)/host.a: $(patsubst %.c,$(test_out)/%.o,$(host_lib_src) \
		$(host_codec_src) $(host_lzo_yes_src) \
		$(filter-out %/main.c,$(host_cmd_src))) $(host_stub_obj) $(host_aml_obj)
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $^

$(host_unit_bin): $(test_out)/unit_%: $(test_out)/tests/unit/test_%.o \
		$(test_out)/host.a $(test_out)/core.a
	$(call say,TESTLD,$@)
	$(Q)$(TESTCC) $(test_flags) $^ $(host_codecs) -llzo2 $(host_libs) -lcmocka -o $@

$(host_replay_bin): $(test_out)/replay_%: $(test_out)/tests/fuzz/fuzz_%.o \
		$(test_out)/tests/fuzz/replay.o $(test_out)/host.a \
		$(test_out)/core.a
	$(call say,TESTLD,$@)
	$(Q)$(TESTCC) $(test_flags) $^ $(host_codecs) -llzo2 $(host_libs) -o $@

$(host_drivers:%=$(test_out)/%): $(test_out)/%: $(test_out)/tests/host/%.o \
		$(test_out)/host.a $(test_out)/core.a
	$(call say,TESTLD,$@)
	$(Q)$(TESTCC) $(test_flags) $^ $(host_codecs) -llzo2 $(host_libs) -o $@

$(replay_bin): $(test_out)/replay_%: $(test_out)/tests/fuzz/fuzz_%.o \
		$(test_out)/tests/fuzz/replay.o $(test_out)/core.a
	$(call say,TESTLD,$@)
	$(Q)$(TESTCC) $(test_flags) $^ -o $@

$(test_out)/golden-link: $(test_out)/tests/golden/link.o $(test_out)/core.a
	$(call say,TESTLD,$@)
	$(Q)$(TESTCC) $(test_flags) $^ -o $@

# with the inputs that have found something
$(test_out)/seeds/stamp: tests/fuzz/seeds $(wildcard tests/fuzz/seeds_*.py \
		tests/fuzz/corpus/*/*)
	$(call say,SEEDS,$(@D))
	$(Q)$(PYTHON) $< $(@D)
	$(Q)touch $@

## check-unit: unit tests of core/ and the fuzzers' seeds, with ASan and UBSan
.PHONY: check-unit
check-unit: export ASAN_OPTIONS = detect_leaks=0:abort_on_error=1
check-unit: export UBSAN_OPTIONS = abort_on_error=1:print_stacktrace=1
check-unit: $(unit_bin) $(host_unit_bin) $(replay_bin) $(host_replay_bin) \
		$(test_out)/seeds/stamp
	$(Q)$(PYTHON) tests/unit/run.py $(test_out)/seeds $(unit_bin) \
		$(host_unit_bin) $(replay_bin) $(host_replay_bin)

## check-host: beeline and libbeeline as their users meet them
.PHONY: check-host
check-host: export ASAN_OPTIONS = detect_leaks=0:abort_on_error=1
check-host: beeline examples firmware $(host_drivers:%=$(test_out)/%) \
		$(test_out)/hwreduced-dump
	$(Q)tools/kernel
	$(Q)tests/host/suite.py

## check-libvirt: libvirt boots Linux by examples/libvirt, with fw.bin and without
.PHONY: check-libvirt
check-libvirt: beeline firmware
	$(Q)tools/kernel
	$(Q)tests/libvirt/run.py

## check-docs: runs the commands that the documents show, the files of
##             examples/, and holds the pages of `make docs` together
.PHONY: check-docs
check-docs: beeline firmware
	$(Q)tools/kernel
	$(Q)tools/initrd --out $(build)/initrd/small.cpio
	$(Q)tests/docs/run.py

## docs: web pages of the documents and man pages, in build/site
.PHONY: docs
docs:
	$(Q)tools/deps docs
	$(Q)tools/site

## check-package: builds the Debian packages, lintian, installs and boots them;
##                check-package-chroot: in a Debian made by debootstrap (minutes)
.PHONY: check-package check-package-chroot
check-package: firmware
	$(Q)tools/kernel
	$(Q)tests/package/run.py
check-package-chroot: firmware
	$(Q)tools/deps package
	$(Q)tools/kernel
	$(Q)tests/package/run.py --chroot

## check-bench: bench/ itself: its parsers, statistics, refusals, a short run
.PHONY: check-bench
check-bench: beeline firmware
	$(Q)tools/kernel
	$(Q)tests/bench/run.py

## check-golden: links captured ACPI scripts, compares with the stored text
.PHONY: check-golden
check-golden: $(test_out)/golden-link
	$(Q)IASL=$(IASL) $(PYTHON) tests/golden/check \
		$(if $(filter 1,$(UPDATE)),--update) $< $(test_out)/golden

## check-lint: the rules of the tree: arrows, order, purity, constants, docs
.PHONY: check-lint
check-lint: firmware $(build)/gen/version.h
	$(Q)CC=$(TESTCC) $(PYTHON) tests/lint/lint.py

## check-repro: two builds in different folders give the same bytes
.PHONY: check-repro
check-repro:
	$(Q)$(PYTHON) tests/lint/repro.py

## fuzz: each fuzz target for TIME seconds (60), JOBS at once (2), with clang's
##       libFuzzer; FUZZ="elf e820" names targets; make fuzz-report prints what
##       has been run so far, INTO=docs/testing.md puts it there
.PHONY: fuzz
fuzz: fuzz-programs
	$(Q)tests/fuzz/run --time $(TIME) --jobs $(JOBS) $(fuzz_wanted)

.PHONY: fuzz-report
fuzz-report:
	$(Q)tests/fuzz/run --report $(if $(INTO),--into $(INTO)) $(fuzz_wanted)

.PHONY: fuzz-programs
fuzz-programs: fuzz-deps $(test_out)/seeds/stamp
	$(Q)$(MAKE) -s --no-print-directory $(fuzz_wanted:%=$(fuzz_out)/bin/%)

.PHONY: fuzz-deps
fuzz-deps:
	$(Q)tools/deps fuzz

fuzz_out := $(build)/fuzz
fuzz_wanted := $(if $(FUZZ),$(FUZZ),$(fuzz_tests) $(host_fuzz_tests))
fuzz_obj := $(fuzz_out)/obj
fuzz_sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz_flags := -std=c11 -g -O1 -I. -I$(fuzz_out)/gen -D_GNU_SOURCE \
	-Wno-unknown-pragmas $(fuzz_sanitize) -fno-omit-frame-pointer
host_test_src := $(host_lib_src) $(host_codec_src) $(host_lzo_yes_src) \
	$(filter-out %/main.c,$(host_cmd_src))

-include $(wildcard $(fuzz_obj)/*/*.d $(fuzz_obj)/*/*/*.d)

# A .sum is of the code alone, without comments: what a fuzzer's count of runs
# is about (tests/fuzz/stats.py).  So the version is not the tree's.
$(fuzz_obj)/%.o: %.c $(fuzz_out)/gen/version.h
	$(call say,FUZZCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZCC) $(fuzz_flags) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@
	$(Q)$(FUZZCC) $(fuzz_flags) -Wno-builtin-macro-redefined -D__LINE__=0 \
		-E -P $< | sha256sum > $(@:.o=.sum)

$(fuzz_out)/gen/version.h: | $(fuzz_out)/gen/
	$(Q)echo '#define BEELINE_VERSION "fuzz"' > $@

$(fuzz_obj)/core.a: $(test_core:%.c=$(fuzz_obj)/%.o)
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $^

$(fuzz_obj)/host.a: $(host_test_src:%.c=$(fuzz_obj)/%.o) $(host_stub_obj) \
		$(host_aml_obj)
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $^

$(fuzz_tests:%=$(fuzz_out)/bin/%): $(fuzz_out)/bin/%: \
		$(fuzz_obj)/tests/fuzz/fuzz_%.o $(fuzz_obj)/core.a | $(fuzz_out)/bin/
	$(call say,FUZZLD,$@)
	$(Q)$(FUZZCC) $(fuzz_sanitize) -fsanitize=fuzzer $^ -Wl,-Map=$@.map -o $@

$(host_fuzz_tests:%=$(fuzz_out)/bin/%): $(fuzz_out)/bin/%: \
		$(fuzz_obj)/tests/fuzz/fuzz_%.o $(fuzz_obj)/host.a \
		$(fuzz_obj)/core.a | $(fuzz_out)/bin/
	$(call say,FUZZLD,$@)
	$(Q)$(FUZZCC) $(fuzz_sanitize) -fsanitize=fuzzer $^ $(host_codecs) \
		-llzo2 $(host_libs) -Wl,-Map=$@.map -o $@

## coverage: lines and branches that unit tests and replays reach, by clang;
##       fails below 95 % of core/'s lines; INTO= as with fuzz-report
.PHONY: coverage
coverage: fuzz-deps $(test_out)/seeds/stamp
	$(Q)$(MAKE) -s --no-print-directory $(cover_bin)
	$(Q)tests/fuzz/coverage --core 95 $(if $(INTO),--into $(INTO)) $(cover_out)

cover_out := $(build)/coverage
cover_obj := $(cover_out)/obj
cover_bin := $(unit_tests:%=$(cover_out)/unit_%) \
	$(host_unit_tests:%=$(cover_out)/unit_%) \
	$(fuzz_tests:%=$(cover_out)/replay_%) \
	$(host_fuzz_tests:%=$(cover_out)/replay_%)
cover_instr := -fprofile-instr-generate -fcoverage-mapping
cover_flags := -std=c11 -g -O1 -I. -I$(build)/gen -D_GNU_SOURCE -w \
	$(cover_instr)

-include $(wildcard $(cover_obj)/*/*.d $(cover_obj)/*/*/*.d)

.PRECIOUS: $(cover_obj)/%.o

$(cover_obj)/%.o: %.c $(build)/gen/version.h
	$(call say,COVERCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZCC) $(cover_flags) -MMD -MP -c $< -o $@

$(cover_obj)/core.a: $(test_core:%.c=$(cover_obj)/%.o)
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $^

$(cover_obj)/host.a: $(host_test_src:%.c=$(cover_obj)/%.o) $(host_stub_obj) \
		$(host_aml_obj)
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $^

# all of them with all libraries: nothing here has to be small
$(cover_out)/unit_%: $(cover_obj)/tests/unit/test_%.o $(cover_obj)/host.a \
		$(cover_obj)/core.a
	$(call say,COVERLD,$@)
	$(Q)$(FUZZCC) $(cover_instr) $^ $(host_codecs) -llzo2 $(host_libs) \
		-lcmocka -o $@

$(cover_out)/replay_%: $(cover_obj)/tests/fuzz/fuzz_%.o \
		$(cover_obj)/tests/fuzz/replay.o $(cover_obj)/host.a \
		$(cover_obj)/core.a
	$(call say,COVERLD,$@)
	$(Q)$(FUZZCC) $(cover_instr) $^ $(host_codecs) -llzo2 $(host_libs) -o $@

## fuzz-firmware: fw.bin and fw.elf on hosts that lie, case after case, and each
##       can be run again: CASES=20000 SEED=1 JOBS=2
CASES ?= 20000
SEED  ?= 1
.PHONY: fuzz-firmware check-fuzz-firmware firmware-mmio
# where tests/vmm/profiles.py has the device
firmware-mmio:
	$(Q)$(MAKE) --no-print-directory firmware FW_CFG_MMIO=0x10000000
fuzz-firmware: firmware firmware-mmio beeline
	$(Q)tests/vmm/fuzz.py --cases $(CASES) --seed $(SEED) --jobs $(JOBS)
check-fuzz-firmware: firmware firmware-mmio beeline
	$(Q)tests/vmm/fuzz.py --cases 500
