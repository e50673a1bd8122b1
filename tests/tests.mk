# SPDX-License-Identifier: BSD-2-Clause
# tests.mk - unit, golden, lint and repeatability tests: each target stands
# alone, and tests/all.py runs them all.

TESTCC  ?= $(HOSTCC)
FUZZCC  ?= clang
TIME    ?= 60
test_out := $(build)/test

unit_tests := err sum8 e820 e820_parse e820_model fwcfg_dir acpi_script \
	acpi_script_place acpi_script_refuse topology smbios bzimage \
	bzimage_place initrd_place boot_params elf pvh multiboot acpi_tables \
	mptable
# tests of host-loader/: they take all of it but main.c
host_unit_tests := plan rom payload payload_block vm options qtest hwreduced \
	manifest image verify verify_plan verify_tables plan_refuse
fuzz_tests := acpi_script e820 fwcfg_dir bzimage elf
host_fuzz_tests := payload qtest manifest verify plan

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
	$(host_fuzz_tests:%=$(test_out)/tests/fuzz/fuzz_%.o)
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

$(test_out)/seeds/stamp: tests/fuzz/seeds
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
check-lint: $(build)/gen/version.h
	$(Q)CC=$(TESTCC) $(PYTHON) tests/lint/lint.py

## check-repro: two builds in different folders give the same bytes
.PHONY: check-repro
check-repro:
	$(Q)$(PYTHON) tests/lint/repro.py

## fuzz: each fuzzer for TIME seconds (60), with clang's libFuzzer
.PHONY: fuzz
fuzz: fuzz-deps $(fuzz_tests:%=$(test_out)/fuzz_%) \
		$(host_fuzz_tests:%=$(test_out)/fuzz_%) $(test_out)/seeds/stamp
	$(Q)for t in $(fuzz_tests) $(host_fuzz_tests); do \
		mkdir -p $(build)/fuzz/$$t; \
		$(test_out)/fuzz_$$t -max_total_time=$(TIME) -max_len=16384 \
			-artifact_prefix=$(build)/fuzz/$$t- \
			-print_final_stats=1 -verbosity=0 $(build)/fuzz/$$t \
			$(test_out)/seeds/$$t || exit 1; \
	done

.PHONY: fuzz-deps
fuzz-deps:
	$(Q)tools/deps fuzz

fuzz_flags := -std=c11 -g -O1 -I. -I$(build)/gen -D_GNU_SOURCE \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-Wno-unknown-pragmas
fuzz_headers = $(wildcard core/*.h core/abi/*.h host-loader/*.h \
	host-loader/*/*.h tests/fuzz/*.h)
host_fuzz_src := $(host_lib_src) $(host_codec_src) $(host_lzo_yes_src) \
	$(filter-out %/main.c,$(host_cmd_src))

$(host_fuzz_tests:%=$(test_out)/fuzz_%): $(test_out)/fuzz_%: \
		tests/fuzz/fuzz_%.c $(test_core) $(host_fuzz_src) \
		$(host_stub_obj) $(host_aml_obj) $(fuzz_headers) | $(test_out)/
	$(call say,FUZZCC,$<)
	$(Q)$(FUZZCC) $(fuzz_flags) $< $(test_core) $(host_fuzz_src) \
		$(host_stub_obj) $(host_aml_obj) $(host_codecs) -llzo2 $(host_libs) -o $@

$(test_out)/fuzz_%: tests/fuzz/fuzz_%.c $(test_core) $(fuzz_headers) | $(test_out)/
	$(call say,FUZZCC,$<)
	$(Q)$(FUZZCC) $(fuzz_flags) $< $(test_core) -o $@
