/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.c - from options to a machine, defaults filled in. */
#include "host-loader/run/machine.h"

#include <string.h>

#include "host-loader/qemu/accel.h"
#include "host-loader/qemu/qemu.h"
#include "host-loader/say.h"

static const char *or_default(const char *given, const char *otherwise)
{
	return given != NULL ? given : otherwise;
}

char *machine_accel(const struct options *options, const char *cpus)
{
	const char *wanted = or_default(options->accel, DEFAULT_ACCEL);
	const char *why, *chosen = accel_choose(wanted, &why);

	if (why != NULL && strcmp(chosen, "tcg") == 0)
		say("accel: %s", why);
	return accel_value(chosen, cpus);
}

int machine_describe(struct vm *vm, const struct options *options)
{
	vm->qemu = qemu_find();
	if (vm->qemu == NULL)
		return -1;
	vm->machine = text_make("%s", or_default(options->machine,
						 DEFAULT_MACHINE));
	vm->memory = text_make("%s", or_default(options->memory,
						DEFAULT_MEMORY));
	vm->cpus = text_make("%s", or_default(options->cpus, DEFAULT_CPUS));
	vm->accel = machine_accel(options, vm->cpus);
	vm->no_console = options->no_console;
	return vm_args_split(vm, options->extra, options->extra_count);
}
