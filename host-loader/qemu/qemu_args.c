/* SPDX-License-Identifier: BSD-2-Clause */
/* qemu_args.c - QEMU's options, sorted by whom they concern. */
#include "host-loader/qemu/qemu_args.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host-loader/strings.h"

enum { NONE, VALUE };

static const struct known {
	const char *name;
	int value;
	enum qemu_arg_kind kind;
	const char *text; /* host: the key of its id; ours: what to use */
} known[] = {
	/* Beeline's own */
	{"kernel", VALUE, QEMU_ARG_OURS, "--kernel"},
	{"initrd", VALUE, QEMU_ARG_OURS, "--initrd"},
	{"append", VALUE, QEMU_ARG_OURS, "--append"},
	{"bios", VALUE, QEMU_ARG_OURS, "--firmware"},
	{"M", VALUE, QEMU_ARG_OURS, "--machine"},
	{"machine", VALUE, QEMU_ARG_OURS, "--machine"},
	{"m", VALUE, QEMU_ARG_OURS, "--memory"},
	{"smp", VALUE, QEMU_ARG_OURS, "--cpus"},
	{"accel", VALUE, QEMU_ARG_OURS, "--accel"},
	{"enable-kvm", NONE, QEMU_ARG_OURS, "--accel kvm"},
	{"dtb", VALUE, QEMU_ARG_OURS, NULL},
	{"shim", VALUE, QEMU_ARG_OURS, NULL},
	{"pflash", VALUE, QEMU_ARG_OURS, NULL},
	{"incoming", VALUE, QEMU_ARG_OURS, NULL},
	{"loadvm", VALUE, QEMU_ARG_OURS, NULL},
	{"readconfig", VALUE, QEMU_ARG_OURS, NULL},
	{"qtest", VALUE, QEMU_ARG_OURS, NULL},
	{"qtest-log", VALUE, QEMU_ARG_OURS, NULL},
	{"daemonize", NONE, QEMU_ARG_OURS, NULL},
	{"preconfig", NONE, QEMU_ARG_OURS, NULL},
	/* backends, told apart by their ids */
	{"audiodev", VALUE, QEMU_ARG_HOST, "id"},
	{"blockdev", VALUE, QEMU_ARG_HOST, "node-name"},
	{"chardev", VALUE, QEMU_ARG_HOST, "id"},
	{"fsdev", VALUE, QEMU_ARG_HOST, "id"},
	{"netdev", VALUE, QEMU_ARG_HOST, "id"},
	{"tpmdev", VALUE, QEMU_ARG_HOST, "id"},
	{"mon", VALUE, QEMU_ARG_HOST, "chardev"},
	{"add-fd", VALUE, QEMU_ARG_HOST, "fd"},
	/* one of each */
	{"D", VALUE, QEMU_ARG_HOST, NULL},
	{"L", VALUE, QEMU_ARG_HOST, NULL},
	{"S", NONE, QEMU_ARG_HOST, NULL},
	{"action", VALUE, QEMU_ARG_HOST, NULL},
	{"async-teardown", NONE, QEMU_ARG_HOST, NULL},
	{"chroot", VALUE, QEMU_ARG_HOST, NULL},
	{"compat", VALUE, QEMU_ARG_HOST, NULL},
	{"d", VALUE, QEMU_ARG_HOST, NULL},
	{"dfilter", VALUE, QEMU_ARG_HOST, NULL},
	{"display", VALUE, QEMU_ARG_HOST, NULL},
	{"echr", VALUE, QEMU_ARG_HOST, NULL},
	{"enable-sync-profile", NONE, QEMU_ARG_HOST, NULL},
	{"full-screen", NONE, QEMU_ARG_HOST, NULL},
	{"portrait", NONE, QEMU_ARG_HOST, NULL},
	{"gdb", VALUE, QEMU_ARG_HOST, NULL},
	{"icount", VALUE, QEMU_ARG_HOST, NULL},
	{"jitdump", NONE, QEMU_ARG_HOST, NULL},
	{"k", VALUE, QEMU_ARG_HOST, NULL},
	{"mem-prealloc", NONE, QEMU_ARG_HOST, NULL},
	{"monitor", VALUE, QEMU_ARG_HOST, NULL},
	{"msg", VALUE, QEMU_ARG_HOST, NULL},
	{"name", VALUE, QEMU_ARG_HOST, NULL},
	{"no-reboot", NONE, QEMU_ARG_HOST, NULL},
	{"no-shutdown", NONE, QEMU_ARG_HOST, NULL},
	{"no-user-config", NONE, QEMU_ARG_HOST, NULL},
	{"nodefaults", NONE, QEMU_ARG_HOST, NULL},
	/* with -nodefaults it adds no device */
	{"nographic", NONE, QEMU_ARG_HOST, NULL},
	{"one-insn-per-tb", NONE, QEMU_ARG_HOST, NULL},
	{"only-migratable", NONE, QEMU_ARG_HOST, NULL},
	{"overcommit", VALUE, QEMU_ARG_HOST, NULL},
	{"perfmap", NONE, QEMU_ARG_HOST, NULL},
	{"pidfile", VALUE, QEMU_ARG_HOST, NULL},
	{"plugin", VALUE, QEMU_ARG_HOST, NULL},
	{"qmp", VALUE, QEMU_ARG_HOST, NULL},
	{"qmp-pretty", VALUE, QEMU_ARG_HOST, NULL},
	{"rtc", VALUE, QEMU_ARG_HOST, NULL},
	{"run-with", VALUE, QEMU_ARG_HOST, NULL},
	{"runas", VALUE, QEMU_ARG_HOST, NULL},
	{"s", NONE, QEMU_ARG_HOST, NULL},
	{"sandbox", VALUE, QEMU_ARG_HOST, NULL},
	{"seed", VALUE, QEMU_ARG_HOST, NULL},
	{"singlestep", NONE, QEMU_ARG_HOST, NULL},
	{"snapshot", NONE, QEMU_ARG_HOST, NULL},
	{"spice", VALUE, QEMU_ARG_HOST, NULL},
	{"trace", VALUE, QEMU_ARG_HOST, NULL},
	{"vnc", VALUE, QEMU_ARG_HOST, NULL},
	{"watchdog-action", VALUE, QEMU_ARG_HOST, NULL},
	/* the guest's; what is not named here is too, and takes a value */
	{"no-acpi", NONE, QEMU_ARG_TABLE, NULL},
	{"no-fd-bootchk", NONE, QEMU_ARG_TABLE, NULL},
	{"no-hpet", NONE, QEMU_ARG_TABLE, NULL},
	{"usb", NONE, QEMU_ARG_TABLE, NULL},
	{"win2k-hack", NONE, QEMU_ARG_TABLE, NULL},
	{"drive", VALUE, QEMU_ARG_TABLE, "id"},
	{"object", VALUE, QEMU_ARG_TABLE, "id"},
	{"device", VALUE, QEMU_ARG_TABLE, "id"},
};

static const struct known *known_find(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return &known[i];
	return NULL;
}

/* One "key=value" or "value" up to a single comma; *text moves behind that.
 * *value is NULL where there is no "=".  The caller frees both. */
static void pair_take(const char **text, char **key, char **value)
{
	size_t room = strlen(*text) + 1, used = 0;
	const char *at = *text;

	*key = text_make("%s", *text);
	*value = NULL;
	for (; *at != '\0' && (*at != ',' || at[1] == ','); at++) {
		if (*value == NULL && *at == '=') {
			(*key)[used] = '\0';
			*value = text_make("%*s", (int)room, "");
			used = 0;
			continue;
		}
		if (*at == ',')
			at++;
		(*value != NULL ? *value : *key)[used++] = *at;
	}
	(*value != NULL ? *value : *key)[used] = '\0';
	*text = *at == ',' ? at + 1 : at;
}

static char *json_get(const char *text, const char *key)
{
	json_t *object = json_loads(text, 0, NULL);
	const char *value = json_string_value(json_object_get(object, key));
	char *copy = value != NULL ? text_make("%s", value) : NULL;

	json_decref(object);
	return copy;
}

char *qemu_value_get(const char *text, const char *implied, const char *key)
{
	bool first = true;
	char *found = NULL;

	if (*text == '{')
		return json_get(text, key);
	while (*text != '\0') {
		char *word, *value;

		pair_take(&text, &word, &value);
		if (value == NULL && first && implied != NULL) {
			value = word;
			word = text_make("%s", implied);
		}
		first = false;
		/* of several the last one counts */
		if (value != NULL && strcmp(word, key) == 0) {
			free(found);
			found = value;
			value = NULL;
		}
		free(word);
		free(value);
	}
	return found;
}

static bool value_is(const struct qemu_arg *arg, const char *implied,
		     const char *key, const char *wanted)
{
	char *value = qemu_value_get(arg->value, implied, key);
	bool is = value != NULL &&
		  strncmp(value, wanted, strlen(wanted)) == 0;

	free(value);
	return is;
}

/* Two options are the host's or the guest's affair by what they say. */
static void kind_refine(struct qemu_arg *arg)
{
	if (strcmp(arg->option, "-drive") == 0) {
		if (value_is(arg, NULL, "if", "none"))
			arg->kind = QEMU_ARG_HOST;
		else if (value_is(arg, NULL, "if", "pflash"))
			arg->kind = QEMU_ARG_OURS;
	} else if (strcmp(arg->option, "-object") == 0 &&
		   !value_is(arg, "qom-type", "qom-type", "memory-backend-") &&
		   !value_is(arg, "qom-type", "qom-type", "acpi-generic-")) {
		arg->kind = QEMU_ARG_HOST;
	}
}

bool qemu_arg_readable(const struct qemu_arg *arg)
{
	const struct known *k;
	json_t *object;

	if (*arg->option == '\0' || arg->value == NULL || *arg->value != '{')
		return true;
	k = known_find(arg->option + 1);
	if (k == NULL || k->text == NULL)
		return true;
	object = json_loads(arg->value, 0, NULL);
	json_decref(object);
	return object != NULL;
}

int qemu_arg_next(struct qemu_arg *arg, char *const *args, size_t count,
		  size_t *at)
{
	const char *word = args[(*at)++];
	const struct known *k;

	*arg = (struct qemu_arg){QEMU_ARG_TABLE, "", word, NULL};
	if (word[0] != '-' || word[1] == '\0')
		return 0;
	/* QEMU takes --option for -option; it has no ---option and no -- */
	if (word[1] == '-' && word[2] != '-' && word[2] != '\0')
		word++;
	arg->option = word;
	arg->value = NULL;
	k = known_find(arg->option + 1);
	if (k != NULL) {
		arg->kind = k->kind;
		arg->use = k->kind == QEMU_ARG_OURS ? k->text : NULL;
	}
	/* one that is not known and before another option takes no value */
	if (k == NULL ? *at == count || args[*at][0] == '-' : k->value == NONE)
		return 0;
	if (*at == count)
		return -1;
	arg->value = args[(*at)++];
	kind_refine(arg);
	return 0;
}

char *qemu_arg_id(const struct qemu_arg *arg)
{
	const struct known *k =
		*arg->option != '\0' ? known_find(arg->option + 1) : NULL;

	if (k == NULL || k->kind == QEMU_ARG_OURS || k->text == NULL ||
	    arg->value == NULL)
		return NULL;
	return qemu_value_get(
		arg->value, strcmp(k->name, "mon") == 0 ? "chardev" : NULL,
		k->text);
}
