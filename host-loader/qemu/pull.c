/* SPDX-License-Identifier: BSD-2-Clause */
/* pull.c - the story of a pull: start, program, read, end. */
#include "host-loader/qemu/pull.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-loader/qemu/child.h"
#include "host-loader/qemu/pull_args.h"
#include "host-loader/qemu/pull_parts.h"
#include "host-loader/qemu/qmp.h"
#include "host-loader/say.h"

struct session {
	const char *name; /* of the program, as messages have it */
	struct child child;
	struct peer qtest, qmp;
};

/* -object qtest (QEMU 6.0) instead of -qtest, which cannot name a chardev. */
static void command_make(struct strings *args, const struct vm *vm, int qtest,
			 int qmp)
{
	vm_command(args, vm, NULL);
	strings_add(args, "-S");
	strings_add(args, "-display");
	strings_add(args, "none");
	strings_add(args, "-chardev");
	strings_addf(args, "socket,id=beeline-qtest,fd=%d", qtest);
	strings_add(args, "-object");
	strings_add(args, "qtest,id=beeline-test,chardev=beeline-qtest,"
			  "log=none");
	strings_add(args, "-chardev");
	strings_addf(args, "socket,id=beeline-qmp,fd=%d", qmp);
	strings_add(args, "-mon");
	strings_add(args, "chardev=beeline-qmp,mode=control");
}

/* Two sockets, one end of each for QEMU; -1 and errno. */
static int sockets_make(struct session *s, int theirs[2])
{
	struct peer *peers[2] = {&s->qtest, &s->qmp};
	int pair[2];

	for (int i = 0; i < 2; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
			return -1;
		peer_open(peers[i], pair[0]);
		theirs[i] = pair[1];
	}
	return 0;
}

static int session_start(struct session *s, const struct vm *vm)
{
	const char *slash = strrchr(vm->qemu, '/');
	struct strings args = {0};
	int theirs[2] = {-1, -1};
	int err;

	s->name = slash != NULL ? slash + 1 : vm->qemu;
	peer_open(&s->qtest, -1);
	peer_open(&s->qmp, -1);
	err = sockets_make(s, theirs);
	if (err == 0) {
		command_make(&args, vm, theirs[0], theirs[1]);
		err = child_start(&s->child, &args, theirs, 2);
	}
	if (err != 0) {
		say_errno(s->name, "pull");
		peer_close(&s->qtest);
		peer_close(&s->qmp);
	}
	for (int i = 0; i < 2; i++)
		if (theirs[i] >= 0)
			close(theirs[i]);
	strings_free(&args);
	return err;
}

/* Program first: QEMU makes its tables when they are first asked for. */
static int session_pull(struct session *s, struct pull *pull)
{
	struct qmp_version version = {0};
	int err = qmp_greet(&s->qmp, &version);

	pull->version = version.text;
	pull->version_major = version.major;
	pull->version_minor = version.minor;
	if (err != 0 || chipset_pull(pull, &s->qtest) != 0 ||
	    fwcfg_pull(pull, &s->qtest) != 0)
		return -1;
	if (pull->blob_count != 0)
		return 0;
	return board_pull(pull, &s->qtest, &s->qmp);
}

/* Both peers hang up when QEMU ends; then its own words say why. */
static void session_end(struct session *s, bool failed)
{
	const char *why = s->qtest.why[0] != '\0' ? s->qtest.why : s->qmp.why;
	bool hung_up = s->qtest.closed || s->qmp.closed;
	char *words;

	child_end(&s->child, hung_up);
	words = child_words(&s->child, s->name);
	if (hung_up)
		why = words;
	if (failed) {
		char *line = text_make("%s", why);

		for (char *c = line; *c != '\0'; c++)
			if (!isprint((unsigned char)*c))
				*c = '?';
		say("%s: pull: %s", s->name, line);
		free(line);
	}
	free(words);
	peer_close(&s->qtest);
	peer_close(&s->qmp);
}

int pull_machine(struct pull *pull, const struct vm *vm)
{
	struct session s = {0};
	struct vm quiet;
	int err;

	memset(pull, 0, sizeof(*pull));
	pull->virtio_words = text_make("%s", "");
	pull_args(&quiet, vm);
	err = session_start(&s, &quiet);
	if (err == 0) {
		err = session_pull(&s, pull);
		session_end(&s, err != 0);
	}
	vm_free(&quiet);
	if (err != 0)
		pull_free(pull);
	return err;
}

static void span_free(struct bl_span *span)
{
	free((void *)(uintptr_t)span->bytes);
	*span = (struct bl_span){NULL, 0};
}

void pull_free(struct pull *pull)
{
	for (uint32_t i = 0; i < pull->blob_count; i++) {
		free((void *)(uintptr_t)pull->blob[i].name);
		span_free(&pull->blob[i].bytes);
	}
	span_free(&pull->smbios);
	free(pull->virtio_words);
	free(pull->version);
	memset(pull, 0, sizeof(*pull));
}
