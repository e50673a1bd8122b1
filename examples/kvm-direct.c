/* SPDX-License-Identifier: BSD-2-Clause */
/* kvm-direct.c - boots an ELF kernel straight on /dev/kvm: libbeeline plans,
 * this is the VMM.
 *
 * usage: kvm-direct KERNEL [INITRD] [CMDLINE]      (INITRD "-": none)
 *
 * The machine: one processor, 256 MiB, and ACPI tables that tell of a virtio
 * device and a power button, behind which nothing is.  Nor is there an
 * interrupt controller: it is for kernels that poll.  What the guest writes to
 * port 0x3f8 or 0x402 goes to stdout; a write to port 0xf4 ends it with that
 * exit code, HLT, the sleep and the reset register end it with 0.
 *
 * Pages of kernel and initrd that fit are mapped from their files, copy on
 * write: two VMs of one kernel share what neither has written. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/beeline.h"

#define MEMORY      0x10000000
#define PAGE        4096ull
#define CPUID_MAX   256
#define MTRR_TYPE   0x2ff      /* MSR: default memory type */

/* Where the devices would be: above memory, and below the 1 GiB that a kernel
 * finds mapped at its start. */
#define VIRTIO_GPA  0x20000000
#define EVENT_GPA   0x20001000
#define SLEEP_GPA   0x20001001
#define RESET_GPA   0x20001002
#define SLEEP_EN    0x20       /* [ACPI] 4.8.3.7, in the sleep register */

#define PORT_COM1   0x3f8
#define PORT_DEBUG  0x402
#define PORT_EXIT   0xf4

struct file {
	const char *name;
	int fd;
	struct bl_span span;
};

struct vm {
	int cpu;
	struct kvm_run *run;
	uint8_t *memory;
	struct file kernel, initrd;
	uint64_t copied, mapped; /* bytes */
};

#define KVM(fd, request, arg) kvm_did(ioctl(fd, request, arg), #request)

static int kvm_did(int result, const char *name)
{
	if (result < 0)
		err(1, "/dev/kvm: %s", name);
	return result;
}

static struct file file_open(const char *name)
{
	struct file file = {name, open(name, O_RDONLY | O_CLOEXEC), {0}};
	struct stat st;

	if (file.fd < 0 || fstat(file.fd, &st) != 0)
		err(1, "%s: open", name);
	file.span.size = (uint64_t)st.st_size;
	file.span.bytes = mmap(NULL, file.span.size, PROT_READ, MAP_PRIVATE,
			       file.fd, 0);
	if (file.span.bytes == MAP_FAILED) /* a folder, or empty */
		err(1, "%s: mmap", name);
	return file;
}

/* The kernel's facts and this machine become a plan. */
static void plan_make(const struct vm *vm, const char *cmdline,
		      struct bl_plan *plan, struct bl_sources *sources)
{
	static const struct bl_range map[] = {
		{0, 0xa0000, 1}, {0x100000, MEMORY - 0x100000, 1}};
	static const uint32_t apic_id[] = {0};
	static const struct bl_mmio virtio = {VIRTIO_GPA, PAGE, 5};
	static const struct bl_board board = {
		.apic_id = apic_id, .cpu_count = 1,
		.mmio = &virtio, .mmio_count = 1, .ged_gpa = EVENT_GPA,
		.ged_gsi = 6, .sleep_control_gpa = SLEEP_GPA,
		.reset_gpa = RESET_GPA, .reset_value = 1,
	};
	static struct bl_kernel kernel;
	struct bl_request request = {
		.map = map, .map_count = 2, .kernel = &kernel,
		.initrd_size = vm->initrd.span.size,
		.cmdline = {cmdline, strlen(cmdline)}, .entry = BL_ENTRY_64,
		.tables = BL_TABLES_HWREDUCED, .board = &board,
	};
	struct bl_error why;
	char text[256];

	if (bl_kernel_parse(&kernel, vm->kernel.span, &why) != 0)
		errx(1, "%s: %s", vm->kernel.name,
		     bl_error_format(text, sizeof(text), &why));
	request.arena_size = bl_arena_size(&request);
	request.arena = calloc(1, request.arena_size);
	if (request.arena == NULL)
		err(1, "arena");
	if (bl_plan_build(plan, &request, &why) != 0)
		errx(1, "%s: %s", vm->kernel.name,
		     bl_error_format(text, sizeof(text), &why));
	*sources = (struct bl_sources){vm->kernel.span, vm->initrd.span,
				       {request.arena, request.arena_size}};
}

static void copy(struct vm *vm, uint64_t gpa, const void *from, uint64_t size)
{
	memcpy(vm->memory + gpa, from, size);
	vm->copied += size;
}

/* Whole pages are mapped where the file has them at page boundaries too; the
 * ragged ends, and everything else, are copied. */
static int extent_load(void *ctx, const struct bl_extent *extent,
		       const void *bytes)
{
	struct vm *vm = ctx;
	const struct file *file =
		extent->source == BL_FROM_KERNEL ? &vm->kernel :
		extent->source == BL_FROM_INITRD ? &vm->initrd : NULL;
	uint64_t gpa = extent->gpa, end = gpa + extent->size;
	uint64_t first = (gpa + PAGE - 1) & -PAGE, last = end & -PAGE;

	if (extent->source == BL_ZERO) /* fresh memory is zero */
		return 0;
	if (file == NULL || (gpa - extent->offset) % PAGE != 0 || first >= last)
		first = last = end;
	else if (mmap(vm->memory + first, last - first, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_FIXED, file->fd,
		      (off_t)(extent->offset + first - gpa)) == MAP_FAILED)
		return errno;
	vm->mapped += last - first;
	copy(vm, gpa, bytes, first - gpa);
	copy(vm, last, (const uint8_t *)bytes + (last - gpa), end - last);
	return 0;
}

static void cpuid_set(int kvm, const struct vm *vm)
{
	struct kvm_cpuid2 *cpuid = calloc(
		1, sizeof(*cpuid) + CPUID_MAX * sizeof(cpuid->entries[0]));

	if (cpuid == NULL)
		err(1, "cpuid");
	cpuid->nent = CPUID_MAX;
	KVM(kvm, KVM_GET_SUPPORTED_CPUID, cpuid);
	KVM(vm->cpu, KVM_SET_CPUID2, cpuid);
	free(cpuid);
}

static void vm_make(struct vm *vm)
{
	struct kvm_userspace_memory_region region = {.memory_size = MEMORY};
	int kvm = kvm_did(open("/dev/kvm", O_RDWR | O_CLOEXEC), "open"), fd;

	vm->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			  MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (vm->memory == MAP_FAILED)
		err(1, "memory: mmap");
	region.userspace_addr = (uintptr_t)vm->memory;
	fd = KVM(kvm, KVM_CREATE_VM, 0);
	KVM(fd, KVM_SET_USER_MEMORY_REGION, &region);
	vm->cpu = KVM(fd, KVM_CREATE_VCPU, 0);
	vm->run = mmap(NULL, (size_t)KVM(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
		       PROT_READ | PROT_WRITE, MAP_SHARED, vm->cpu, 0);
	if (vm->run == MAP_FAILED)
		err(1, "/dev/kvm: mmap");
	cpuid_set(kvm, vm);
}

/* A flat segment of [SDM] 3A 3.4.5 with its accessed bit set. */
static struct kvm_segment segment(uint16_t selector, bool code)
{
	return (struct kvm_segment){
		.limit = 0xffffffff, .selector = selector,
		.type = code ? 11 : 3, .present = 1, .s = 1, .g = 1,
		.l = code, .db = !code};
}

/* The plan's CPU state becomes the processor's. */
static void cpu_set(const struct vm *vm, const struct bl_cpu *cpu)
{
	struct kvm_regs regs = {
		.rip = cpu->rip, .rsp = cpu->rsp, .rsi = cpu->rsi,
		.rbx = cpu->rbx, .rflags = cpu->rflags};
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msrs = {{.nmsrs = 1}, {MTRR_TYPE, 0, cpu->mtrr_def_type}};
	struct kvm_sregs sregs;

	KVM(vm->cpu, KVM_GET_SREGS, &sregs);
	sregs.cs = segment(cpu->cs, true);
	sregs.ds = sregs.es = sregs.fs = sregs.gs = segment(cpu->ds, false);
	sregs.ss = segment(cpu->ss, false);
	sregs.tr = (struct kvm_segment){
		.limit = 0x67, .selector = cpu->tr, .type = 11, .present = 1};
	sregs.gdt = (struct kvm_dtable){cpu->gdt_gpa, cpu->gdt_limit, {0}};
	sregs.cr0 = cpu->cr0;
	sregs.cr3 = cpu->cr3;
	sregs.cr4 = cpu->cr4;
	sregs.efer = cpu->efer;
	KVM(vm->cpu, KVM_SET_SREGS, &sregs);
	KVM(vm->cpu, KVM_SET_REGS, &regs);
	if (KVM(vm->cpu, KVM_SET_MSRS, &msrs) != 1)
		errx(1, "/dev/kvm: does not know MSR %#x", MTRR_TYPE);
}

/* The exit code, or -1: go on. */
static int port_access(struct kvm_run *run)
{
	uint8_t *data = (uint8_t *)run + run->io.data_offset;

	if (run->io.direction == KVM_EXIT_IO_IN)
		memset(data, 0xff, (size_t)run->io.size * run->io.count);
	else if (run->io.port == PORT_COM1 || run->io.port == PORT_DEBUG)
		fwrite(data, run->io.size, run->io.count, stdout);
	else if (run->io.port == PORT_EXIT)
		return *data;
	return -1;
}

static int memory_access(struct kvm_run *run)
{
	uint64_t gpa = run->mmio.phys_addr;

	if (!run->mmio.is_write)
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
	else if (gpa == RESET_GPA ||
		 (gpa == SLEEP_GPA && run->mmio.data[0] & SLEEP_EN))
		return 0;
	return -1;
}

/* Runs the guest to its end: the exit code. */
static int vm_run(const struct vm *vm)
{
	struct kvm_run *run = vm->run;
	int code = -1;

	while (code < 0) {
		if (ioctl(vm->cpu, KVM_RUN, 0) != 0 && errno != EINTR)
			err(1, "/dev/kvm: KVM_RUN");
		if (run->exit_reason == KVM_EXIT_IO)
			code = port_access(run);
		else if (run->exit_reason == KVM_EXIT_MMIO)
			code = memory_access(run);
		else if (run->exit_reason == KVM_EXIT_HLT)
			code = 0;
		else if (run->exit_reason == KVM_EXIT_SHUTDOWN)
			errx(1, "the guest shut down: a triple fault");
		else if (run->exit_reason != KVM_EXIT_INTR)
			errx(1, "the guest stopped: KVM's exit reason is %u",
			     run->exit_reason);
	}
	return code;
}

int main(int argc, char **argv)
{
	static struct bl_plan plan;
	struct bl_sources sources;
	struct vm vm = {0};
	int code;

	if (argc < 2 || argc > 4)
		errx(2, "usage: kvm-direct KERNEL [INITRD|-] [CMDLINE]");
	vm.kernel = file_open(argv[1]);
	if (argc > 2 && strcmp(argv[2], "-") != 0)
		vm.initrd = file_open(argv[2]);
	plan_make(&vm, argc > 3 ? argv[3] : "", &plan, &sources);
	vm_make(&vm);
	code = bl_plan_each(&plan, &sources, extent_load, &vm);
	if (code != 0)
		errx(1, "%s: mmap: %s", vm.kernel.name, strerror(code));
	cpu_set(&vm, &plan.cpu);
	code = vm_run(&vm);
	fflush(stdout);
	fprintf(stderr, "kvm-direct: copied %llu bytes, mapped %llu\n",
		(unsigned long long)vm.copied, (unsigned long long)vm.mapped);
	return code;
}
