/* SPDX-License-Identifier: BSD-2-Clause */
/* image.c - guest RAM as one sparse file. */
#include "host-loader/bundle/image.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base.h"
#include "host-loader/bundle/digest.h"

#define PAGE  4096     /* the smallest hole that a file system keeps */
#define PIECE MIB(1)   /* written at once, between two looks for signals */

struct image {
	int fd;
	const struct bundle *bundle;
};

bool image_interrupted(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 &&
	       (sigismember(&waiting, SIGINT) ||
		sigismember(&waiting, SIGTERM) ||
		sigismember(&waiting, SIGHUP));
}

/* The range that holds all of it, and where that stands in the image. */
static bool ram_find(const struct bundle *bundle, uint64_t gpa, uint64_t size,
		     uint64_t *offset)
{
	uint64_t before = 0;

	for (uint32_t i = 0; i < bundle->ram_count; i++) {
		const struct bl_range *ram = &bundle->ram[i];

		if (gpa >= ram->gpa &&
		    range_fits(gpa - ram->gpa, size, ram->size)) {
			*offset = before + (gpa - ram->gpa);
			return true;
		}
		before += ram->size;
	}
	return false;
}

uint64_t bundle_image_offset(const struct bundle *bundle, uint64_t gpa)
{
	uint64_t offset;

	return ram_find(bundle, gpa, 1, &offset) ? offset : UINT64_MAX;
}

bool bundle_in_ram(const struct bundle *bundle, uint64_t gpa, uint64_t size)
{
	uint64_t offset;

	return ram_find(bundle, gpa, size, &offset);
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
	return size == 0 ||
	       (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Bytes from offset up to the next page of the file, at most left. */
static size_t page_rest(uint64_t offset, uint64_t left)
{
	uint64_t rest = PAGE - offset % PAGE;

	return (size_t)(rest < left ? rest : left);
}

/* How many bytes from here on are pages of zeros, or are none; at most a
 * piece. */
static size_t run_length(const uint8_t *bytes, uint64_t offset, uint64_t left,
			 bool zeros)
{
	size_t length = 0;

	while (left > length && length < PIECE) {
		size_t rest = page_rest(offset + length, left - length);

		if (all_zero(bytes + length, rest) != zeros)
			break;
		length += rest;
	}
	return length;
}

static int pwrite_all(int fd, const uint8_t *bytes, size_t size, uint64_t off)
{
	while (size > 0) {
		ssize_t done = pwrite(fd, bytes, size, (off_t)off);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		if (done == 0) {
			errno = ENOSPC;
			return -1;
		}
		bytes += done;
		size -= (size_t)done;
		off += (uint64_t)done;
	}
	return 0;
}

static int extent_write(void *ctx, const struct bl_extent *extent,
			const void *bytes)
{
	const struct image *image = ctx;
	const uint8_t *at = bytes;
	uint64_t offset = bundle_image_offset(image->bundle, extent->gpa);
	uint64_t left = extent->size;

	if (!bundle_in_ram(image->bundle, extent->gpa, extent->size)) {
		errno = ERANGE;
		return -1;
	}
	while (at != NULL && left > 0) {
		bool zeros = all_zero(at, page_rest(offset, left));
		size_t run = run_length(at, offset, left, zeros);

		if (image_interrupted()) {
			errno = EINTR;
			return -1;
		}
		if (!zeros && pwrite_all(image->fd, at, run, offset) < 0)
			return -1;
		at += run;
		offset += run;
		left -= run;
	}
	return 0;
}

int image_write(int fd, const struct bundle *bundle,
		const struct bl_sources *sources)
{
	struct image image = {fd, bundle};

	if (ftruncate(fd, (off_t)bundle->ram_size) < 0)
		return -1;
	errno = ERANGE;
	return bl_plan_each(&bundle->plan, sources, extent_write, &image) ? -1
									  : 0;
}

static int extent_digest(void *ctx, const struct bl_extent *extent,
			 const void *bytes)
{
	struct digest *digest = ctx;

	digest_add_u64(digest, extent->gpa);
	digest_add_u64(digest, extent->size);
	if (bytes != NULL)
		digest_add(digest, bytes, extent->size);
	return 0;
}

int image_digest(char text[DIGEST_TEXT], const struct bl_plan *plan,
		 const struct bl_sources *sources)
{
	struct digest digest;

	digest_begin(&digest);
	if (bl_plan_each(plan, sources, extent_digest, &digest) != 0)
		return -1;
	digest_end(&digest, text);
	return 0;
}

int image_digest_read(char text[DIGEST_TEXT], const struct bundle *bundle,
		      struct bl_span image)
{
	const struct bl_plan *plan = &bundle->plan;
	struct digest digest;

	digest_begin(&digest);
	for (uint32_t i = 0; i < plan->extent_count; i++) {
		const struct bl_extent *extent = &plan->extent[i];
		uint64_t offset = bundle_image_offset(bundle, extent->gpa);

		if (!bundle_in_ram(bundle, extent->gpa, extent->size) ||
		    !range_fits(offset, extent->size, image.size))
			return -1;
		extent_digest(&digest, extent,
			      extent->source == BL_ZERO
				      ? NULL
				      : (const uint8_t *)image.bytes + offset);
	}
	digest_end(&digest, text);
	return 0;
}
