/* SPDX-License-Identifier: BSD-2-Clause */
/* bzimage.c - fields by protocol version, then addresses by map. */
#include "core/bzimage.h"
#include "core/layout.h"

#define SETUP_SECTS_OLD   4
#define CMDLINE_OLD       255        /* [BOOT] cmdline_size, before 2.06 */
#define INITRD_MAX_OLD    0x37ffffff /* [BOOT] initrd_addr_max, before 2.03 */
#define INIT_SIZE_FACTOR  4          /* before 2.10 nobody says: be generous */
#define ALIGNMENT_MAX     0x40000000 /* 1 GiB */
#define SYSSIZE_SHIFT     4          /* [BOOT] syssize: in 16 bytes */
#define HEADER_LEN_OFFSET 0x201
#define HEADER_BASE       0x202

static const struct setup_header *header_of(const void *bytes)
{
	return (const void *)((const uint8_t *)bytes + SETUP_HEADER_OFFSET);
}

/* A version claims fields; the header's own length must reach over them. */
static uint32_t header_need(uint16_t version)
{
	if (version >= SETUP_V2_10)
		return 0x264;
	if (version >= SETUP_V2_06)
		return 0x23c;
	if (version >= SETUP_V2_05)
		return 0x235;
	if (version >= SETUP_V2_03)
		return 0x230;
	return 0x228;
}

static int header_check(const void *bytes, uint32_t len, struct fault *fault)
{
	const struct setup_header *h = header_of(bytes);
	uint32_t end;

	if (len < SETUP_WINDOW)
		return fault_set(fault, ERR_TRUNCATED, 0, len, SETUP_WINDOW);
	if (h->boot_flag != SETUP_BOOT_FLAG ||
	    h->header != SETUP_HEADER_MAGIC)
		return fault_set(fault, ERR_MAGIC, 0, h->header,
				 SETUP_HEADER_MAGIC);
	if (h->version < SETUP_V2_00 || !(h->loadflags & LOADED_HIGH))
		return fault_set(fault, ERR_VERSION, 0, h->version,
				 SETUP_V2_00);
	end = HEADER_BASE + ((const uint8_t *)bytes)[HEADER_LEN_OFFSET];
	if (end < header_need(h->version))
		return fault_set(fault, ERR_TRUNCATED, 0, end,
				 header_need(h->version));
	return 0;
}

/* Fields that came one by one with the versions. */
static void fields_read(struct bzimage *k, const struct setup_header *h)
{
	if (k->version >= SETUP_V2_03)
		k->initrd_max = h->initrd_addr_max;
	if (k->version >= SETUP_V2_04)
		k->body_size = h->syssize << SYSSIZE_SHIFT;
	if (k->version >= SETUP_V2_05) {
		k->relocatable = h->relocatable_kernel != 0;
		k->alignment = h->kernel_alignment;
	}
	if (k->version >= SETUP_V2_06)
		k->cmdline_max = h->cmdline_size;
	if (k->version >= SETUP_V2_10) {
		k->pref_address = h->pref_address > UINT32_MAX
					  ? UINT32_MAX
					  : (uint32_t)h->pref_address;
		k->init_size = h->init_size;
	}
	if (k->version >= SETUP_V2_12) {
		k->entry64 = (h->xloadflags & XLF_KERNEL_64) != 0;
		k->above_4g = (h->xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G) != 0;
	}
}

int bzimage_parse(struct bzimage *k, const void *bytes, uint32_t len,
		  struct fault *fault)
{
	const struct setup_header *h = header_of(bytes);
	int err = header_check(bytes, len, fault);
	uint32_t sects;

	if (err != 0)
		return err;
	memset(k, 0, sizeof(*k));
	k->version = h->version;
	k->pref_address = HIGH_START;
	k->alignment = PAGE_SIZE;
	k->initrd_max = INITRD_MAX_OLD;
	k->cmdline_max = CMDLINE_OLD;
	sects = h->setup_sects != 0 ? h->setup_sects : SETUP_SECTS_OLD;
	k->setup_size = SETUP_SECTOR * (1 + sects);
	fields_read(k, h);
	if (k->version >= SETUP_V2_04 &&
	    k->body_size >> SYSSIZE_SHIFT != h->syssize)
		return fault_set(fault, ERR_SIZE, 0, h->syssize,
				 UINT32_MAX >> SYSSIZE_SHIFT);
	if (k->relocatable && (k->alignment == 0 ||
			       (k->alignment & (k->alignment - 1)) != 0 ||
			       k->alignment > ALIGNMENT_MAX))
		return fault_set(fault, ERR_ALIGN, 0, k->alignment,
				 ALIGNMENT_MAX);
	return 0;
}

static pfn_t kernel_pages(const struct bzimage *k, uint32_t body_size)
{
	pfn_t body = page_count(body_size);
	pfn_t pages = k->init_size != 0 ? page_count(k->init_size)
					: INIT_SIZE_FACTOR * body;

	return pages > body ? pages : body;
}

/* [BOOT] init_size: a relocatable kernel runs at its load address, but never
 * below pref_address; any other runs at pref_address. */
static int run_start(const struct bzimage *k, pfn_t pages,
		     const struct e820_map *map, pfn_t limit, pfn_t *start)
{
	pfn_t align = k->relocatable ? page_count(k->alignment) : 1;
	pfn_t wish = page_count(k->pref_address);

	if (wish < HIGH_START >> PAGE_SHIFT)
		wish = HIGH_START >> PAGE_SHIFT;
	wish = (wish + (align - 1)) & -align;
	*start = wish;
	if (pages == 0)
		return ERR_NO_ROOM;
	if (wish + pages <= limit && e820_is_ram(map, wish, wish + pages))
		return 0;
	if (!k->relocatable)
		return ERR_NO_ROOM;
	return e820_find(map, pages, align, wish, limit, start);
}

/* A fixed kernel is loaded at 1 MiB and moves itself to where it runs. */
static int fixed_load(struct e820_map *map, pfn_t pages)
{
	const pfn_t start = HIGH_START >> PAGE_SHIFT;

	if (!e820_is_ram(map, start, start + pages))
		return ERR_NO_ROOM;
	return e820_set(map, start, start + pages, E820_LOADED);
}

int bzimage_place(const struct bzimage *k, uint32_t body_size,
		  struct e820_map *map, pfn_t limit, struct bzimage_plan *plan,
		  struct fault *fault)
{
	pfn_t pages = kernel_pages(k, body_size), start;
	int err = run_start(k, pages, map, limit, &start);

	plan->run_gpa = start << PAGE_SHIFT;
	plan->run_size = pages << PAGE_SHIFT;
	plan->load_gpa = k->relocatable ? plan->run_gpa : HIGH_START;
	plan->entry_gpa = plan->load_gpa + (k->entry64 ? ENTRY64_OFFSET : 0);
	if (err == 0 && plan->load_gpa != plan->run_gpa)
		err = fixed_load(map, page_count(body_size));
	if (err == 0)
		err = e820_set(map, start, start + pages, E820_LOADED);
	if (err != 0)
		return fault_set32(fault, err, 0, plan->run_size,
				   k->pref_address);
	return 0;
}

int initrd_place(struct e820_map *map, uint32_t size, uint32_t initrd_max,
		 bool above_4g, gpa_t *gpa, struct fault *fault)
{
	/* A kernel that can be loaded above 4 GiB also takes an initrd up to
	 * there: initrd_addr_max is then a courtesy to old boot loaders. */
	uint32_t last = above_4g ? UINT32_MAX : initrd_max;
	pfn_t limit = (last >> PAGE_SHIFT) + ((last + 1) % PAGE_SIZE == 0);
	pfn_t pages = page_count(size), start;
	int err = e820_find(map, pages, 1, HIGH_START >> PAGE_SHIFT, limit,
			    &start);

	if (err != 0 && above_4g)
		err = e820_find(map, pages, 1, PFN_4G, PFN_MAX, &start);
	if (err == 0)
		err = e820_set(map, start, start + pages, E820_LOADED);
	if (err != 0)
		return fault_set32(fault, err, 0, size, last);
	*gpa = (gpa_t)start << PAGE_SHIFT;
	return 0;
}
