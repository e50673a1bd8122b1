/* SPDX-License-Identifier: BSD-2-Clause */
/* script_model.h - what an accepted script must have done, worked out again
 * with files that each have memory of their own. */
#ifndef TESTS_FUZZ_SCRIPT_MODEL_H
#define TESTS_FUZZ_SCRIPT_MODEL_H

#include "tests/fuzz/script_bench.h"

struct seal { /* an ADD_CHECKSUM, while nobody writes over what it covers */
	uint32_t file, start, length;
	bool live;
};

struct model {
	struct bench *bench;
	const struct acpi_result *result;
	uint8_t *bytes[ACPI_SCRIPT_FILES];
	struct seal seal[WRITES];
	uint32_t seal_count, write_count;
};

/* A name whose field has nothing behind the NUL: others are told apart by what
 * stands there, which is nobody's promise. */
static inline bool name_tidy(const char *name)
{
	size_t len = strnlen(name, LOADER_NAME_SIZE);

	for (size_t i = len; i < LOADER_NAME_SIZE; i++)
		if (name[i] != '\0')
			return false;
	return true;
}

static inline bool names_tidy(const struct loader_command *c, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!name_tidy(c[i].pointer.dest) ||
		    ((c[i].command == LOADER_ADD_POINTER ||
		      c[i].command == LOADER_WRITE_POINTER) &&
		     !name_tidy(c[i].pointer.src)))
			return false;
	return true;
}

static inline uint32_t model_file(const struct model *m, const char *name)
{
	uint32_t i = 0;

	while (i < m->result->file_count &&
	       strcmp(m->result->file[i].name, name) != 0)
		i++;
	PROPERTY(i < m->result->file_count);
	return i;
}

/* Nobody's sum is right any more that covers one of these bytes. */
static inline void seals_break(struct model *m, uint32_t file, uint32_t off,
			       uint32_t len)
{
	for (uint32_t i = 0; i < m->seal_count; i++) {
		struct seal *s = &m->seal[i];

		if (s->file == file && off < s->start + s->length &&
		    s->start < off + len)
			s->live = false;
	}
}

static inline void model_pointer(struct model *m,
				 const struct loader_add_pointer *c)
{
	uint32_t dest = model_file(m, c->dest), src = model_file(m, c->src);
	const struct acpi_file *to = &m->result->file[src];
	uint64_t value = 0;

	if (to->gpa == 0 || m->result->file[dest].gpa == 0)
		return;
	PROPERTY(range_fits(c->offset, c->size, m->result->file[dest].size));
	memcpy(&value, m->bytes[dest] + c->offset, c->size);
	PROPERTY(value <= to->size);
	value += to->gpa;
	memcpy(m->bytes[dest] + c->offset, &value, c->size);
	PROPERTY(c->size == 8 || value >> (8 * c->size) == 0);
	seals_break(m, dest, c->offset, c->size);
}

static inline void model_checksum(struct model *m,
				  const struct loader_add_checksum *c)
{
	uint32_t file = model_file(m, c->file);
	uint8_t *bytes = m->bytes[file];

	if (m->result->file[file].gpa == 0)
		return;
	PROPERTY(range_fits(c->start, c->length, m->result->file[file].size));
	PROPERTY(c->offset < m->result->file[file].size);
	bytes[c->offset] = (uint8_t)(bytes[c->offset] -
				     plain_sum(bytes + c->start, c->length));
	seals_break(m, file, c->offset, 1);
	PROPERTY(m->seal_count < WRITES);
	m->seal[m->seal_count++] = (struct seal){
		file, c->start, c->length, c->offset - c->start < c->length};
}

static inline void model_write(struct model *m,
			       const struct loader_write_pointer *c)
{
	const struct acpi_file *src =
		&m->result->file[model_file(m, c->src)];
	const struct bench_write *w = &m->bench->write[m->write_count];
	struct item dest;

	if (src->gpa == 0 || blob_find(m->bench, c->dest, &dest) != 0 ||
	    dest.size == 0)
		return;
	PROPERTY(m->write_count++ < m->bench->write_count);
	PROPERTY(w->blob == dest.key && w->off == c->dest_offset &&
		 w->len == c->size && w->value == src->gpa + c->src_offset);
}

static inline void model_run(struct model *m, const struct loader_command *c)
{
	switch (c->command) {
	case LOADER_ADD_POINTER:
		model_pointer(m, &c->pointer);
		break;
	case LOADER_ADD_CHECKSUM:
		model_checksum(m, &c->checksum);
		break;
	case LOADER_WRITE_POINTER:
		model_write(m, &c->write);
		break;
	}
}

static inline void model_compare(const struct model *m)
{
	for (uint32_t i = 0; i < m->result->file_count; i++) {
		const struct acpi_file *f = &m->result->file[i];

		if (f->gpa != 0)
			PROPERTY(memcmp(memory + GUARD + (f->gpa - BASE),
					m->bytes[i], f->size) == 0);
		free(m->bytes[i]);
	}
	for (uint32_t i = 0; i < m->seal_count; i++) {
		const struct seal *s = &m->seal[i];
		uint32_t gpa = m->result->file[s->file].gpa;

		PROPERTY(!s->live || plain_sum(memory + GUARD + (gpa - BASE) +
					       s->start, s->length) == 0);
	}
	PROPERTY(m->write_count == m->bench->write_count);
}

/* Holds memory, files and writes against what the commands say. */
static inline void model_check(const struct loader_command *c, uint32_t count,
			       struct bench *b, const struct acpi_result *r)
{
	static struct model m;

	if (!names_tidy(c, count))
		return;
	m.bench = b;
	m.result = r;
	m.seal_count = m.write_count = 0;
	for (uint32_t i = 0; i < r->file_count; i++) {
		const struct acpi_file *f = &r->file[i];
		struct item item;

		m.bytes[i] = malloc(f->size);
		if (f->gpa != 0 && blob_find(b, f->name, &item) == 0)
			blob_read(b, &item, m.bytes[i], f->size);
	}
	for (uint32_t i = 0; i < count; i++)
		model_run(&m, &c[i]);
	model_compare(&m);
}

#endif
