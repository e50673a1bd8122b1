/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_firmware.c - which fw.bin would be started, and is it of this build?
 */
#include "host-loader/cmd/doctor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/bundle/digest.h"
#include "host-loader/cmd/about.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/file.h"
#include "host-loader/run/firmware_file.h"
#include "host-loader/strings.h"

#define WHAT        "firmware"
#define DIGEST_SEEN 12 /* digits of it for people */

static void ours_note(struct doctor *d, const char *path, const char *digest,
		      const struct about_facts *about)
{
	bool same = strcmp(about->version, bl_version()) == 0;
	json_t *facts = doctor_note(
		d, same ? DOCTOR_OK : DOCTOR_WARNING, WHAT,
		same ? NULL : "install firmware and beeline of one version",
		"%s: version %s, build %s, SHA-256 %.*s%s", path,
		about->version,
		about->build_id != NULL ? about->build_id : "unknown",
		DIGEST_SEEN, digest, same ? "" : ": not beeline's version");

	fact_text(facts, "version", about->version);
	if (about->build_id != NULL)
		fact_text(facts, "build_id", about->build_id);
	fact_text(facts, "path", path);
	fact_text(facts, "sha256", digest);
}

static void bytes_note(struct doctor *d, const char *path, struct bl_span rom)
{
	char digest[DIGEST_TEXT];
	struct about_facts about;

	digest_bytes(digest, rom);
	if (rom.size == 0 || rom.size % ROM_UNIT != 0) {
		doctor_note(d, DOCTOR_ERROR, WHAT, "name a ROM by --firmware",
			    "%s: %llu bytes: QEMU takes multiples of 64 KiB",
			    path, (unsigned long long)rom.size);
	} else if (about_rom(&about, rom)) {
		ours_note(d, path, digest, &about);
		about_free(&about);
	} else {
		json_t *facts = doctor_note(
			d, DOCTOR_WARNING, WHAT,
			"if that is not meant, unset BEELINE_FIRMWARE",
			"%s: not Beeline's, SHA-256 %.*s", path, DIGEST_SEEN,
			digest);

		fact_text(facts, "path", path);
		fact_text(facts, "sha256", digest);
	}
}

void doctor_firmware(struct doctor *d)
{
	struct bl_span rom;
	struct stat st;
	bool named;
	char *path = firmware_file(NULL, &named);
	const char *why = NULL;

	if (stat(path, &st) < 0 || access(path, R_OK) < 0)
		why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = "not a regular file";
	if (why != NULL) {
		doctor_note(d, DOCTOR_ERROR, WHAT,
			    named ? "BEELINE_FIRMWARE= names it: unset it"
				  : "install it, or name one by --firmware",
			    "%s: %s", path, why);
	} else if (file_map(&rom, path) == 0) {
		bytes_note(d, path, rom);
		file_unmap(&rom);
	} else {
		doctor_note(d, DOCTOR_ERROR, WHAT,
			    "name another one by --firmware",
			    "%s: cannot be read", path);
	}
	free(path);
}
