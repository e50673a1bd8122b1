/* SPDX-License-Identifier: BSD-2-Clause */
/* test_elf.c - an ELF kernel's segments, entry and notes, both
 * classes. */
#include "tests/unit/unit.h"

#include "core/elf.h"

#define SPACE 8192
#define BODY  6144 /* where segments have their bytes */

struct segment {
	uint32_t type;
	uint64_t paddr, memsz;
	uint64_t off, filesz; /* off 0: BODY */
	uint64_t vaddr;
};

static uint8_t file[SPACE];
static struct elf_kernel elf;
static struct fault f;

static void ident_put(uint8_t elf_class)
{
	const struct elf_ident id = {.magic = ELF_MAGIC,
				     .elf_class = elf_class,
				     .data = ELF_DATA_LSB};

	memset(file, 0, sizeof(file));
	memcpy(file, &id, sizeof(id));
	f = (struct fault){0};
	memset(&elf, 0xa5, sizeof(elf));
}

static struct elf64_header *header64(void)
{
	return (struct elf64_header *)(void *)file;
}

static struct elf32_header *header32(void)
{
	return (struct elf32_header *)(void *)file;
}

/* A file of SPACE bytes: header, program headers at off, bytes at BODY. */
static uint32_t build64(const struct segment *s, uint32_t count, uint32_t off)
{
	struct elf64_phdr p = {0};

	ident_put(ELF_CLASS64);
	header64()->phoff = off;
	header64()->phentsize = sizeof(p);
	header64()->phnum = (uint16_t)count;
	header64()->machine = ELF_EM_X86_64;
	header64()->type = ELF_ET_EXEC;
	header64()->entry = 0x1000000;
	for (uint32_t i = 0; i < count; i++) {
		p.type = s[i].type;
		p.paddr = s[i].paddr;
		p.memsz = s[i].memsz;
		p.vaddr = s[i].vaddr;
		p.offset = s[i].off != 0 ? s[i].off : BODY;
		p.filesz = s[i].filesz;
		memcpy(file + off + i * sizeof(p), &p, sizeof(p));
	}
	return SPACE;
}

static uint32_t build32(const struct segment *s, uint32_t count, uint32_t off)
{
	struct elf32_phdr p = {0};

	ident_put(ELF_CLASS32);
	header32()->phoff = off;
	header32()->phentsize = sizeof(p);
	header32()->phnum = (uint16_t)count;
	header32()->machine = ELF_EM_386;
	header32()->type = ELF_ET_EXEC;
	header32()->entry = 0x1000000;
	for (uint32_t i = 0; i < count; i++) {
		p.type = s[i].type;
		p.paddr = (uint32_t)s[i].paddr;
		p.memsz = (uint32_t)s[i].memsz;
		p.vaddr = (uint32_t)s[i].vaddr;
		p.offset = s[i].off != 0 ? (uint32_t)s[i].off : BODY;
		p.filesz = (uint32_t)s[i].filesz;
		memcpy(file + off + i * sizeof(p), &p, sizeof(p));
	}
	return SPACE;
}

/* Parses a copy of exactly len bytes. */
static int parse(uint32_t len)
{
	uint8_t *copy = bytes_new(len, 0);
	int err;

	memcpy(copy, file, len);
	err = elf_parse(&elf, copy, len, &f);
	free(copy);
	if (err != 0)
		assert_int_equal(f.code, err);
	return err;
}

static const struct segment kernel[] = {
	{ELF_PT_NOTE, 0, 0x1000, 0, 0, 0},
	{ELF_PT_LOAD, 0x1000000, 0x234567, BODY, 0x100, 0xffffffff81000000},
	{ELF_PT_LOAD, 0x3000000, 0x1, BODY + 0x200, 1, 0xffffffff83000000},
	{ELF_PT_LOAD, 0x2000000, 0x1000, BODY + 0x100, 0x100, 0},
	{ELF_PT_LOAD, 0, 0, 0, 0, 0},
};

static void test_segments_of_both_classes(void **state)
{
	(void)state;
	for (int is64 = 0; is64 < 2; is64++) {
		assert_int_equal(parse(is64 ? build64(kernel, 5, 64)
					    : build32(kernel, 5, 52)), 0);
		assert_true(elf.is64 == is64);
		assert_true(elf.start == 0x1000000 && elf.end == 0x3000001);
		assert_true(elf.entry == 0x1000000 && elf.entry_pvh == 0);
		assert_int_equal(elf.count, 3);
		assert_true(elf.segment[1].gpa == 0x2000000 &&
			    elf.segment[1].size == 0x1000 &&
			    elf.segment[1].off == BODY + 0x100 &&
			    elf.segment[1].file_size == 0x100);
		assert_true(elf.segment[2].gpa == 0x3000000);
	}
}

static void test_linked_like_linux(void **state)
{
	struct segment s[5];

	(void)state;
	memcpy(s, kernel, sizeof(s));
	assert_int_equal(parse(build64(s, 5, 64)), 0);
	assert_true(elf.linux_map);
	s[2].vaddr++;
	assert_int_equal(parse(build64(s, 5, 64)), 0);
	assert_false(elf.linux_map);
	assert_int_equal(parse(build32(kernel, 5, 52)), 0);
	assert_false(elf.linux_map);
}

static void test_headers_may_stand_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse(build64(kernel, 5, 4099)), 0);
	assert_true(elf.end == 0x3000001);
	assert_int_equal(parse(build32(kernel, 5, 4097)), 0);
	assert_true(elf.end == 0x3000001);
}

static void test_as_many_headers_as_allowed(void **state)
{
	struct segment s[ELF_SEGMENTS_MAX + 1] = {{0}};
	uint32_t len;

	(void)state;
	/* all loaded, in falling order */
	for (uint32_t i = 0; i < ELF_SEGMENTS_MAX; i++)
		s[i] = (struct segment){ELF_PT_LOAD, 0x1000000 +
					0x1000 * (ELF_SEGMENTS_MAX - 1 - i),
					0x1000, BODY, 8, 0};
	assert_int_equal(parse(build64(s, ELF_SEGMENTS_MAX, 64)), 0);
	assert_int_equal(elf.count, ELF_SEGMENTS_MAX);
	for (uint32_t i = 0; i < ELF_SEGMENTS_MAX; i++)
		assert_true(elf.segment[i].gpa == 0x1000000 + 0x1000 * i);
	len = build64(s, ELF_SEGMENTS_MAX + 1, 64);
	assert_int_equal(parse(len), ERR_TOO_MANY);
	len = build32(s, ELF_SEGMENTS_MAX + 1, 52);
	header32()->phnum = 0xffff;
	assert_int_equal(parse(len), ERR_TOO_MANY);
}

static void test_segment_to_the_end_of_the_space(void **state)
{
	const struct segment high = {ELF_PT_LOAD, UINT64_MAX - 0xfff, 0xfff,
				     BODY, 0x10, 0};
	const struct segment four = {ELF_PT_LOAD, 0xfffff000, 0xffffffff,
				     BODY, 0x10, 0};

	(void)state;
	build64(&high, 1, 64);
	header64()->entry = high.paddr;
	assert_int_equal(parse(SPACE), 0);
	assert_true(elf.end == UINT64_MAX);
	/* 32-bit fields, but no 32-bit sum */
	build32(&four, 1, 52);
	header32()->entry = 0xfffff00f;
	assert_int_equal(parse(SPACE), 0);
	assert_true(elf.end == 0x1ffffefff);
}

/* Puts the notes of a kernel for Xen at BODY + 0x40; returns their size. */
static uint32_t notes_put(uint32_t pvh, uint32_t desc_size)
{
	const struct elf_note other = {4, 2, 6};
	const struct elf_note note = {4, desc_size, XEN_ELFNOTE_PHYS32_ENTRY};
	uint8_t *p = file + BODY + 0x40;

	memcpy(p, &other, sizeof(other));
	memcpy(p + 12, "Xen", 4);
	memcpy(p + 20, &note, sizeof(note)); /* 2 bytes, padded to 4 */
	memcpy(p + 32, "Xen", 4);
	memcpy(p + 36, &pvh, sizeof(pvh));
	return 20 + 16 + (desc_size + 3) / 4 * 4;
}

static uint32_t notes_file(uint32_t pvh, uint32_t desc_size)
{
	struct segment s[5];

	memcpy(s, kernel, sizeof(s));
	s[0].off = BODY + 0x40;
	s[0].filesz = 20 + 16 + (desc_size + 3) / 4 * 4;
	build64(s, 5, 64);
	notes_put(pvh, desc_size);
	return SPACE;
}

static void test_pvh_note(void **state)
{
	(void)state;
	assert_int_equal(parse(notes_file(0x1000080, 4)), 0);
	assert_int_equal(elf.entry_pvh, 0x1000080);
	assert_int_equal(parse(notes_file(0x1000080, 8)), 0);
	assert_int_equal(elf.entry_pvh, 0x1000080);
	/* another owner's note of that type, and one that is too small */
	notes_file(0x1000080, 4);
	file[BODY + 0x40 + 32] = 'Y';
	assert_int_equal(parse(SPACE), 0);
	assert_int_equal(elf.entry_pvh, 0);
	assert_int_equal(parse(notes_file(0x1000080, 2)), 0);
	assert_int_equal(elf.entry_pvh, 0);
}

/* Sizes that reach behind the notes, or wrap. */
static void test_notes_that_lie(void **state)
{
	static const uint32_t sizes[] = {0xffffffff, 0xfffffffd, 0xfffffff0,
					 0x80000000, 0x1000, 9};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		for (uint32_t field = 0; field < 8; field += 4) {
			notes_file(0x1000080, 4);
			memcpy(file + BODY + 0x40 + field, &sizes[i], 4);
			assert_int_equal(parse(SPACE), 0);
			assert_int_equal(elf.entry_pvh, 0);
		}
	}
}

static void test_refuses_pvh_entry_outside(void **state)
{
	(void)state;
	assert_int_equal(parse(notes_file(0x1000100, 4)), ERR_RANGE);
	assert_int_equal(f.value, 0x1000100);
	assert_int_equal(parse(notes_file(0xffffffff, 4)), ERR_RANGE);
}

static void test_refuses_notes_outside(void **state)
{
	struct segment s[5];

	(void)state;
	memcpy(s, kernel, sizeof(s));
	s[0].off = SPACE - 8;
	s[0].filesz = 9;
	assert_int_equal(parse(build64(s, 5, 64)), ERR_TRUNCATED);
	assert_int_equal(f.record, 0);
}

static void test_refuses_entry_outside(void **state)
{
	static const uint64_t entries[] = {0, 0xffffff, 0x1000100, 0x1234566,
					   0x3000001, UINT64_MAX,
					   0xffffffff81000000};

	(void)state;
	build64(kernel, 5, 64);
	for (size_t i = 0; i < ARRAY_COUNT(entries); i++) {
		header64()->entry = entries[i];
		assert_int_equal(parse(SPACE), ERR_RANGE);
	}
}

static void test_refuses_other_machines(void **state)
{
	(void)state;
	build64(kernel, 5, 64);
	header64()->machine = ELF_EM_386;
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
	header64()->machine = 183; /* AArch64 */
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
	build32(kernel, 5, 52);
	header32()->machine = ELF_EM_X86_64;
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
	build64(kernel, 5, 64);
	header64()->type = 1; /* an object file */
	assert_int_equal(parse(SPACE), ERR_UNSUPPORTED);
}

static void test_refuses_segments_that_lie(void **state)
{
	struct segment s[5];

	(void)state;
	memcpy(s, kernel, sizeof(s));
	s[2].filesz = 2; /* of 1 byte in memory */
	assert_int_equal(parse(build64(s, 5, 64)), ERR_SIZE);
	assert_int_equal(f.record, 2);
	memcpy(s, kernel, sizeof(s));
	s[3].off = SPACE - 0xff;
	assert_int_equal(parse(build64(s, 5, 64)), ERR_TRUNCATED);
	assert_int_equal(f.record, 3);
	s[3].off = UINT64_MAX - 0xff;
	assert_int_equal(parse(build64(s, 5, 64)), ERR_TRUNCATED);
}

static void test_refuses_overlaps(void **state)
{
	static const uint64_t starts[] = {0x1000000, 0x1000fff, 0x1234566,
					  0xffffff, 0x2fff001};
	struct segment s[5];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(starts); i++) {
		memcpy(s, kernel, sizeof(s));
		s[3].paddr = starts[i];
		assert_int_equal(parse(build64(s, 5, 64)), ERR_OVERLAP);
	}
	s[3].paddr = 0x1234567;
	assert_int_equal(parse(build64(s, 5, 64)), 0);
}

static void test_magic(void **state)
{
	(void)state;
	ident_put(ELF_CLASS64);
	assert_true(elf_magic(file, sizeof(struct elf_ident)));
	assert_false(elf_magic(file, 0));
	assert_false(elf_magic(file, 3));
	file[3] = 'G';
	assert_false(elf_magic(file, SPACE));
}

static void test_refuses_other_magic(void **state)
{
	uint32_t len = build64(kernel, 5, 64);

	(void)state;
	for (int i = 0; i < 4; i++) {
		file[i] ^= 1;
		assert_int_equal(parse(len), ERR_MAGIC);
		file[i] ^= 1;
	}
	assert_int_equal(parse(0), ERR_MAGIC);
	assert_int_equal(parse(3), ERR_MAGIC);
}

static void test_refuses_other_class_and_byte_order(void **state)
{
	uint32_t len = build64(kernel, 5, 64);

	(void)state;
	header64()->ident.elf_class = 0;
	assert_int_equal(parse(len), ERR_UNSUPPORTED);
	header64()->ident.elf_class = 3;
	assert_int_equal(parse(len), ERR_UNSUPPORTED);
	header64()->ident.elf_class = ELF_CLASS64;
	header64()->ident.data = 2;
	assert_int_equal(parse(len), ERR_UNSUPPORTED);
}

static void test_refuses_every_truncation(void **state)
{
	uint32_t len;

	(void)state;
	build64(kernel, 5, 64);
	len = BODY + 0x201; /* the last byte that counts */
	assert_int_equal(parse(len), 0);
	for (uint32_t n = sizeof(struct elf_ident); n < len; n += n / 64 + 1)
		assert_int_equal(parse(n), ERR_TRUNCATED);
	build32(kernel, 5, 52);
	for (uint32_t n = sizeof(struct elf_ident); n < len; n += n / 64 + 1)
		assert_int_equal(parse(n), ERR_TRUNCATED);
}

/* Offsets that lie behind the file, and those that wrap to inside it. */
static void test_refuses_headers_outside(void **state)
{
	static const uint64_t offsets[] = {
		SPACE, SPACE - 55, UINT32_MAX, UINT64_MAX,
		0x100000040, UINT64_MAX - 55, UINT64_MAX - 5 * 56 + 1,
		0x8000000000000040,
	};

	(void)state;
	build64(kernel, 5, 64);
	for (size_t i = 0; i < ARRAY_COUNT(offsets); i++) {
		header64()->phoff = offsets[i];
		assert_int_equal(parse(SPACE), ERR_TRUNCATED);
	}
	build32(kernel, 5, 52);
	header32()->phoff = UINT32_MAX - 4 * 32;
	assert_int_equal(parse(SPACE), ERR_TRUNCATED);
}

static void test_refuses_other_entry_size(void **state)
{
	static const uint16_t sizes[] = {0, 1, 31, 33, 55, 57, 0xffff};
	uint32_t len64 = build64(kernel, 5, 64);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		header64()->phentsize = sizes[i];
		assert_int_equal(parse(len64), ERR_SIZE);
	}
	build32(kernel, 5, 52);
	header32()->phentsize = sizeof(struct elf64_phdr);
	assert_int_equal(parse(SPACE), ERR_SIZE);
}

static void test_refuses_wrap(void **state)
{
	const struct segment s[] = {{ELF_PT_LOAD, 0x1000, 0x1000, 0, 0, 0},
				    {ELF_PT_LOAD, UINT64_MAX, 2, 0, 0, 0}};

	(void)state;
	assert_int_equal(parse(build64(s, 2, 64)), ERR_WRAP);
	assert_int_equal(f.record, 1);
}

static void test_refuses_no_segment(void **state)
{
	const struct segment s[] = {{2, 0x1000, 0x1000, 0, 0, 0},
				    {6, 0x1000, 1, 0, 0, 0}};

	(void)state;
	assert_int_equal(parse(build64(s, 2, 64)), ERR_ABSENT);
	assert_int_equal(parse(build32(s, 2, 52)), ERR_ABSENT);
	assert_int_equal(parse(build64(s, 0, 64)), ERR_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_segments_of_both_classes),
		CASE(test_linked_like_linux),
		CASE(test_pvh_note),
		CASE(test_notes_that_lie),
		CASE(test_refuses_pvh_entry_outside),
		CASE(test_refuses_notes_outside),
		CASE(test_refuses_entry_outside),
		CASE(test_refuses_other_machines),
		CASE(test_refuses_segments_that_lie),
		CASE(test_refuses_overlaps),
		CASE(test_headers_may_stand_anywhere),
		CASE(test_as_many_headers_as_allowed),
		CASE(test_segment_to_the_end_of_the_space),
		CASE(test_magic),
		CASE(test_refuses_other_magic),
		CASE(test_refuses_other_class_and_byte_order),
		CASE(test_refuses_every_truncation),
		CASE(test_refuses_headers_outside),
		CASE(test_refuses_other_entry_size),
		CASE(test_refuses_wrap),
		CASE(test_refuses_no_segment),
	};

	return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
