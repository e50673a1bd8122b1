/* SPDX-License-Identifier: BSD-2-Clause */
/* log.c - two formats of numbers and two ports. */
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

void log_dec(uint32_t value)
{
	if (value >= 10)
		log_dec(value / 10);
	put((char)('0' + value % 10));
}

/* The eight digits of half, without leading zeros unless digits came before.
 * Have there been any now? */
static bool put_half(uint32_t half, bool started)
{
	for (int i = 0; i < 8; i++, half <<= 4) {
		started |= half >> 28 != 0;
		if (started)
			put("0123456789abcdef"[half >> 28]);
	}
	return started;
}

void log_hex(uint64_t value)
{
	bool started;

	log_str("0x");
	started = put_half((uint32_t)(value >> 32), false);
	if (!put_half((uint32_t)value, started))
		put('0');
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
	log_numbers(text, 0, 0);
}

void log_numbers(const char *format, uint32_t a, uint32_t b)
{
	if (!log_on())
		return;
	log_begin("");
	for (; *format != '\0'; format++) {
		if (*format != '%' && *format != '#') {
			put(*format);
			continue;
		}
		if (*format == '%')
			log_dec(a);
		else
			log_hex(a);
		a = b;
	}
	log_end();
}
