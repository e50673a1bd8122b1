/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg.c - picks a transport, then serves keys and files. */
#include "firmware/fwcfg.h"
#include "core/layout.h"
#include "core/le.h"
#include "firmware/cpu.h"
#include "firmware/fwcfg_regs.h"
#include "firmware/log.h"
#include "firmware/panic.h"

#define SIGNATURE      0x554d4551 /* "QEMU" */
#define DMA_POLLS      1000000
#define DIR_COUNT_SIZE 4

#define DIR_FILES(bytes)                                                       \
	(((bytes) - DIR_COUNT_SIZE) / sizeof(struct fw_cfg_file))

static enum fwcfg_transport transport;
static struct fwcfg_dir directory;
static struct fw_cfg_dma dma ALIGNED(16);

/* [FWCFG] "Guest-side DMA Interface": 0, ERR_DMA or ERR_TIMEOUT. */
static int dma_run(uint32_t control, uint32_t len)
{
	const volatile struct fw_cfg_dma *seen = &dma;

	dma.control = be32(control);
	dma.length = be32(len);
	if (transport == FWCFG_DMA_SAFE)
		fwcfg_reg_dma_high(0);
	fwcfg_reg_dma_start((uint32_t)(uintptr_t)&dma);
	for (int i = 0; i < DMA_POLLS; i++) {
		uint32_t now = be32(seen->control);

		if (now == 0)
			return 0;
		if (now & FW_CFG_DMA_ERROR)
			return ERR_DMA;
		cpu_pause();
	}
	return ERR_TIMEOUT;
}

static RARE int read_bytes(gpa_t gpa, uint32_t len)
{
	if (!range_fits(gpa, len, GIB(4)))
		return ERR_NO_ROOM;
	fwcfg_reg_bytes((void *)(uintptr_t)gpa, len);
	return 0;
}

int fwcfg_read_gpa(uint16_t key, gpa_t gpa, uint32_t len)
{
	uint32_t control = FW_CFG_DMA_READ;

	if (len == 0)
		return 0;
	if (transport == FWCFG_DMA_QEMU)
		control |= FW_CFG_DMA_SELECT |
			   (uint32_t)key << FW_CFG_DMA_SELECTOR_SHIFT;
	else
		fwcfg_reg_select(key);
	if (transport == FWCFG_BYTES)
		return read_bytes(gpa, len);
	dma.address = be64(gpa);
	return dma_run(control, len);
}

void fwcfg_read(const char *name, uint16_t key, gpa_t gpa, uint32_t len)
{
	int err = fwcfg_read_gpa(key, gpa, len);

	if (err != 0)
		panic_err(name, err);
}

uint32_t fwcfg_number(const char *name, uint16_t key, uint32_t size)
{
	uint32_t value = 0;

	fwcfg_read(name, key, (uintptr_t)&value, size);
	return *(volatile uint32_t *)&value;
}

enum fwcfg_transport fwcfg_transport(void)
{
	return transport;
}

static int item_find(void *ctx, const char *name, struct item *out)
{
	return fwcfg_dir_find(ctx, name, out);
}

static int item_read(void *ctx, const struct item *item, void *dst,
		     uint32_t len)
{
	(void)ctx;
	return fwcfg_read_gpa((uint16_t)item->key, (uintptr_t)dst, len);
}

/* Only QEMU's own device takes writes; others have been seen to abort. */
static int item_write(void *ctx, const struct item *item, uint32_t off,
		      const void *src, uint32_t len)
{
	uint32_t select = FW_CFG_DMA_SELECT |
			  item->key << FW_CFG_DMA_SELECTOR_SHIFT;
	int err = 0;

	(void)ctx;
	if (transport != FWCFG_DMA_QEMU)
		return ERR_UNSUPPORTED;
	if (off != 0) {
		err = dma_run(select | FW_CFG_DMA_SKIP, off);
		select = 0;
	}
	dma.address = be64((uintptr_t)src);
	return err != 0 ? err : dma_run(select | FW_CFG_DMA_WRITE, len);
}

const struct items *fwcfg_items(void)
{
	static const struct items items = {
		.find = item_find,
		.read = item_read,
		.write = item_write,
		.ctx = &directory,
	};

	return &items;
}

uint32_t fwcfg_file(const char *name, void *dst, uint32_t room)
{
	struct item item;

	if (fwcfg_dir_find(&directory, name, &item) != 0)
		return 0;
	if (item.size > room)
		panic_limit(name, ERR_TOO_LONG, item.size, room);
	fwcfg_read(name, (uint16_t)item.key, (uintptr_t)dst, item.size);
	return item.size;
}

/* An imitation is asked step by step.  Is there one?  (Static: a trial that
 * was given up may still come.) */
static RARE bool imitation_find(void)
{
	static uint32_t trial NOINIT;

	trial = 0;
	transport = FWCFG_BYTES;
	if (fwcfg_number("signature", FW_CFG_SIGNATURE, 4) != SIGNATURE)
		return false;
	if (!(fwcfg_number("id", FW_CFG_ID, 4) & FW_CFG_ID_DMA))
		return true;
	transport = FWCFG_DMA_SAFE;
	if (fwcfg_read_gpa(FW_CFG_SIGNATURE, (uintptr_t)&trial, 4) != 0 ||
	    *(volatile uint32_t *)&trial != SIGNATURE)
		transport = FWCFG_BYTES;
	return true;
}

/* Bytes of a directory that counts so many files; panics if they are too
 * many. */
static uint32_t directory_size(uint32_t count)
{
	if (count > DIR_FILES(SCRATCH_DIR_MAX))
		panic_limit("directory", ERR_TOO_MANY, count,
			    DIR_FILES(SCRATCH_DIR_MAX));
	return DIR_COUNT_SIZE + count * (uint32_t)sizeof(struct fw_cfg_file);
}

/* QEMU fills a read past the end with zeros: one read brings the directory
 * and clears the pages behind it.  Any other host is asked for the count, then
 * for exactly what there is. */
static const void *directory_read(uint32_t *len)
{
	uint8_t *bytes = (uint8_t *)DIR_PAGE;
	uint32_t first = transport == FWCFG_DMA_QEMU ? CLEAR_END - DIR_PAGE
						     : DIR_COUNT_SIZE;

	fwcfg_read("directory", FW_CFG_FILE_DIR, DIR_PAGE, first);
	*len = directory_size(be32(word_at(bytes)));
	if (*len <= DIR_PAGE_SIZE && transport == FWCFG_DMA_QEMU)
		return bytes;
	bytes = (uint8_t *)SCRATCH_DIR;
	fwcfg_read("directory", FW_CFG_FILE_DIR, SCRATCH_DIR, *len);
	memset((void *)BOOT_PARAMS, 0, CLEAR_END - BOOT_PARAMS);
	return bytes;
}

bool fwcfg_setup(void)
{
	const void *bytes;
	struct fault fault;
	uint32_t len;

	/* The DMA register of a real QEMU reads as a mark and thereby vouches
	 * for the rest of its semantics. */
	if (fwcfg_reg_mark() != FW_CFG_DMA_MARK_LOW && !imitation_find())
		return false;
	bytes = directory_read(&len);
	if (fwcfg_dir_parse(&directory, bytes, len, DIR_FILES(SCRATCH_DIR_MAX),
			    &fault) != 0)
		panic_record("directory entry", &fault);
	log_numbers("transport %, % files", transport, directory.count);
	return true;
}
