/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_doctor.c - `beeline doctor`: can this host run guests, and fast? */
#include "host-loader/cmd/cmd.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "host-loader/beeline.h"
#include "host-loader/cmd/doctor.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/cmd/report_options.h"
#include "host-loader/say.h"

#define USAGE "usage: beeline doctor [--json]"

static const char help[] = USAGE "\n"
	"\n"
	"Looks at this host: QEMU and what it can do, KVM, fw.bin, memory and\n"
	"its pages, limits, cgroups, the cache.  Prints a line for each:\n"
	"ok, warning or error, what was found, and what would help.  Ends\n"
	"with 1 if a boot cannot work.\n"
	"\n"
	"  --json      one JSON object\n"
	"  -h, --help  this text\n";

const char *doctor_word(enum doctor_level level)
{
	static const char *const words[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_WARNING] = "warning",
		[DOCTOR_ERROR] = "error",
	};

	return words[level];
}

json_t *doctor_note(struct doctor *doctor, enum doctor_level level,
		    const char *what, const char *remedy, const char *format,
		    ...)
{
	json_t *check = fact_list_add(doctor->checks);
	char *found = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&found, format, args) < 0)
		found = NULL;
	va_end(args);
	fact_text(check, "what", what);
	fact_text(check, "level", doctor_word(level));
	fact_text(check, "found", found != NULL ? found : "");
	fact_text(check, "remedy", remedy != NULL ? remedy : "");
	free(found);
	if (level > doctor->worst)
		doctor->worst = level;
	return check;
}

static const char *text_of(const json_t *check, const char *key)
{
	return json_string_value(json_object_get(check, key));
}

static void lines_print(const json_t *checks)
{
	const json_t *check;
	size_t i;

	json_array_foreach(checks, i, check) {
		const char *remedy = text_of(check, "remedy");

		printf("%-7s  %s: %s%s%s\n", text_of(check, "level"),
		       text_of(check, "what"), text_of(check, "found"),
		       *remedy != '\0' ? ": " : "", remedy);
	}
}

static int examine(bool as_json)
{
	json_t *facts = json_object();
	struct doctor doctor = {.worst = DOCTOR_OK};

	fact_text(facts, "version", bl_version());
	fact_bool(facts, "ok", true); /* its place; its value comes below */
	doctor.checks = fact_list(facts, "checks");
	doctor_note(&doctor, DOCTOR_OK, "beeline", NULL, "version %s",
		    bl_version());
	doctor_qemu(&doctor);
	doctor_firmware(&doctor);
	doctor_memory(&doctor);
	doctor_limits(&doctor);
	doctor_cgroup(&doctor);
	doctor_cache(&doctor);
	fact_bool(facts, "ok", doctor.worst < DOCTOR_ERROR);
	if (as_json) {
		json_dumpf(facts, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		lines_print(doctor.checks);
	}
	json_decref(facts);
	return doctor.worst < DOCTOR_ERROR ? 0 : 1;
}

int cmd_doctor(int argc, char **argv)
{
	bool as_json;
	int code;

	code = report_options(argc, argv, "doctor", USAGE, help, &as_json);
	if (code != REPORT_GO_ON)
		return code;
	if (optind < argc) {
		say("doctor: %s: stray argument: " USAGE, argv[optind]);
		return 2;
	}
	return examine(as_json);
}
