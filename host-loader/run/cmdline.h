/* SPDX-License-Identifier: BSD-2-Clause */
/* cmdline.h - the kernel's command line, as a launch gives it. */
#ifndef HOST_LOADER_CMDLINE_H
#define HOST_LOADER_CMDLINE_H

#include "host-loader/beeline.h"
#include "host-loader/qemu/vm.h"

/* Is it a kernel that reads Linux's parameters?  False for files that are no
 * kernel at all. */
bool cmdline_for_linux(struct bl_span kernel);

/* Is word there, between spaces or ends? */
bool cmdline_has_word(const char *append, const char *word);

/* append, words of the machine (with a space before each, or ""), and what
 * Linux needs under TCG: the rate of its TSC.  All stand before a word "--",
 * behind which the words are for init.  The caller frees it. */
char *cmdline_make(const char *append, const char *words, const struct vm *vm,
		   bool is_linux);

#endif
