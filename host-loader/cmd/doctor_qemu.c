/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_qemu.c - is there a QEMU, which, what can it do, and is KVM any use?
 */
#include "host-loader/cmd/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base.h"
#include "host-loader/cmd/doctor_text.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/qemu/accel.h"
#include "host-loader/qemu/kvm.h"
#include "host-loader/qemu/probe.h"
#include "host-loader/qemu/qemu.h"

#define QEMU_OLDEST 6 /* [QEMU] 6.0 has -object qtest */
#define KVM_FILE    "/dev/kvm"

/* Those that the tests of this tree were run with. */
static const struct {
	uint32_t major, minor;
} tested[] = {{7, 2}};

static const char *age(const struct qemu_probe *probe)
{
	for (size_t i = 0; i < ARRAY_COUNT(tested); i++)
		if (probe->major == tested[i].major &&
		    probe->minor == tested[i].minor)
			return "tested";
	return probe->major < QEMU_OLDEST ? "older than 6.0" : "not tested";
}

static void version_note(struct doctor *d, const char *path,
			 const struct qemu_probe *probe)
{
	bool old = probe->major < QEMU_OLDEST;
	json_t *facts = doctor_note(
		d, old ? DOCTOR_ERROR : DOCTOR_OK, "qemu",
		old ? "take QEMU 6.0 or later" : NULL, "%s, %s: %s", path,
		probe->version, age(probe));

	fact_text(facts, "path", path);
	fact_text(facts, "version", probe->version);
	fact_bool(facts, "tested", strcmp(age(probe), "tested") == 0);
}

static void qtest_note(struct doctor *d, const struct qemu_probe *probe)
{
	if (probe->qtest)
		doctor_note(d, DOCTOR_OK, "qtest", NULL,
			    "-object qtest: a bake can ask for tables");
	else
		doctor_note(d, DOCTOR_ERROR, "qtest",
			    "take a QEMU that was built with it",
			    "no -object qtest: --path none cannot bake");
}

static void machines_note(struct doctor *d, const struct qemu_probe *probe)
{
	static const char *const ours[] = {"q35", "pc", "microvm"};
	char *have = text_make("%s", ""), *lack = text_make("%s", "");
	enum doctor_level level = DOCTOR_OK;
	json_t *list;

	for (size_t i = 0; i < ARRAY_COUNT(ours); i++) {
		char **text = qemu_probe_has(probe, ours[i]) ? &have : &lack;
		char *more = text_make("%s%s%s", *text,
				       **text != '\0' ? ", " : "", ours[i]);

		free(*text);
		*text = more;
	}
	if (*have == '\0')
		level = DOCTOR_ERROR;
	else if (!qemu_probe_has(probe, ours[0]))
		level = DOCTOR_WARNING; /* the default */
	list = fact_list(doctor_note(d, level, "machines",
				     level == DOCTOR_OK ? NULL
				     : level == DOCTOR_ERROR
					     ? "take a QEMU for x86-64 PCs"
					     : "name one by --machine",
				     "%s%s%s", *have != '\0' ? have : "none",
				     *lack != '\0' ? "; not " : "", lack),
			 "machines");
	for (size_t i = 0; i < ARRAY_COUNT(ours); i++)
		if (qemu_probe_has(probe, ours[i]))
			fact_list_text(list, ours[i]);
	free(have);
	free(lack);
}

/* Why /dev/kvm may be missing. */
static const char *missing_remedy(void)
{
	char *text = text_read("/proc/cpuinfo");
	bool able = text != NULL && (strstr(text, " vmx") != NULL ||
				     strstr(text, " svm") != NULL);

	free(text);
	return able ? "load the module kvm_intel or kvm_amd"
		    : "turn virtualisation on in the host's setup; in a "
		      "virtual machine, nested virtualisation";
}

static const char *kvm_remedy(void)
{
	if (access(KVM_FILE, F_OK) != 0)
		return missing_remedy();
	if (access(KVM_FILE, R_OK | W_OK) != 0)
		return "let this user open it: by its group, kvm most often";
	return "see the kernel's log";
}

/* The host's KVM runs guests natively, or by emulation. */
static json_t *speed_note(struct doctor *d, uint32_t ticks, bool tcg)
{
	if (ticks <= ACCEL_TICKS_MAX)
		return doctor_note(d, DOCTOR_OK, "kvm", NULL,
				   "%u ticks a ring-0 instruction", ticks);
	return doctor_note(d, DOCTOR_WARNING, "kvm",
			   "take a host that runs guests natively",
			   "emulates ring 0, %u ticks an instruction; %s",
			   ticks, tcg ? "TCG is quicker and runs guests"
				      : "this QEMU has no TCG either");
}

/* probe: NULL when no QEMU could be asked. */
static void kvm_note(struct doctor *d, const struct qemu_probe *probe)
{
	bool tcg = probe == NULL || probe->tcg;
	enum doctor_level bad = tcg ? DOCTOR_WARNING : DOCTOR_ERROR;
	const char *then = tcg ? "TCG runs guests" : "nothing runs guests";
	uint32_t ticks = 0;
	const char *why = kvm_ring0_ticks(&ticks);
	bool usable = why == NULL && (probe == NULL || probe->kvm);
	json_t *facts;

	if (why != NULL)
		facts = doctor_note(d, bad, "kvm", kvm_remedy(), "%s; %s", why,
				    then);
	else if (!usable)
		facts = doctor_note(d, bad, "kvm",
				    "take a QEMU that was built with it",
				    "this QEMU has none; %s", then);
	else
		facts = speed_note(d, ticks, tcg);
	fact_bool(facts, "usable", usable);
	if (why == NULL)
		fact_number(facts, "ticks", ticks);
}

void doctor_qemu(struct doctor *d)
{
	struct qemu_probe probe;
	const char *remedy;
	char *why, *path = qemu_look(&why, &remedy);

	if (path == NULL) {
		doctor_note(d, DOCTOR_ERROR, "qemu", remedy, "%s", why);
		free(why);
		kvm_note(d, NULL);
		return;
	}
	why = qemu_probe(&probe, path);
	if (why != NULL) {
		doctor_note(d, DOCTOR_ERROR, "qemu",
			    "take another one by QEMU=", "%s: %s", path, why);
		kvm_note(d, NULL);
	} else {
		version_note(d, path, &probe);
		qtest_note(d, &probe);
		machines_note(d, &probe);
		kvm_note(d, &probe);
		qemu_probe_free(&probe);
	}
	free(why);
	free(path);
}
