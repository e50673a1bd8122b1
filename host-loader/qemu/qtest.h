/* SPDX-License-Identifier: BSD-2-Clause */
/* qtest.h - QEMU's test protocol: ports and guest memory of a machine that
 * does not run, by lines of text over a socket.
 *
 * Source: [QTEST] the comment at the top of QEMU's qtest.c.  A command is
 * answered by "OK", "OK VALUE", "OK BYTES" or "FAIL WHY"; lines that begin
 * with "IRQ" may come between.  All functions return 0, or -1 and a reason in
 * the peer. */
#ifndef HOST_LOADER_QTEST_H
#define HOST_LOADER_QTEST_H

#include <stdint.h>

#include "host-loader/qemu/peer.h"

#define QTEST_BYTES_MAX (1u << 19) /* of one read: they arrive in one line */

/* What stands behind the "OK" of an answer.  NULL: it is none. */
const char *qtest_answer_parse(const char *line, size_t length);

/* "0x0000601": digits to the end of the text, at most max. */
int qtest_value_parse(const char *text, uint64_t max, uint64_t *value);

/* Base64 of exactly size bytes. */
int qtest_bytes_parse(const char *text, void *dst, size_t size);

int qtest_out8(struct peer *qtest, uint16_t port, uint8_t value);
int qtest_out32(struct peer *qtest, uint16_t port, uint32_t value);
int qtest_in8(struct peer *qtest, uint16_t port, uint8_t *value);
int qtest_in32(struct peer *qtest, uint16_t port, uint32_t *value);

/* Of memory or of a device. */
int qtest_read32(struct peer *qtest, uint64_t gpa, uint32_t *value);

/* Writes memory, then a port, then reads memory, and waits only then: the
 * three of a DMA. */
int qtest_transfer(struct peer *qtest, uint64_t gpa, const void *src,
		   uint32_t src_size, uint16_t port, uint32_t value, void *dst,
		   uint32_t dst_size);

#endif
