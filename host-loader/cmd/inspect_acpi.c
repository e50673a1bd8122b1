/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_acpi.c - ACPI tables' facts: one table or several behind each other,
 * as in etc/acpi/tables, and the RSDP. */
#include <string.h>

#include "core/abi/acpi.h"
#include "core/le.h"
#include "core/sum8.h"
#include "host-loader/cmd/inspect.h"
#include "host-loader/say.h"

#define SIGNATURE_SIZE 4

/* Signatures that are believed even where the rest is cut off. */
static const char *const known[] = {
	"APIC", "DSDT", "FACP", "FACS", "HPET", "MCFG", "RSDT", "SRAT",
	"SSDT", "WAET", "XSDT",
};

static const char *sum_word(const void *bytes, uint64_t size)
{
	return sum8(bytes, size) == 0 ? "right" : "wrong";
}

static bool is_text(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != '\0' && (bytes[i] < ' ' || bytes[i] > '~'))
			return false;
	return true;
}

/* [ACPI] 5.2.6: four characters that an ACPI name may have */
static bool is_signature(const char *name)
{
	for (size_t i = 0; i < SIGNATURE_SIZE; i++)
		if (!(name[i] >= 'A' && name[i] <= 'Z') && name[i] != '_' &&
		    !(name[i] >= '0' && name[i] <= '9'))
			return false;
	return true;
}

static bool is_known(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(known); i++)
		if (memcmp(name, known[i], SIGNATURE_SIZE) == 0)
			return true;
	return false;
}

/* Length of the table at bytes, of which left are there; 0: none is there. */
static uint32_t table_length(const uint8_t *bytes, uint64_t left)
{
	struct acpi_header h;

	if (left < sizeof(h))
		return 0;
	memcpy(&h, bytes, sizeof(h));
	if (!is_signature((const char *)bytes) || h.length > left)
		return 0;
	if (h.signature == ACPI_SIG_FACS)
		return h.length >= sizeof(struct acpi_facs) ? h.length : 0;
	if (h.length < sizeof(h) || !is_text(h.oem_id, sizeof(h.oem_id)))
		return 0;
	return h.length;
}

static void table_facts(json_t *entry, const uint8_t *bytes, uint64_t off)
{
	struct acpi_header h;

	memcpy(&h, bytes, sizeof(h));
	fact_hex(entry, "offset", off);
	fact_bytes(entry, "signature", bytes, SIGNATURE_SIZE);
	fact_number(entry, "length", h.length);
	if (h.signature == ACPI_SIG_FACS) {
		/* has a header and a place for its version of its own */
		fact_number(entry, "revision",
			    bytes[offsetof(struct acpi_facs, version)]);
		fact_text(entry, "checksum", "none");
		return;
	}
	fact_number(entry, "revision", h.revision);
	fact_text(entry, "checksum", sum_word(bytes, h.length));
	fact_bytes(entry, "oem_id", h.oem_id, sizeof(h.oem_id));
	fact_bytes(entry, "oem_table_id", h.oem_table_id,
		   sizeof(h.oem_table_id));
	fact_hex(entry, "oem_revision", h.oem_revision);
	fact_bytes(entry, "creator_id", &h.creator_id, sizeof(h.creator_id));
	fact_hex(entry, "creator_revision", h.creator_revision);
}

static uint64_t zeros_end(const uint8_t *bytes, uint64_t off, uint64_t size)
{
	while (off < size && bytes[off] == 0)
		off++;
	return off;
}

int inspect_tables(json_t *facts, const char *file, struct bl_span span)
{
	const uint8_t *bytes = span.bytes;
	uint32_t length = table_length(bytes, span.size);
	uint64_t off = 0, end = span.size;
	json_t *list;

	if (length == 0 && end >= 2 * SIGNATURE_SIZE &&
	    is_known((const char *)bytes))
		return say("%s: ACPI table %.4s: ends too early or has a bad "
			   "length (%u, file of %llu bytes)", file,
			   (const char *)bytes,
			   word_at(bytes + SIGNATURE_SIZE),
			   (unsigned long long)end);
	if (length == 0)
		return 0;
	fact_text(facts, "kind", "ACPI tables");
	fact_number(facts, "size", end);
	list = fact_list(facts, "tables");
	while (length != 0) {
		table_facts(fact_list_add(list), bytes + off, off);
		off += length;
		end = zeros_end(bytes, off, span.size);
		if (end == span.size)
			break;
		off = end;
		length = table_length(bytes + off, span.size - off);
	}
	if (end == span.size)
		fact_number(facts, "zeros_behind", end - off);
	else
		fact_format(facts, "unknown", "%llu bytes from 0x%llx on",
			    (unsigned long long)(span.size - off),
			    (unsigned long long)off);
	return 1;
}

int inspect_rsdp(json_t *facts, const char *file, struct bl_span span)
{
	const uint64_t whole = sizeof(struct acpi_rsdp);
	struct acpi_rsdp r = {0};

	if (span.size < sizeof(r.signature) ||
	    memcmp(span.bytes, ACPI_RSDP_SIGNATURE, sizeof(r.signature)) != 0)
		return 0;
	memcpy(&r, span.bytes,
	       span.size < whole ? (size_t)span.size : (size_t)whole);
	if (span.size < (r.revision < 2 ? ACPI_RSDP_V1_SIZE : whole))
		return say("%s: RSDP: ends too early (%llu bytes)", file,
			   (unsigned long long)span.size);
	fact_text(facts, "kind", "ACPI RSDP");
	fact_number(facts, "size", span.size);
	fact_number(facts, "revision", r.revision);
	fact_bytes(facts, "oem_id", r.oem_id, sizeof(r.oem_id));
	fact_text(facts, "checksum", sum_word(span.bytes, ACPI_RSDP_V1_SIZE));
	fact_hex(facts, "rsdt", r.rsdt_gpa);
	if (r.revision < 2)
		return 1;
	fact_number(facts, "length", r.length);
	fact_hex(facts, "xsdt", r.xsdt_gpa);
	fact_text(facts, "extended_checksum", sum_word(span.bytes, whole));
	return 1;
}
