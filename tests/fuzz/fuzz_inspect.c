/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_inspect.c - any bytes as a file that beeline inspects, or as a QEMU
 * whose build id is looked for: facts are valid JSON without a character that
 * a terminal obeys, and there are none where a file is of no kind.
 *
 * Input: what to do, then the file; of a ROM, how it ends and what is at the
 * start of its last 64 KiB. */
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>

#include "host-loader/bundle/bundle.h"
#include "host-loader/cmd/inspect.h"

#define UNPACKED_MAX 0x100000 /* a larger payload only takes time */
#define ID_TEXT      64

enum view { KERNEL, RSDP, TABLES, SCRIPT, ROM, ALL, BUILD_ID, VIEWS };

static int (*const kinds[])(json_t *, const char *, struct bl_span) = {
	inspect_kernel, inspect_rsdp, inspect_tables, inspect_script,
	inspect_rom,
};

static void text_check(const char *text)
{
	PROPERTY(text != NULL);
	for (; *text != '\0'; text++)
		PROPERTY((unsigned char)*text >= ' ' && *text != '\x7f');
}

static void facts_check(const json_t *facts)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_string(facts))
		text_check(json_string_value(facts));
	json_array_foreach(facts, i, value)
		facts_check(value);
	json_object_foreach((json_t *)(uintptr_t)facts, key, value) {
		text_check(key);
		facts_check(value);
	}
}

/* What a program reads of it is what it was. */
static void json_check(json_t *facts)
{
	char *text = json_dumps(facts, JSON_COMPACT);
	json_t *again;

	PROPERTY(text != NULL);
	again = json_loads(text, 0, NULL);
	PROPERTY(again != NULL && json_equal(facts, again));
	json_decref(again);
	free(text);
}

static bool too_long(struct bl_span bytes)
{
	struct bl_kernel k;
	struct bl_error err;

	return bl_kernel_parse(&k, bytes, &err) == 0 &&
	       k.format == BL_FORMAT_BZIMAGE &&
	       k.payload_unpacked > UNPACKED_MAX;
}

static void file_inspect(enum view view, struct bl_span bytes, bool print)
{
	json_t *facts = facts_new("a\nfile");
	int found = 0;

	for (int i = 0; i < ALL && found == 0; i++)
		if (view == ALL || (int)view == i)
			found = kinds[i](facts, "file", bytes);
	PROPERTY(found >= -1 && found <= 1);
	PROPERTY(found != 0 || json_object_size(facts) == 1);
	PROPERTY(found != 1 || json_object_get(facts, "kind") != NULL);
	facts_check(facts);
	if (found == 1) {
		json_check(facts);
		if (print)
			facts_print(facts);
	}
	json_decref(facts);
}

/* A ROM is longer than an input should be. */
static uint8_t *rom_make(struct input *in, size_t *size)
{
	uint32_t how = (uint32_t)take(in, 1);
	uint8_t *rom, *last;

	*size = (1 + (how & 1)) * BL_ROM_SIZE - (how >> 7);
	rom = calloc(1, *size);
	PROPERTY(rom != NULL);
	last = rom + *size - BL_ROM_SIZE + (how >> 7);
	memcpy(last, in->at, in->left < BL_ROM_SIZE - 32 ? in->left
							 : BL_ROM_SIZE - 32);
	if (!(how & 2))
		rom[*size - 16] = 0xea; /* a jump at the reset vector */
	return rom;
}

/* [ELF] notes: the id is hexadecimal, or made of the file's size and time. */
static void build_id(const struct input *in)
{
	static int fd = -1;
	char path[32];
	char *id;

	if (fd < 0)
		fd = memfd_create("qemu", MFD_CLOEXEC);
	PROPERTY(fd >= 0 && ftruncate(fd, 0) == 0);
	PROPERTY(pwrite(fd, in->at, in->left, 0) == (ssize_t)in->left);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	id = qemu_build_id(path);
	PROPERTY(id != NULL && *id != '\0' && strlen(id) <= ID_TEXT);
	PROPERTY(id[strspn(id, "0123456789abcdef-.")] == '\0');
	free(id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t what = (uint32_t)take(&in, 1);
	size_t length;
	uint8_t *bytes;

	if (what % VIEWS == BUILD_ID) {
		build_id(&in);
		return 0;
	}
	length = in.left;
	bytes = what % VIEWS == ROM ? rom_make(&in, &length)
				    : exact_copy(in.at, length);
	if (!too_long((struct bl_span){bytes, length}))
		file_inspect((enum view)(what % VIEWS),
			     (struct bl_span){bytes, length}, what & 0x80);
	free(bytes);
	return 0;
}
