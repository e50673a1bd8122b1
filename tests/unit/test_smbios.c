/* SPDX-License-Identifier: BSD-2-Clause */
/* test_smbios.c - tables end with an end marker, and only with room. */
#include "tests/unit/unit.h"

#include "core/smbios.h"

#define MARKER 6 /* bytes: header and two NULs */

/* A type 1 structure: four bytes of header and one string. */
static const uint8_t system_info[] = {1, 4, 0x00, 0x01, 'P', 'C', 0, 0};
static const uint8_t end_marker[] = {127, 4, 0x02, 0x01, 0, 0};

/* room is what may be written; the guards behind it are checked. */
static int close_in(uint8_t *tables, uint32_t len, uint32_t room)
{
	int used = smbios_close(tables, len, room);

	guarded_check(tables, room);
	return used;
}

static void assert_marker(const uint8_t *p)
{
	assert_int_equal(p[0], SMBIOS_TYPE_END);
	assert_int_equal(p[1], sizeof(struct smbios_header));
	assert_int_equal(p[4], 0);
	assert_int_equal(p[5], 0);
}

static void test_empty_gets_a_marker(void **state)
{
	uint8_t *t = guarded_new(64, 0xcc);

	(void)state;
	assert_int_equal(close_in(t, 0, 64), MARKER);
	assert_marker(t);
	assert_int_equal(t[MARKER], 0xcc);
	guarded_free(t);
}

static void test_tables_without_end_get_one(void **state)
{
	uint8_t *t = guarded_new(64, 0xcc);

	(void)state;
	memcpy(t, system_info, sizeof(system_info));
	assert_int_equal(close_in(t, sizeof(system_info), 64),
			 sizeof(system_info) + MARKER);
	assert_memory_equal(t, system_info, sizeof(system_info));
	assert_marker(t + sizeof(system_info));
	guarded_free(t);
}

static void test_tables_with_end_stay(void **state)
{
	const uint32_t len = sizeof(system_info) + MARKER;
	uint8_t *t = guarded_new(64, 0xcc);

	(void)state;
	memcpy(t, system_info, sizeof(system_info));
	memcpy(t + sizeof(system_info), end_marker, MARKER);
	assert_int_equal(close_in(t, len, 64), len);
	assert_memory_equal(t + sizeof(system_info), end_marker, MARKER);
	assert_int_equal(t[len], 0xcc);
	guarded_free(t);
}

static void test_marker_alone_stays(void **state)
{
	uint8_t *t = guarded_new(64, 0xcc);

	(void)state;
	memcpy(t, end_marker, MARKER);
	assert_int_equal(close_in(t, MARKER, 64), MARKER);
	guarded_free(t);
}

static void test_marker_that_is_not_last_is_none(void **state)
{
	const uint32_t len = sizeof(system_info) + MARKER;
	uint8_t *t = guarded_new(64, 0xcc);

	(void)state;
	memcpy(t, end_marker, MARKER);
	memcpy(t + MARKER, system_info, sizeof(system_info));
	assert_int_equal(close_in(t, len, 64), len + MARKER);
	assert_marker(t + len);
	guarded_free(t);
}

static void test_truncated_marker_is_none(void **state)
{
	(void)state;
	for (uint32_t len = 1; len < MARKER; len++) {
		uint8_t *t = guarded_new(64, 0xcc);

		memcpy(t, end_marker, len);
		assert_int_equal(close_in(t, len, 64), len + MARKER);
		assert_marker(t + len);
		guarded_free(t);
	}
}

/* One byte of those that make a marker is another. */
static void test_nearly_a_marker_is_none(void **state)
{
	static const uint32_t telling[] = {0, 1, 4, 5};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(telling); i++) {
		uint8_t *t = guarded_new(64, 0xcc);

		memcpy(t, end_marker, MARKER);
		t[telling[i]] ^= 1;
		assert_int_equal(close_in(t, MARKER, 64), 2 * MARKER);
		assert_marker(t + MARKER);
		guarded_free(t);
	}
}

static void test_room_to_the_byte(void **state)
{
	uint8_t *t = guarded_new(sizeof(system_info) + MARKER, 0xcc);

	(void)state;
	memcpy(t, system_info, sizeof(system_info));
	assert_int_equal(close_in(t, sizeof(system_info),
				  sizeof(system_info) + MARKER),
			 sizeof(system_info) + MARKER);
	guarded_free(t);
}

/* Nothing need be written, so no room is needed. */
static void test_full_room_with_end_stays(void **state)
{
	const uint32_t len = sizeof(system_info) + MARKER;
	uint8_t *t = guarded_new(len, 0xcc);

	(void)state;
	memcpy(t, system_info, sizeof(system_info));
	memcpy(t + sizeof(system_info), end_marker, MARKER);
	assert_int_equal(close_in(t, len, len), len);
	guarded_free(t);
}

static void test_refuses_every_shorter_room(void **state)
{
	(void)state;
	for (uint32_t room = 0; room < MARKER; room++) {
		uint8_t *t = guarded_new(room, 0xcc);

		assert_int_equal(close_in(t, 0, room), ERR_NO_ROOM);
		guarded_free(t);
	}
}

static void test_refuses_tables_without_room_behind(void **state)
{
	(void)state;
	for (uint32_t spare = 0; spare < MARKER; spare++) {
		uint32_t room = sizeof(system_info) + spare;
		uint8_t *t = guarded_new(room, 0xcc);

		memcpy(t, system_info, sizeof(system_info));
		assert_int_equal(close_in(t, sizeof(system_info), room),
				 ERR_NO_ROOM);
		guarded_free(t);
	}
}

static void test_refuses_length_beyond_room(void **state)
{
	uint8_t *t = guarded_new(16, 0xcc);

	(void)state;
	assert_int_equal(close_in(t, 17, 16), ERR_NO_ROOM);
	assert_int_equal(close_in(t, UINT32_MAX, 16), ERR_NO_ROOM);
	assert_int_equal(close_in(t, UINT32_MAX - MARKER + 1, 16), ERR_NO_ROOM);
	guarded_free(t);
}

/* A type 0 structure with one string. */
static const uint8_t bios[] = {0, 4, 0, 0, 'B', 0, 0};

/* Adds it to tables of these bytes in a room with guards; the new size. */
static int add_to(const void *bytes, uint32_t len, uint32_t room,
		  uint8_t **tables)
{
	int used;

	*tables = guarded_new(room, 0xcc);
	memcpy(*tables, bytes, len);
	used = smbios_add_bios(*tables, len, room, bios, sizeof(bios));
	guarded_check(*tables, room);
	return used;
}

static void test_bios_goes_behind_the_others(void **state)
{
	uint8_t *t;

	(void)state;
	assert_int_equal(add_to(system_info, sizeof(system_info), 64, &t),
			 sizeof(system_info) + sizeof(bios));
	assert_memory_equal(t, system_info, sizeof(system_info));
	assert_memory_equal(t + sizeof(system_info), bios, sizeof(bios));
	guarded_free(t);
	assert_int_equal(add_to("", 0, 64, &t), sizeof(bios));
	assert_memory_equal(t, bios, sizeof(bios));
	guarded_free(t);
}

static void test_bios_takes_the_marker_s_place(void **state)
{
	uint8_t both[sizeof(system_info) + MARKER], *t;

	(void)state;
	memcpy(both, system_info, sizeof(system_info));
	memcpy(both + sizeof(system_info), end_marker, MARKER);
	assert_int_equal(add_to(both, sizeof(both), 64, &t),
			 sizeof(system_info) + sizeof(bios));
	assert_memory_equal(t + sizeof(system_info), bios, sizeof(bios));
	guarded_free(t);
}

/* One that is there stays the only one, wherever it stands. */
static void test_one_bios_is_enough(void **state)
{
	static const uint8_t other[] = {2, 6, 1, 0, 9, 9, 'X', 0, 'Y', 0, 0};
	uint8_t both[sizeof(other) + sizeof(bios)], *t;

	(void)state;
	assert_int_equal(add_to(bios, sizeof(bios), 64, &t), sizeof(bios));
	guarded_free(t);
	memcpy(both, other, sizeof(other));
	memcpy(both + sizeof(other), bios, sizeof(bios));
	assert_int_equal(add_to(both, sizeof(both), 64, &t), sizeof(both));
	assert_memory_equal(t, both, sizeof(both));
	guarded_free(t);
}

/* QEMU's own list begins with its type 0 if it has one, so nothing behind is
 * looked at. */
static void test_qemus_own_list_is_known(void **state)
{
	uint8_t both[sizeof(system_info) + sizeof(bios)], *t;

	(void)state;
	memcpy(both, system_info, sizeof(system_info));
	memcpy(both + sizeof(system_info), bios, sizeof(bios));
	assert_int_equal(add_to(both, sizeof(both), 64, &t),
			 sizeof(both) + sizeof(bios));
	guarded_free(t);
	both[2] = 1; /* another handle */
	assert_int_equal(add_to(both, sizeof(both), 64, &t), sizeof(both));
	guarded_free(t);
}

static void test_refuses_a_bios_without_room(void **state)
{
	uint8_t *t;

	(void)state;
	for (uint32_t room = 0; room < sizeof(bios); room++) {
		assert_int_equal(add_to("", 0, room, &t), ERR_NO_ROOM);
		guarded_free(t);
	}
	assert_int_equal(add_to(system_info, sizeof(system_info),
				sizeof(system_info) + sizeof(bios) - 1, &t),
			 ERR_NO_ROOM);
	guarded_free(t);
	t = guarded_new(16, 0xcc);
	assert_int_equal(smbios_add_bios(t, 17, 16, bios, sizeof(bios)),
			 ERR_NO_ROOM);
	assert_int_equal(smbios_add_bios(t, UINT32_MAX, 16, bios,
					 sizeof(bios)), ERR_NO_ROOM);
	guarded_free(t);
}

/* Tables of any content, with their end at the end of what can be read. */
static void test_any_bytes(void **state)
{
	struct rng rng = {11};

	(void)state;
	for (int i = 0; i < 100000; i++) {
		uint32_t len = rng_below(&rng, 40);
		uint8_t bytes[40], *t;
		int used;

		for (uint32_t at = 0; at < len; at++)
			bytes[at] = (uint8_t)rng_below(&rng, 6);
		used = add_to(bytes, len, len + sizeof(bios), &t);
		assert_true(used >= (int)len - MARKER + (int)sizeof(bios) ||
			    used == (int)len);
		assert_true(used <= (int)(len + sizeof(bios)));
		guarded_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_empty_gets_a_marker),
		CASE(test_tables_without_end_get_one),
		CASE(test_tables_with_end_stay),
		CASE(test_marker_alone_stays),
		CASE(test_marker_that_is_not_last_is_none),
		CASE(test_truncated_marker_is_none),
		CASE(test_nearly_a_marker_is_none),
		CASE(test_room_to_the_byte),
		CASE(test_full_room_with_end_stays),
		CASE(test_refuses_every_shorter_room),
		CASE(test_refuses_tables_without_room_behind),
		CASE(test_refuses_length_beyond_room),
		CASE(test_bios_goes_behind_the_others),
		CASE(test_bios_takes_the_marker_s_place),
		CASE(test_one_bios_is_enough),
		CASE(test_qemus_own_list_is_known),
		CASE(test_refuses_a_bios_without_room),
		CASE(test_any_bytes),
	};

	return cmocka_run_group_tests_name("smbios", tests, NULL, NULL);
}
