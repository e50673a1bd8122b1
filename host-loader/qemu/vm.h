/* SPDX-License-Identifier: BSD-2-Clause */
/* vm.h - a virtual machine as QEMU is told of it.  Two lists of arguments:
 * those that the guest can see in tables or memory (a bundle fits only these),
 * and those that are the host's affair (backends, logs, monitors). */
#ifndef HOST_LOADER_VM_H
#define HOST_LOADER_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "host-loader/strings.h"

struct vm {
	char *qemu;             /* absolute path of the program */
	char *machine;          /* -M value, without memory-backend */
	char *memory;           /* -m value: "512M", "1G,slots=2,maxmem=4G" */
	char *cpus;             /* -smp value */
	char *accel;            /* -accel value: "kvm", "tcg,thread=single" */
	struct strings table_args; /* -device, -smbios, -numa, ... */
	struct strings host_args;  /* -netdev, -drive if=none, -D, ... */
	bool no_console;        /* else the machine has a serial port, which
				 * its ACPI tables tell */
};

void vm_free(struct vm *vm);

/* Bytes that a -m value asks for at the start: "512" is MiB, suffixes K, M, G,
 * T.  0 for a value that makes no sense. */
uint64_t vm_memory_bytes(const char *memory);

/* Sorts QEMU arguments into the two lists.  Unless no_console is set, a serial
 * port and the monitor on stdin and stdout (Ctrl-A X ends QEMU) come with
 * them, but not where the arguments have -serial, -nographic or a chardev with
 * the id "console".  -1 after a line: for an option that Beeline decides
 * itself (-kernel, -bios, -M, -m, -smp, -accel ...). */
int vm_args_split(struct vm *vm, char **args, int count);

/* Does every table argument of `wanted` stand in `have`, and are machine,
 * memory and cpus the same?  NULL, or a sentence that says which one differs;
 * the caller frees it.  A member of wanted that is NULL is not compared. */
char *vm_difference(const struct vm *have, const struct vm *wanted);

/* Puts the host arguments of `more` into `vm`: one with the id of another
 * (or the same option, where it has none) replaces that. */
void vm_host_args_replace(struct vm *vm, const struct strings *more);

/* Is this option, "-S", among the host arguments? */
bool vm_host_has(const struct vm *vm, const char *option);

/* Appends what every start of this machine has in common: the program,
 * -nodefaults, machine, memory, CPUs, accelerator and both lists of arguments.
 * backend: id of the memory backend object that -M names, or NULL. */
void vm_command(struct strings *args, const struct vm *vm, const char *backend);

#endif
