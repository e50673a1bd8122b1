/* SPDX-License-Identifier: BSD-2-Clause */
/* test_qtest.c - a peer that answers as QEMU does, and peers that do not. */
#include "tests/unit/talk.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "host-loader/qemu/qmp.h"
#include "host-loader/qemu/qtest.h"

static void test_answers(void **state)
{
	static const struct {
		const char *line, *text; /* NULL: refused */
	} cases[] = {
		{"OK", ""},         {"OK 0x0001", "0x0001"},
		{"OK ", ""},        {"OK  x", " x"},
		{"", NULL},         {"O", NULL},
		{"ok", NULL},       {"OKAY", NULL},
		{"OK\t1", NULL},    {" OK", NULL},
		{"FAIL no", NULL},  {"ERR invalid argument size", NULL},
		{"IRQ raise 1", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char *line = strdup(cases[i].line);
		const char *text = qtest_answer_parse(line, strlen(line));

		if (cases[i].text == NULL)
			assert_null(text);
		else
			assert_string_equal(text, cases[i].text);
		free(line);
	}
	assert_null(qtest_answer_parse("OK\0 0x1", 7));
	assert_null(qtest_answer_parse("OK 0x1\0", 7));
}

static void test_values(void **state)
{
	static const struct {
		const char *text;
		uint64_t max, value;
	} cases[] = {
		{"0x0", 0, 0},
		{"0x0601", UINT32_MAX, 0x601},
		{"0xffffffff", UINT32_MAX, UINT32_MAX},
		{"0x00000000000000ff", UINT8_MAX, 0xff},
		{"0xFfFfFfFfFfFfFfFf", UINT64_MAX, UINT64_MAX},
	};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		assert_int_equal(qtest_value_parse(cases[i].text, cases[i].max,
						   &value), 0);
		assert_int_equal(value, cases[i].value);
	}
}

static void test_refuses_values(void **state)
{
	static const char *const texts[] = {
		"", "0", "0x", "x1", "1", "-1", "0x-1", "0x 1", " 0x1", "0x1 ",
		"0x1g", "0x1\n", "0x100", "0x10000000000000000", "0xffffffff",
		"0xfffffffffffffffff", "0X1",
	};
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		assert_int_equal(qtest_value_parse(texts[i], UINT8_MAX,
						   &value), -1);
	assert_int_equal(qtest_value_parse("0x10000000000000000", UINT64_MAX,
					   &value), -1);
	assert_int_equal(value, 7);
}

/* Every size has one text of the right length. */
static void test_bytes(void **state)
{
	static const char *const texts[] = {"", "AQ==", "AQI=", "AQID",
					    "AQIDBA==", "AQIDBAU="};

	(void)state;
	for (size_t size = 0; size < ARRAY_COUNT(texts); size++) {
		uint8_t *bytes = bytes_new(size, 0);

		assert_int_equal(qtest_bytes_parse(texts[size], bytes, size),
				 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], i + 1);
		free(bytes);
	}
}

static void test_refuses_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t size;
	} cases[] = {
		{"", 1},         {"AQ==", 0},     {"AQ==", 2},
		{"AQ==", 3},     {"AQID", 2},     {"AQID", 1},
		{"AQID", 4},     {"AQI", 2},      {"AQ", 1},
		{"A===", 1},     {"====", 1},     {"====", 3},
		{"=AAA", 3},     {"AQ=A", 2},     {"AQ=A", 3},
		{"A=I=", 2},     {"AQ !", 3},     {"AQ\n=", 1},
		{"    ", 3},     {"AQIDAQ==", 3}, {"AQIDAQ==", 6},
		{"AQ==AQID", 6}, {"\xff\xff\xff\xff", 3},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		uint8_t *bytes = bytes_new(cases[i].size, 0);

		assert_int_equal(qtest_bytes_parse(cases[i].text, bytes,
						   cases[i].size), -1);
		free(bytes);
	}
}

static void test_ports(void **state)
{
	struct talk talk = talk_open(SAY("OK\nOK\nOK 0x0080\nOK 0x12378086\n"
					 "OK 0x0000000074726976\n"));
	uint32_t word;
	uint8_t byte;

	(void)state;
	assert_int_equal(qtest_out8(&talk.peer, 0x70, 0xd), 0);
	assert_int_equal(qtest_out32(&talk.peer, 0xcf8, 0x80000000), 0);
	assert_int_equal(qtest_in8(&talk.peer, 0x71, &byte), 0);
	assert_int_equal(byte, 0x80);
	assert_int_equal(qtest_in32(&talk.peer, 0xcfc, &word), 0);
	assert_int_equal(word, 0x12378086);
	assert_int_equal(qtest_read32(&talk.peer, 0xfeb00000, &word), 0);
	assert_int_equal(word, 0x74726976);
	assert_asked(&talk, "outb 0x70 0xd\noutl 0xcf8 0x80000000\ninb 0x71\n"
			    "inl 0xcfc\nreadl 0xfeb00000\n");
	talk_close(&talk);
}

static void test_transfer(void **state)
{
	struct talk talk = talk_open(SAY("OK\nIRQ raise 3\nOK\nOK AQIDBA==\n"));
	uint8_t bytes[4];

	(void)state;
	assert_int_equal(qtest_transfer(&talk.peer, 0x10000, "\x1a\xf0", 2,
					0x518, 0x100, bytes, 4), 0);
	assert_memory_equal(bytes, "\1\2\3\4", 4);
	assert_asked(&talk, "write 0x10000 0x2 0x1af0\noutl 0x518 0x100\n"
			    "b64read 0x10000 0x4\n");
	talk_close(&talk);
}

/* Each is what comes instead of "OK 0x..." for a byte. */
static void test_refuses_answers(void **state)
{
	static const struct {
		const char *said, *why;
	} cases[] = {
		{"FAIL Unknown command 'inb'\n",
		 "qtest: answers \"FAIL Unknown command 'inb'\""},
		{"OK\n", "qtest: answers \"\""},
		{"OK 0x100\n", "qtest: answers \"0x100\""},
		{"OK 0x\n", "qtest: answers \"0x\""},
		{"\n", "qtest: answers \"\""},
		{"IRQ raise 1\nIRQ lower 1\nno\n", "qtest: answers \"no\""},
		{"", "it hung up"},
		{"OK 0x0001", "it hung up"},
		{"IRQ raise 1\n", "it hung up"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct talk talk = talk_ended(cases[i].said,
					      strlen(cases[i].said));
		uint8_t byte;

		assert_int_equal(qtest_in8(&talk.peer, 0x71, &byte), -1);
		assert_string_equal(talk.peer.why, cases[i].why);
		talk_close(&talk);
	}
}

/* A transfer has three answers, and each may be the wrong one. */
static void test_refuses_transfers(void **state)
{
	static const char *const said[] = {
		"FAIL\nOK\nOK AQIDBA==\n", "OK\nFAIL\nOK AQIDBA==\n",
		"OK\nOK\nFAIL\n",          "OK 0x1\nOK\nOK AQIDBA==\n",
		"OK\nOK\nOK AQIDBAU=\n",   "OK\nOK\nOK AQID\n",
		"OK\nOK\nOK 0x01020304\n", "OK\nOK\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(said); i++) {
		struct talk talk = talk_ended(said[i], strlen(said[i]));
		uint8_t bytes[4];

		assert_int_equal(qtest_transfer(&talk.peer, 0, "", 0, 0x518, 0,
						bytes, 4), -1);
		assert_true(talk.peer.why[0] != '\0');
		talk_close(&talk);
	}
}

static void test_refuses_large_transfers(void **state)
{
	struct talk talk = talk_open("", 0);
	uint8_t bytes[128] = {0};

	(void)state;
	assert_int_equal(qtest_transfer(&talk.peer, 0, bytes, 65, 0, 0, bytes,
					4), -1);
	assert_int_equal(qtest_transfer(&talk.peer, 0, bytes, 4, 0, 0, bytes,
					QTEST_BYTES_MAX + 1), -1);
	talk_close(&talk);
}

static void test_silence_ends(void **state)
{
	struct talk talk = talk_open(SAY("OK 0x"));
	uint8_t byte;

	(void)state;
	assert_int_equal(qtest_in8(&talk.peer, 0x71, &byte), -1);
	assert_string_equal(talk.peer.why, "no answer for 1 s");
	assert_false(talk.peer.closed);
	talk_close(&talk);
}

static void test_one_that_left(void **state)
{
	struct talk talk = talk_open("", 0);
	uint8_t byte;

	(void)state;
	close(talk.other);
	talk.other = -1;
	assert_int_equal(qtest_in8(&talk.peer, 0x71, &byte), -1);
	assert_true(talk.peer.closed);
	talk_close(&talk);
}

/* A process that says text for ever. */
static pid_t talker_start(struct talk *talk, const char *text)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	while (pid == 0)
		if (send(talk->other, text, strlen(text), MSG_NOSIGNAL) < 0)
			_exit(0);
	return pid;
}

static void talker_end(struct talk *talk, pid_t pid)
{
	talk_close(talk);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_line_without_end(void **state)
{
	struct talk talk = talk_open("", 0);
	uint8_t byte;
	pid_t pid;

	(void)state;
	talk.peer.wait_ms = 60000; /* it is the length that ends it */
	pid = talker_start(&talk, "OK 0x000000000000000000000000000000000000");
	assert_int_equal(qtest_in8(&talk.peer, 0x71, &byte), -1);
	assert_string_equal(talk.peer.why, "a line without an end");
	assert_true(talk.peer.room <= PEER_LINE_MAX);
	talker_end(&talk, pid);
}

/* Lines that are no answer do not move the end of the waiting. */
static void test_lines_without_end(void **state)
{
	static const char *const texts[] = {"IRQ raise 1\n",
					    "{\"event\": \"STOP\"}\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		struct talk talk = talk_open("", 0);
		pid_t pid = talker_start(&talk, texts[i]);
		uint8_t byte;

		if (i == 0)
			assert_int_equal(qtest_in8(&talk.peer, 1, &byte), -1);
		else
			assert_null(qmp_ask(&talk.peer, "stop", NULL));
		assert_string_equal(talk.peer.why, "no answer for 1 s");
		talker_end(&talk, pid);
	}
}

static void test_many_lines_in_one_go(void **state)
{
	static char said[100 * 8 + 1];
	struct talk talk;
	uint8_t byte;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		sprintf(said + 8 * i, "OK 0x%02x\n", i);
	talk = talk_open(said, 800);
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(qtest_in8(&talk.peer, 0x71, &byte), 0);
		assert_int_equal(byte, i);
	}
	talk_close(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_answers),
		CASE(test_values),
		CASE(test_bytes),
		CASE(test_ports),
		CASE(test_transfer),
		CASE(test_many_lines_in_one_go),
		CASE(test_refuses_values),
		CASE(test_refuses_bytes),
		CASE(test_refuses_answers),
		CASE(test_refuses_transfers),
		CASE(test_refuses_large_transfers),
		CASE(test_silence_ends),
		CASE(test_one_that_left),
		CASE(test_line_without_end),
		CASE(test_lines_without_end),
	};

	return cmocka_run_group_tests_name("qtest", tests, NULL, NULL);
}
