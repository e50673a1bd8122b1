/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_verify.c - `beeline verify`: which rules a bundle breaks. */
#include "host-loader/cmd/cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "host-loader/cmd/bundle_verify.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/cmd/report_options.h"
#include "host-loader/say.h"

#define USAGE "usage: beeline verify [--json] DIR..."

static const char help[] = USAGE "\n"
	"\n"
	"Holds bundles against every rule of the entry protocol and of the\n"
	"tables that the kernel will find, and against their own manifests.\n"
	"Prints a line for each broken rule; ends with 1 if there is one.\n"
	"\n"
	"  --json      a JSON object for each bundle, one a line\n"
	"  -h, --help  this text\n";

struct output {
	const char *dir;
	json_t *findings, *warnings; /* NULL: lines for people */
};

static void on_found(void *ctx, const struct bl_finding *f)
{
	const struct output *out = ctx;
	json_t *finding;

	if (out->findings != NULL) {
		finding = fact_list_add(out->findings);
		fact_text(finding, "rule", f->rule);
		fact_text(finding, "text", f->text);
		fact_hex(finding, "value", f->value);
		fact_hex(finding, "limit", f->limit);
	} else if (f->limit != 0) {
		say("%s: %s: %s (0x%" PRIx64 ", limit 0x%" PRIx64 ")", out->dir,
		    f->rule, f->text, f->value, f->limit);
	} else if (f->value != 0) {
		say("%s: %s: %s (0x%" PRIx64 ")", out->dir, f->rule, f->text,
		    f->value);
	} else {
		say("%s: %s: %s", out->dir, f->rule, f->text);
	}
}

static void on_warning(void *ctx, const char *file, const char *why)
{
	const struct output *out = ctx;
	char *text = text_make("%s: %s", file, why);

	if (out->warnings != NULL)
		fact_list_text(out->warnings, text);
	else
		say("%s: warning: %s", out->dir, text);
	free(text);
}

static void summary_print(const char *dir, const struct bundle_report *report,
			  bool readable)
{
	if (!readable)
		printf("%s: cannot be read\n", dir);
	else if (report->broken != 0)
		printf("%s: %u %s broken\n", dir, report->broken,
		       report->broken == 1 ? "rule" : "rules");
	else
		printf("%s: ok, %u rules\n", dir, report->checked);
}

static void json_print(json_t *facts, const struct bundle_report *report,
		       bool readable)
{
	fact_bool(facts, "ok", readable && report->broken == 0);
	fact_bool(facts, "readable", readable);
	fact_number(facts, "checked", report->checked);
	fact_number(facts, "broken", report->broken);
	json_dumpf(facts, stdout, JSON_COMPACT);
	putchar('\n');
}

/* 0: no rule is broken. */
static int dir_verify(const char *dir, bool as_json)
{
	json_t *facts = as_json ? facts_new(dir) : NULL;
	struct output out = {
		.dir = dir,
		.findings = as_json ? fact_list(facts, "findings") : NULL,
		.warnings = as_json ? fact_list(facts, "warnings") : NULL,
	};
	struct bundle_report report = {on_found, on_warning, &out, 0, 0};
	struct bundle bundle = {0};
	bool readable = false;

	if (bundle_read(&bundle, dir) == 0) {
		readable = bundle_verify(&bundle, &report) == 0;
		bundle_free(&bundle);
	}
	if (as_json)
		json_print(facts, &report, readable);
	else
		summary_print(dir, &report, readable);
	json_decref(facts);
	return readable && report.broken == 0 ? 0 : -1;
}

int cmd_verify(int argc, char **argv)
{
	bool as_json;
	int code;

	code = report_options(argc, argv, "verify", USAGE, help, &as_json);
	if (code != REPORT_GO_ON)
		return code;
	if (optind >= argc) {
		say("verify: no bundle: " USAGE);
		return 2;
	}
	code = 0;
	for (int i = optind; i < argc; i++)
		if (dir_verify(argv[i], as_json) != 0)
			code = 1;
	return code;
}
