/* SPDX-License-Identifier: BSD-2-Clause */
/* cmdline.c - adds to a command line what its machine needs.
 *
 * microvm with ACPI has neither HPET nor PM timer, and Linux's timing of the
 * TSC against the PIT fails now and then under TCG; its LAPIC timer then waits
 * for jiffies that never come.  So the rate is given. */
#include "host-loader/run/cmdline.h"

#include <stdlib.h>
#include <string.h>

#include "core/abi/boot_params.h"
#include "host-loader/qemu/tsc.h"

#define ICOUNT_KHZ 1000000 /* under -icount a tick is a nanosecond */

bool cmdline_for_linux(struct bl_span kernel)
{
	const struct setup_header *header;
	struct bl_kernel facts;

	if (bl_kernel_parse(&facts, kernel, NULL) != 0)
		return false;
	if (facts.format == BL_FORMAT_ELF)
		/* text, data, init: a test kernel has one segment */
		return facts.relocatable && facts.segment_count > 1;
	if (kernel.size < SETUP_WINDOW)
		return false;
	/* [BOOT] kernel_version: where the text "6.1.0 (...) #1 SMP" stands.
	 * Test kernels in Linux's format have none. */
	header = (const void *)((const char *)kernel.bytes +
				SETUP_HEADER_OFFSET);
	return header->kernel_version != 0;
}

/* Where a word stands that is word, or begins with it when any_end. */
static const char *word_find(const char *text, const char *word, bool any_end)
{
	size_t size = strlen(word);

	for (const char *at = strstr(text, word); at != NULL;
	     at = strstr(at + 1, word))
		if ((at == text || at[-1] == ' ') &&
		    (any_end || at[size] == ' ' || at[size] == '\0'))
			return at;
	return NULL;
}

/* " tsc_early_khz=2500000" or "" */
static char *tsc_word(const char *append, const struct vm *vm, bool is_linux)
{
	uint32_t khz = 0;

	if (is_linux && strncmp(vm->accel, "tcg", 3) == 0 &&
	    word_find(append, "tsc_early_khz=", true) == NULL)
		khz = vm_host_has(vm, "-icount") ? ICOUNT_KHZ : tsc_khz();
	return khz != 0 ? text_make(" tsc_early_khz=%u", khz)
			: text_make("%s", "");
}

bool cmdline_has_word(const char *append, const char *word)
{
	return word_find(append, word, false) != NULL;
}

char *cmdline_make(const char *append, const char *words, const struct vm *vm,
		   bool is_linux)
{
	char *tsc = tsc_word(append, vm, is_linux);
	const char *rest = word_find(append, "--", false);
	int size = rest != NULL ? (int)(rest - append) : (int)strlen(append);
	char *text;

	if (*words == '\0' && *tsc == '\0') {
		text = text_make("%s", append);
	} else {
		while (size > 0 && append[size - 1] == ' ')
			size--;
		text = text_make("%.*s%s%s%s%s", size, append, words, tsc,
				 rest != NULL ? " " : "",
				 rest != NULL ? rest : "");
		if (size == 0 && *text == ' ')
			memmove(text, text + 1, strlen(text));
	}
	free(tsc);
	return text;
}
