/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_cache.c - `beeline cache`: lists what `run --path none` has baked, and
 * prunes it. */
#include "host-loader/cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base.h"
#include "host-loader/bundle/cache_list.h"
#include "host-loader/bundle/digest.h"
#include "host-loader/say.h"

#define KEEP_DAYS   30
#define DAYS_MAX    100000
#define DAY         (24 * 60 * 60)
#define KEY_SHOWN   12
#define AGE_TEXT    32
#define EXIT_USAGE  2

static const char usage[] =
	"usage: beeline cache [list] [--json]\n"
	"       beeline cache prune [--keep-days N] [--all] [--dry-run]\n"
	"       beeline cache path\n"
	"\n"
	"Lists what `beeline run --path none` has baked, prunes it, or says\n"
	"where it is.\n"
	"\n"
	"  --json         list: a JSON array\n"
	"  --keep-days N  prune: keep what was used since [30]\n"
	"  --all          prune: keep only what is in use\n"
	"  --dry-run      prune: only say what would go\n"
	"  -h, --help     this text\n";

struct request {
	const char *verb;
	bool json, all, dry_run, help;
	int64_t keep; /* seconds */
};

/* list ------------------------------------------------------------------- */

static void age_print(char text[AGE_TEXT], int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{DAY, "days"}, {60 * 60, "h"}, {60, "min"}, {1, "s"}};
	size_t i = 0;

	while (i + 1 < ARRAY_COUNT(units) && seconds < 2 * units[i].seconds)
		i++;
	snprintf(text, AGE_TEXT, "%" PRId64 " %s", seconds / units[i].seconds,
		 units[i].name);
}

static void list_print(const struct cache_list *list, int64_t now)
{
	if (list->count > 0)
		printf("%-12s %10s %9s  %-8s %s\n", "KEY", "MIB", "USED",
		       "MACHINE", "KERNEL");
	for (size_t i = 0; i < list->count; i++) {
		const struct cache_item *item = &list->item[i];
		const char *kernel = item->kernel;
		int64_t age = now > item->used ? now - item->used : 0;
		char text[AGE_TEXT];

		age_print(text, age);
		printf("%.*s %10.1f %9s  %-8s ", KEY_SHOWN, item->key,
		       (double)item->bytes / (double)MIB(1), text,
		       item->machine == NULL ? "?" : item->machine);
		/* a path may hold what a terminal obeys */
		for (; kernel != NULL && *kernel != '\0'; kernel++)
			putchar((unsigned char)*kernel < ' ' ? '?' : *kernel);
		puts(kernel == NULL ? "(damaged)" : "");
	}
}

static void list_print_json(const struct cache_list *list, int64_t now)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->count; i++) {
		const struct cache_item *item = &list->item[i];

		json_array_append_new(
			all, json_pack("{s:s, s:s, s:I, s:I, s:I, s:s?, s:s?}",
				       "key", item->key, "folder", item->dir,
				       "bytes", (json_int_t)item->bytes,
				       "used", (json_int_t)item->used,
				       "age", (json_int_t)(now - item->used),
				       "kernel", item->kernel, "machine",
				       item->machine));
	}
	json_dumpf(all, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(all);
}

static int list_run(const struct request *request)
{
	struct cache_list list = {0};
	int64_t now = time(NULL);

	if (cache_list_read(&list) == 0) {
		if (request->json)
			list_print_json(&list, now);
		else
			list_print(&list, now);
		cache_list_free(&list);
		return 0;
	}
	cache_list_free(&list);
	return -1;
}

/* prune ------------------------------------------------------------------ */

struct prune {
	const struct request *request;
	int64_t now;
	uint64_t bytes; /* freed */
	uint32_t removed, kept, busy, failed;
};

static bool is_old(const struct prune *prune, int64_t used)
{
	return prune->request->all ||
	       prune->now - used >= prune->request->keep;
}

static void bundle_prune(struct prune *prune, const struct cache_item *item)
{
	int done = 1;

	if (item->kernel != NULL && !is_old(prune, item->used)) {
		prune->kept++;
		return;
	}
	if (!prune->request->dry_run)
		done = cache_remove(item->key, false);
	if (done > 0) {
		prune->removed++;
		prune->bytes += item->bytes;
	} else if (done == 0) {
		prune->busy++;
	} else {
		prune->failed++;
	}
}

/* KEY.XXXXXX among the bundles, KEY.lock among the locks: the first is left by
 * a bake that was killed unless it holds the second. */
static int leftover_prune(void *ctx, const char *folder, const char *name)
{
	struct prune *prune = ctx;
	char key[DIGEST_TEXT];
	uint64_t bytes;
	char *path;

	snprintf(key, sizeof(key), "%.*s", DIGEST_TEXT - 1, name);
	if (!digest_valid(key) || name[DIGEST_TEXT - 1] != '.')
		return 0;
	path = text_make("%s/%s", folder, name);
	bytes = cache_list_bytes(path);
	if (prune->request->dry_run || cache_remove(key, true) > 0)
		prune->bytes += bytes;
	free(path);
	return 0;
}

/* Digests and ROMs: made anew when they are missed. */
static int file_prune(void *ctx, const char *folder, const char *name)
{
	struct prune *prune = ctx;
	char *path = text_make("%s/%s", folder, name);
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    is_old(prune, st.st_mtim.tv_sec) &&
	    (prune->request->dry_run || unlink(path) == 0))
		prune->bytes += (uint64_t)st.st_blocks * 512;
	free(path);
	return 0;
}

static void prune_print(const struct prune *prune)
{
	bool dry = prune->request->dry_run;

	printf("%s %.1f MiB: %u %s %s, %u kept, %u in use\n",
	       dry ? "would free" : "freed",
	       (double)prune->bytes / (double)MIB(1), prune->removed,
	       prune->removed == 1 ? "bundle" : "bundles",
	       dry ? "to remove" : "removed", prune->kept, prune->busy);
}

static int prune_run(const struct request *request)
{
	struct prune prune = {.request = request, .now = time(NULL)};
	struct cache_list list = {0};

	if (cache_list_read(&list) < 0) {
		cache_list_free(&list);
		return -1;
	}
	for (size_t i = 0; i < list.count; i++)
		bundle_prune(&prune, &list.item[i]);
	cache_list_free(&list);
	if (cache_list_each(CACHE_BUNDLES, leftover_prune, &prune) < 0 ||
	    cache_list_each(CACHE_LOCKS, leftover_prune, &prune) < 0 ||
	    cache_list_each(CACHE_DIGESTS, file_prune, &prune) < 0 ||
	    cache_list_each(CACHE_ROMS, file_prune, &prune) < 0)
		return -1;
	prune_print(&prune);
	return prune.failed > 0 ? -1 : 0;
}

/* ------------------------------------------------------------------------ */

static int path_run(void)
{
	char *path = cache_folder();

	if (path == NULL)
		return -1;
	puts(path);
	free(path);
	return 0;
}

static int days_parse(int64_t *seconds, const char *text)
{
	char *end;
	unsigned long days;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return -1;
	errno = 0;
	days = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || days > DAYS_MAX)
		return -1;
	*seconds = (int64_t)days * DAY;
	return 0;
}

/* -1 after a line. */
static int request_parse(struct request *request, int argc, char **argv)
{
	bool pruning;
	int i = 1;

	request->verb = argc > 1 && argv[1][0] != '-' ? argv[i++] : "list";
	pruning = strcmp(request->verb, "prune") == 0;
	for (; i < argc; i++) {
		const char *arg = argv[i];

		if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
			request->help = true;
		else if (strcmp(request->verb, "list") == 0 &&
			 strcmp(arg, "--json") == 0)
			request->json = true;
		else if (pruning && strcmp(arg, "--all") == 0)
			request->all = true;
		else if (pruning && strcmp(arg, "--dry-run") == 0)
			request->dry_run = true;
		else if (pruning && strcmp(arg, "--keep-days") == 0) {
			if (days_parse(&request->keep, argv[++i]) < 0)
				return say("cache: --keep-days: wants a number "
					   "of days");
		} else
			return say("cache: %s: unknown argument", arg);
	}
	return 0;
}

int cmd_cache(int argc, char **argv)
{
	struct request request = {.keep = (int64_t)KEEP_DAYS * DAY};
	int result;

	if (request_parse(&request, argc, argv) < 0)
		return EXIT_USAGE;
	if (request.help) {
		fputs(usage, stdout);
		return 0;
	}
	if (strcmp(request.verb, "list") == 0)
		result = list_run(&request);
	else if (strcmp(request.verb, "prune") == 0)
		result = prune_run(&request);
	else if (strcmp(request.verb, "path") == 0)
		result = path_run();
	else {
		say("cache: %s: unknown command", request.verb);
		return EXIT_USAGE;
	}
	if (result == 0 && fflush(stdout) != 0)
		result = say_errno("cache", "cannot print");
	return result < 0 ? 1 : 0;
}
