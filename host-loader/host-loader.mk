# host-loader.mk - what libbeeline and beeline consist of, in reading order.
# lib/ is libbeeline; the program's rooms use it and, of each other, only what
# stands above: tests/lint checks both.
host_lib_src := $(addprefix host-loader/lib/, \
	error.c kernel.c place.c script.c board.c hwreduced.c pc_devices.c \
	tables.c plan.c sink.c rom.c verify.c verify_map.c verify_linux.c \
	verify_pvh.c verify_cpu.c verify_pages.c verify_acpi.c verify_fadt.c \
	verify_madt.c verify_smbios.c)
# needs the codec libraries, and nothing of the rest but what is public
host_codec_src := $(addprefix host-loader/lib/, \
	codec_stream.c codec_lz4.c payload.c)
# liblzo2 is GPL-2.0-or-later: the program may use it, the library does not
LZO ?= 1
host_lzo_no_src  := $(addprefix host-loader/lib/,codec_lzo_none.c)
host_lzo_yes_src := $(addprefix host-loader/lib/,codec_lzo.c)
host_lzo_src := $(if $(filter 1,$(LZO)),$(host_lzo_yes_src),$(host_lzo_no_src))

host_base_src := $(addprefix host-loader/,say.c strings.c file.c notes.c)
# a machine as QEMU is told of it, and what QEMU says of it
host_qemu_src := $(addprefix host-loader/qemu/, \
	qemu.c qemu_args.c vm.c kvm.c accel.c tsc.c peer.c qtest.c qmp.c \
	child.c probe.c chipset_pull.c fwcfg_pull.c board_pull.c pull_args.c \
	pull.c)
# folders with a machine that is ready to run
host_bundle_src := $(addprefix host-loader/bundle/, \
	digest.c bundle.c image.c fields.c manifest.c manifest_check.c \
	bundle_dir.c bundle_read.c bundle_write.c build_id.c cache.c \
	cache_entry.c cache_list.c folder_temporary.c)
# from options to a bundle, and from a bundle to a running QEMU
host_run_src := $(addprefix host-loader/run/, \
	options.c machine.c cmdline.c bake.c foreground.c events.c \
	memory_report.c launch_rom.c launch.c firmware_file.c run_firmware.c \
	run_none.c)
host_main_src := $(addprefix host-loader/cmd/, \
	report_options.c cmd_run.c cmd_bake.c about.c inspect_facts.c \
	inspect_kernel.c \
	inspect_rom.c inspect_acpi.c inspect_script.c inspect_bundle.c \
	bundle_view.c bundle_verify.c cmd_verify.c cmd_inspect.c cmd_cache.c \
	doctor_text.c doctor_qemu.c doctor_firmware.c doctor_memory.c \
	doctor_host.c cmd_doctor.c main.c)
host_cmd_src := $(host_base_src) $(host_qemu_src) $(host_bundle_src) \
	$(host_run_src) $(host_main_src)
examples := kvm-direct

host_out    := $(build)/host
# codec libraries of libbeeline; the program has two more
host_codecs := -lz -lbz2 -llzma -llz4 -lzstd
host_libs   := -ljansson -lnettle $(if $(filter 1,$(LZO)),-llzo2)
host_flags  := $(common) -O2 -g -fPIC -fvisibility=hidden -D_GNU_SOURCE \
	-fstack-protector-strong -fno-strict-aliasing
LDFLAGS_HOST ?= -Wl,-z,relro,-z,now -Wl,--as-needed

host_obj = $(patsubst %,$(host_out)/%.o,$(1))
host_stub_obj := $(host_out)/stubs.o
host_aml_obj  := $(host_out)/dsdt.o $(host_out)/hw_dsdt.o $(host_out)/hw_mmio.o \
	$(host_out)/hw_pci.o
-include $(patsubst %.o,%.d,$(call host_obj,$(core_src) $(host_lib_src) \
	$(host_codec_src) $(host_lzo_yes_src) $(host_lzo_no_src) $(host_cmd_src)))

## beeline: builds build/beeline and libbeeline (.a, .so) with its pkg-config file
.PHONY: beeline
beeline: $(build)/beeline $(build)/libbeeline.a $(build)/libbeeline.so

$(host_out)/%.c.o: %.c $(build)/gen/version.h Makefile host-loader/host-loader.mk
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(host_flags) $(if $(filter core/%,$<),-Wconversion) -c $< -o $@

# the reset stubs: one source, a blob for each chipset and entry
host_stubs := none_64 i440fx_64 q35_64 none_pvh i440fx_pvh q35_pvh
$(host_out)/stub_%.bin: host-loader/lib/stub.asm $(build)/gen/abi.inc | $(host_out)/
	$(call say,NASM,$@)
	$(Q)$(NASM) -f bin -w+all -I$(build)/gen/ -DCHIPSET_$(word 1,$(subst _, ,$*)) \
		-DENTRY_$(word 2,$(subst _, ,$*)) $< -o $@

$(host_out)/stubs.c: $(host_stubs:%=$(host_out)/stub_%.bin)
	$(Q){ echo '#include "host-loader/lib/rom.h"'; for s in $(host_stubs); do \
	echo "const uint8_t stub_$$s[] = {"; \
	od -An -v -tx1 $(host_out)/stub_$$s.bin | sed 's/ \(..\)/ 0x\1,/g'; \
	echo '};'; echo "const uint32_t stub_$${s}_size = sizeof(stub_$$s);"; \
	done; } > $@

$(host_stub_obj): $(host_out)/stubs.c
	$(Q)$(HOSTCC) $(host_flags) -c $< -o $@

$(host_out)/%.o: $(build)/acpi/%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(host_flags) -c $< -o $@

# One object, of which only the public names can be seen: core/'s names are
# short, and an embedder has names of its own.
$(host_out)/beeline.o: $(call host_obj,$(core_src) $(host_lib_src)) \
		$(host_stub_obj) $(host_aml_obj)
	$(call say,LD,$@)
	$(Q)$(LD) -r $^ -o $@
	$(Q)objcopy --localize-hidden $@

$(build)/libbeeline.a: $(host_out)/beeline.o \
		$(call host_obj,$(host_codec_src) $(host_lzo_no_src))
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $^

$(build)/libbeeline.so: $(host_out)/beeline.o \
		$(call host_obj,$(host_codec_src) $(host_lzo_no_src))
	$(call say,LD,$@)
	$(Q)$(HOSTCC) -shared -Wl,-soname,libbeeline.so.$(so_version) $(LDFLAGS_HOST) $^ \
		$(host_codecs) -o $@

# The program uses what the library keeps to itself as well (text of errors is
# public, the layout of a ROM is not), so it takes the objects.
$(build)/beeline: $(call host_obj,$(core_src) $(host_lib_src) $(host_codec_src) \
		$(host_lzo_src) $(host_cmd_src)) $(host_stub_obj) $(host_aml_obj)
	$(call say,LD,$@)
	$(Q)$(HOSTCC) $(LDFLAGS_HOST) $^ $(host_codecs) $(host_libs) -o $@

# What stands for a machine's own numbers in our AML is C's affair too.
$(build)/acpi/hw_dsdt.aml $(build)/acpi/hw_mmio.aml $(build)/acpi/hw_pci.aml: \
	host-loader/lib/hwreduced_marks.h

## examples: builds build/examples: small programs around libbeeline
.PHONY: examples
examples: $(examples:%=$(build)/examples/%)

$(build)/examples/%: examples/%.c $(build)/libbeeline.a
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(host_flags) $(LDFLAGS_HOST) $< $(build)/libbeeline.a \
		$(host_codecs) -o $@

# for tests/host/hwreduced.py
$(build)/test/hwreduced-dump: tests/host/hwreduced-dump.c $(call host_obj, \
		core/err.c core/sum8.c core/table_block.c core/acpi_tables.c \
		host-loader/lib/board.c host-loader/lib/hwreduced.c) $(host_aml_obj)
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(host_flags) $^ -o $@
