/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_cpu.c - registers and descriptors.
 * Source: [BOOT] "64-bit Boot Protocol"; [PVH] docs/misc/pvh.pandoc, "PVH
 * Guest Specific Boot ABI"; [SDM] 3A 2.5, 3.4.5 Segment Descriptors. */
#include "host-loader/lib/verify.h"

#include "core/abi/x86.h"
#include "core/base.h"
#include "core/layout.h"

#define CR4_LA57    0x00001000
#define RFLAGS_IF   0x00000200
#define RFLAGS_BAD  0x00024500 /* TF, DF, NT, VM */
#define MTRR_TYPE   0x000000ff /* [SDM] 3A 12.11.2.1: of IA32_MTRR_DEF_TYPE */
#define MTRR_ENABLE 0x00000800
#define MTRR_WB     0x00000006

/* [SDM] 3A Figure 3-8: where a descriptor has its bits */
#define DESC_TYPE        (UINT64_C(0x1f) << 40) /* S and type */
#define DESC_CODE        (UINT64_C(0x18) << 40)
#define DESC_DATA_WRITE  (UINT64_C(0x12) << 40)
#define DESC_KIND        (UINT64_C(0x18) << 40) /* S and code, not data */
#define DESC_KIND_WRITE  (UINT64_C(0x1a) << 40) /* ... and writable */
#define DESC_TSS32_ANY   (UINT64_C(0x1d) << 40) /* S and type but busy */
#define DESC_TSS32       (UINT64_C(0x09) << 40)
#define DESC_DPL         (UINT64_C(0x03) << 45)
#define DESC_PRESENT     (UINT64_C(1) << 47)
#define DESC_LONG        (UINT64_C(1) << 53)
#define DESC_32          (UINT64_C(1) << 54)
#define DESC_PAGES       (UINT64_C(1) << 55)
#define TSS32_LIMIT      0x67

static uint64_t desc_base(uint64_t d)
{
	return (d >> 16 & 0xffffff) | (d >> 56 & 0xff) << 24;
}

static uint64_t desc_limit(uint64_t d)
{
	uint64_t limit = (d & 0xffff) | (d >> 32 & 0xf0000);

	return (d & DESC_PAGES) != 0 ? limit << 12 | 0xfff : limit;
}

static bool desc_is_flat(uint64_t d)
{
	return desc_base(d) == 0 && desc_limit(d) == UINT32_MAX;
}

/* The descriptor of a selector; 0, which is not present, for none. */
static uint64_t desc_of(struct verify *v, uint16_t selector)
{
	uint64_t offset = selector & ~7u, d = 0;

	if (!verify_rule(v, RULE_CPU_GDT,
			 selector >= 8 && (selector & 7) == 0 &&
				 offset + 7 <= v->cpu->gdt_limit &&
				 range_fits(v->cpu->gdt_gpa, offset + 8,
					    UINT64_MAX) &&
				 verify_read(v, v->cpu->gdt_gpa + offset, &d,
					     sizeof(d)),
			 selector, v->cpu->gdt_limit))
		return 0;
	return d;
}

static bool desc_is_code(uint64_t d, bool is64)
{
	uint64_t mode = d & (DESC_LONG | DESC_32);

	if ((d & (DESC_PRESENT | DESC_DPL)) != DESC_PRESENT ||
	    (d & DESC_KIND) != DESC_CODE)
		return false;
	return is64 ? mode == DESC_LONG : mode == DESC_32 && desc_is_flat(d);
}

static bool desc_is_data(uint64_t d, bool is64)
{
	return (d & (DESC_PRESENT | DESC_DPL)) == DESC_PRESENT &&
	       (d & DESC_KIND_WRITE) == DESC_DATA_WRITE &&
	       (is64 || ((d & DESC_32) != 0 && desc_is_flat(d)));
}

static void segments_verify(struct verify *v)
{
	const struct bl_cpu *cpu = v->cpu;
	bool is64 = v->entry == BL_ENTRY_64;
	uint16_t last = cpu->cs > cpu->ds ? cpu->cs : cpu->ds;

	verify_rule(v, RULE_CPU_CODE, desc_is_code(desc_of(v, cpu->cs), is64),
		    cpu->cs, 0);
	verify_rule(v, RULE_CPU_DATA, desc_is_data(desc_of(v, cpu->ds), is64),
		    cpu->ds, 0);
	if (cpu->ss != cpu->ds)
		verify_rule(v, RULE_CPU_DATA,
			    desc_is_data(desc_of(v, cpu->ss), is64), cpu->ss,
			    0);
	if (cpu->ss > last)
		last = cpu->ss;
	if (!is64 && cpu->tr > last)
		last = cpu->tr;
	verify_claim(v, OWNER_GDT, cpu->gdt_gpa, (last & ~7u) + 8);
}

static void cpu64_verify(struct verify *v)
{
	const struct bl_cpu *cpu = v->cpu;

	verify_rule(v, RULE_CPU_CR0,
		    (cpu->cr0 & (CR0_PG | CR0_PE)) == (CR0_PG | CR0_PE),
		    cpu->cr0, CR0_PG | CR0_PE);
	verify_rule(v, RULE_CPU_CR4, (cpu->cr4 & CR4_PAE) != 0, cpu->cr4,
		    CR4_PAE);
	verify_rule(v, RULE_CPU_LA57, (cpu->cr4 & CR4_LA57) == 0, cpu->cr4,
		    CR4_LA57);
	verify_rule(v, RULE_CPU_EFER, (cpu->efer & EFER_LME) != 0, cpu->efer,
		    EFER_LME);
	verify_rule(v, RULE_CPU_CS, cpu->cs == SEL_CODE64, cpu->cs, SEL_CODE64);
	verify_rule(v, RULE_CPU_DS, cpu->ds == SEL_DATA, cpu->ds, SEL_DATA);
	verify_rule(v, RULE_CPU_SS, cpu->ss == SEL_DATA, cpu->ss, SEL_DATA);
}

/* "All the other writeable bits are cleared": ET is none, it is always 1. */
static void cpu_pvh_verify(struct verify *v)
{
	const struct bl_cpu *cpu = v->cpu;
	uint64_t tss;

	verify_rule(v, RULE_CPU_CR0,
		    (cpu->cr0 & ~(uint64_t)CR0_ET) == CR0_PE, cpu->cr0, CR0_PE);
	verify_rule(v, RULE_CPU_CR4, cpu->cr4 == 0, cpu->cr4, 0);
	verify_rule(v, RULE_CPU_EFER, (cpu->efer & EFER_LME) == 0, cpu->efer,
		    0);
	tss = desc_of(v, cpu->tr);
	verify_rule(v, RULE_CPU_TR,
		    (tss & (DESC_PRESENT | DESC_TSS32_ANY)) ==
				    (DESC_PRESENT | DESC_TSS32) &&
			    desc_base(tss) == 0 &&
			    desc_limit(tss) == TSS32_LIMIT,
		    cpu->tr, tss);
}

void verify_cpu(struct verify *v)
{
	const struct bl_cpu *cpu = v->cpu;
	uint64_t mtrr = MTRR_ENABLE | MTRR_WB;

	if (v->entry == BL_ENTRY_64)
		cpu64_verify(v);
	else
		cpu_pvh_verify(v);
	verify_rule(v, RULE_CPU_INTERRUPTS, (cpu->rflags & RFLAGS_IF) == 0,
		    cpu->rflags, 0);
	verify_rule(v, RULE_CPU_FLAGS, (cpu->rflags & RFLAGS_BAD) == 0,
		    cpu->rflags, 0);
	verify_rule(v, RULE_CPU_MTRR,
		    (cpu->mtrr_def_type & (MTRR_ENABLE | MTRR_TYPE)) == mtrr,
		    cpu->mtrr_def_type, mtrr);
	segments_verify(v);
}
