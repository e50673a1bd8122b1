/* SPDX-License-Identifier: BSD-2-Clause */
/* probe.c - a QEMU without a machine, asked by QMP. */
#include "host-loader/qemu/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-loader/qemu/child.h"
#include "host-loader/qemu/qmp.h"

#define WAIT_MS 10000 /* for one answer: a stopped QEMU is no QEMU */

/* [QMP] qapi/qom.json: an element of qom-list-types by that name? */
static bool type_listed(const json_t *types, const char *name)
{
	const json_t *type;
	size_t i;

	json_array_foreach(types, i, type) {
		const char *text =
			json_string_value(json_object_get(type, "name"));

		if (text != NULL && strcmp(text, name) == 0)
			return true;
	}
	return false;
}

static int types_ask(struct peer *qmp, const char *of, const char *const *names,
		     bool *const *found, size_t count)
{
	json_t *types = qmp_ask(qmp, "qom-list-types",
				json_pack("{s:s}", "implements", of));

	if (types == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		*found[i] = type_listed(types, names[i]);
	json_decref(types);
	return 0;
}

/* [QMP] qapi/machine.json MachineInfo: a machine has a name, and may have an
 * alias by which it is known better. */
static int machines_ask(struct peer *qmp, struct strings *machines)
{
	json_t *list = qmp_ask(qmp, "query-machines", NULL), *machine;
	size_t i;

	if (list == NULL)
		return -1;
	json_array_foreach(list, i, machine) {
		static const char *const keys[] = {"name", "alias"};

		for (size_t k = 0; k < 2; k++) {
			const char *text = json_string_value(
				json_object_get(machine, keys[k]));

			if (text != NULL)
				strings_add(machines, text);
		}
	}
	json_decref(list);
	return 0;
}

static int all_ask(struct qemu_probe *probe, struct peer *qmp)
{
	static const char *const object[] = {"qtest"};
	static const char *const accel[] = {"kvm-accel", "tcg-accel"};
	struct qmp_version version = {0};
	int err = qmp_greet(qmp, &version);

	probe->version = version.text;
	probe->major = version.major;
	probe->minor = version.minor;
	if (err != 0 ||
	    types_ask(qmp, "user-creatable", object,
		      (bool *const[]){&probe->qtest}, 1) != 0 ||
	    types_ask(qmp, "accel", accel,
		      (bool *const[]){&probe->kvm, &probe->tcg}, 2) != 0 ||
	    machines_ask(qmp, &probe->machines) != 0)
		return -1;
	json_decref(qmp_ask(qmp, "quit", NULL));
	return 0;
}

/* 0 or an errno. */
static int start(struct child *child, const char *qemu, int qmp)
{
	static const char *const fixed[] = {
		"-M", "none", "-nodefaults", "-no-user-config", "-display",
		"none", "-S", "-mon", "chardev=beeline-qmp,mode=control",
		"-chardev"};
	struct strings args = {0};
	int err;

	strings_add(&args, qemu);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		strings_add(&args, fixed[i]);
	strings_addf(&args, "socket,id=beeline-qmp,fd=%d", qmp);
	err = child_start(child, &args, &qmp, 1) == 0 ? 0 : errno;
	strings_free(&args);
	return err;
}

char *qemu_probe(struct qemu_probe *probe, const char *qemu)
{
	const char *slash = strrchr(qemu, '/');
	struct child child;
	struct peer qmp;
	char *words, *why = NULL;
	int pair[2], err;

	*probe = (struct qemu_probe){.version = NULL};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return text_make("socketpair: %s", strerror(errno));
	peer_open(&qmp, pair[0]);
	qmp.wait_ms = WAIT_MS;
	err = start(&child, qemu, pair[1]);
	close(pair[1]);
	if (err != 0) {
		why = text_make("cannot be started: %s", strerror(err));
	} else {
		err = all_ask(probe, &qmp);
		child_end(&child, err == 0 || qmp.closed);
		words = child_words(&child, slash != NULL ? slash + 1 : qemu);
		if (err != 0)
			why = text_make("%s", qmp.closed ? words : qmp.why);
		free(words);
	}
	peer_close(&qmp);
	if (err != 0)
		qemu_probe_free(probe);
	return why;
}

void qemu_probe_free(struct qemu_probe *probe)
{
	free(probe->version);
	strings_free(&probe->machines);
	*probe = (struct qemu_probe){.version = NULL};
}

bool qemu_probe_has(const struct qemu_probe *probe, const char *machine)
{
	for (size_t i = 0; i < probe->machines.count; i++)
		if (strcmp(probe->machines.v[i], machine) == 0)
			return true;
	return false;
}
