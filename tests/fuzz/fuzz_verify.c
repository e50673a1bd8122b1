/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_verify.c - a right machine with bytes changed anywhere, or memory of
 * nothing but the input: bl_verify() ends, tells of each rule once, and reads
 * no more than a limit. */
#include "tests/fuzz/fuzz.h"

#include "tests/unit/machine.h"

#define READS_MAX   (UINT64_C(1) << 24)
#define RULES_MAX   200
#define PATCH_MAX   64 /* bytes */
#define PATCHES_MAX 32

#define PAGE        0x1000

static struct machine m;
static uint8_t *memory;

/* A right machine of each entry, and the pages in which the one that is looked
 * at may differ from it: building one anew takes far longer than a look. */
static struct kept {
	bool built;
	struct machine machine;
	uint8_t right[MACHINE_MEMORY], changed[MACHINE_MEMORY];
	bool dirty[MACHINE_MEMORY / PAGE];
} kept[2];

static const char *seen[RULES_MAX];
static unsigned seen_count;
static uint64_t reads;

static int counting_read(void *ctx, uint64_t gpa, void *dst, uint64_t len)
{
	PROPERTY(++reads <= READS_MAX);
	PROPERTY(len <= 0x1000);
	return machine_read(ctx, gpa, dst, len);
}

static void on_found(void *ctx, const struct bl_finding *finding)
{
	PROPERTY(ctx == &m && finding->rule != NULL && finding->text != NULL);
	PROPERTY(seen_count < RULES_MAX);
	for (unsigned i = 0; i < seen_count; i++)
		PROPERTY(strcmp(seen[i], finding->rule) != 0);
	seen[seen_count++] = finding->rule;
}

/* Where a patch goes: what a table points to is of more interest than what
 * lies between. */
static uint64_t place(struct input *in)
{
	const uint64_t places[] = {
		STUB_GDT, BOOT_PARAMS, BOOT_PARAMS + 0x1e8, BOOT_PARAMS + 0x2d0,
		PML4, PDPT, PAGE_DIRECTORY, MACHINE_PAGE_TABLE, START_INFO,
		LAUNCH_SEED, EBDA_RSDP, MACHINE_XSDT, m.fadt, m.madt, m.dsdt,
		m.facs, MACHINE_MCFG, MACHINE_SMBIOS_ENTRY, SMBIOS_TABLES,
	};
	uint32_t which = (uint32_t)take(in, 1);

	if (which < ARRAY_COUNT(places))
		return places[which] + take(in, 1 + which % 2);
	return take(in, 3);
}

static void patch(struct kept *k, struct input *in)
{
	uint64_t gpa = place(in) % (MACHINE_MEMORY - PATCH_MAX);
	uint32_t len = 1 + (uint32_t)take(in, 1) % PATCH_MAX;
	bool seal = (take(in, 1) & 1) != 0;

	k->dirty[gpa / PAGE] = k->dirty[(gpa + len - 1) / PAGE] = true;
	for (uint32_t i = 0; i < len; i++)
		memory[gpa + i] = (uint8_t)take(in, 1);
	if (!seal)
		return;
	/* sums are right, so that what is behind them is looked at */
	machine_seal_rsdp(&m);
	for (unsigned i = 0; i < 4; i++) {
		const uint64_t tables[] = {MACHINE_XSDT, m.fadt, m.madt,
					   MACHINE_MCFG};
		const struct acpi_header *h = machine_at(&m, tables[i]);

		if (h->length >= sizeof(*h) && h->length <= 0x10000)
			machine_seal_table(&m, tables[i]);
	}
}

static void registers(struct input *in)
{
	uint8_t *cpu = (uint8_t *)&m.cpu;

	for (uint32_t n = (uint32_t)take(in, 1) % 8; n > 0; n--) {
		uint32_t at = (uint32_t)take(in, 1) % sizeof(m.cpu);

		cpu[at] = (uint8_t)take(in, 1);
	}
	if ((take(in, 1) & 3) == 3) {
		m.kernel_gpa = take(in, 8);
		m.kernel_size = take(in, 8);
	}
}

/* Tables and RSDP may have been sealed. */
static void machine_restore(struct kept *k, enum bl_entry entry)
{
	if (!k->built) {
		machine_build(&k->machine, k->right, entry);
		memcpy(k->changed, k->right, sizeof(k->right));
		k->built = true;
	}
	k->dirty[EBDA_RSDP / PAGE] = true;
	for (uint32_t i = 0; i < MACHINE_TABLES_SIZE / PAGE; i++)
		k->dirty[MACHINE_TABLES / PAGE + i] = true;
	for (uint32_t i = 0; i < ARRAY_COUNT(k->dirty); i++)
		if (k->dirty[i])
			memcpy(k->changed + i * PAGE, k->right + i * PAGE,
			       PAGE);
	memset(k->dirty, 0, sizeof(k->dirty));
	m = k->machine;
	m.memory = memory = k->changed;
}

/* The input, over and over, is all that there is. */
static void memory_fill(struct kept *k, const struct input *in)
{
	size_t done = in->left < MACHINE_MEMORY ? in->left : MACHINE_MEMORY;

	if (done == 0)
		return;
	memset(k->dirty, 1, sizeof(k->dirty));
	memcpy(memory, in->at, done);
	while (done < MACHINE_MEMORY) {
		size_t part = MACHINE_MEMORY - done;

		memcpy(memory + done, memory, part < done ? part : done);
		done += part < done ? part : done;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	const struct bl_view view = {counting_read, &m};
	uint32_t kind = (uint32_t)take(&in, 1);
	struct kept *k = &kept[kind & 1];
	unsigned broken;

	machine_restore(k, kind & 1 ? BL_ENTRY_PVH : BL_ENTRY_64);
	registers(&in);
	if (kind & 2)
		memory_fill(k, &in);
	else
		for (int i = 0; in.left > 0 && i < PATCHES_MAX; i++)
			patch(k, &in);
	seen_count = 0;
	reads = 0;
	broken = bl_verify(&view, &m.cpu, m.entry, m.kernel_gpa, m.kernel_size,
			   on_found, &m);
	PROPERTY(broken == seen_count);
	PROPERTY(size != 0 || broken == 0);
	return 0;
}
