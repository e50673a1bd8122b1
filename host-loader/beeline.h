/* SPDX-License-Identifier: BSD-2-Clause */
/* beeline.h - plans, places and checks the boot of a virtual machine that has
 * no firmware.  This header is libbeeline's manual.
 *
 * A VMM that embeds it makes three calls:
 *
 *   bl_kernel_parse()  a kernel file's bytes become facts;
 *   bl_plan_build()    facts and a memory map become a plan: which bytes go
 *                      where in guest memory, and the state of the boot CPU;
 *   bl_plan_copy() or bl_plan_each()
 *                      the plan becomes memory: by copies, or by whatever the
 *                      VMM does with an extent (map the kernel's file copy on
 *                      write, write an image, measure it).
 *
 * Nothing here allocates memory, opens a file, prints, keeps state between
 * calls or calls back but where a function says so.  Inputs are spans of
 * bytes that the caller owns and that must stay as they are during a call.  A
 * guest-physical address (gpa) is a number, never a pointer.
 *
 * So any thread may call any of it at any time, with memory of its own.  All
 * sizes are in bytes.
 *
 * A function that can fail returns 0 or a negative code and, where err is not
 * NULL, fills it in: bl_error_format() makes a sentence of it.  What a failed
 * call was to fill in holds nothing of use.
 *
 * Every input is taken for hostile: what is accepted is in bounds, without
 * overlaps, and passes bl_verify() - but for contents that others answer for:
 * tables and structures that the VMM brings, the kernel's code, a seed of
 * zeros.  Pointers, and what struct bl_kernel says, are believed. */
#ifndef BEELINE_H
#define BEELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BL_API __attribute__((visibility("default")))

/* Bytes that somebody else owns. */
struct bl_span {
	const void *bytes; /* may be NULL when size is 0 */
	uint64_t size;
};

/* Errors ----------------------------------------------------------------- */

enum bl_stage {
	BL_STAGE_KERNEL,  /* record: index of the program header */
	BL_STAGE_PAYLOAD, /* the compressed kernel inside a bzImage */
	BL_STAGE_MAP,     /* record: index of the range */
	BL_STAGE_TABLES,  /* record: index of the script's command; with our own
			   * tables, of the processor, device or window */
	BL_STAGE_SMBIOS,
	BL_STAGE_PLACE,   /* no room for the kernel */
	BL_STAGE_INITRD,
	BL_STAGE_CMDLINE,
	BL_STAGE_ARENA,
	BL_STAGE_ROM,
};

struct bl_error {
	int code;             /* negative; bl_error_text() */
	enum bl_stage stage;
	uint32_t record;      /* from 0; what it counts depends on the stage */
	uint64_t value;       /* the offending number */
	uint64_t limit;       /* what it was held against; 0: nothing */
};

/* "wraps around": why, for a code; never NULL. */
BL_API const char *bl_error_text(int code);

/* "program header 3: wraps around (0xfffff000, limit 0x2000)", cut to size
 * bytes with the NUL.  Returns text. */
BL_API char *bl_error_format(char *text, size_t size,
			     const struct bl_error *err);

/* Kernels ---------------------------------------------------------------- */

#define BL_SEGMENTS_MAX 64

enum bl_format {
	BL_FORMAT_ELF,     /* vmlinux, or any ELF kernel for x86 */
	BL_FORMAT_BZIMAGE, /* holds a compressed ELF: bl_payload_unpack() */
};

enum bl_codec {
	BL_CODEC_UNKNOWN,
	BL_CODEC_NONE,     /* the payload is the ELF itself */
	BL_CODEC_GZIP,
	BL_CODEC_BZIP2,
	BL_CODEC_LZMA,
	BL_CODEC_XZ,
	BL_CODEC_LZO,
	BL_CODEC_LZ4,
	BL_CODEC_ZSTD,
};

struct bl_segment {        /* a PT_LOAD with p_memsz > 0 */
	uint64_t gpa;      /* p_paddr */
	uint64_t size;     /* p_memsz */
	uint64_t file_offset, file_size; /* file_size <= size */
};

struct bl_kernel {
	enum bl_format format;
	struct bl_span bytes;  /* the file */

	/* bzImage only ([BOOT] "Details of Header Fields") */
	uint16_t protocol;     /* 0x20f is 2.15 */
	uint16_t xloadflags;
	uint64_t pref_address, init_size, alignment;
	uint32_t cmdline_max;  /* without the NUL; ELF: 2047, Linux's own */
	enum bl_codec codec;
	struct bl_span payload;        /* inside bytes, compressed */
	uint64_t payload_unpacked;     /* bytes, by the kernel's own word */

	/* ELF only */
	bool is64;             /* ELFCLASS64 */
	bool relocatable;      /* runs at any multiple of alignment: linked as
				* Linux is, p_vaddr - p_paddr is
				* 0xffffffff80000000 */
	uint64_t start, end;   /* extent of all segments */
	uint64_t entry;        /* e_entry as a physical address; 0: it is a
				* virtual one, PVH is the only entry */
	uint64_t entry_pvh;    /* XEN_ELFNOTE_PHYS32_ENTRY; 0: no such note */
	uint32_t segment_count;
	struct bl_segment segment[BL_SEGMENTS_MAX]; /* sorted by gpa */
};

/* Reads the headers of a vmlinux or a bzImage; kernel keeps pointers into
 * bytes.  Refuses: no known signature; a wrong class, machine or byte order;
 * headers, segments or notes outside the file; p_filesz > p_memsz; addresses
 * that wrap; overlapping segments; a PVH entry outside every segment's file
 * bytes, and e_entry too where there is none; a bzImage whose payload lies
 * outside the file. */
BL_API int bl_kernel_parse(struct bl_kernel *kernel, struct bl_span bytes,
			   struct bl_error *err);

/* "gzip"; "unknown" for BL_CODEC_UNKNOWN. */
BL_API const char *bl_codec_name(enum bl_codec codec);

/* At most this much is unpacked, whatever a header says. */
#define BL_UNPACKED_MAX (UINT64_C(1) << 30)

/* Unpacks the payload of a bzImage into out[0 .. room), room being at least
 * kernel->payload_unpacked; *size is what came out.  Fails for a payload that
 * is damaged, ends early, or is larger than room or BL_UNPACKED_MAX, and for a
 * codec that this build has no library for.
 *
 * The codec libraries allocate memory of their own: at most some 128 MiB. */
BL_API int bl_payload_unpack(const struct bl_kernel *kernel, void *out,
			     uint64_t room, uint64_t *size,
			     struct bl_error *err);

/* Plans ------------------------------------------------------------------ */

#define BL_RANGES_MAX  127
#define BL_EXTENTS_MAX 192
#define BL_DMA_MAX     8
#define BL_CPUS_MAX    288
#define BL_MMIO_MAX    32

/* Memory types as in [ACPI] 15.1: 1 RAM, 2 reserved, 3 ACPI, 4 ACPI NVS. */
struct bl_range {
	uint64_t gpa, size;
	uint32_t type;
};

struct bl_blob {           /* a fw_cfg file */
	const char *name;  /* "etc/acpi/tables" */
	uint16_t key;      /* its selector; only launch commands need it */
	struct bl_span bytes;
};

enum bl_tables {
	BL_TABLES_NONE,      /* none, or the VMM's own: rsdp_gpa says where */
	BL_TABLES_SCRIPT,    /* QEMU's blobs, linked by etc/table-loader */
	BL_TABLES_PC,        /* ours, for a board with PIC, PIT and IOAPIC:
			      * QEMU's microvm,acpi=off; an MP table as well */
	BL_TABLES_HWREDUCED, /* ours, hardware-reduced, for VMMs without ACPI */
};

struct bl_mmio {           /* a virtio-mmio device */
	uint64_t gpa;
	uint32_t size;     /* bytes of its register window */
	uint32_t gsi;
};

/* What our own tables describe. */
struct bl_board {
	const uint32_t *apic_id; /* cpu_count of them, no two alike; the first
				  * is that of the CPU that boots */
	uint32_t cpu_count;      /* 1 to BL_CPUS_MAX */
	uint32_t cpu_signature;  /* CPUID 1 EAX, for the MP table; may be 0 */
	uint32_t cpu_features;   /* CPUID 1 EDX, for the MP table; may be 0 */
	bool rtc;                /* an MC146818 answers at port 0x70 */
	const struct bl_mmio *mmio;
	uint32_t mmio_count;     /* at most BL_MMIO_MAX */
	/* BL_TABLES_HWREDUCED only */
	uint64_t ged_gpa;        /* event register of a generic event device: a
				  * byte whose bit 0 is the power button; 0:
				  * there is none */
	uint32_t ged_gsi;
	uint32_t com1_gsi;       /* interrupt of a 16550 at port 0x3f8, without
				  * a PIC not always 4; 0: there is no 16550 */
	uint64_t sleep_control_gpa; /* a byte, [ACPI] 4.8.3.7, and the status
				  * register as well; 0: none */
	uint64_t reset_gpa;      /* a byte: reset_value resets; 0: none */
	uint8_t reset_value;
	uint64_t pci_window_gpa; /* below 4 GiB, for BARs, with an ECAM */
	uint64_t pci_window_size; /* window (struct bl_request); 0: no PCI */
};

enum bl_entry {
	BL_ENTRY_64,  /* 64-bit mode, boot_params in RSI: [BOOT] */
	BL_ENTRY_PVH, /* 32-bit protected mode, hvm_start_info in EBX: [PVH] */
};

struct bl_request {
	const struct bl_range *map; /* what memory the machine has; in any
				     * order, without overlaps; what is not RAM
				     * grows to whole pages, and no two may
				     * share one.  There must be RAM from 0 to
				     * 0x80000 and, for the EBDA, from 0x9f000
				     * to 0xa0000 */
	uint32_t map_count;         /* at most BL_RANGES_MAX, of which some are
				     * for what the plan reserves */
	const struct bl_kernel *kernel; /* an ELF, parsed */
	uint64_t initrd_size;       /* bytes; 0: none */
	struct bl_span cmdline;     /* without a NUL; refused with one in it */
	enum bl_entry entry;
	bool slide;                 /* choose the physical base by slide_seed:
				     * else the address it was linked for, or
				     * the next one where there is room; PVH
				     * and kernels that are not relocatable
				     * have just that address */
	uint64_t slide_seed;        /* random bits */
	bool kaslr;                 /* KASLR_FLAG: Linux randomises its memory
				     * regions (64-bit entry only) */
	struct bl_span seed;        /* for SETUP_RNG_SEED, at most
				     * BL_SEED_MAX; size 0: none.  Never use one
				     * for two VMs. */
	bool launch_rom;            /* command line and seed come with the ROM
				     * of bl_rom_build(), launch by launch */

	enum bl_tables tables;
	const struct bl_blob *blob; /* BL_TABLES_SCRIPT */
	uint32_t blob_count;
	const struct bl_board *board; /* BL_TABLES_PC, BL_TABLES_HWREDUCED */
	uint64_t rsdp_gpa;          /* BL_TABLES_NONE: 0, or the VMM's */
	struct bl_span smbios;      /* structures without an entry point; the
				     * ROM of bl_rom_build() has that */
	uint64_t ecam_gpa, ecam_size; /* to reserve, not in RAM; size 0: none */

	void *arena;                /* memory for all that the plan makes up;
				     * aligned to 8 */
	uint64_t arena_size;        /* at least bl_arena_size() */
};

#define BL_SEED_MAX 32

enum bl_source { BL_FROM_KERNEL, BL_FROM_INITRD, BL_FROM_ARENA, BL_ZERO };

/* [gpa, gpa + size) holds the source's bytes from offset on.  BL_ZERO must be
 * zero: a VMM whose memory is zero at the start need do nothing. */
struct bl_extent {
	uint64_t gpa, size;
	enum bl_source source;
	uint64_t offset;
};

struct bl_cpu {
	uint64_t rip, rsp, rsi, rbx, rflags;
	uint64_t cr0, cr3, cr4, efer;
	uint64_t gdt_gpa;
	uint16_t gdt_limit;
	uint16_t cs, ds, ss, tr;     /* selectors; ds serves es, fs, gs */
	uint64_t mtrr_def_type;      /* for MSR 0x2ff; Linux wants it */
};

/* A fw_cfg DMA operation that must be done before the guest runs: a blob that
 * differs from VM to VM is read again, a pointer that the VMM waits for is
 * written.  The ROM of bl_rom_build() does them. */
struct bl_dma {
	uint16_t key;
	bool write;          /* guest to VMM */
	uint32_t skip;       /* bytes of the file to pass over first */
	uint32_t size;
	uint64_t gpa;
};

struct bl_plan {
	uint32_t extent_count;
	struct bl_extent extent[BL_EXTENTS_MAX]; /* sorted, disjoint, in RAM */
	struct bl_cpu cpu;
	uint32_t map_count;
	struct bl_range map[BL_RANGES_MAX]; /* as the kernel is told */
	uint32_t dma_count;
	struct bl_dma dma[BL_DMA_MAX];
	enum bl_entry entry;
	uint64_t kernel_gpa, kernel_size;  /* where it will run */
	uint64_t initrd_gpa, initrd_size;
	uint64_t rsdp_gpa;                 /* 0: none */
	uint64_t smbios_gpa;               /* 0: none */
	uint64_t cmdline_gpa;
	uint32_t cmdline_max;              /* bytes without the NUL */
};

/* Bytes of arena that a request needs.  0 for a request that bl_plan_build()
 * will refuse anyway: one with more than 1 GiB of tables. */
BL_API uint64_t bl_arena_size(const struct bl_request *request);

/* Makes the plan.  The arena's bytes are the plan's to keep: BL_FROM_ARENA
 * offsets point into it.
 *
 * Kernel, initrd and tables all go into RAM of the map: kernel and tables below
 * 1 GiB, the tables as high as possible; the initrd as high as possible below
 * 4 GiB, or above that if there is no room; what a kernel finds below 1 MiB is
 * in core/layout.h.  The same request gives the same plan. */
BL_API int bl_plan_build(struct bl_plan *plan, const struct bl_request *request,
			 struct bl_error *err);

/* The bytes that extents of a plan come from. */
struct bl_sources {
	struct bl_span kernel, initrd, arena;
};

/* Calls fn for each extent, in order, with its bytes (NULL for BL_ZERO), until
 * it returns other than 0; returns that, or 0, or a negative code for an extent
 * whose bytes the sources do not have.  BL_FROM_KERNEL offsets are
 * file offsets of the ELF: where (gpa - offset) % 4096 is 0, its pages can be
 * mapped instead of copied. */
BL_API int bl_plan_each(const struct bl_plan *plan,
			const struct bl_sources *sources,
			int (*fn)(void *ctx, const struct bl_extent *extent,
				  const void *bytes),
			void *ctx);

/* Copies all of it into memory that stands for [gpa, gpa + size); zeroes what
 * must be zero.  An extent that is not inside is an error and nothing is
 * written. */
BL_API int bl_plan_copy(const struct bl_plan *plan,
			const struct bl_sources *sources, void *memory,
			uint64_t gpa, uint64_t size, struct bl_error *err);

/* Launch ROMs ------------------------------------------------------------ */

#define BL_ROM_SIZE    0x10000
#define BL_CMDLINE_MAX 0xefff /* bytes without the NUL */

/* What must be programmed between reset and kernel. */
enum bl_chipset {
	BL_CHIPSET_NONE,   /* microvm */
	BL_CHIPSET_I440FX, /* PIIX4 PMBASE */
	BL_CHIPSET_Q35,    /* ICH9 PMBASE, ACPI enable, PCIEXBAR of 64 buses */
};

/* Makes the 64 KiB for `qemu -bios`: from the reset vector to the kernel, for
 * a plan whose request said launch_rom.  cmdline and seed are this launch's. A
 * seed of size 0 gives a ROM that hands none over, and can be used again.
 *
 * The stub runs once: when the guest resets itself, its memory is not what the
 * plan says any more, so a second pass prints a sentence and halts. */
BL_API int bl_rom_build(void *rom, const struct bl_plan *plan,
			enum bl_chipset chipset, struct bl_span cmdline,
			struct bl_span seed, struct bl_error *err);

/* Puts another command line and seed into such a ROM.  Fails for bytes that
 * are no such ROM. */
BL_API int bl_rom_launch(void *rom, struct bl_span cmdline, struct bl_span seed,
			 struct bl_error *err);

/* What a ROM of ours says of itself. */
struct bl_rom_facts {
	enum bl_chipset chipset;
	enum bl_entry entry;
	uint64_t kernel_entry;  /* gpa */
	uint32_t dma_count;
	const char *cmdline;    /* inside the ROM */
	bool has_seed;
	uint32_t stub_size;     /* bytes of code */
};

/* Fails for bytes that are no such ROM, or whose code is not what this
 * library would have put there. */
BL_API int bl_rom_parse(struct bl_rom_facts *facts, struct bl_span rom,
			struct bl_error *err);

/* Checking --------------------------------------------------------------- */

/* Guest memory, ROMs included, as the boot CPU sees it.  0, or not 0 when any
 * byte of [gpa, gpa + len) is not there. */
struct bl_view {
	int (*read)(void *ctx, uint64_t gpa, void *dst, uint64_t len);
	void *ctx;
};

struct bl_finding {
	const char *rule;   /* "boot_params.sentinel" */
	const char *text;   /* "the sentinel at 0x1ef is not 0" */
	uint64_t value, limit; /* limit 0: value alone matters; both 0: none */
};

/* Holds a machine that is about to enter a kernel against the rules of the
 * entry protocol ([BOOT] or [PVH]) and of the tables it is given; calls found
 * for each broken rule.  kernel_gpa and kernel_size: where the kernel is; 0:
 * unknown.  Returns how many rules were broken. */
BL_API unsigned bl_verify(const struct bl_view *view, const struct bl_cpu *cpu,
			  enum bl_entry entry, uint64_t kernel_gpa,
			  uint64_t kernel_size,
			  void (*found)(void *ctx,
					const struct bl_finding *finding),
			  void *ctx);

/* "0.3.0" or what `git describe` said. */
BL_API const char *bl_version(void);

#ifdef __cplusplus
}
#endif
#endif
