/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_options.c - any words as a command line of beeline's and of QEMU's: what
 * is accepted is complete, every argument of QEMU's lands in just one list, and
 * a pull's machine has the same tables and backends alone.
 *
 * Input: which command, then words: one that is known, or a text up to a line's
 * end. */
#include "tests/fuzz/fuzz.h"

#include "host-loader/qemu/pull_args.h"
#include "host-loader/qemu/qemu_args.h"
#include "host-loader/run/options.h"

#define ARGS_MAX 40
#define TEXT_MAX 200

static const char *const known[] = {
	"--", "--bundle", "--output", "--path", "--kernel", "--initrd",
	"--append", "--machine", "--memory", "--cpus", "--accel", "--firmware",
	"--entry", "--no-kaslr", "--no-cache", "--no-console", "--no-reboot",
	"--report-memory", "--dry-run", "--help", "none", "firmware", "64",
	"pvh", "kvm", "tcg", "512", "1G,slots=2", "q35", "/dir",
	"--path=none", "--kernel=/k", "-device", "-drive", "-chardev",
	"-object", "-netdev", "-serial", "-S", "-D", "-nographic", "-mon",
	"-kernel", "-name", "-icount", "-usb", "if=none,id=d0,file=a,,b",
	"virtio-rng-pci", "null,id=console", "socket,id=s,path=/s,server=on",
	"socket,id=s,path=/s,server=off", "stdio,id=s,mux=on",
	"{\"id\": \"j\"}",
	"memory-backend-ram,id=m,size=1M", "chardev:s", "file:log", "pty",
	"q35,accel=kvm", "-blockdev", "-add-fd", "-global", "a.b=c",
};

struct line {
	int argc;
	char *argv[ARGS_MAX + 1];
};

static char *word_take(struct input *in)
{
	size_t which = take(in, 1), size = 0;
	char text[TEXT_MAX + 1];

	if (which < sizeof(known) / sizeof(known[0]))
		return strdup(known[which]);
	while (in->left > 0 && size < TEXT_MAX) {
		char c = (char)take(in, 1);

		if (c == '\n' || c == '\0')
			break;
		text[size++] = c;
	}
	text[size] = '\0';
	return strdup(text);
}

static void line_take(struct line *line, struct input *in)
{
	line->argc = 1;
	line->argv[0] = strdup("beeline");
	while (in->left > 0 && line->argc < ARGS_MAX)
		line->argv[line->argc++] = word_take(in);
	line->argv[line->argc] = NULL;
}

static bool is_one_of(const char *value, const char *a, const char *b)
{
	return value == NULL || strcmp(value, a) == 0 || strcmp(value, b) == 0;
}

static void options_check(const struct options *o, bool run,
			  const struct line *line)
{
	PROPERTY(o->path != NULL && is_one_of(o->path, "none", "firmware"));
	PROPERTY(run || (o->output != NULL && strcmp(o->path, "none") == 0));
	PROPERTY(o->kernel != NULL || o->bundle != NULL);
	PROPERTY(is_one_of(o->entry, "64", "pvh"));
	PROPERTY(o->memory == NULL || vm_memory_bytes(o->memory) != 0);
	PROPERTY(o->bundle == NULL || strcmp(o->path, "none") == 0);
	PROPERTY(o->extra_count >= 0 && o->extra_count < line->argc);
	PROPERTY(o->extra_count == 0 ||
		 o->extra + o->extra_count == line->argv + line->argc);
}

/* Words that take part in a list twice, and no other. */
static size_t words_of(const struct vm *vm)
{
	return vm->table_args.count + vm->host_args.count;
}

static bool listed(const struct strings *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

/* Nothing of what Beeline decides itself. */
static void kinds_check(const struct strings *list)
{
	struct qemu_arg arg;

	for (size_t at = 0; at < list->count;) {
		PROPERTY(qemu_arg_next(&arg, list->v, list->count, &at) == 0);
		PROPERTY(arg.kind != QEMU_ARG_OURS);
	}
}

/* -device may have been written with two dashes. */
static void split_check(const struct vm *vm, char *const *args, int count)
{
	for (int i = 0; i < count; i++)
		PROPERTY(listed(&vm->table_args, args[i]) ||
			 listed(&vm->host_args, args[i]) ||
			 (args[i][0] == '-' && args[i][1] == '-' &&
			  (listed(&vm->table_args, args[i] + 1) ||
			   listed(&vm->host_args, args[i] + 1))));
}

static void pull_check(const struct vm *vm)
{
	struct vm pull;
	struct qemu_arg arg;
	const struct strings *list;

	pull_args(&pull, vm);
	list = &pull.host_args;
	PROPERTY(pull.table_args.count == vm->table_args.count);
	for (size_t i = 0; i < vm->table_args.count; i++)
		PROPERTY(strcmp(pull.table_args.v[i], vm->table_args.v[i]) ==
				 0 ||
			 strcmp(pull.table_args.v[i], "null") == 0);
	for (size_t at = 0; at < list->count;) {
		PROPERTY(qemu_arg_next(&arg, list->v, list->count, &at) == 0);
		PROPERTY(arg.kind != QEMU_ARG_OURS);
		PROPERTY(arg.value != NULL ||
			 strcmp(arg.option, "-snapshot") == 0);
		PROPERTY(strcmp(arg.option, "-D") != 0 &&
			 strcmp(arg.option, "-S") != 0 &&
			 strcmp(arg.option, "-monitor") != 0);
	}
	vm_free(&pull);
}

/* Replacing a machine's arguments by themselves leaves as many. */
static void replace_check(struct vm *vm)
{
	struct strings same = {0};
	size_t before;
	char *why;

	for (size_t i = 0; i < vm->host_args.count; i++)
		strings_add(&same, vm->host_args.v[i]);
	vm_host_args_replace(vm, &same);
	before = vm->host_args.count;
	PROPERTY(before == same.count);
	why = vm_difference(vm, vm);
	PROPERTY(why == NULL);
	strings_free(&same);
}

static void value_check(const char *text, const char *key)
{
	char *value = qemu_value_get(text, "first", key);

	PROPERTY(value == NULL || strlen(value) <= strlen(text));
	free(value);
	vm_memory_bytes(text);
}

static void vm_check(const struct options *o)
{
	struct vm vm = {.qemu = strdup("/q"), .machine = strdup("q35"),
			.memory = strdup("1G"), .cpus = strdup("1"),
			.accel = strdup("tcg"), .no_console = o->no_console};
	struct strings command = {0};
	size_t console = 0;

	PROPERTY(vm_args_split(&vm, o->extra, o->extra_count) == 0);
	if (words_of(&vm) != (size_t)o->extra_count)
		console = 6; /* -chardev X -serial X -mon X */
	PROPERTY(words_of(&vm) == (size_t)o->extra_count + console);
	PROPERTY(console == 0 || !o->no_console);
	split_check(&vm, o->extra, o->extra_count);
	kinds_check(&vm.table_args);
	kinds_check(&vm.host_args);
	pull_check(&vm);
	replace_check(&vm);
	vm_command(&command, &vm, "ram");
	PROPERTY(command.count == 13 + words_of(&vm));
	strings_free(&command);
	vm_free(&vm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	bool run = take(&in, 1) & 1;
	struct options options;
	struct line line;
	char *copy[ARGS_MAX];
	int err;

	line_take(&line, &in);
	memcpy(copy, line.argv, sizeof(copy));
	for (int i = 2; i < line.argc; i++)
		value_check(line.argv[i], line.argv[i - 1]);
	err = options_parse(&options, run ? "run" : "bake", line.argc,
			    line.argv);
	PROPERTY(err == 0 || err == 2);
	if (err == 0 && !options.help) {
		options_check(&options, run, &line);
		vm_check(&options);
	}
	for (int i = 0; i < line.argc; i++)
		free(copy[i]);
	return 0;
}
