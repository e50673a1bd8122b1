/* SPDX-License-Identifier: BSD-2-Clause */
/* manifest_check.c - what must fit together in a bundle's description. */
#include "host-loader/bundle/manifest.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base.h"
#include "core/layout.h"
#include "core/abi/acpi.h"
#include "core/abi/e820.h"
#include "host-loader/bundle/fields.h"
#include "host-loader/qemu/qemu_args.h"

#define PAGE 4096

int refuse(char why[MANIFEST_WHY], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, MANIFEST_WHY, format, args);
	va_end(args);
	return -1;
}

/* Sorted, disjoint, none empty.  Nothing wraps: each number is below 2^63. */
static int ranges_check(const char *name, const struct bl_range *range,
			uint32_t count, char why[MANIFEST_WHY])
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (range[i].size == 0)
			return refuse(why, "%s[%u]: is empty", name, i);
		if (range[i].gpa < end)
			return refuse(why, "%s[%u]: overlaps the one before, "
				      "or is out of order", name, i);
		end = range[i].gpa + range[i].size;
	}
	return 0;
}

static int ram_check(const struct bundle *bundle, char why[MANIFEST_WHY])
{
	uint64_t left = bundle->ram_size;

	if (ranges_check("ram", bundle->ram, bundle->ram_count, why) < 0)
		return -1;
	for (uint32_t i = 0; i < bundle->ram_count; i++) {
		const struct bl_range *ram = &bundle->ram[i];

		if (ram->type != E820_RAM)
			return refuse(why, "ram[%u].type: is not RAM", i);
		if (ram->gpa % PAGE != 0 || ram->size % PAGE != 0)
			return refuse(why, "ram[%u]: is not whole pages", i);
		if (ram->size > left)
			return refuse(why, "ram: is more than ram_size");
		left -= ram->size;
	}
	if (left != 0 || bundle->ram_count == 0)
		return refuse(why, "ram: is less than ram_size");
	return 0;
}

static int extents_check(const struct bundle *bundle, char why[MANIFEST_WHY])
{
	const struct bl_plan *plan = &bundle->plan;
	uint64_t end = 0;

	for (uint32_t i = 0; i < plan->extent_count; i++) {
		const struct bl_extent *extent = &plan->extent[i];

		if (extent->size == 0)
			return refuse(why, "plan.extent[%u]: is empty", i);
		if (extent->gpa < end)
			return refuse(why, "plan.extent[%u]: overlaps the one "
				      "before, or is out of order", i);
		if (!bundle_in_ram(bundle, extent->gpa, extent->size))
			return refuse(why, "plan.extent[%u]: is not in RAM", i);
		if (!range_fits(extent->offset, extent->size,
				extent->source == BL_FROM_INITRD
					? bundle->initrd.size
					: FIELD_NUMBER_MAX))
			return refuse(why, "plan.extent[%u]: is longer than "
				      "its source", i);
		end = extent->gpa + extent->size;
	}
	return 0;
}

static int place_check(const struct bundle *bundle, const char *name,
		       uint64_t gpa, uint64_t size, char why[MANIFEST_WHY])
{
	if (size == 0 || bundle_in_ram(bundle, gpa, size))
		return 0;
	return refuse(why, "plan.%s: is not in RAM", name);
}

static int plan_check(const struct bundle *bundle, char why[MANIFEST_WHY])
{
	const struct bl_plan *plan = &bundle->plan;

	if (extents_check(bundle, why) < 0 ||
	    ranges_check("plan.map", plan->map, plan->map_count, why) < 0 ||
	    place_check(bundle, "kernel_gpa", plan->kernel_gpa,
			plan->kernel_size, why) < 0 ||
	    place_check(bundle, "initrd_gpa", plan->initrd_gpa,
			plan->initrd_size, why) < 0 ||
	    place_check(bundle, "rsdp_gpa", plan->rsdp_gpa,
			plan->rsdp_gpa == 0 ? 0 : sizeof(struct acpi_rsdp),
			why) < 0)
		return -1;
	for (uint32_t i = 0; i < plan->dma_count; i++)
		if (place_check(bundle, "dma", plan->dma[i].gpa,
				plan->dma[i].size, why) < 0)
			return -1;
	if (plan->cmdline_max >= CMDLINE_MAX)
		return refuse(why, "plan.cmdline_max: is too large a number");
	if (plan->entry != bundle->entry)
		return refuse(why, "plan.entry: is not the bundle's entry");
	return 0;
}

/* Of what vm_args_split() takes. */
static int args_check(const char *name, const struct strings *args,
		      char why[MANIFEST_WHY])
{
	struct qemu_arg arg;

	for (size_t at = 0; at < args->count;) {
		size_t index = at;

		if (qemu_arg_next(&arg, args->v, args->count, &at) < 0 ||
		    arg.kind == QEMU_ARG_OURS)
			return refuse(why, "vm.%s[%zu]: cannot be used with "
				      "Beeline", name, index);
	}
	return 0;
}

int manifest_check(const struct bundle *bundle, char why[MANIFEST_WHY])
{
	if (bundle->vm.qemu[0] != '/')
		return refuse(why, "vm.qemu: is not an absolute path");
	if (bundle->kernel.path[0] != '/')
		return refuse(why, "kernel.path: is not an absolute path");
	if (bundle->initrd.path != NULL && bundle->initrd.path[0] != '/')
		return refuse(why, "initrd.path: is not an absolute path");
	if (args_check("table_args", &bundle->vm.table_args, why) < 0 ||
	    args_check("host_args", &bundle->vm.host_args, why) < 0 ||
	    ram_check(bundle, why) < 0)
		return -1;
	return plan_check(bundle, why);
}
