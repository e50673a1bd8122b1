/* SPDX-License-Identifier: BSD-2-Clause */
/* board_pull.c - a machine without ACPI tables: its processors, by the
 * monitor, its clock and its virtio-mmio devices, by their registers. */
#include "host-loader/qemu/pull_parts.h"

#include <stdlib.h>
#include <string.h>

#include "host-loader/qemu/qmp.h"
#include "host-loader/qemu/qtest.h"

/* [QEMU] hw/i386/microvm.c: with ACPI off there are eight, and their
 * interrupts begin at 5. */
#define MMIO_BASE    UINT64_C(0xfeb00000)
#define MMIO_SIZE    512
#define MMIO_COUNT   8
#define MMIO_IRQ     5
#define MMIO_MAGIC   0x74726976 /* [VIRTIO] 4.2.2: "virt" */
#define MMIO_ID      8          /* ... DeviceID; 0: none behind it */

#define CMOS_INDEX     0x70
#define CMOS_DATA      0x71
#define CMOS_STATUS_D  0x0d
#define PORT_FLOATING  0xff

#define FAMILY_BASE 0xf       /* [SDM] 2A CPUID leaf 1: what extends it */
#define CPUID_HTT   (1u << 28) /* ... EDX: more than one in the package */

/* Asks for a number of an object, from 0 to max. */
static int number_ask(struct peer *qmp, const char *path, const char *name,
		      uint32_t max, uint32_t *number)
{
	json_t *value = qmp_property(qmp, path, name);
	json_int_t n = json_integer_value(value);
	bool good = json_is_integer(value) && n >= 0 && n <= max;

	json_decref(value);
	if (!good)
		return peer_fail(qmp, "qmp: %s of %s is no such number", name,
				 path);
	*number = (uint32_t)n;
	return 0;
}

/* [SDM] 2A CPUID leaf 1 EAX, from QEMU's parts of it. */
static int signature_ask(struct pull *pull, struct peer *qmp, const char *path)
{
	uint32_t family, model, stepping, more = 0;

	if (number_ask(qmp, path, "family", 0xff + FAMILY_BASE, &family) != 0 ||
	    number_ask(qmp, path, "model", 0xff, &model) != 0 ||
	    number_ask(qmp, path, "stepping", 0xf, &stepping) != 0)
		return -1;
	if (family > FAMILY_BASE) {
		more = family - FAMILY_BASE;
		family = FAMILY_BASE;
	}
	pull->board.cpu_signature = more << 20 | (model >> 4) << 16 |
				    family << 8 | (model & 0xf) << 4 | stepping;
	return 0;
}

/* [SDM] 2A CPUID leaf 1 EDX.  QEMU shows HTT to a guest that has more than one
 * processor in a package, and does not count it as a feature. */
static int features_ask(struct pull *pull, struct peer *qmp, const char *path,
			bool shared)
{
	json_t *words = qmp_property(qmp, path, "feature-words");
	json_t *word;
	size_t i;

	if (words == NULL)
		return -1;
	json_array_foreach(words, i, word) {
		const char *reg = json_string_value(
			json_object_get(word, "cpuid-register"));
		json_int_t leaf = json_integer_value(
			json_object_get(word, "cpuid-input-eax"));

		if (leaf == 1 && reg != NULL && strcmp(reg, "EDX") == 0)
			pull->board.cpu_features =
				(uint32_t)json_integer_value(
					json_object_get(word, "features"));
	}
	json_decref(words);
	if (shared)
		pull->board.cpu_features |= CPUID_HTT;
	return 0;
}

/* Which package a processor is in; 0 where QEMU does not say. */
static json_int_t package_of(const json_t *cpu)
{
	return json_integer_value(json_object_get(
		json_object_get(cpu, "props"), "socket-id"));
}

static int apic_id_add(struct pull *pull, struct peer *qmp, const char *path)
{
	uint32_t id;

	if (number_ask(qmp, path, "apic-id", UINT32_MAX - 1, &id) != 0)
		return -1;
	for (uint32_t i = 0; i < pull->board.cpu_count; i++)
		if (pull->apic_id[i] == id)
			return peer_fail(qmp, "qmp: two processors have the "
					 "APIC id %u", id);
	pull->apic_id[pull->board.cpu_count++] = id;
	return 0;
}

static int cpus_read(struct pull *pull, struct peer *qmp, const json_t *cpus)
{
	size_t count = json_array_size(cpus);
	const char *first = NULL;
	bool shared = false;

	if (count == 0 || count > BL_CPUS_MAX)
		return peer_fail(qmp, "qmp: %zu processors, not 1 to %d",
				 count, BL_CPUS_MAX);
	for (size_t i = 0; i < count; i++) {
		const json_t *cpu = json_array_get(cpus, i);
		const char *path =
			json_string_value(json_object_get(cpu, "qom-path"));

		if (path == NULL)
			return peer_fail(qmp, "qmp: a processor without a "
					 "path");
		if (apic_id_add(pull, qmp, path) != 0)
			return -1;
		if (i == 0)
			first = path;
		else if (package_of(cpu) ==
			 package_of(json_array_get(cpus, 0)))
			shared = true;
	}
	if (signature_ask(pull, qmp, first) != 0)
		return -1;
	return features_ask(pull, qmp, first, shared);
}

static int cpus_pull(struct pull *pull, struct peer *qmp)
{
	json_t *cpus = qmp_ask(qmp, "query-cpus-fast", NULL);
	int err;

	if (cpus == NULL)
		return -1;
	pull->board.apic_id = pull->apic_id;
	err = cpus_read(pull, qmp, cpus);
	json_decref(cpus);
	return err;
}

static int rtc_pull(struct pull *pull, struct peer *qtest)
{
	uint8_t status;

	if (qtest_out8(qtest, CMOS_INDEX, CMOS_STATUS_D) != 0 ||
	    qtest_in8(qtest, CMOS_DATA, &status) != 0)
		return -1;
	pull->board.rtc = status != PORT_FLOATING;
	return 0;
}

/* 1: a device answers there; 0: nothing does. */
static int mmio_probe(struct peer *qtest, uint32_t index)
{
	uint64_t gpa = MMIO_BASE + index * MMIO_SIZE;
	uint32_t magic, id;

	if (qtest_read32(qtest, gpa, &magic) != 0)
		return -1;
	if (magic != MMIO_MAGIC)
		return 0;
	if (qtest_read32(qtest, gpa + MMIO_ID, &id) != 0)
		return -1;
	return id != 0;
}

/* What QEMU puts behind the command line of a kernel it loads itself. */
static void word_add(struct pull *pull, const struct bl_mmio *mmio)
{
	char *words = text_make("%s virtio_mmio.device=%u@%#llx:%u",
				pull->virtio_words, mmio->size,
				(unsigned long long)mmio->gpa, mmio->gsi);

	free(pull->virtio_words);
	pull->virtio_words = words;
}

/* In QEMU's order: Linux numbers devices in the order that it hears of them. */
static int mmio_pull(struct pull *pull, struct peer *qtest, bool words)
{
	pull->board.mmio = pull->mmio;
	for (uint32_t i = MMIO_COUNT; i-- > 0;) {
		struct bl_mmio *mmio = &pull->mmio[pull->board.mmio_count];
		int found = mmio_probe(qtest, i);

		if (found < 0)
			return -1;
		if (found == 0)
			continue;
		*mmio = (struct bl_mmio){MMIO_BASE + i * MMIO_SIZE, MMIO_SIZE,
					 MMIO_IRQ + i};
		pull->board.mmio_count++;
		if (words)
			word_add(pull, mmio);
	}
	return 0;
}

/* Has the machine virtio-mmio transports, and are there words for them?  Its
 * user can switch those off; no other machine has any. */
static int mmio_wanted(struct peer *qmp, bool *wanted, bool *words)
{
	json_t *type = qmp_property(qmp, "/machine", "type");
	const char *name = json_string_value(type);
	json_t *value = NULL;

	*wanted = name != NULL && strcmp(name, "microvm-machine") == 0;
	json_decref(type);
	if (*wanted)
		value = qmp_property(qmp, "/machine", "auto-kernel-cmdline");
	*words = json_is_true(value);
	json_decref(value);
	return qmp->why[0] == '\0' ? 0 : -1;
}

int board_pull(struct pull *pull, struct peer *qtest, struct peer *qmp)
{
	bool wanted, words;

	if (cpus_pull(pull, qmp) != 0 || rtc_pull(pull, qtest) != 0 ||
	    mmio_wanted(qmp, &wanted, &words) != 0)
		return -1;
	return wanted ? mmio_pull(pull, qtest, words) : 0;
}
