/* SPDX-License-Identifier: BSD-2-Clause */
/* stage.c - where the boot has got to. */
#include "firmware/stage.h"
#include "firmware/io.h"

static enum stage current;

void stage_set(enum stage stage)
{
	current = stage;
	if (MARKS)
		io_out8(PORT_POST, (uint8_t)stage);
}

enum stage stage_now(void)
{
	return current;
}

const char *stage_word(enum stage stage)
{
	switch (stage) {
#define STAGE_CASE(name, code, word)                                           \
	case STAGE_##name:                                                     \
		return word;
		STAGE_LIST(STAGE_CASE)
#undef STAGE_CASE
	}
	return "start";
}

void stage_mark(uint8_t mark)
{
	if (MARKS)
		io_out8(PORT_MARK, mark);
}
