/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_payload.c - any bytes as a compressed kernel: exactly the promised size
 * comes out, or an error, and nothing is written behind it.
 *
 * Input: a codec, the size that it is said to have unpacked, the payload. */
#include "tests/fuzz/fuzz.h"

#include "host-loader/beeline.h"

#define ROOM_SPARE 16 /* behind what is promised: must stay as it is */
#define FILL       0xa5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint32_t codec = (uint32_t)take(&in, 1);
	uint64_t unpacked = take(&in, 2), got = UINT64_MAX;
	uint8_t *payload = exact_copy(in.at, in.left);
	uint8_t *out = malloc(unpacked + ROOM_SPARE);
	struct bl_kernel kernel = {.codec = codec,
				   .payload = {payload, in.left},
				   .payload_unpacked = unpacked};
	struct bl_error err = {0};
	int code;

	PROPERTY(out != NULL);
	memset(out, FILL, unpacked + ROOM_SPARE);
	code = bl_payload_unpack(&kernel, out, unpacked + ROOM_SPARE, &got,
				 &err);
	if (code == 0) {
		PROPERTY(got == unpacked && got > 0);
	} else {
		PROPERTY(code < 0 && err.code == code);
		PROPERTY(err.stage == BL_STAGE_PAYLOAD);
	}
	for (size_t i = 0; i < ROOM_SPARE; i++)
		PROPERTY(out[unpacked + i] == FILL);
	free(out);
	free(payload);
	return 0;
}
