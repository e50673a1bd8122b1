/* SPDX-License-Identifier: BSD-2-Clause */
/* kvm.c - times ring-0 code in a VM of one page.
 *
 * There are hosts whose /dev/kvm opens and that yet emulate the guest's
 * kernel mode, instruction by instruction: nested ones with a software MMU.
 * TCG is quicker there. */
#include "host-loader/qemu/kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define PAGE       4096
#define LOOPS      32 /* passes of the loop */
#define PER_LOOP   4  /* ring-0 instructions in a pass */
#define ROUNDS     3  /* the quickest counts: the host may be busy */
#define LIMIT_US   100000
#define PORT       0x402
#define TSS_GPA    0xfffbd000 /* [KVM] KVM_SET_TSS_ADDR: three free pages */
#define CR0_PE     1
#define RFLAGS_ONE 2 /* the bit that is always set */

struct vm_page {
	int kvm, vm, cpu;
	struct kvm_run *run;
	size_t run_size;
	uint8_t *page;
};

/* Flat 32-bit code; ends each round with the ticks it took, at a port. */
static const uint8_t ring0_loop[] = {
	0x0f, 0x31,                    /* rdtsc */
	0x89, 0xc6,                    /* mov esi, eax */
	0xb9, LOOPS, 0, 0, 0,          /* mov ecx, LOOPS */
	0x0f, 0x20, 0xc0,              /* pass: mov eax, cr0 */
	0x0f, 0x01, 0x38,              /* invlpg [eax] */
	0x0f, 0x20, 0xd8,              /* mov eax, cr3 */
	0x0f, 0x22, 0xd8,              /* mov cr3, eax */
	0x49, 0x75, 0xf1,              /* dec ecx; jnz pass */
	0x0f, 0x31,                    /* rdtsc */
	0x29, 0xf0,                    /* sub eax, esi */
	0x66, 0xba, PORT & 0xff, PORT >> 8, /* mov dx, PORT */
	0xef,                          /* out dx, eax */
	0xeb, 0xdd,                    /* jmp to the start */
};

/* The host's TSC rate, as the last VM was told: a VM takes a while to make. */
static int khz_said;

static const char *why_errno(const char *what)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	return text;
}

static const char *vm_create(struct vm_page *vm)
{
	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		return why_errno("/dev/kvm");
	if (ioctl(vm->kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		return "not the stable API";
	vm->vm = ioctl(vm->kvm, KVM_CREATE_VM, 0);
	if (vm->vm < 0)
		return why_errno("KVM_CREATE_VM");
	khz_said = ioctl(vm->vm, KVM_GET_TSC_KHZ, 0);
	return NULL;
}

static const char *memory_create(struct vm_page *vm)
{
	struct kvm_userspace_memory_region region = {.memory_size = PAGE};

	vm->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->page == MAP_FAILED)
		return why_errno("mmap");
	memcpy(vm->page, ring0_loop, sizeof(ring0_loop));
	region.userspace_addr = (uintptr_t)vm->page;
	/* Old Intel processors need it, whether it succeeds elsewhere or not */
	ioctl(vm->vm, KVM_SET_TSS_ADDR, TSS_GPA);
	if (ioctl(vm->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return why_errno("KVM_SET_USER_MEMORY_REGION");
	return NULL;
}

static const char *cpu_create(struct vm_page *vm)
{
	int size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	vm->cpu = ioctl(vm->vm, KVM_CREATE_VCPU, 0);
	if (vm->cpu < 0)
		return why_errno("KVM_CREATE_VCPU");
	if (size < (int)sizeof(*vm->run))
		return "KVM_GET_VCPU_MMAP_SIZE: too small";
	vm->run_size = (size_t)size;
	vm->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       vm->cpu, 0);
	return vm->run == MAP_FAILED ? why_errno("mmap of the vCPU") : NULL;
}

/* Flat 32-bit protected mode: what a processor can do natively without
 * "unrestricted guest". */
static const char *cpu_setup(const struct vm_page *vm)
{
	const struct kvm_segment data = {.limit = UINT32_MAX, .selector = 16,
					 .type = 3, .present = 1, .db = 1,
					 .s = 1, .g = 1};
	struct kvm_regs regs = {.rflags = RFLAGS_ONE};
	struct kvm_sregs sregs;

	if (ioctl(vm->cpu, KVM_GET_SREGS, &sregs) < 0)
		return why_errno("KVM_GET_SREGS");
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
	sregs.cs = data;
	sregs.cs.selector = 8;
	sregs.cs.type = 11;
	sregs.cr0 |= CR0_PE;
	if (ioctl(vm->cpu, KVM_SET_SREGS, &sregs) < 0)
		return why_errno("KVM_SET_SREGS");
	if (ioctl(vm->cpu, KVM_SET_REGS, &regs) < 0)
		return why_errno("KVM_SET_REGS");
	return NULL;
}

static const char *cpu_run(const struct vm_page *vm, uint32_t *best)
{
	static char text[48];
	uint32_t ticks;

	*best = UINT32_MAX;
	for (int round = 0; round < ROUNDS; round++) {
		if (ioctl(vm->cpu, KVM_RUN, 0) < 0)
			return errno == EINTR ? "no answer in 100 ms"
					      : why_errno("KVM_RUN");
		if (vm->run->exit_reason != KVM_EXIT_IO ||
		    vm->run->io.port != PORT ||
		    vm->run->io.data_offset > vm->run_size - sizeof(ticks)) {
			snprintf(text, sizeof(text), "exit reason %u",
				 vm->run->exit_reason);
			return text;
		}
		memcpy(&ticks, (uint8_t *)vm->run + vm->run->io.data_offset,
		       sizeof(ticks));
		if (ticks < *best)
			*best = ticks;
	}
	return NULL;
}

static void nothing(int number)
{
	(void)number;
}

/* The same with an alarm that ends a KVM_RUN which never returns. */
static const char *cpu_run_limited(const struct vm_page *vm, uint32_t *best)
{
	/* again and again, for the first may come just before KVM_RUN */
	const struct itimerval limit = {{0, LIMIT_US}, {0, LIMIT_US}};
	const struct itimerval none = {0};
	const struct sigaction action = {.sa_handler = nothing};
	struct sigaction before;
	const char *why;

	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &limit, NULL);
	why = cpu_run(vm, best);
	setitimer(ITIMER_REAL, &none, NULL);
	sigaction(SIGALRM, &before, NULL);
	return why;
}

static void vm_close(struct vm_page *vm)
{
	if (vm->run != MAP_FAILED)
		munmap(vm->run, vm->run_size);
	if (vm->cpu >= 0)
		close(vm->cpu);
	if (vm->vm >= 0)
		close(vm->vm);
	if (vm->kvm >= 0)
		close(vm->kvm);
	if (vm->page != MAP_FAILED)
		munmap(vm->page, PAGE);
}

#define VM_PAGE_NONE {-1, -1, -1, MAP_FAILED, 0, MAP_FAILED}

const char *kvm_ring0_ticks(uint32_t *ticks)
{
	struct vm_page vm = VM_PAGE_NONE;
	const char *why = vm_create(&vm);

	if (why == NULL)
		why = memory_create(&vm);
	if (why == NULL)
		why = cpu_create(&vm);
	if (why == NULL)
		why = cpu_setup(&vm);
	if (why == NULL)
		why = cpu_run_limited(&vm, ticks);
	vm_close(&vm);
	*ticks /= LOOPS * PER_LOOP;
	return why;
}

uint32_t kvm_tsc_khz(void)
{
	struct vm_page vm = VM_PAGE_NONE;

	if (khz_said == 0) {
		vm_create(&vm);
		vm_close(&vm);
	}
	return khz_said > 0 ? (uint32_t)khz_said : 0;
}
