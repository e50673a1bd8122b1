/* SPDX-License-Identifier: BSD-2-Clause */
/* fwcfg.c - picks a transport, then serves keys and files. */
#include "firmware/fwcfg.h"
#include "core/layout.h"
#include "core/le.h"
#include "firmware/cpu.h"
#include "firmware/io.h"
#include "firmware/log.h"
#include "firmware/panic.h"

#define SIGNATURE      0x554d4551 /* "QEMU" */
#define DMA_POLLS      1000000
#define DISCARD_CHUNK  256
#define DIR_COUNT_SIZE 4

#define FW_CFG_DMA_READ_WRITE (FW_CFG_DMA_READ | FW_CFG_DMA_WRITE)

/* What QEMU has by default: 0x20 slots, of which about 20 are used.  One read
 * of this much gets nearly every directory whole. */
#define DIR_FIRST_READ (DIR_COUNT_SIZE + 40 * sizeof(struct fw_cfg_file))
#define DIR_FILES_MAX                                                          \
	((SCRATCH_DIR_MAX - DIR_COUNT_SIZE) / sizeof(struct fw_cfg_file))

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
		io_out32(FW_CFG_PORT_DMA_HIGH, 0);
	io_out32(FW_CFG_PORT_DMA_LOW, be32((uint32_t)(uintptr_t)&dma));
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

/* Reads to nowhere, where SKIP cannot be trusted. */
static int discard(uint32_t len)
{
	uint8_t nowhere[DISCARD_CHUNK];
	int err = 0;

	dma.address = be64((uintptr_t)nowhere);
	while (len > 0 && err == 0) {
		uint32_t n = len < sizeof(nowhere) ? len : sizeof(nowhere);

		err = dma_run(FW_CFG_DMA_READ, n);
		len -= n;
	}
	return err;
}

static int read_bytes(uint32_t off, gpa_t gpa, uint32_t len)
{
	if (!range_fits(gpa, len, GIB(4)))
		return ERR_NO_ROOM;
	for (; off > 0; off--)
		io_in8(FW_CFG_PORT_DATA);
	io_in8_string(FW_CFG_PORT_DATA, (void *)(uintptr_t)gpa, len);
	return 0;
}

/* control: the key in its upper half, FW_CFG_DMA_READ or _WRITE. */
static int access(uint32_t control, uint32_t off, gpa_t gpa, uint32_t len)
{
	int err = 0;

	if (len == 0)
		return 0;
	if (transport == FWCFG_DMA_QEMU) {
		control |= FW_CFG_DMA_SELECT;
		if (off != 0) {
			err = dma_run((control & ~FW_CFG_DMA_READ_WRITE) |
					      FW_CFG_DMA_SKIP, off);
			control &= FW_CFG_DMA_READ_WRITE;
		}
	} else {
		io_out16(FW_CFG_PORT_SELECTOR,
			 (uint16_t)(control >> FW_CFG_DMA_SELECTOR_SHIFT));
		if (transport == FWCFG_BYTES)
			return read_bytes(off, gpa, len);
		err = discard(off);
		control &= FW_CFG_DMA_READ_WRITE;
	}
	dma.address = be64(gpa);
	return err != 0 ? err : dma_run(control, len);
}

int fwcfg_read_gpa(uint16_t key, uint32_t off, gpa_t gpa, uint32_t len)
{
	return access((uint32_t)key << FW_CFG_DMA_SELECTOR_SHIFT |
			      FW_CFG_DMA_READ,
		      off, gpa, len);
}

void fwcfg_read(const char *name, uint16_t key, gpa_t gpa, uint32_t len)
{
	int err = fwcfg_read_gpa(key, 0, gpa, len);

	if (err != 0)
		panic_err(name, err);
}

uint64_t fwcfg_number(const char *name, uint16_t key, uint32_t size)
{
	uint64_t value = 0;

	fwcfg_read(name, key, (uintptr_t)&value, size);
	return value;
}

enum fwcfg_transport fwcfg_transport(void)
{
	return transport;
}

static int item_find(void *ctx, const char *name, struct item *out)
{
	return fwcfg_dir_find(ctx, name, out);
}

static int item_read(void *ctx, const struct item *item, uint32_t off,
		     void *dst, uint32_t len)
{
	(void)ctx;
	return fwcfg_read_gpa((uint16_t)item->key, off, (uintptr_t)dst, len);
}

/* Only QEMU's own device takes writes; others have been seen to abort. */
static int item_write(void *ctx, const struct item *item, uint32_t off,
		      const void *src, uint32_t len)
{
	(void)ctx;
	if (transport != FWCFG_DMA_QEMU)
		return ERR_UNSUPPORTED;
	return access(item->key << FW_CFG_DMA_SELECTOR_SHIFT |
			      FW_CFG_DMA_WRITE,
		      off, (uintptr_t)src, len);
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

/* The DMA register of a real QEMU reads as a mark and thereby vouches for the
 * rest of its semantics.  Imitations are asked step by step. */
static void transport_find(void)
{
	uint32_t signature;

	if (io_in32(FW_CFG_PORT_DMA_LOW) == FW_CFG_DMA_MARK_LOW) {
		transport = FWCFG_DMA_QEMU;
		return;
	}
	transport = FWCFG_BYTES;
	if (fwcfg_number("signature", FW_CFG_SIGNATURE, 4) != SIGNATURE)
		panic("the host offers no fw_cfg device");
	if (!(fwcfg_number("id", FW_CFG_ID, 4) & FW_CFG_ID_DMA))
		return;
	transport = FWCFG_DMA_SAFE;
	signature = 0;
	if (fwcfg_read_gpa(FW_CFG_SIGNATURE, 0, (uintptr_t)&signature, 4) !=
		    0 ||
	    *(volatile uint32_t *)&signature != SIGNATURE)
		transport = FWCFG_BYTES;
}

/* Reads a directory in one go where reading past its end does no harm. */
static uint32_t directory_read(void)
{
	uint8_t *bytes = (uint8_t *)SCRATCH_DIR;
	uint32_t have = transport == FWCFG_DMA_QEMU ? DIR_FIRST_READ
						    : DIR_COUNT_SIZE;
	uint32_t count, need;

	fwcfg_read("directory", FW_CFG_FILE_DIR, SCRATCH_DIR, have);
	count = be32(word_at(bytes));
	if (count > DIR_FILES_MAX)
		return have; /* fwcfg_dir_parse says so */
	need = DIR_COUNT_SIZE + count * (uint32_t)sizeof(struct fw_cfg_file);
	if (need <= have)
		return have;
	fwcfg_read("directory", FW_CFG_FILE_DIR, SCRATCH_DIR, need);
	return need;
}

void fwcfg_setup(void)
{
	struct fault fault;
	uint32_t len;

	transport_find();
	len = directory_read();
	if (fwcfg_dir_parse(&directory, (const void *)SCRATCH_DIR, len,
			    DIR_FILES_MAX, &fault) != 0)
		panic_fault("directory entry", &fault);
	log_numbers(transport == FWCFG_DMA_QEMU ? "DMA, % files"
		    : transport == FWCFG_DMA_SAFE
			    ? "DMA, select by port, % files"
			    : "bytes, % files",
		    directory.count, 0);
}
