/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.c - from options to a machine, defaults filled in. */
#include "host-loader/run/machine.h"

#include <stdlib.h>
#include <string.h>

#include "host-loader/qemu/accel.h"
#include "host-loader/qemu/qemu.h"
#include "host-loader/qemu/qemu_args.h"
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

/* A value of an option, found by its key, and what it begins with.  No key:
 * the option alone. */
struct words {
	const char *option, *implied, *key, *prefix;
};

static bool words_are(const struct qemu_arg *arg, const struct words *w)
{
	char *value;
	bool are;

	if (strcmp(arg->option, w->option) != 0)
		return false;
	if (w->key == NULL)
		return true;
	value = qemu_value_get(arg->value, w->implied, w->key);
	are = value != NULL &&
	      strncmp(value, w->prefix, strlen(w->prefix)) == 0;
	free(value);
	return are;
}

static const struct {
	struct words words;
	const char *why;
} never_bare[] = {
	/* QEMU 7.2 punches them into the file that it maps privately */
	{{"-device", "driver", "driver", "virtio-balloon"},
	 "it would punch holes into the image"},
	{{"-device", "driver", "driver", "virtio-mem"},
	 "it would punch holes into the image"},
	{{"-numa", "type", "memdev", ""}, "the image is the machine's memory"},
	{{"-mem-path", "path", "path", ""},
	 "the image is the machine's memory"},
	{{"-no-shutdown", NULL, NULL, NULL}, "QEMU ends at a reset"},
	{{"-action", NULL, "shutdown", "pause"}, "QEMU ends at a reset"},
};

static int arg_bare_check(const struct qemu_arg *arg)
{
	for (size_t i = 0; i < sizeof(never_bare) / sizeof(never_bare[0]); i++)
		if (words_are(arg, &never_bare[i].words))
			return say("%s%s%s: not without firmware: %s",
				   arg->option, arg->value != NULL ? " " : "",
				   arg->value != NULL ? arg->value : "",
				   never_bare[i].why);
	return 0;
}

int machine_bare_check(const struct vm *vm)
{
	const struct strings *const lists[] = {&vm->table_args, &vm->host_args};
	struct qemu_arg arg;

	for (int i = 0; i < 2; i++)
		for (size_t at = 0; at < lists[i]->count;)
			if (qemu_arg_next(&arg, lists[i]->v, lists[i]->count,
					  &at) == 0 &&
			    arg_bare_check(&arg) < 0)
				return -1;
	return 0;
}

bool machine_reboots(const struct vm *vm)
{
	static const struct words ends[] = {
		{"-no-reboot", NULL, NULL, NULL},
		{"-action", NULL, "reboot", "shutdown"},
	};
	struct qemu_arg arg;

	for (size_t at = 0; at < vm->host_args.count;)
		if (qemu_arg_next(&arg, vm->host_args.v, vm->host_args.count,
				  &at) == 0 &&
		    (words_are(&arg, &ends[0]) || words_are(&arg, &ends[1])))
			return false;
	return true;
}
