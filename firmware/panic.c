/* SPDX-License-Identifier: BSD-2-Clause */
/* panic.c - says why, then stops the machine. */
#include "firmware/panic.h"
#include "firmware/cpu.h"
#include "firmware/io.h"
#include "firmware/log.h"
#include "firmware/stage.h"

static void panic_begin(void)
{
	log_to_serial();
	log_str("fw: PANIC ");
	log_str(stage_word(stage_now()));
	log_str(": ");
}

static __attribute__((noreturn)) void panic_end(void)
{
	log_end();
	io_out8(PORT_POST, (uint8_t)stage_now());
	io_out8(PORT_DEBUG_EXIT, (uint8_t)stage_now());
	io_out8(PORT_DEBUG_EXIT_2, (uint8_t)stage_now());
	cpu_halt();
}

/* " text: value against limit (code)", the numbers if there are any */
static __attribute__((noreturn)) void panic_why(int code, uint64_t value,
						uint64_t limit)
{
	log_str(" ");
	log_str(err_text(code));
	if (value != 0 || limit != 0) {
		log_str(": ");
		log_hex(value);
		log_str(" against ");
		log_hex(limit);
	}
	log_str(" (-");
	log_dec((uint32_t)-code);
	log_str(")");
	panic_end();
}

void panic(const char *text)
{
	panic_begin();
	log_str(text);
	panic_end();
}

void panic_no_sse2(void)
{
	log_setup();
	panic("the processor has no SSE2");
}

void panic_err(const char *item, int code)
{
	panic_limit(item, code, 0, 0);
}

void panic_limit(const char *item, int code, uint32_t value, uint32_t limit)
{
	panic_begin();
	log_str(item);
	panic_why(code, value, limit);
}

void panic_fault(const char *item, const struct fault *fault)
{
	panic_begin();
	log_str(item);
	panic_why(fault->code, fault->value, fault->limit);
}

void panic_record(const char *item, const struct fault *fault)
{
	panic_begin();
	log_str(item);
	log_str(" ");
	log_dec(fault->record);
	panic_why(fault->code, fault->value, fault->limit);
}
