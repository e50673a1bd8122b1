/* SPDX-License-Identifier: BSD-2-Clause */
/* pull_args.c - leaves logs, monitors and consoles out of a pull. */
#include "host-loader/qemu/pull_args.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/qemu/qemu_args.h"

static bool is_backend(const struct qemu_arg *arg)
{
	static const char *const names[] = {
		"-audiodev", "-blockdev", "-chardev", "-drive", "-fsdev",
		"-netdev", "-object", "-tpmdev", "-add-fd", "-L", "-mon",
		"-snapshot", /* an image may be there to be read only */
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(arg->option, names[i]) == 0)
			return true;
	return false;
}

/* An object that writes what passes a netdev, or sends it elsewhere. */
static bool is_filter(const struct qemu_arg *arg)
{
	char *type = strcmp(arg->option, "-object") == 0
			     ? qemu_value_get(arg->value, "qom-type",
					      "qom-type")
			     : NULL;
	bool is = type != NULL && (strncmp(type, "filter-", 7) == 0 ||
				   strcmp(type, "colo-compare") == 0);

	free(type);
	return is;
}

/* A netdev that goes nowhere, with the id of another. */
static void netdev_add(struct strings *list, const char *value)
{
	char *id = qemu_value_get(value, "type", "id");

	strings_add(list, "-netdev");
	if (id != NULL)
		strings_addf(list, "hubport,hubid=0,id=%s", id);
	else
		strings_add(list, value);
	free(id);
}

static bool value_is(const char *value, const char *key, const char *wanted)
{
	char *found = qemu_value_get(value, "backend", key);
	bool is = found != NULL && strcmp(found, wanted) == 0;

	free(found);
	return is;
}

/* "key=on" or, as QEMU takes it too, "key" alone. */
static bool is_on(const char *value, const char *key)
{
	char *found = qemu_value_get(value, "backend", key);
	char *words = text_make("%s,", value);
	char *word = text_make(",%s,", key);
	bool on = found != NULL ? strcmp(found, "off") != 0
				: strstr(words, word) != NULL;

	free(found);
	free(words);
	free(word);
	return on;
}

static bool connects(const char *value)
{
	return value_is(value, "backend", "socket") && !is_on(value, "server");
}

/* A chardev that does nothing, with the id and the mux of another. */
static void chardev_add(struct strings *list, const char *value)
{
	char *id = qemu_value_get(value, "backend", "id");

	strings_add(list, "-chardev");
	if (id == NULL || connects(value))
		strings_add(list, value);
	else
		strings_addf(list, "null,id=%s%s", id,
			     is_on(value, "mux") ? ",mux=on" : "");
	free(id);
}

static void args_filter(struct strings *out, const struct strings *args)
{
	struct qemu_arg arg;

	for (size_t at = 0; at < args->count;) {
		if (qemu_arg_next(&arg, args->v, args->count, &at) != 0 ||
		    !is_backend(&arg) || is_filter(&arg))
			continue;
		if (strcmp(arg.option, "-chardev") == 0) {
			chardev_add(out, arg.value);
		} else if (strcmp(arg.option, "-netdev") == 0) {
			netdev_add(out, arg.value);
		} else {
			strings_add(out, arg.option);
			if (arg.value != NULL)
				strings_add(out, arg.value);
		}
	}
}

/* Does a port's value open something by itself: a file, a pty, a socket? */
static bool port_opens(const char *option, const char *value)
{
	return (strcmp(option, "-serial") == 0 ||
		strcmp(option, "-parallel") == 0 ||
		strcmp(option, "-debugcon") == 0) &&
	       strcmp(value, "none") != 0 &&
	       strncmp(value, "chardev:", 8) != 0;
}

void pull_args(struct vm *out, const struct vm *vm)
{
	const char *before = "";

	*out = (struct vm){
		.qemu = text_make("%s", vm->qemu),
		.machine = text_make("%s", vm->machine),
		.memory = text_make("%s", vm->memory),
		.cpus = text_make("%s", vm->cpus),
		.accel = text_make("%s", vm->accel),
		.no_console = vm->no_console,
	};
	for (size_t i = 0; i < vm->table_args.count; i++) {
		const char *word = vm->table_args.v[i];

		strings_add(&out->table_args,
			    port_opens(before, word) ? "null" : word);
		before = word;
	}
	args_filter(&out->host_args, &vm->host_args);
}
