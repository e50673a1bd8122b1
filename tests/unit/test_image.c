/* SPDX-License-Identifier: BSD-2-Clause */
/* test_image.c - guest RAM as a sparse file: what stands where, what takes
 * disk, what is refused; build ids of programs. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/abi/elf.h"
#include "host-loader/bundle/image.h"
#include "tests/unit/bundle.h"

#define PAGE 4096

struct fixture {
	struct bundle bundle;
	struct bundle_bytes bytes;
	int fd;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char name[] = "/var/tmp/test_image.XXXXXX";

	bundle_fill(&f->bundle, "/nowhere", KERNEL_SIZE);
	bundle_bytes_fill(&f->bytes, KERNEL_SIZE);
	f->fd = mkstemp(name);
	assert_true(f->fd >= 0);
	unlink(name);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	close(f->fd);
	free(f->bytes.kernel);
	bundle_free(&f->bundle);
	free(f);
	return 0;
}

#define CASE_IMAGE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static void test_offsets_skip_the_hole(void **state)
{
	const struct fixture *f = *state;
	const struct bundle *b = &f->bundle;

	assert_true(bundle_image_offset(b, 0) == 0);
	assert_true(bundle_image_offset(b, RAM_LOW - 1) == RAM_LOW - 1);
	assert_true(bundle_image_offset(b, RAM_LOW) == UINT64_MAX);
	assert_true(bundle_image_offset(b, HIGH_GPA - 1) == UINT64_MAX);
	assert_true(bundle_image_offset(b, HIGH_GPA + 5) == RAM_LOW + 5);
	assert_true(bundle_image_offset(b, HIGH_GPA + RAM_HIGH) == UINT64_MAX);
	assert_true(bundle_image_offset(b, UINT64_MAX) == UINT64_MAX);
}

static void test_ram_is_in_one_piece(void **state)
{
	const struct fixture *f = *state;
	const struct bundle *b = &f->bundle;

	assert_true(bundle_in_ram(b, 0, RAM_LOW));
	assert_true(bundle_in_ram(b, HIGH_GPA, RAM_HIGH));
	assert_false(bundle_in_ram(b, 0, RAM_LOW + 1));
	assert_false(bundle_in_ram(b, RAM_LOW - 1, 2));
	assert_false(bundle_in_ram(b, HIGH_GPA - 1, 2));
	assert_false(bundle_in_ram(b, HIGH_GPA, UINT64_MAX));
	assert_false(bundle_in_ram(b, UINT64_MAX, 2));
}

static void expect_bytes(int fd, const void *bytes, size_t size, uint64_t off)
{
	uint8_t *got = malloc(size);

	assert_int_equal(pread(fd, got, size, (off_t)off), size);
	assert_memory_equal(got, bytes, size);
	free(got);
}

static void test_bytes_stand_at_their_offsets(void **state)
{
	struct fixture *f = *state;
	uint8_t zeros[PAGE] = {0};
	struct stat st;

	assert_int_equal(image_write(f->fd, &f->bundle, &f->bytes.sources), 0);
	assert_int_equal(fstat(f->fd, &st), 0);
	assert_true((uint64_t)st.st_size == RAM_LOW + RAM_HIGH);
	expect_bytes(f->fd, f->bytes.tables, TABLES_SIZE, TABLES_GPA);
	expect_bytes(f->fd, f->bytes.kernel, KERNEL_SIZE, KERNEL_GPA);
	expect_bytes(f->fd, f->bytes.initrd, INITRD_SIZE, RAM_LOW + 0x10000);
	expect_bytes(f->fd, zeros, PAGE, KERNEL_GPA + KERNEL_SIZE);
	expect_bytes(f->fd, zeros, PAGE, TABLES_GPA - PAGE);
	expect_bytes(f->fd, zeros, PAGE, RAM_LOW + RAM_HIGH - PAGE);
}

/* Kernel 10 pages less 4 of zeros, initrd 3, tables 2. */
static void test_only_their_pages_take_disk(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(image_write(f->fd, &f->bundle, &f->bytes.sources), 0);
	assert_int_equal(fsync(f->fd), 0);
	assert_int_equal(fstat(f->fd, &st), 0);
	assert_in_range(st.st_blocks, 11 * (PAGE / 512), 13 * (PAGE / 512));
}

static void test_many_pieces(void **state)
{
	const size_t size = 3 * MIB(1) + 0x123;
	struct fixture *f = *state;
	struct bl_plan *plan = &f->bundle.plan;

	free(f->bytes.kernel);
	bundle_bytes_fill(&f->bytes, size);
	bundle_plan_fill(plan, size);
	/* the kernel begins in the middle of a page */
	plan->extent[1] = (struct bl_extent){KERNEL_GPA - 0x777, size - 5,
					     BL_FROM_KERNEL, 5};
	assert_int_equal(image_write(f->fd, &f->bundle, &f->bytes.sources), 0);
	expect_bytes(f->fd, f->bytes.kernel + 5, size - 5, KERNEL_GPA - 0x777);
}

static void test_digest_is_the_same_from_the_file(void **state)
{
	char before[DIGEST_TEXT], after[DIGEST_TEXT];
	struct fixture *f = *state;
	struct bundle *b = &f->bundle;
	struct bl_span image;
	void *bytes;

	assert_int_equal(image_write(f->fd, b, &f->bytes.sources), 0);
	assert_int_equal(image_digest(before, &b->plan, &f->bytes.sources), 0);
	bytes = mmap(NULL, b->ram_size, PROT_READ, MAP_PRIVATE, f->fd, 0);
	assert_true(bytes != MAP_FAILED);
	image = (struct bl_span){bytes, b->ram_size};
	assert_int_equal(image_digest_read(after, b, image), 0);
	assert_string_equal(before, after);
	assert_int_equal(pwrite(f->fd, "x", 1, KERNEL_GPA), 1);
	assert_int_equal(image_digest_read(after, b, image), 0);
	assert_string_not_equal(before, after);
	image.size = RAM_LOW;
	assert_int_equal(image_digest_read(after, b, image), -1);
	munmap(bytes, b->ram_size);
}

static void expect_errno(struct fixture *f, int why)
{
	errno = 0;
	assert_int_equal(image_write(f->fd, &f->bundle, &f->bytes.sources), -1);
	assert_int_equal(errno, why);
}

static void test_extent_outside_of_ram(void **state)
{
	struct fixture *f = *state;
	struct bl_extent *extent = &f->bundle.plan.extent[3];

	extent->gpa = RAM_LOW - 1;
	expect_errno(f, ERANGE);
	extent->gpa = UINT64_MAX;
	expect_errno(f, ERANGE);
	extent->gpa = HIGH_GPA + RAM_HIGH - INITRD_SIZE + 1;
	expect_errno(f, ERANGE);
}

static void test_extent_outside_of_its_source(void **state)
{
	char text[DIGEST_TEXT];
	struct fixture *f = *state;
	struct bl_extent *extent = &f->bundle.plan.extent[3];

	extent->offset = 1;
	expect_errno(f, ERANGE);
	extent->offset = UINT64_MAX;
	expect_errno(f, ERANGE);
	assert_int_equal(image_digest(text, &f->bundle.plan,
				      &f->bytes.sources), -1);
}

static void test_file_that_cannot_be_written(void **state)
{
	struct fixture *f = *state;

	close(f->fd);
	f->fd = open("/dev/null", O_RDONLY);
	expect_errno(f, EINVAL);
}

static void test_a_waiting_signal_ends_it(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
	struct fixture *f = *state;
	sigset_t set, mask;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &mask);
	assert_false(image_interrupted());
	raise(SIGTERM);
	assert_true(image_interrupted());
	expect_errno(f, EINTR);
	sigaction(SIGTERM, &ignore, &old); /* drops the one that waits */
	sigaction(SIGTERM, &old, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	assert_int_equal(image_write(f->fd, &f->bundle, &f->bytes.sources), 0);
}

/* Build ids -------------------------------------------------------------- */

struct program {
	struct elf64_header head;
	struct elf64_phdr phdr[2];
	struct elf_note note;
	char name[4];
	uint8_t id[8];
};

static const struct program program = {
	.head = {.ident = {ELF_MAGIC, ELF_CLASS64, ELF_DATA_LSB, {0}},
		 .phoff = offsetof(struct program, phdr),
		 .phentsize = sizeof(struct elf64_phdr), .phnum = 2},
	.phdr = {{.type = ELF_PT_LOAD},
		 {.type = ELF_PT_NOTE, .offset = offsetof(struct program, note),
		  .filesz = sizeof(struct elf_note) + 12, .align = 4}},
	.note = {4, 8, ELF_NT_GNU_BUILD_ID},
	.name = "GNU",
	.id = {1, 2, 3, 4, 5, 6, 7, 0xff},
};

/* The id of a file with these bytes; the caller frees it. */
static char *id_of(const void *bytes, size_t size)
{
	char name[] = "/var/tmp/test_image.XXXXXX";
	int fd = mkstemp(name);
	char *id;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
	id = qemu_build_id(name);
	unlink(name);
	assert_non_null(id);
	return id;
}

static void test_build_id(void **state)
{
	char *id = id_of(&program, sizeof(program));

	(void)state;
	assert_string_equal(id, "01020304050607ff");
	free(id);
}

/* Anything that is damaged, or a script, is known by size and time. */
static void test_build_id_of_a_damaged_program(void **state)
{
	struct program p[9];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(p); i++)
		p[i] = program;
	p[0].head.ident.magic++;
	p[1].head.phoff = UINT64_MAX - 8;
	p[2].head.phoff = sizeof(program) - 60;
	p[3].head.phentsize = 1;
	p[4].phdr[1].offset = UINT64_MAX - 4;
	p[5].phdr[1].filesz = UINT64_MAX;
	p[6].note.desc_size = UINT32_MAX;
	p[7].note.name_size = UINT32_MAX;
	p[8].note.desc_size = 0;
	for (size_t i = 0; i < ARRAY_COUNT(p); i++) {
		char *id = id_of(&p[i], sizeof(p[i]));

		assert_non_null(strchr(id, '-'));
		free(id);
	}
}

static void test_build_id_of_any_bytes(void **state)
{
	struct rng rng = {77};
	uint8_t bytes[sizeof(program)];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		size_t size = 1 + rng_below(&rng, sizeof(bytes));

		memcpy(bytes, &program, sizeof(bytes));
		for (unsigned i = rng_below(&rng, 4); i > 0; i--)
			bytes[rng_below(&rng, sizeof(bytes))] =
				(uint8_t)rng_next(&rng);
		free(id_of(bytes, size));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_IMAGE(test_offsets_skip_the_hole),
		CASE_IMAGE(test_ram_is_in_one_piece),
		CASE_IMAGE(test_bytes_stand_at_their_offsets),
		CASE_IMAGE(test_only_their_pages_take_disk),
		CASE_IMAGE(test_many_pieces),
		CASE_IMAGE(test_digest_is_the_same_from_the_file),
		CASE_IMAGE(test_extent_outside_of_ram),
		CASE_IMAGE(test_extent_outside_of_its_source),
		CASE_IMAGE(test_file_that_cannot_be_written),
		CASE_IMAGE(test_a_waiting_signal_ends_it),
		CASE(test_build_id),
		CASE(test_build_id_of_a_damaged_program),
		CASE(test_build_id_of_any_bytes),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
