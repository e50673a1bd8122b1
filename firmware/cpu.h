/* SPDX-License-Identifier: BSD-2-Clause */
/* cpu.h - the processor instructions that C cannot say. */
#ifndef FIRMWARE_CPU_H
#define FIRMWARE_CPU_H

#include "core/abi/x86.h"
#include "core/base.h"

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline void cpu_write_msr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value),
			   "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline void cpu_pause(void)
{
	__asm__ volatile("pause" ::: "memory");
}

static inline __attribute__((noreturn)) void cpu_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt" ::: "memory");
}

/* No interrupt table and an undefined instruction: a triple fault, which
 * resets the machine.  From here, not from real mode: there some hosts hang. */
static inline __attribute__((noreturn)) void cpu_triple_fault(void)
{
	static const struct {
		uint16_t limit;
		uint32_t base;
	} PACKED none = {0, 0};

	__asm__ volatile("lidt %0; ud2" : : "m"(none));
	__builtin_unreachable();
}

#endif
