/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel.c - a kernel file's facts, by core's parsers. */
#include "core/bzimage.h"
#include "core/elf.h"
#include "core/le.h"
#include "core/abi/boot_params.h"
#include "host-loader/lib/fail.h"

#define CMDLINE_ELF   2047 /* [LINUX] asm/setup.h COMMAND_LINE_SIZE less NUL */
#define SIZE_WORD     4    /* [LINUX] scripts/Makefile.lib, size_append */
#define MAGIC_MAX     6
#define LINUX_ALIGN   MIB(2) /* [LINUX] head64.c: __startup_64() asks for it */

_Static_assert(BL_SEGMENTS_MAX == ELF_SEGMENTS_MAX, "one list becomes another");

/* How each codec's streams begin; [LINUX] lib/decompress.c. */
static const struct {
	enum bl_codec codec;
	const char *name;
	uint8_t len;
	uint8_t magic[MAGIC_MAX];
} codecs[] = {
	{BL_CODEC_NONE, "none", 4, {0x7f, 'E', 'L', 'F'}},
	{BL_CODEC_GZIP, "gzip", 2, {0x1f, 0x8b}},
	{BL_CODEC_BZIP2, "bzip2", 3, {'B', 'Z', 'h'}},
	{BL_CODEC_LZMA, "lzma", 3, {0x5d, 0x00, 0x00}},
	{BL_CODEC_XZ, "xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0x00}},
	{BL_CODEC_LZO, "lzo", 4, {0x89, 'L', 'Z', 'O'}},
	{BL_CODEC_LZ4, "lz4", 4, {0x02, 0x21, 0x4c, 0x18}},
	{BL_CODEC_ZSTD, "zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}},
};

const char *bl_codec_name(enum bl_codec codec)
{
	for (size_t i = 0; i < ARRAY_COUNT(codecs); i++)
		if (codecs[i].codec == codec)
			return codecs[i].name;
	return "unknown";
}

static enum bl_codec codec_of(struct bl_span payload)
{
	for (size_t i = 0; i < ARRAY_COUNT(codecs); i++)
		if (payload.size >= codecs[i].len &&
		    memcmp(payload.bytes, codecs[i].magic, codecs[i].len) == 0)
			return codecs[i].codec;
	return BL_CODEC_UNKNOWN;
}

static int elf_kernel(struct bl_kernel *k, struct bl_error *err)
{
	struct elf_kernel elf;
	struct fault fault;

	if (elf_parse(&elf, k->bytes.bytes, k->bytes.size, &fault) != 0)
		return fail_fault(err, BL_STAGE_KERNEL, &fault);
	k->format = BL_FORMAT_ELF;
	k->cmdline_max = CMDLINE_ELF;
	k->is64 = elf.is64;
	k->relocatable = elf.linux_map;
	k->alignment = elf.linux_map ? LINUX_ALIGN : 1;
	k->start = elf.start;
	k->end = elf.end;
	k->entry = elf.entry;
	k->entry_pvh = elf.entry_pvh;
	k->segment_count = elf.count;
	for (uint32_t i = 0; i < elf.count; i++)
		k->segment[i] = (struct bl_segment){
			elf.segment[i].gpa, elf.segment[i].size,
			elf.segment[i].off, elf.segment[i].file_size};
	return 0;
}

/* [BOOT] payload_offset counts from the protected-mode part's start. */
static int payload_find(struct bl_kernel *k, uint32_t setup_size,
			const struct setup_header *h, struct bl_error *err)
{
	const uint8_t *bytes = k->bytes.bytes;
	uint64_t off = (uint64_t)setup_size + h->payload_offset;

	if (!range_fits(off, h->payload_length, k->bytes.size))
		return fail(err, BL_STAGE_PAYLOAD, ERR_RANGE,
			    off + h->payload_length, k->bytes.size);
	if (h->payload_length < SIZE_WORD)
		return fail(err, BL_STAGE_PAYLOAD, ERR_TRUNCATED,
			    h->payload_length, SIZE_WORD);
	k->payload = (struct bl_span){bytes + off, h->payload_length};
	k->payload_unpacked =
		word_at(bytes + off + h->payload_length - SIZE_WORD);
	k->codec = codec_of(k->payload);
	if (k->codec == BL_CODEC_NONE)
		k->payload_unpacked = h->payload_length;
	return 0;
}

static int bzimage_kernel(struct bl_kernel *k, struct bl_error *err)
{
	const uint32_t window = k->bytes.size < SETUP_WINDOW
					? (uint32_t)k->bytes.size
					: SETUP_WINDOW;
	struct setup_header h;
	struct bzimage image;
	struct fault fault;

	if (bzimage_parse(&image, k->bytes.bytes, window, &fault) != 0)
		return fail_fault(err, BL_STAGE_KERNEL, &fault);
	memcpy(&h, (const uint8_t *)k->bytes.bytes + SETUP_HEADER_OFFSET,
	       sizeof(h));
	k->format = BL_FORMAT_BZIMAGE;
	k->protocol = image.version;
	k->xloadflags = image.version >= SETUP_V2_12 ? h.xloadflags : 0;
	k->pref_address = image.pref_address;
	k->init_size = image.init_size;
	k->alignment = image.alignment;
	k->relocatable = image.relocatable;
	k->cmdline_max = image.cmdline_max;
	if (image.version < SETUP_V2_08 || h.payload_length == 0)
		return 0; /* a kernel that nobody but itself can unpack */
	return payload_find(k, image.setup_size, &h, err);
}

int bl_kernel_parse(struct bl_kernel *kernel, struct bl_span bytes,
		    struct bl_error *err)
{
	memset(kernel, 0, sizeof(*kernel));
	kernel->bytes = bytes;
	if (bytes.size == 0)
		return fail(err, BL_STAGE_KERNEL, ERR_TRUNCATED, 0, 0);
	if (elf_magic(bytes.bytes, bytes.size))
		return elf_kernel(kernel, err);
	return bzimage_kernel(kernel, err);
}
