/* SPDX-License-Identifier: BSD-2-Clause */
/* vm.c - a machine's arguments: sorted, compared, replaced, put together. */
#include "host-loader/qemu/vm.h"

#include <stdlib.h>
#include <string.h>

#include "core/base.h"
#include "host-loader/qemu/qemu_args.h"
#include "host-loader/say.h"

#define RAM_ALIGN    8192 /* QEMU rounds a size up to this */
#define FRACTION_MAX 1000000 /* six digits, which fit above 1T's shift */

void vm_free(struct vm *vm)
{
	free(vm->qemu);
	free(vm->machine);
	free(vm->memory);
	free(vm->cpus);
	free(vm->accel);
	strings_free(&vm->table_args);
	strings_free(&vm->host_args);
	*vm = (struct vm){0};
}

/* The power of two that a suffix stands for; -1: no suffix. */
static int suffix_shift(char suffix)
{
	static const char letters[] = "bkmgt";
	const char *found = suffix != '\0' ? strchr(letters, suffix | ' ')
					   : NULL;

	return found != NULL ? 10 * (int)(found - letters) : -1;
}

/* Digits up to the first that is none; -1: no digit, or limit and more. */
static int64_t number_take(const char **text, int64_t limit)
{
	int64_t value = 0;

	if (**text < '0' || **text > '9')
		return -1;
	for (; **text >= '0' && **text <= '9'; ++*text) {
		value = 10 * value + (**text - '0');
		if (value >= limit)
			return -1;
	}
	return value;
}

/* "1", "512k", "1.5G".  QEMU takes more digits behind the point than we. */
static uint64_t size_parse(const char *text)
{
	int64_t value = number_take(&text, INT64_C(1) << 53), part = 0;
	int64_t scale = 1;
	int shift = 20;

	if (*text == '.') {
		const char *point = text++;

		part = number_take(&text, FRACTION_MAX);
		while (++point < text && scale <= FRACTION_MAX)
			scale *= 10;
	}
	if (*text != '\0')
		shift = suffix_shift(*text++);
	if (shift < 0 || *text != '\0' || value < 0 || part < 0 ||
	    scale > FRACTION_MAX || (uint64_t)value > UINT64_MAX >> (shift + 1))
		return 0;
	return align_up(((uint64_t)value << shift) +
			((uint64_t)part << shift) / (uint64_t)scale, RAM_ALIGN);
}

uint64_t vm_memory_bytes(const char *memory)
{
	char *size = qemu_value_get(memory, "size", "size");
	uint64_t bytes = size != NULL ? size_parse(size) : 0;

	free(size);
	return bytes;
}

static void arg_add(struct strings *list, const struct qemu_arg *arg)
{
	if (*arg->option != '\0')
		strings_add(list, arg->option);
	if (arg->value != NULL)
		strings_add(list, arg->value);
}

/* Is it the user's affair where the console goes? */
static bool arg_is_console(const struct qemu_arg *arg)
{
	char *id = NULL;
	bool is = strcmp(arg->option, "-serial") == 0 ||
		  strcmp(arg->option, "-nographic") == 0;

	if (strcmp(arg->option, "-chardev") == 0)
		id = qemu_arg_id(arg);
	is = is || (id != NULL && strcmp(id, "console") == 0);
	free(id);
	return is;
}

static void console_add(struct vm *vm)
{
	strings_add(&vm->host_args, "-chardev");
	strings_add(&vm->host_args, "stdio,id=console,mux=on,signal=off");
	strings_add(&vm->table_args, "-serial");
	strings_add(&vm->table_args, "chardev:console");
	strings_add(&vm->host_args, "-mon");
	strings_add(&vm->host_args, "chardev=console");
}

static int arg_refuse(const struct qemu_arg *arg)
{
	if (arg->use != NULL)
		return say("%s: not for QEMU: use %s", arg->option, arg->use);
	return say("%s%s%s: cannot be used with Beeline", arg->option,
		   arg->value != NULL ? " " : "",
		   arg->value != NULL ? arg->value : "");
}

int vm_args_split(struct vm *vm, char **args, int count)
{
	bool console = !vm->no_console;
	struct qemu_arg arg;

	for (size_t at = 0; at < (size_t)count;) {
		if (qemu_arg_next(&arg, args, (size_t)count, &at) < 0)
			return say("%s: its value is missing", arg.option);
		if (arg.kind == QEMU_ARG_OURS)
			return arg_refuse(&arg);
		if (!qemu_arg_readable(&arg))
			return say("%s %s: is no JSON (strings want double "
				   "quotes)", arg.option, arg.value);
		console = console && !arg_is_console(&arg);
		arg_add(arg.kind == QEMU_ARG_HOST ? &vm->host_args
						  : &vm->table_args, &arg);
	}
	if (console)
		console_add(vm);
	return 0;
}

static bool texts_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* How many arguments of the list are this one. */
static size_t arg_count(const struct strings *list, const struct qemu_arg *arg)
{
	size_t found = 0;
	struct qemu_arg other;

	for (size_t at = 0; at < list->count;)
		if (qemu_arg_next(&other, list->v, list->count, &at) == 0 &&
		    strcmp(other.option, arg->option) == 0 &&
		    texts_equal(other.value, arg->value))
			found++;
	return found;
}

static char *args_difference(const struct strings *have,
			     const struct strings *wanted)
{
	struct qemu_arg arg;

	for (size_t at = 0; at < wanted->count;) {
		if (qemu_arg_next(&arg, wanted->v, wanted->count, &at) < 0)
			continue;
		if (arg_count(have, &arg) < arg_count(wanted, &arg))
			return text_make("%s%s%s: it was baked without",
					 arg.option,
					 *arg.option != '\0' &&
						 arg.value != NULL ? " " : "",
					 arg.value != NULL ? arg.value : "");
	}
	return NULL;
}

/* "512" is "512M". */
static bool memory_equal(const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	return strpbrk(a, ",") == NULL && strpbrk(b, ",") == NULL &&
	       vm_memory_bytes(a) == vm_memory_bytes(b);
}

static char *member_difference(const char *option, const char *have,
			       const char *wanted)
{
	return text_make("%s %s: it was baked with %s", option, wanted, have);
}

char *vm_difference(const struct vm *have, const struct vm *wanted)
{
	if (wanted->machine != NULL &&
	    strcmp(have->machine, wanted->machine) != 0)
		return member_difference("--machine", have->machine,
					 wanted->machine);
	if (wanted->memory != NULL &&
	    !memory_equal(have->memory, wanted->memory))
		return member_difference("--memory", have->memory,
					 wanted->memory);
	if (wanted->cpus != NULL && strcmp(have->cpus, wanted->cpus) != 0)
		return member_difference("--cpus", have->cpus, wanted->cpus);
	return args_difference(&have->table_args, &wanted->table_args);
}

/* Do two arguments take the same place? */
static bool arg_same_place(const struct qemu_arg *a, const struct qemu_arg *b)
{
	char *id_a = qemu_arg_id(a), *id_b = qemu_arg_id(b);
	bool same = strcmp(a->option, b->option) == 0 &&
		    texts_equal(id_a, id_b);

	free(id_a);
	free(id_b);
	return same;
}

/* Moves all of the list but what arg takes the place of to a new list. */
static void arg_remove(struct strings *list, const struct qemu_arg *arg)
{
	struct strings kept = {0};
	struct qemu_arg other;

	for (size_t at = 0; at < list->count;)
		if (qemu_arg_next(&other, list->v, list->count, &at) == 0 &&
		    !arg_same_place(&other, arg))
			arg_add(&kept, &other);
	strings_free(list);
	*list = kept;
}

void vm_host_args_replace(struct vm *vm, const struct strings *more)
{
	struct qemu_arg arg;

	for (size_t at = 0; at < more->count;)
		if (qemu_arg_next(&arg, more->v, more->count, &at) == 0)
			arg_remove(&vm->host_args, &arg);
	for (size_t i = 0; i < more->count; i++)
		strings_add(&vm->host_args, more->v[i]);
}

bool vm_host_has(const struct vm *vm, const char *option)
{
	const struct strings *list = &vm->host_args;
	struct qemu_arg arg;

	for (size_t at = 0; at < list->count;)
		if (qemu_arg_next(&arg, list->v, list->count, &at) == 0 &&
		    strcmp(arg.option, option) == 0)
			return true;
	return false;
}

/* -set changes what stands before it, in either list: it comes last. */
static void args_add(struct strings *out, const struct strings *list, bool set)
{
	struct qemu_arg arg;

	for (size_t at = 0, from = 0; from < list->count; from = at) {
		(void)qemu_arg_next(&arg, list->v, list->count, &at);
		for (; (strcmp(arg.option, "-set") == 0) == set && from < at;
		     from++)
			strings_add(out, list->v[from]);
	}
}

void vm_command(struct strings *args, const struct vm *vm, const char *backend)
{
	strings_add(args, vm->qemu);
	strings_add(args, "-nodefaults");
	strings_add(args, "-no-user-config");
	strings_add(args, "-display");
	strings_add(args, "none");
	strings_add(args, "-M");
	strings_addf(args, "%s%s%s", vm->machine,
		     backend != NULL ? ",memory-backend=" : "",
		     backend != NULL ? backend : "");
	strings_add(args, "-accel");
	strings_add(args, vm->accel);
	strings_add(args, "-m");
	strings_add(args, vm->memory);
	strings_add(args, "-smp");
	strings_add(args, vm->cpus);
	args_add(args, &vm->table_args, false);
	args_add(args, &vm->host_args, false);
	args_add(args, &vm->table_args, true);
}
