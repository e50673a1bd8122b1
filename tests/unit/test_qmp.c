/* SPDX-License-Identifier: BSD-2-Clause */
/* test_qmp.c - a monitor that greets and answers as QEMU's does, and others. */
#include "tests/unit/talk.h"

#include "host-loader/qemu/qmp.h"

#define GREETING(qemu)                                                         \
	"{\"QMP\": {\"version\": " qemu ", \"capabilities\": [\"oob\"]}}\r\n"
#define VERSION(major, package)                                                \
	"{\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": " major "}, "     \
	"\"package\": " package "}"

static void test_greeting(void **state)
{
	static const struct {
		const char *said, *text;
	} cases[] = {
		{GREETING(VERSION("7", "\"Debian 1:7\"")) "{\"return\": {}}\n",
		 "7.2.22 (Debian 1:7)"},
		{GREETING(VERSION("10", "\"\"")) "{\"event\": \"X\"}\n"
						 "{\"return\": {}}\n",
		 "10.2.22"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct talk talk = talk_ended(cases[i].said,
					      strlen(cases[i].said));
		struct qmp_version version = {0};

		assert_int_equal(qmp_greet(&talk.peer, &version), 0);
		assert_string_equal(version.text, cases[i].text);
		assert_int_equal(version.minor, 2);
		assert_asked(&talk, "{\"execute\":\"qmp_capabilities\"}\n");
		free(version.text);
		talk_close(&talk);
	}
}

static void test_refuses_greetings(void **state)
{
	static const char *const said[] = {
		"", "\n", "hello\n", "{}\n", "[]\n", "[[[[\n", "{\"QMP\": 1}\n",
		"{\"QMP\": {}, \"QMP\": {}}\n", "\"QMP\"\n", "null\n",
		GREETING("{}"), GREETING("null"),
		GREETING(VERSION("-1", "\"\"")),
		GREETING(VERSION("10000", "\"\"")),
		GREETING(VERSION("7.2", "\"\"")),
		GREETING(VERSION("\"7\"", "\"\"")), GREETING(VERSION("7", "1")),
		GREETING(VERSION("7", "\"\\u0000\"")),
		GREETING(VERSION("7", "\"\xff\"")),
		GREETING(VERSION("7", "\"\"")),
		GREETING(VERSION("7", "\"\"")) "{}\n",
		GREETING(VERSION("7", "\"\"")) "{\"error\": {\"desc\": 1}}\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(said); i++) {
		struct talk talk = talk_ended(said[i], strlen(said[i]));
		struct qmp_version version = {0};

		assert_int_equal(qmp_greet(&talk.peer, &version), -1);
		assert_true(talk.peer.why[0] != '\0');
		free(version.text);
		talk_close(&talk);
	}
}

static void test_monitor_refuses(void **state)
{
	struct talk talk = talk_open(SAY("{\"error\": {\"class\": \"G\", "
					 "\"desc\": \"no such thing\"}}\n"));

	(void)state;
	assert_null(qmp_property(&talk.peer, "/machine \"x\"", "type"));
	assert_string_equal(talk.peer.why, "qmp: qom-get: no such thing");
	talk_close(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_greeting),
		CASE(test_refuses_greetings),
		CASE(test_monitor_refuses),
	};

	return cmocka_run_group_tests_name("qmp", tests, NULL, NULL);
}
