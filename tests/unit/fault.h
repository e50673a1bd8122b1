/* SPDX-License-Identifier: BSD-2-Clause */
/* fault.h - plants faults into a machine, one by one, and asks bl_verify() for
 * exactly the rule that is broken. */
#ifndef TESTS_UNIT_FAULT_H
#define TESTS_UNIT_FAULT_H

#include "tests/unit/machine.h"
#include "tests/unit/unit.h"

#define FOUND_MAX 32

static struct machine m;
static uint8_t memory[MACHINE_MEMORY];
static const char *found[FOUND_MAX];
static unsigned found_count;

static inline void on_found(void *ctx, const struct bl_finding *finding)
{
	assert_ptr_equal(ctx, &m);
	assert_non_null(finding->rule);
	assert_non_null(finding->text);
	assert_true(found_count < FOUND_MAX);
	found[found_count++] = finding->rule;
}

static inline unsigned verify(void)
{
	const struct bl_view view = {machine_read, &m};
	unsigned broken;

	found_count = 0;
	broken = bl_verify(&view, &m.cpu, m.entry, m.kernel_gpa, m.kernel_size,
			   on_found, &m);
	assert_int_equal(broken, found_count);
	return broken;
}

static inline bool was_found(const char *rule)
{
	for (unsigned i = 0; i < found_count; i++)
		if (strcmp(found[i], rule) == 0)
			return true;
	return false;
}

/* Is this rule one of the names in a list with blanks between? */
static inline bool is_listed(const char *list, const char *rule)
{
	size_t len = strlen(rule);

	for (const char *at = list; at != NULL && (at = strstr(at, rule));
	     at += len)
		if ((at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

/* rule (NULL: none) must be found, and nothing else but what may come with
 * it. */
static inline void expect(const char *rule, const char *also)
{
	verify();
	if (rule != NULL && !was_found(rule))
		fail_msg("%s: not found", rule);
	for (unsigned i = 0; i < found_count; i++)
		if ((rule == NULL || strcmp(found[i], rule) != 0) &&
		    !is_listed(also, found[i]))
			fail_msg("%s: %s came with it",
				 rule == NULL ? "nothing" : rule, found[i]);
}

/* Where a fault's offset counts from, and whose sum is set right behind it. */
enum base {
	AT_0, AT_PARAMS, AT_PVH, AT_RSDP, AT_XSDT, AT_FADT, AT_MADT, AT_MCFG,
	AT_DSDT, AT_FACS, AT_ENTRY,
};
enum seal { AS_IS, SEAL };

struct fault_case {
	const char *rule, *also;
	enum base base;
	enum seal seal;
	uint32_t offset, size;
	uint64_t value;
};

static inline uint64_t base_gpa(enum base base)
{
	const uint64_t gpa[] = {
		[AT_0] = 0, [AT_PARAMS] = BOOT_PARAMS, [AT_PVH] = START_INFO,
		[AT_RSDP] = EBDA_RSDP, [AT_XSDT] = MACHINE_XSDT,
		[AT_FADT] = m.fadt, [AT_MADT] = m.madt, [AT_DSDT] = m.dsdt,
		[AT_FACS] = m.facs, [AT_MCFG] = MACHINE_MCFG,
		[AT_ENTRY] = MACHINE_SMBIOS_ENTRY,
	};

	return gpa[base];
}

static inline void plant(const struct fault_case *c)
{
	uint64_t gpa = base_gpa(c->base);

	memcpy(machine_at(&m, gpa + c->offset), &c->value, c->size);
	if (c->seal == AS_IS)
		return;
	if (c->base == AT_RSDP)
		machine_seal_rsdp(&m);
	else if (c->base == AT_ENTRY)
		machine_seal(&m, gpa, sizeof(struct smbios3_entry),
			     offsetof(struct smbios3_entry, checksum));
	else
		machine_seal_table(&m, gpa);
}

static inline void expect_each(const struct fault_case *cases, size_t count,
			enum bl_entry entry)
{
	for (size_t i = 0; i < count; i++) {
		machine_build(&m, memory, entry);
		plant(&cases[i]);
		expect(cases[i].rule, cases[i].also);
	}
}

#endif
