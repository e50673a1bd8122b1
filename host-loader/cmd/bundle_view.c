/* SPDX-License-Identifier: BSD-2-Clause */
/* bundle_view.c - image and ROM, put together as QEMU does. */
#include "host-loader/cmd/bundle_view.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base.h"
#include "core/layout.h"
#include "host-loader/file.h"
#include "host-loader/say.h"

#define PAGE    4096
#define ROM_LOW STUB_CMDLINE /* the alias below 1 MiB begins with it */

static int image_open(struct bundle_view *view, const char *path)
{
	view->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (view->fd < 0)
		return say_errno(path, "cannot open");
	return file_map(&view->image, path);
}

int bundle_view_open(struct bundle_view *view, const struct bundle *bundle)
{
	char *image = bundle_path(bundle, BUNDLE_IMAGE);
	char *rom = bundle_path(bundle, BUNDLE_ROM);
	int result = 0;

	*view = (struct bundle_view){.bundle = bundle, .fd = -1};
	if (image_open(view, image) < 0 || file_map(&view->rom, rom) < 0)
		result = -1;
	else if (view->image.size != bundle->ram_size ||
		 view->rom.size != BL_ROM_SIZE)
		result = say("%s: has changed while it was read", bundle->dir);
	if (result < 0)
		bundle_view_close(view);
	free(image);
	free(rom);
	return result;
}

void bundle_view_close(struct bundle_view *view)
{
	file_unmap(&view->image);
	file_unmap(&view->rom);
	if (view->fd >= 0)
		close(view->fd);
	view->fd = -1;
}

/* What is at gpa, and in *left how much of it up to the end of the page; NULL:
 * nothing, as in the VGA hole, whose RAM a PC does not show. */
static const uint8_t *bytes_at(const struct bundle_view *view, uint64_t gpa,
			       uint64_t *left)
{
	uint64_t offset;

	*left = PAGE - gpa % PAGE;
	if (gpa >= ROM_BASE && gpa - ROM_BASE < ROM_SIZE)
		return (const uint8_t *)view->rom.bytes + (gpa - ROM_BASE);
	if (gpa >= ROM_LOW && gpa < HIGH_START)
		return (const uint8_t *)view->rom.bytes + (gpa - ROM_LOW);
	if (gpa >= LEGACY_HOLE && gpa < HIGH_START)
		return NULL;
	offset = bundle_image_offset(view->bundle, gpa);
	if (offset == UINT64_MAX ||
	    !range_fits(offset, *left, view->image.size))
		return NULL;
	return (const uint8_t *)view->image.bytes + offset;
}

int bundle_view_read(void *ctx, uint64_t gpa, void *dst, uint64_t len)
{
	uint8_t *out = dst;

	while (len > 0) {
		uint64_t part;
		const uint8_t *from = bytes_at(ctx, gpa, &part);

		if (from == NULL)
			return -1;
		if (part > len)
			part = len;
		memcpy(out, from, part);
		out += part;
		gpa += part;
		len -= part;
	}
	return 0;
}

/* Where the file's next data is in [offset, end), and where it ends.  A file
 * system that knows of no holes has data everywhere. */
static bool data_find(const struct bundle_view *view, uint64_t end,
		      uint64_t *from, uint64_t *to)
{
	off_t data = lseek(view->fd, (off_t)*from, SEEK_DATA);
	off_t hole;

	if (data < 0 || (uint64_t)data >= end)
		return false;
	hole = lseek(view->fd, data, SEEK_HOLE);
	*from = (uint64_t)data;
	*to = hole < 0 || (uint64_t)hole > end ? end : (uint64_t)hole;
	return true;
}

uint64_t bundle_view_nonzero(const struct bundle_view *view, uint64_t gpa,
			     uint64_t size)
{
	const uint8_t *image = view->image.bytes;
	uint64_t start = bundle_image_offset(view->bundle, gpa);
	uint64_t at = start, to;

	if (size == 0 || start == UINT64_MAX)
		return UINT64_MAX;
	while (at < start + size && data_find(view, start + size, &at, &to))
		for (; at < to; at++)
			if (image[at] != 0)
				return gpa + (at - start);
	return UINT64_MAX;
}
