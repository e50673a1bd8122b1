/* SPDX-License-Identifier: BSD-2-Clause */
/* log.h - lines for people: on the debug port where one answers, and once
 * something is wrong on the first serial port too. */
#ifndef FIRMWARE_LOG_H
#define FIRMWARE_LOG_H

#include "core/base.h"

/* Looks for a debug port (one exit). */
void log_setup(void);

/* Is anybody reading?  Ask before putting a line together. */
bool log_on(void);

/* From here on the serial port gets every line too. */
void log_to_serial(void);

void log_str(const char *text);
void log_dec(uint32_t value);
void log_hex(uint64_t value);

/* "fw: STAGE: TEXT", without the end of the line. */
void log_begin(const char *text);
void log_end(void);

/* A whole line, if anybody is reading. */
void log_line(const char *text);

/* A whole line with up to two numbers, if anybody is reading: % is where the
 * next one goes in decimal, # where it goes in hexadecimal. */
void log_numbers(const char *format, uint32_t a, uint32_t b);

#endif
