/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_bundle.c - a bundle's facts, as its manifest states them. */
#include <stdlib.h>
#include <unistd.h>

#include "host-loader/bundle/bundle.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/strings.h"

static void text_fact(json_t *facts, const char *key, const char *text)
{
	fact_text(facts, key, text == NULL ? "" : text);
}

static void input_facts(json_t *facts, const char *key,
			const struct bundle_input *input)
{
	json_t *group;

	if (input->path == NULL)
		return;
	group = fact_group(facts, key);
	fact_text(group, "path", input->path);
	fact_number(group, "size", input->size);
	fact_text(group, "sha256", input->digest);
}

static void args_fact(json_t *facts, const char *key,
		      const struct strings *args)
{
	json_t *list = fact_list(facts, key);

	for (size_t i = 0; i < args->count; i++)
		fact_list_text(list, args->v[i]);
}

static void vm_facts(json_t *facts, const struct vm *vm)
{
	fact_text(facts, "qemu", vm->qemu);
	fact_text(facts, "machine", vm->machine);
	fact_text(facts, "memory", vm->memory);
	fact_text(facts, "cpus", vm->cpus);
	fact_text(facts, "accel", vm->accel);
	args_fact(facts, "table_args", &vm->table_args);
	args_fact(facts, "host_args", &vm->host_args);
}

static void plan_facts(json_t *facts, const struct bl_plan *plan)
{
	fact_text(facts, "entry", plan->entry == BL_ENTRY_64 ? "64" : "pvh");
	fact_hex(facts, "rip", plan->cpu.rip);
	fact_hex(facts, "kernel_gpa", plan->kernel_gpa);
	fact_hex(facts, "kernel_size", plan->kernel_size);
	fact_hex(facts, "initrd_gpa", plan->initrd_gpa);
	fact_hex(facts, "initrd_size", plan->initrd_size);
	fact_hex(facts, "rsdp_gpa", plan->rsdp_gpa);
	fact_hex(facts, "smbios_gpa", plan->smbios_gpa);
	fact_number(facts, "extents", plan->extent_count);
	fact_number(facts, "launch_commands", plan->dma_count);
}

int inspect_bundle(json_t *facts, const char *dir)
{
	char *manifest = text_make("%s/" BUNDLE_MANIFEST, dir);
	bool there = access(manifest, F_OK) == 0;
	struct bundle bundle;

	free(manifest);
	if (!there)
		return 0;
	if (bundle_read(&bundle, dir) != 0)
		return -1;
	fact_text(facts, "kind", "bundle");
	text_fact(facts, "qemu_version", bundle.qemu_version);
	text_fact(facts, "qemu_build", bundle.qemu_build);
	vm_facts(facts, &bundle.vm);
	fact_text(facts, "chipset", chipset_word(bundle.chipset));
	input_facts(facts, "kernel", &bundle.kernel);
	input_facts(facts, "initrd", &bundle.initrd);
	text_fact(facts, "append", bundle.append);
	text_fact(facts, "machine_words", bundle.machine_words);
	fact_bool(facts, "kaslr", bundle.kaslr);
	fact_bool(facts, "own_tables", bundle.own_tables);
	fact_number(facts, "ram_size", bundle.ram_size);
	fact_text(facts, "image_sha256", bundle.image_digest);
	plan_facts(fact_group(facts, "plan"), &bundle.plan);
	bundle_free(&bundle);
	return 1;
}
