/* SPDX-License-Identifier: BSD-2-Clause */
/* bzimage.c - fields by protocol version, then addresses by map. */
#include "core/bzimage.h"
#include "core/layout.h"

#define SETUP_SECTS_OLD   4
#define CMDLINE_OLD       255        /* [BOOT] cmdline_size, before 2.06 */
#define INITRD_MAX_OLD    0x37ffffff /* [BOOT] initrd_addr_max, before 2.03 */
#define INIT_SIZE_FACTOR  4          /* before 2.10 nobody says: be generous */
#define PAGE              4096
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

int bzimage_parse(struct bzimage *k, const void *bytes, uint32_t len,
		  struct fault *fault)
{
	const struct setup_header *h = header_of(bytes);
	int err = header_check(bytes, len, fault);
	uint32_t align;

	if (err != 0)
		return err;
	*k = (struct bzimage){
		.version = h->version,
		.pref_address = HIGH_START,
		.alignment = PAGE,
		.initrd_max = INITRD_MAX_OLD,
		.cmdline_max = CMDLINE_OLD,
	};
	k->setup_size = SETUP_SECTOR *
			(1u + (h->setup_sects ? h->setup_sects
					      : SETUP_SECTS_OLD));
	if (k->version >= SETUP_V2_03)
		k->initrd_max = h->initrd_addr_max;
	if (k->version >= SETUP_V2_04)
		k->body_size = (uint64_t)h->syssize << 4;
	if (k->version >= SETUP_V2_05) {
		k->relocatable = h->relocatable_kernel != 0;
		k->alignment = h->kernel_alignment;
	}
	align = (uint32_t)k->alignment;
	if (k->relocatable && (align == 0 || (align & (align - 1)) != 0 ||
			       align > GIB(1)))
		return fault_set(fault, ERR_ALIGN, 0, align, GIB(1));
	if (k->version >= SETUP_V2_06)
		k->cmdline_max = h->cmdline_size;
	if (k->version >= SETUP_V2_10) {
		k->pref_address = h->pref_address;
		k->init_size = h->init_size;
	}
	if (k->version >= SETUP_V2_12) {
		k->entry64 = (h->xloadflags & XLF_KERNEL_64) != 0;
		k->above_4g = (h->xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G) != 0;
	}
	return 0;
}

static uint64_t kernel_run_size(const struct bzimage *k, uint64_t body_size)
{
	uint64_t size = k->init_size != 0 ? k->init_size
					  : INIT_SIZE_FACTOR * body_size;

	return align_up(size > body_size ? size : body_size, PAGE);
}

/* [BOOT] init_size: a relocatable kernel runs at its load address, but never
 * below pref_address; any other runs at pref_address. */
static int run_start(const struct bzimage *k, uint64_t size,
		     const struct e820_map *map, gpa_t limit, gpa_t *start)
{
	gpa_t wish = k->pref_address < HIGH_START ? HIGH_START
						  : k->pref_address;
	uint32_t align = (uint32_t)k->alignment; /* 1 GiB at most */

	if (k->relocatable)
		wish = (wish + (align - 1)) & ~(gpa_t)(align - 1);
	*start = wish;
	if (wish < HIGH_START || size == 0) /* rounding up has wrapped */
		return ERR_NO_ROOM;
	if (e820_is_ram(map, wish, size) && wish + size <= limit)
		return 0;
	if (!k->relocatable)
		return ERR_NO_ROOM;
	return e820_find(map, align, start, wish, limit, size);
}

int bzimage_place(const struct bzimage *k, uint64_t body_size,
		  struct e820_map *map, gpa_t limit, struct bzimage_plan *plan,
		  struct fault *fault)
{
	uint64_t size = kernel_run_size(k, body_size);
	int err = run_start(k, size, map, limit, &plan->run_gpa);

	plan->run_size = size;
	plan->load_gpa = k->relocatable ? plan->run_gpa : HIGH_START;
	if (err == 0 && plan->load_gpa != plan->run_gpa) {
		/* a fixed kernel is loaded at 1 MiB and moves itself */
		body_size = align_up(body_size, PAGE);
		if (!e820_is_ram(map, plan->load_gpa, body_size))
			err = ERR_NO_ROOM;
		else
			err = e820_set(map, plan->load_gpa, body_size,
				       E820_LOADED);
	}
	if (err == 0)
		err = e820_set(map, plan->run_gpa, size, E820_LOADED);
	if (err != 0)
		return fault_set(fault, err, 0, size, k->pref_address);
	plan->entry_gpa = plan->load_gpa + (k->entry64 ? ENTRY64_OFFSET : 0);
	return 0;
}

int initrd_place(struct e820_map *map, uint64_t size, uint64_t initrd_max,
		 bool above_4g, gpa_t *gpa, struct fault *fault)
{
	/* A kernel that can be loaded above 4 GiB also takes an initrd up to
	 * there: initrd_addr_max is then a courtesy to old boot loaders. */
	uint64_t limit = above_4g ? GIB(4) : initrd_max + 1;
	uint64_t room = align_up(size, PAGE);
	int err = ERR_NO_ROOM;

	if (room >= size)
		err = e820_find(map, PAGE, gpa, HIGH_START, limit, room);
	if (err != 0 && above_4g && room >= size)
		err = e820_find(map, PAGE, gpa, GIB(4), UINT64_MAX, room);
	if (err == 0)
		err = e820_set(map, *gpa, room, E820_LOADED);
	if (err != 0)
		return fault_set(fault, err, 0, size, limit);
	return 0;
}
