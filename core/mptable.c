/* SPDX-License-Identifier: BSD-2-Clause */
/* mptable.c - one function per entry type, front to back in one block. */
#include "core/mptable.h"

#include "core/sum8.h"

#define ISA_BUS       0
#define ISA_IRQ_COUNT 16
#define ISA_CASCADE   2

/* What is being written: the block, and the header that counts. */
struct table {
	struct table_block *block;
	struct mp_config *config;
};

static void *entry_take(struct table *t, uint8_t type, uint32_t len)
{
	uint8_t *entry = table_block_take(t->block, len);

	entry[0] = type;
	t->config->entry_count++;
	return entry;
}

static void mp_add_cpu(struct table *t, const struct mp_machine *m,
		       uint32_t index)
{
	struct mp_processor *e = entry_take(t, MP_PROCESSOR, sizeof(*e));

	e->apic_id = (uint8_t)m->apic_id[index];
	e->apic_version = m->lapic_version;
	e->flags = index == 0 ? MP_CPU_ENABLED | MP_CPU_BOOT : MP_CPU_ENABLED;
	e->signature = m->cpu_signature;
	e->features = m->cpu_features;
}

static void mp_add_isa_bus(struct table *t)
{
	struct mp_bus *e = entry_take(t, MP_BUS, sizeof(*e));

	e->id = ISA_BUS;
	memcpy(e->name, MP_BUS_ISA, sizeof(e->name));
}

static void mp_add_ioapic(struct table *t, const struct mp_machine *m)
{
	struct mp_ioapic *e = entry_take(t, MP_IOAPIC, sizeof(*e));

	e->id = m->ioapic_id;
	e->version = m->ioapic_version;
	e->flags = MP_IOAPIC_ENABLED;
	e->gpa = m->ioapic_gpa;
}

/* An interrupt of the ISA bus: to an IOAPIC's pin, or to the local APICs'. */
static struct mp_int *mp_add_int(struct table *t, uint8_t type, uint8_t kind,
				 uint8_t pin)
{
	struct mp_int *e = entry_take(t, type, sizeof(*e));

	e->kind = kind;
	e->bus = ISA_BUS;
	e->apic_id = MP_ALL_LAPICS;
	e->pin = pin;
	return e;
}

static void mp_add_isa_irqs(struct table *t, const struct mp_machine *m)
{
	for (uint8_t irq = 0; irq < ISA_IRQ_COUNT; irq++) {
		uint8_t pin = irq == 0 && m->timer_pin2 ? ISA_CASCADE : irq;
		struct mp_int *e;

		if (irq == ISA_CASCADE && m->timer_pin2)
			continue;
		e = mp_add_int(t, MP_IO_INT, MP_INT_VECTORED, pin);
		e->irq = irq;
		e->apic_id = m->ioapic_id;
	}
}

static void config_begin(struct mp_config *h, const struct mp_machine *m)
{
	h->signature = MP_SIG_CONFIG;
	h->spec_rev = MP_SPEC_REV;
	memcpy(h->oem_id, MP_OEM_ID, sizeof(h->oem_id));
	memset(h->product_id, ' ', sizeof(h->product_id));
	h->lapic_gpa = m->lapic_gpa;
}

static void floating_build(struct mp_floating *p, uint32_t config_gpa)
{
	memset(p, 0, sizeof(*p));
	p->signature = MP_SIG_FLOATING;
	p->config_gpa = config_gpa;
	p->length = sizeof(*p) / 16;
	p->spec_rev = MP_SPEC_REV;
	p->checksum = (uint8_t)-sum8(p, sizeof(*p));
}

uint32_t mptable_room(uint32_t cpu_count)
{
	return MP_BLOCK_ALIGN +
	       (uint32_t)(sizeof(struct mp_config) + sizeof(struct mp_bus) +
			  sizeof(struct mp_ioapic) +
			  (ISA_IRQ_COUNT + 2) * sizeof(struct mp_int)) +
	       cpu_count * (uint32_t)sizeof(struct mp_processor);
}

static int machine_check(const struct mp_machine *m,
			 const struct table_block *b, struct fault *f)
{
	if (m->cpu_count == 0)
		return fault_set(f, ERR_ABSENT, 0, 0, 0);
	if (m->cpu_count > MP_CPU_MAX)
		return fault_set(f, ERR_TOO_MANY, 0, m->cpu_count, MP_CPU_MAX);
	if (m->apic_id[0] >= MP_APIC_ID_END)
		return fault_set(f, ERR_RANGE, 0, m->apic_id[0],
				 MP_APIC_ID_END);
	if ((uint32_t)b->gpa % MP_BLOCK_ALIGN != 0)
		return fault_set(f, ERR_ALIGN, 0, b->gpa, MP_BLOCK_ALIGN);
	return table_block_check(b, mptable_room(m->cpu_count), f);
}

int mptable_build(const struct mp_machine *machine, struct table_block *block,
		  struct mp_floating *floating, struct fault *fault)
{
	struct table t = {.block = block};
	int err = machine_check(machine, block, fault);

	if (err != 0)
		return err;
	table_block_take(block, -block->used & (MP_BLOCK_ALIGN - 1));
	t.config = table_block_take(block, sizeof(*t.config));
	config_begin(t.config, machine);
	for (uint32_t i = 0; i < machine->cpu_count; i++)
		if (machine->apic_id[i] < MP_APIC_ID_END)
			mp_add_cpu(&t, machine, i);
	mp_add_isa_bus(&t);
	mp_add_ioapic(&t, machine);
	mp_add_isa_irqs(&t, machine);
	mp_add_int(&t, MP_LOCAL_INT, MP_INT_EXTINT, 0);
	mp_add_int(&t, MP_LOCAL_INT, MP_INT_NMI, 1);
	t.config->base_length = (uint16_t)(block->bytes + block->used -
					   (uint8_t *)t.config);
	t.config->checksum = (uint8_t)-sum8(t.config, t.config->base_length);
	floating_build(floating, table_block_gpa(block, t.config));
	return 0;
}
