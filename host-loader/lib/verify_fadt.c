/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_fadt.c - the FADT and what it points to.
 * Source: [ACPI] 5.2.9 FADT, 5.2.10 FACS, 4.8.3 fixed registers. */
#include "host-loader/lib/verify.h"

#include <string.h>

#include "core/abi/acpi.h"
#include "core/base.h"

#define FADT_V1_SIZE  0x74  /* [ACPI] 1.0b 5.2.5: up to and with the flags */
#define SPACE_IO      1
#define BOARD_PORTS   0xff  /* [PIIX4] 2.2: DMA, PIC, PIT and such are here */
#define PM1_EVENT_LEN 4     /* bytes: status and enable */
#define PM1_CONTROL_LEN 2
#define PM_TIMER_LEN  4
#define FACS_ALIGN    64    /* [ACPI] 5.2.10 */

/* A register by its first field and its X_ twin, of which one may be 0. */
struct reg {
	uint32_t port;
	struct acpi_address x;
};

static bool reg_agrees(const struct reg *r)
{
	return r->port == 0 || r->x.address == 0 ||
	       (r->x.space == SPACE_IO && r->x.address == r->port);
}

/* Is there something behind it?  What the chipset was never told stands at a
 * port near 0. */
static bool reg_is_usable(const struct verify *v, const struct reg *r)
{
	if (r->x.address != 0 && r->x.space == ACPI_SPACE_MEMORY)
		return !verify_map_touches(v, r->x.address, 8,
					   MAP_TYPE(E820_RAM));
	if (r->x.address != 0)
		return r->x.address > BOARD_PORTS;
	return r->port > BOARD_PORTS;
}

static void registers_verify(struct verify *v, const struct acpi_fadt *f)
{
	struct reg event = {f->pm1a_event, f->x_pm1a_event};
	struct reg control = {f->pm1a_control, f->x_pm1a_control};
	struct reg timer = {f->pm_timer, f->x_pm_timer};
	struct reg gpe0 = {f->gpe0, f->x_gpe0};

	verify_rule(v, RULE_FADT_AGREE, reg_agrees(&event), event.port,
		    event.x.address);
	verify_rule(v, RULE_FADT_AGREE, reg_agrees(&control), control.port,
		    control.x.address);
	verify_rule(v, RULE_FADT_AGREE, reg_agrees(&timer), timer.port,
		    timer.x.address);
	verify_rule(v, RULE_FADT_AGREE, reg_agrees(&gpe0), gpe0.port,
		    gpe0.x.address);
	if ((f->flags & ACPI_FADT_HW_REDUCED) != 0)
		return;
	verify_rule(v, RULE_FADT_PM1A,
		    f->pm1_event_len >= PM1_EVENT_LEN &&
			    reg_is_usable(v, &event),
		    event.port, event.x.address);
	verify_rule(v, RULE_FADT_PM1A,
		    f->pm1_control_len >= PM1_CONTROL_LEN &&
			    reg_is_usable(v, &control),
		    control.port, control.x.address);
	/* [ACPI] 5.2.9 PM_TMR_LEN: 0 where there is none */
	if (f->pm_timer_len != 0 || timer.port != 0 || timer.x.address != 0)
		verify_rule(v, RULE_FADT_TIMER,
			    f->pm_timer_len == PM_TIMER_LEN &&
				    reg_is_usable(v, &timer),
			    timer.port, f->pm_timer_len);
}

/* It has no checksum: the kernel writes into it. */
static void facs_verify(struct verify *v, const struct acpi_fadt *f)
{
	uint64_t gpa = f->x_facs_gpa != 0 ? f->x_facs_gpa : f->facs_gpa;
	struct acpi_facs facs;

	if (gpa == 0 && (f->flags & ACPI_FADT_HW_REDUCED) != 0)
		return;
	if (!verify_rule(v, RULE_FADT_FACS,
			 gpa != 0 && gpa % FACS_ALIGN == 0 &&
				 verify_read(v, gpa, &facs, sizeof(facs)) &&
				 facs.signature == ACPI_SIG_FACS &&
				 facs.length >= sizeof(facs) &&
				 facs.length <= VERIFY_CHUNK,
			 gpa, 0))
		return;
	verify_rule(v, RULE_ACPI_MEMORY,
		    verify_map_is(v, gpa, facs.length, MAP_TABLES), gpa,
		    facs.length);
	verify_claim(v, OWNER_ACPI, gpa, facs.length);
}

void verify_fadt(struct verify *v, const struct verify_table *fadt)
{
	struct acpi_fadt f = {0};
	struct verify_table dsdt;
	uint64_t size = fadt->length;
	uint64_t gpa;

	if (size > sizeof(f))
		size = sizeof(f);
	if (!verify_rule(v, RULE_FADT_LENGTH,
			 size >= FADT_V1_SIZE &&
				 verify_read(v, fadt->gpa, &f, size),
			 fadt->length, FADT_V1_SIZE))
		return;
	verify_rule(v, RULE_FADT_AGREE,
		    f.dsdt_gpa == 0 || f.x_dsdt_gpa == 0 ||
			    f.dsdt_gpa == f.x_dsdt_gpa,
		    f.dsdt_gpa, f.x_dsdt_gpa);
	verify_rule(v, RULE_FADT_AGREE,
		    f.facs_gpa == 0 || f.x_facs_gpa == 0 ||
			    f.facs_gpa == f.x_facs_gpa,
		    f.facs_gpa, f.x_facs_gpa);
	gpa = f.x_dsdt_gpa != 0 ? f.x_dsdt_gpa : f.dsdt_gpa;
	verify_rule(v, RULE_FADT_DSDT,
		    gpa != 0 && verify_acpi_table(v, gpa, ACPI_SIG_DSDT, &dsdt),
		    gpa, 0);
	facs_verify(v, &f);
	registers_verify(v, &f);
}
