# host-loader.mk - what libbeeline and beeline consist of, in reading order.
host_lib_src := host-loader/error.c host-loader/kernel.c host-loader/place.c \
	host-loader/script.c host-loader/board.c host-loader/hwreduced.c \
	host-loader/pc_devices.c host-loader/tables.c \
	host-loader/plan.c \
	host-loader/sink.c host-loader/rom.c host-loader/verify.c \
	host-loader/verify_map.c host-loader/verify_linux.c \
	host-loader/verify_pvh.c host-loader/verify_cpu.c \
	host-loader/verify_pages.c host-loader/verify_acpi.c \
	host-loader/verify_fadt.c host-loader/verify_madt.c \
	host-loader/verify_smbios.c
# needs the codec libraries, and nothing of the rest but what is public
host_codec_src := host-loader/codec_stream.c host-loader/codec_lz4.c \
	host-loader/payload.c
# liblzo2 is GPL-2.0-or-later: the program may use it, the library does not
LZO ?= 1
host_lzo_no_src  := host-loader/codec_lzo_none.c
host_lzo_yes_src := host-loader/codec_lzo.c
host_lzo_src := $(if $(filter 1,$(LZO)),$(host_lzo_yes_src),$(host_lzo_no_src))
host_cmd_src := host-loader/say.c host-loader/strings.c host-loader/file.c \
	host-loader/qemu_args.c host-loader/vm.c host-loader/options.c \
	host-loader/qemu.c host-loader/kvm.c host-loader/accel.c \
	host-loader/tsc.c host-loader/machine.c \
	host-loader/peer.c host-loader/qtest.c host-loader/qmp.c \
	host-loader/child.c host-loader/chipset_pull.c \
	host-loader/fwcfg_pull.c host-loader/board_pull.c \
	host-loader/pull_args.c \
	host-loader/pull.c host-loader/digest.c host-loader/bundle.c \
	host-loader/image.c host-loader/fields.c host-loader/manifest.c \
	host-loader/manifest_check.c host-loader/bundle_dir.c \
	host-loader/bundle_read.c host-loader/bundle_write.c \
	host-loader/build_id.c \
	host-loader/cache.c host-loader/cache_entry.c \
	host-loader/cache_list.c \
	host-loader/cmdline.c host-loader/bake.c host-loader/foreground.c \
	host-loader/events.c host-loader/memory_report.c \
	host-loader/launch_rom.c host-loader/launch.c \
	host-loader/folder_temporary.c host-loader/run_firmware.c \
	host-loader/run_none.c \
	host-loader/cmd_run.c host-loader/cmd_bake.c \
	host-loader/inspect_facts.c host-loader/inspect_kernel.c \
	host-loader/inspect_rom.c host-loader/inspect_acpi.c \
	host-loader/inspect_script.c host-loader/inspect_bundle.c \
	host-loader/bundle_view.c host-loader/bundle_verify.c \
	host-loader/cmd_verify.c \
	host-loader/cmd_inspect.c host-loader/cmd_cache.c host-loader/main.c
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
$(host_out)/stub_%.bin: host-loader/stub.asm $(build)/gen/abi.inc | $(host_out)/
	$(call say,NASM,$@)
	$(Q)$(NASM) -f bin -w+all -I$(build)/gen/ -DCHIPSET_$(word 1,$(subst _, ,$*)) \
		-DENTRY_$(word 2,$(subst _, ,$*)) $< -o $@

$(host_out)/stubs.c: $(host_stubs:%=$(host_out)/stub_%.bin)
	$(Q){ echo '#include "host-loader/rom.h"'; for s in $(host_stubs); do \
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
	host-loader/hwreduced_marks.h

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
		host-loader/board.c host-loader/hwreduced.c) $(host_aml_obj)
	$(call say,HOSTCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(host_flags) $^ -o $@
