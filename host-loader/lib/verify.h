/* SPDX-License-Identifier: BSD-2-Clause */
/* verify.h - what the parts of bl_verify() share: rules, reads of guest
 * memory, the memory map, and who claims which bytes.
 *
 * All of it is the guest's word and may be a lie.  Every loop has a limit of
 * its own, written where it stands; a rule is told of once. */
#ifndef HOST_LOADER_VERIFY_H
#define HOST_LOADER_VERIFY_H

#include "core/abi/e820.h"
#include "host-loader/beeline.h"
#include "host-loader/lib/verify_rules.h"

#define VERIFY_MAP_MAX    256 /* the zero page has 128, setup_data more */
#define VERIFY_CLAIMS_MAX 320
#define VERIFY_CHUNK      4096

/* Whose bytes: in the order in which they are claimed. */
enum verify_owner {
	OWNER_KERNEL,
	OWNER_PARAMS,
	OWNER_PVH,
	OWNER_CMDLINE,
	OWNER_INITRD,
	OWNER_DATA,
	OWNER_GDT,
	OWNER_PAGES,
	OWNER_ACPI,
	OWNER_SMBIOS,
};

struct verify_claim {
	uint64_t gpa, size;
	enum verify_owner owner;
};

struct verify {
	const struct bl_view *view;
	const struct bl_cpu *cpu;
	enum bl_entry entry;
	uint64_t kernel_gpa, kernel_size;
	void (*found)(void *ctx, const struct bl_finding *finding);
	void *ctx;
	bool checked[RULE_COUNT], broken[RULE_COUNT];

	uint32_t map_count; /* of ranges that do not wrap */
	struct bl_range map[VERIFY_MAP_MAX];
	uint64_t cmdline_gpa, cmdline_size; /* with the NUL; size 0: none */
	uint64_t rsdp_gpa;                  /* 0: to be looked for */

	uint32_t claim_count;
	struct verify_claim claim[VERIFY_CLAIMS_MAX];
	uint8_t chunk[VERIFY_CHUNK];
};

/* Notes that a rule was looked at, and reports it unless it holds.  Returns
 * holds. */
bool verify_rule(struct verify *v, enum verify_rule rule, bool holds,
		 uint64_t value, uint64_t limit);

/* Reads guest memory; false if not all of it is there. */
bool verify_read(struct verify *v, uint64_t gpa, void *dst, uint64_t size);

/* Adds up bytes modulo 256; false if not all are there. */
bool verify_sum(struct verify *v, uint64_t gpa, uint64_t size, uint8_t *sum);

/* Is it there, and nothing but zero? */
bool verify_is_zero(struct verify *v, uint64_t gpa, uint64_t size);

/* Bytes of a string with its NUL; 0 if it is not there or longer than max. */
uint64_t verify_string(struct verify *v, uint64_t gpa, uint64_t max);

/* Says that these bytes have an owner; reports whatever they overlap. */
void verify_claim(struct verify *v, enum verify_owner owner, uint64_t gpa,
		  uint64_t size);

/* verify_map.c.  A set of types has a bit for each. */
#define MAP_TYPE(type) (UINT32_C(1) << (type))
#define MAP_TABLES (MAP_TYPE(E820_ACPI) | MAP_TYPE(E820_NVS) | \
		    MAP_TYPE(E820_RESERVED))
void verify_map_add(struct verify *v, uint64_t gpa, uint64_t size,
		    uint32_t type);
void verify_map(struct verify *v);
bool verify_map_is(const struct verify *v, uint64_t gpa, uint64_t size,
		   uint32_t types);
bool verify_map_touches(const struct verify *v, uint64_t gpa, uint64_t size,
			uint32_t types);

/* One function for each part; boot data first, since it has the map. */
void verify_linux(struct verify *v);
void verify_pvh(struct verify *v);
void verify_cpu(struct verify *v);
void verify_pages(struct verify *v);
void verify_acpi(struct verify *v);
void verify_smbios(struct verify *v);

/* verify_acpi.c: an ACPI table that was found good to look into. */
struct verify_table {
	uint64_t gpa;
	uint32_t signature, length;
};
bool verify_acpi_table(struct verify *v, uint64_t gpa, uint32_t signature,
		       struct verify_table *table);
void verify_fadt(struct verify *v, const struct verify_table *fadt);
void verify_madt(struct verify *v, const struct verify_table *madt);
void verify_mcfg(struct verify *v, const struct verify_table *mcfg);

/* bl_verify(), and how many rules were looked at. */
unsigned verify_run(const struct bl_view *view, const struct bl_cpu *cpu,
		    enum bl_entry entry, uint64_t kernel_gpa,
		    uint64_t kernel_size,
		    void (*found)(void *ctx, const struct bl_finding *finding),
		    void *ctx, unsigned *checked);

#endif
