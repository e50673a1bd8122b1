/* SPDX-License-Identifier: BSD-2-Clause */
/* start_info.c - every pointer of it is checked before it is followed. */
#include "core/start_info.h"
#include "core/layout.h"

#define ENTRIES_MAX 512 /* more than E820_RANGES_MAX: neighbours merge */

/* A copy, so that what was checked is what is used. */
static int head_read(struct hvm_start_info *head, const struct gmem *mem,
		     uint32_t gpa, struct fault *fault)
{
	const void *at = gmem_at(mem, gpa, sizeof(*head));

	if (at == NULL)
		return fault_set(fault, ERR_RANGE, 0, gpa, 0);
	memcpy(head, at, sizeof(*head));
	if (head->magic != HVM_START_MAGIC)
		return fault_set(fault, ERR_MAGIC, 0, head->magic,
				 HVM_START_MAGIC);
	if (head->version == 0)
		return fault_set(fault, ERR_VERSION, 0, 0, 1);
	if (head->rsdp_paddr > UINT32_MAX)
		return fault_set(fault, ERR_RANGE, 0, head->rsdp_paddr,
				 UINT32_MAX);
	return 0;
}

static int map_parse(struct e820_map *map, const struct gmem *mem,
		     const struct hvm_start_info *head, struct fault *fault)
{
	uint32_t count = head->memmap_entries;
	const struct hvm_memmap_entry *entry;

	map->count = 0;
	if (count == 0 || count > ENTRIES_MAX)
		return fault_set(fault, ERR_TOO_MANY, 0, count, ENTRIES_MAX);
	entry = gmem_at(mem, head->memmap_paddr, count * sizeof(*entry));
	if (entry == NULL)
		return fault_set(fault, ERR_RANGE, 0, head->memmap_paddr, 0);
	for (uint32_t i = 0; i < count; i++) {
		const struct e820_entry e = {entry[i].addr, entry[i].size,
					     entry[i].type};
		int err = e820_add_entry(map, &e);

		if (err != 0)
			return fault_set(fault, err, i, e.addr, e.len);
	}
	return 0;
}

static int modules_parse(struct start_info *info, const struct gmem *mem,
			 const struct hvm_start_info *head,
			 struct fault *fault)
{
	const struct hvm_modlist_entry *list;
	uint32_t count = head->nr_modules;

	if (count == 0)
		return 0;
	if (count > START_INFO_MODULES)
		count = START_INFO_MODULES;
	list = gmem_at(mem, head->modlist_paddr, count * sizeof(*list));
	if (list == NULL)
		return fault_set(fault, ERR_RANGE, 0, head->modlist_paddr, 0);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t gpa = list[i].paddr, size = list[i].size;

		if (size == 0)
			continue;
		if (gpa == 0 || gmem_at(mem, gpa, size) == NULL ||
		    !range_fits(gpa, size, UINT32_MAX))
			return fault_set(fault, ERR_RANGE, i, gpa, size);
		info->module[i] = (struct start_module){(uint32_t)gpa,
							(uint32_t)size};
	}
	return 0;
}

static int cmdline_parse(struct start_info *info, const struct gmem *mem,
			 uint64_t gpa, struct fault *fault)
{
	const char *at;
	uint32_t len = 0;

	if (gpa == 0)
		return 0;
	while ((at = gmem_at(mem, gpa + len, 1)) != NULL && *at != '\0')
		if (++len == CMDLINE_MAX)
			return fault_set(fault, ERR_TOO_LONG, 0, gpa, len);
	if (at == NULL || gpa > UINT32_MAX)
		return fault_set(fault, ERR_RANGE, 0, gpa, len);
	info->cmdline_gpa = (uint32_t)gpa;
	info->cmdline_len = len;
	return 0;
}

int start_info_parse(struct start_info *info, struct e820_map *map,
		     const struct gmem *mem, uint32_t gpa,
		     struct fault *fault)
{
	struct hvm_start_info head = {0};
	int err = head_read(&head, mem, gpa, fault);

	if (err != 0)
		return err;
	memset(info, 0, sizeof(*info));
	info->rsdp_gpa = (uint32_t)head.rsdp_paddr;
	err = map_parse(map, mem, &head, fault);
	if (err == 0)
		err = modules_parse(info, mem, &head, fault);
	if (err == 0)
		err = cmdline_parse(info, mem, head.cmdline_paddr, fault);
	return err;
}
