/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_handover.c - any map and addresses as boot_params, hvm_start_info and
 * Multiboot information: all three tell the same map, in the room that they
 * were given, and nothing else is written.
 *
 * Input: addresses and sizes, a map, then the first bytes of a kernel. */
#include "tests/fuzz/map.h"

#include "core/abi/multiboot.h"
#include "core/boot_params.h"
#include "core/layout.h"
#include "core/multiboot.h"
#include "core/pvh.h"

#define HEADER_END(page) (0x202u + (page)[0x201])

static struct e820_map map;

/* Are these the numbers of range i? */
static bool is_range(uint32_t i, uint64_t addr, uint64_t len, uint32_t type)
{
	const struct e820_range *r = &map.range[i];

	return addr == (uint64_t)r->start << PAGE_SHIFT &&
	       len == (uint64_t)(r->end - r->start) << PAGE_SHIFT &&
	       type == r->type;
}

/* What is not the kernel's header is zero after the clearing. */
static void clear_check(const uint8_t *page, const uint8_t *given)
{
	const uint32_t end = HEADER_END(given);

	for (uint32_t i = 0; i < SETUP_WINDOW; i++)
		PROPERTY(page[i] == (i >= SETUP_HEADER_OFFSET && i < end
					     ? given[i] : 0));
}

/* The fields that a boot loader writes, and no other byte. */
static void fields_check(const struct boot_params *bp,
			 const struct boot_params *before,
			 const struct boot_args *args)
{
	struct boot_params same = *bp;

	PROPERTY(bp->acpi_rsdp_addr == args->rsdp_gpa);
	PROPERTY(bp->e820_entries == map.count);
	PROPERTY(((uint64_t)bp->ext_ramdisk_image << 32 |
		  bp->hdr.ramdisk_image) == args->initrd_gpa);
	PROPERTY(bp->hdr.ramdisk_size == args->initrd_size);
	PROPERTY(bp->hdr.cmd_line_ptr == args->cmdline_gpa);
	PROPERTY(bp->hdr.code32_start == args->load_gpa);
	PROPERTY(bp->hdr.type_of_loader != 0);
	PROPERTY(bp->hdr.setup_data == (bp->hdr.version >= SETUP_V2_09
						? args->setup_data_gpa
						: before->hdr.setup_data));
	for (uint32_t i = 0; i < map.count; i++)
		PROPERTY(is_range(i, bp->e820[i].addr, bp->e820[i].len,
				  bp->e820[i].type));
	same.acpi_rsdp_addr = before->acpi_rsdp_addr;
	same.e820_entries = before->e820_entries;
	same.ext_ramdisk_image = before->ext_ramdisk_image;
	same.hdr.ramdisk_image = before->hdr.ramdisk_image;
	same.hdr.ramdisk_size = before->hdr.ramdisk_size;
	same.hdr.cmd_line_ptr = before->hdr.cmd_line_ptr;
	same.hdr.code32_start = before->hdr.code32_start;
	same.hdr.type_of_loader = before->hdr.type_of_loader;
	same.hdr.setup_data = before->hdr.setup_data;
	same.hdr.loadflags |= before->hdr.loadflags & CAN_USE_HEAP;
	memcpy(same.e820, before->e820, map.count * sizeof(same.e820[0]));
	PROPERTY(memcmp(&same, before, sizeof(same)) == 0);
}

static void linux_check(const struct boot_args *args, struct input *in)
{
	uint8_t *page = guarded_new(sizeof(struct boot_params));
	struct boot_params before;
	uint8_t given[SETUP_WINDOW] = {0};

	memcpy(given, in->at, in->left < sizeof(given) ? in->left
						       : sizeof(given));
	memset(page, 0, sizeof(struct boot_params));
	memcpy(page, given, sizeof(given));
	boot_params_clear((struct boot_params *)page);
	clear_check(page, given);
	memcpy(&before, page, sizeof(before));
	boot_params_build((struct boot_params *)page, args);
	fields_check((struct boot_params *)page, &before, args);
	PROPERTY(guarded_kept(page, sizeof(before), 0, sizeof(before)));
	guarded_free(page);
}

static void module_check(const struct hvm_start_info *info, uint32_t gpa,
			 const uint8_t *page, const struct boot_args *args)
{
	struct hvm_modlist_entry module;

	PROPERTY(info->nr_modules == (args->initrd_size != 0));
	if (info->nr_modules == 0)
		return;
	memcpy(&module, page + (info->modlist_paddr - gpa), sizeof(module));
	PROPERTY(module.paddr == args->initrd_gpa);
	PROPERTY(module.size == args->initrd_size);
	PROPERTY(module.cmdline_paddr == 0 && module.reserved == 0);
}

static void pvh_check(const struct boot_args *args, uint32_t size)
{
	const struct pvh_args pvh = {args->cmdline_gpa, args->initrd_gpa,
				     args->initrd_size, args->rsdp_gpa};
	const uint32_t gpa = START_INFO;
	const uint32_t need = 0x58 + 24 * map.count;
	uint8_t *page = guarded_new(size);
	int err = pvh_build(page, gpa, size, &map, &pvh);
	struct hvm_start_info info;
	struct hvm_memmap_entry e;

	PROPERTY(err == (need > size ? ERR_NO_ROOM : 0));
	PROPERTY(guarded_kept(page, size, 0, err == 0 ? need : 0));
	if (err == 0) {
		memcpy(&info, page, sizeof(info));
		PROPERTY(info.magic == HVM_START_MAGIC && info.version == 1 &&
			 info.flags == 0 && info.reserved == 0);
		PROPERTY(info.cmdline_paddr == args->cmdline_gpa);
		PROPERTY(info.rsdp_paddr == args->rsdp_gpa);
		PROPERTY(info.memmap_entries == map.count);
		module_check(&info, gpa, page, args);
		for (uint32_t i = 0; i < map.count; i++) {
			memcpy(&e, page + (info.memmap_paddr - gpa) +
				   i * sizeof(e), sizeof(e));
			PROPERTY(is_range(i, e.addr, e.size, e.type) &&
				 e.reserved == 0);
		}
	}
	guarded_free(page);
}

/* KiB of RAM from gpa on. */
static uint64_t ram_kib(uint64_t gpa)
{
	for (uint32_t i = 0; i < map.count; i++) {
		uint64_t start = (uint64_t)map.range[i].start << PAGE_SHIFT;
		uint64_t end = (uint64_t)map.range[i].end << PAGE_SHIFT;

		if (map.range[i].type == E820_RAM && gpa >= start && gpa < end)
			return (end - gpa) >> 10;
	}
	return 0;
}

static void multiboot_check(struct input *in, uint32_t len, uint32_t size)
{
	uint8_t *info = guarded_new(len), *mmap = guarded_new(size);
	struct multiboot_info before, mbi;
	const uint64_t lower = ram_kib(0), upper = ram_kib(HIGH_START);
	int err;

	memcpy(info, in->at, in->left < len ? in->left : len);
	memset(&before, 0, sizeof(before));
	memcpy(&before, info, len < sizeof(before) ? len : sizeof(before));
	err = multiboot_build(info, len, mmap, CMDLINE, size, &map);
	PROPERTY(err == (len < sizeof(mbi) ? ERR_TRUNCATED
			 : size < 24 * map.count ? ERR_NO_ROOM : 0));
	PROPERTY(guarded_kept(info, len, 0, len));
	PROPERTY(guarded_kept(mmap, size, 0, err == 0 ? 24 * map.count : 0));
	memset(&mbi, 0, sizeof(mbi));
	memcpy(&mbi, info, len < sizeof(mbi) ? len : sizeof(mbi));
	if (err == 0) {
		PROPERTY(mbi.mem_lower == (lower < 640 ? lower : 640));
		PROPERTY(mbi.mem_upper ==
			 (upper < UINT32_MAX ? upper : UINT32_MAX));
		PROPERTY(mbi.mmap_addr == CMDLINE &&
			 mbi.mmap_length == 24 * map.count);
		PROPERTY(mbi.flags == (before.flags | 0x41));
		mbi.flags = before.flags;
		mbi.mem_lower = before.mem_lower;
		mbi.mem_upper = before.mem_upper;
		mbi.mmap_addr = before.mmap_addr;
		mbi.mmap_length = before.mmap_length;
	}
	PROPERTY(memcmp(&mbi, &before, sizeof(mbi)) == 0);
	for (uint32_t i = 0; err == 0 && i < map.count; i++) {
		struct multiboot_mmap m;

		memcpy(&m, mmap + i * sizeof(m), sizeof(m));
		PROPERTY(m.size == 20 && is_range(i, m.addr, m.len, m.type));
	}
	guarded_free(info);
	guarded_free(mmap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct boot_args args = {.map = &map};
	uint32_t pvh_size, info_len, mmap_size;

	args.load_gpa = (uint32_t)take(&in, 4);
	args.cmdline_gpa = (uint32_t)take(&in, 4);
	args.initrd_gpa = take(&in, 6);
	args.initrd_size = (uint32_t)take(&in, 4);
	args.rsdp_gpa = (uint32_t)take(&in, 4);
	args.setup_data_gpa = (uint32_t)take(&in, 4);
	pvh_size = (uint32_t)take(&in, 2) & 0x1fff;
	info_len = (uint32_t)take(&in, 1);
	mmap_size = (uint32_t)take(&in, 2) & 0xfff;
	map_take(&map, &in);
	linux_check(&args, &in);
	pvh_check(&args, pvh_size);
	multiboot_check(&in, info_len, mmap_size);
	return 0;
}
