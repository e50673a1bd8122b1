/* SPDX-License-Identifier: BSD-2-Clause */
/* qmp.c - commands to QEMU's monitor, one after the other. */
#include "host-loader/qemu/qmp.h"
#include "host-loader/strings.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 9999 /* of a version */

/* The next line as an object; NULL after a reason. */
static json_t *object_read(struct peer *qmp, struct peer_clock clock)
{
	size_t length;
	char *line = peer_line(qmp, clock, &length);
	json_t *object;

	if (line == NULL)
		return NULL;
	object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	if (object == NULL)
		peer_fail(qmp, "qmp: a line that is no JSON object");
	return object;
}

/* The answer's "return"; events may come between. */
static json_t *answer_read(struct peer *qmp, const char *command)
{
	struct peer_clock clock = peer_clock(qmp);
	json_t *answer, *result;

	for (;;) {
		answer = object_read(qmp, clock);
		if (answer == NULL)
			return NULL;
		if (json_object_get(answer, "event") == NULL)
			break;
		json_decref(answer);
	}
	result = json_incref(json_object_get(answer, "return"));
	if (result == NULL) {
		const char *why = json_string_value(json_object_get(
			json_object_get(answer, "error"), "desc"));

		peer_fail(qmp, "qmp: %s: %s", command,
			  why != NULL ? why : "neither done nor refused");
	}
	json_decref(answer);
	return result;
}

json_t *qmp_ask(struct peer *qmp, const char *command, json_t *arguments)
{
	json_t *object = json_pack("{s:s}", "execute", command);
	char *text;
	int err;

	if (arguments != NULL)
		json_object_set_new(object, "arguments", arguments);
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL) {
		peer_fail(qmp, "qmp: %s: cannot be asked", command);
		return NULL;
	}
	err = peer_send(qmp, "%s\n", text);
	free(text);
	return err != 0 ? NULL : answer_read(qmp, command);
}

json_t *qmp_property(struct peer *qmp, const char *path, const char *name)
{
	return qmp_ask(qmp, "qom-get",
		       json_pack("{s:s, s:s}", "path", path, "property", name));
}

/* {"QMP": {"version": {"qemu": {"major": 7, ...}, "package": "Debian ..."}}} */
static int greeting_parse(struct qmp_version *version, json_t *greeting)
{
	const char *package;
	json_int_t major, minor, micro;

	if (json_unpack(greeting, "{s:{s:{s:{s:I, s:I, s:I}, s:s}}}", "QMP",
			"version", "qemu", "major", &major, "minor", &minor,
			"micro", &micro, "package", &package) != 0)
		return -1;
	if (major < 0 || major > NUMBER_MAX || minor < 0 ||
	    minor > NUMBER_MAX || micro < 0 || micro > NUMBER_MAX)
		return -1;
	version->major = (uint32_t)major;
	version->minor = (uint32_t)minor;
	version->text = text_make("%d.%d.%d%s%s%s", (int)major, (int)minor,
				  (int)micro, *package == '\0' ? "" : " (",
				  package, *package == '\0' ? "" : ")");
	return 0;
}

int qmp_greet(struct peer *qmp, struct qmp_version *version)
{
	json_t *greeting = object_read(qmp, peer_clock(qmp));
	int err;

	if (greeting == NULL)
		return -1;
	err = greeting_parse(version, greeting);
	json_decref(greeting);
	if (err != 0)
		return peer_fail(qmp, "qmp: a greeting that is not QEMU's");
	json_decref(qmp_ask(qmp, "qmp_capabilities", NULL));
	return qmp->why[0] == '\0' ? 0 : -1;
}
