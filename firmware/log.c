/* SPDX-License-Identifier: BSD-2-Clause */
/* log.c - three formats and two ports. */
#include "firmware/log.h"
#include "firmware/io.h"
#include "firmware/stage.h"

#define SERIAL_POLLS 10000

static bool debug_port, serial_port;

void log_setup(void)
{
	debug_port = io_in8(PORT_DEBUGCON) == DEBUGCON_READBACK;
}

bool log_on(void)
{
	return debug_port || serial_port;
}

void log_to_serial(void)
{
	serial_port = true;
}

static void serial_put(char c)
{
	for (int i = 0; i < SERIAL_POLLS; i++)
		if (io_in8(PORT_COM1_LSR) & COM_LSR_THRE)
			break;
	io_out8(PORT_COM1, (uint8_t)c);
}

static void put(char c)
{
	if (debug_port)
		io_out8(PORT_DEBUGCON, (uint8_t)c);
	if (serial_port) {
		if (c == '\n')
			serial_put('\r');
		serial_put(c);
	}
}

void log_str(const char *text)
{
	while (*text != '\0')
		put(*text++);
}

/* By subtraction: 64-bit division would bring in a library. */
void log_dec(uint64_t value)
{
	static const uint64_t power[] = {
		10000000000u, 1000000000, 100000000, 10000000, 1000000,
		100000,       10000,      1000,      100,      10,
	};
	bool started = false;

	for (size_t i = 0; i < ARRAY_COUNT(power); i++) {
		char digit = '0';

		for (; value >= power[i] && digit < '9'; value -= power[i])
			digit++;
		if (digit != '0' || started)
			put(digit);
		started |= digit != '0';
	}
	put((char)('0' + (uint32_t)value % 10));
}

void log_hex(uint64_t value)
{
	bool started = false;

	log_str("0x");
	for (int shift = 60; shift >= 0; shift -= 4) {
		uint32_t digit = (uint32_t)(value >> shift) & 0xf;

		if (digit == 0 && !started && shift != 0)
			continue;
		started = true;
		put("0123456789abcdef"[digit]);
	}
}

void log_begin(const char *text)
{
	log_str("fw: ");
	log_str(stage_word(stage_now()));
	log_str(": ");
	log_str(text);
}

void log_end(void)
{
	put('\n');
}

void log_line(const char *text)
{
	if (!log_on())
		return;
	log_begin(text);
	log_end();
}
