/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.c - program headers of both classes, read as one. */
#include "core/elf.h"
#include "core/le.h"

struct file {
	const uint8_t *bytes;
	uint64_t len;
	bool is64;
	uint64_t entry, phoff;
	uint32_t count, machine, type;
};

struct phdr {
	uint32_t type;
	uint64_t off, vaddr, paddr, filesz, memsz;
};

bool elf_magic(const void *bytes, uint64_t len)
{
	return len >= sizeof(struct elf_ident) && word_at(bytes) == ELF_MAGIC;
}

static int header_parse(struct file *f, struct fault *fault)
{
	const struct elf_ident *id = (const void *)f->bytes;
	const struct elf32_header *h32 = (const void *)f->bytes;
	const struct elf64_header *h64 = (const void *)f->bytes;
	uint32_t entry_size, want;

	if (!elf_magic(f->bytes, f->len))
		return fault_set(fault, ERR_MAGIC, 0, 0, 0);
	if (id->data != ELF_DATA_LSB || (id->elf_class != ELF_CLASS32 &&
					 id->elf_class != ELF_CLASS64))
		return fault_set(fault, ERR_UNSUPPORTED, 0, id->elf_class,
				 ELF_CLASS64);
	f->is64 = id->elf_class == ELF_CLASS64;
	want = f->is64 ? sizeof(*h64) : sizeof(*h32);
	if (f->len < want)
		return fault_set(fault, ERR_TRUNCATED, 0, f->len, want);
	f->machine = h32->machine; /* stands in one place in both */
	f->type = h32->type;
	f->entry = f->is64 ? h64->entry : h32->entry;
	f->phoff = f->is64 ? h64->phoff : h32->phoff;
	f->count = f->is64 ? h64->phnum : h32->phnum;
	entry_size = f->is64 ? h64->phentsize : h32->phentsize;
	want = f->is64 ? sizeof(struct elf64_phdr) : sizeof(struct elf32_phdr);
	if (entry_size != want)
		return fault_set(fault, ERR_SIZE, 0, entry_size, want);
	if (f->count > ELF_SEGMENTS_MAX)
		return fault_set(fault, ERR_TOO_MANY, 0, f->count,
				 ELF_SEGMENTS_MAX);
	if (!range_fits(f->phoff, (uint64_t)f->count * want, f->len))
		return fault_set(fault, ERR_TRUNCATED, 0, f->phoff, f->len);
	return 0;
}

static int kind_check(const struct file *f, struct fault *fault)
{
	uint32_t machine = f->is64 ? ELF_EM_X86_64 : ELF_EM_386;

	if (f->machine != machine)
		return fault_set(fault, ERR_UNSUPPORTED, 0, f->machine,
				 machine);
	if (f->type != ELF_ET_EXEC && f->type != ELF_ET_DYN)
		return fault_set(fault, ERR_UNSUPPORTED, 0, f->type,
				 ELF_ET_EXEC);
	return 0;
}

static struct phdr phdr_at(const struct file *f, uint32_t i)
{
	const uint8_t *table = f->bytes + f->phoff;
	const struct elf32_phdr *p32 = (const struct elf32_phdr *)table + i;
	const struct elf64_phdr *p64 = (const struct elf64_phdr *)table + i;

	if (f->is64)
		return (struct phdr){p64->type,  p64->offset, p64->vaddr,
				     p64->paddr, p64->filesz, p64->memsz};
	return (struct phdr){p32->type,  p32->offset, p32->vaddr,
			     p32->paddr, p32->filesz, p32->memsz};
}

/* Keeps the list in order of addresses.  Room for it was checked with the
 * number of headers. */
static int segment_insert(struct elf_kernel *k, const struct phdr *p,
			  uint32_t record, struct fault *fault)
{
	uint32_t at = k->count;

	while (at > 0 && k->segment[at - 1].gpa > p->paddr) {
		k->segment[at] = k->segment[at - 1];
		at--;
	}
	k->segment[at] = (struct elf_segment){p->paddr, p->memsz, p->off,
					      p->filesz};
	k->count++;
	if ((at > 0 && k->segment[at - 1].gpa + k->segment[at - 1].size >
			       p->paddr) ||
	    (at + 1 < k->count && p->paddr + p->memsz > k->segment[at + 1].gpa))
		return fault_set(fault, ERR_OVERLAP, record, p->paddr, 0);
	return 0;
}

static int segment_parse(struct elf_kernel *k, const struct file *f,
			 uint32_t i, struct fault *fault)
{
	struct phdr p = phdr_at(f, i);

	if (p.type != ELF_PT_LOAD || p.memsz == 0)
		return 0;
	if (p.filesz > p.memsz)
		return fault_set(fault, ERR_SIZE, i, p.filesz, p.memsz);
	if (!range_fits(p.off, p.filesz, f->len))
		return fault_set(fault, ERR_TRUNCATED, i, p.off, f->len);
	if (p.paddr + p.memsz < p.paddr)
		return fault_set(fault, ERR_WRAP, i, p.paddr, p.memsz);
	/* a vmlinux has its percpu data linked for address 0 */
	if (p.vaddr - p.paddr != LINUX_START_KERNEL_MAP && p.vaddr != 0)
		k->linux_map = false;
	return segment_insert(k, &p, i, fault);
}

/* Is gpa one of the file's own bytes in memory? */
static bool loaded(const struct elf_kernel *k, uint64_t gpa)
{
	for (uint32_t i = 0; i < k->count; i++)
		if (gpa - k->segment[i].gpa < k->segment[i].file_size)
			return true;
	return false;
}

/* The PVH entry among the notes of one segment, 0 if it is not there.  Notes
 * that do not make sense end the list. */
static uint64_t notes_search(const uint8_t *p, uint64_t left)
{
	struct elf_note note;

	while (left >= sizeof(note)) {
		uint64_t name, desc;

		memcpy(&note, p, sizeof(note));
		name = align_up(note.name_size, 4);
		desc = align_up(note.desc_size, 4);
		if (!range_fits(sizeof(note) + name, desc, left))
			return 0;
		if (note.type == XEN_ELFNOTE_PHYS32_ENTRY && name == 4 &&
		    word_at(p + sizeof(note)) == word_at("Xen") &&
		    note.desc_size >= 4)
			return word_at(p + sizeof(note) + name);
		p += sizeof(note) + name + desc;
		left -= sizeof(note) + name + desc;
	}
	return 0;
}

static int notes_parse(struct elf_kernel *k, const struct file *f,
		       struct fault *fault)
{
	for (uint32_t i = 0; i < f->count && k->entry_pvh == 0; i++) {
		struct phdr p = phdr_at(f, i);

		if (p.type != ELF_PT_NOTE)
			continue;
		if (!range_fits(p.off, p.filesz, f->len))
			return fault_set(fault, ERR_TRUNCATED, i, p.off,
					 f->len);
		k->entry_pvh =
			(uint32_t)notes_search(f->bytes + p.off, p.filesz);
		if (k->entry_pvh != 0 && !loaded(k, k->entry_pvh))
			return fault_set(fault, ERR_RANGE, i, k->entry_pvh, 0);
	}
	return 0;
}

/* Kernels that are linked high and started by PVH alone have a virtual
 * e_entry (FreeBSD: btext); it says nothing to a loader of physical memory. */
static int entry_check(struct elf_kernel *k, struct fault *fault)
{
	if (loaded(k, k->entry))
		return 0;
	if (k->entry_pvh == 0)
		return fault_set(fault, ERR_RANGE, 0, k->entry, k->end);
	k->entry = 0;
	return 0;
}

int elf_parse(struct elf_kernel *k, const void *bytes, uint64_t len,
	      struct fault *fault)
{
	struct file f = {.bytes = bytes, .len = len};
	int err = header_parse(&f, fault);

	if (err == 0)
		err = kind_check(&f, fault);
	if (err != 0)
		return err;
	memset(k, 0, sizeof(*k));
	k->is64 = f.is64;
	k->linux_map = f.is64;
	k->entry = f.entry;
	for (uint32_t i = 0; i < f.count && err == 0; i++)
		err = segment_parse(k, &f, i, fault);
	if (err != 0)
		return err;
	if (k->count == 0)
		return fault_set(fault, ERR_ABSENT, 0, 0, 0);
	k->start = k->segment[0].gpa;
	k->end = k->segment[k->count - 1].gpa + k->segment[k->count - 1].size;
	err = notes_parse(k, &f, fault);
	return err != 0 ? err : entry_check(k, fault);
}
