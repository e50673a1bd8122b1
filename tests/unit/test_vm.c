/* SPDX-License-Identifier: BSD-2-Clause */
/* test_vm.c - QEMU's arguments: sorted, refused, compared, replaced. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "host-loader/qemu/pull_args.h"
#include "host-loader/qemu/qemu_args.h"
#include "host-loader/qemu/vm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Complaints of a test that wants them are not shown. */
static int quiet_from(void)
{
	int before = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

	dup2(null, STDERR_FILENO);
	close(null);
	return before;
}

static void quiet_to(int before)
{
	dup2(before, STDERR_FILENO);
	close(before);
}

/* Splits words that a space parts. */
static int split(struct vm *vm, const char *line)
{
	char *copy = strdup(line), *args[32], *rest = NULL;
	int count = 0, err;

	*vm = (struct vm){.no_console = vm->no_console};
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		args[count++] = word;
	err = vm_args_split(vm, args, count);
	free(copy);
	return err;
}

static void list_check(const struct strings *list, const char *wanted)
{
	char text[1024] = "";

	for (size_t i = 0; i < list->count; i++) {
		strcat(text, i != 0 ? " " : "");
		strcat(text, list->v[i]);
	}
	assert_string_equal(text, wanted);
	if (list->count != 0)
		assert_null(list->v[list->count]);
}

static void split_check(const char *line, const char *table, const char *host)
{
	struct vm vm = {.no_console = true};

	assert_int_equal(split(&vm, line), 0);
	list_check(&vm.table_args, table);
	list_check(&vm.host_args, host);
	vm_free(&vm);
}

static void memory_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} row[] = {
		{"512", MIB(512)},
		{"512M", MIB(512)},
		{"512m", MIB(512)},
		{"2G", GIB(2)},
		{"1t", GIB(1024)},
		{"65536k", MIB(64)},
		{"8193b", 16384}, /* QEMU rounds up */
		{"1.5G", MIB(1536)}, {"0.25G", MIB(256)},
		{"1.000001t", GIB(1024) + 1105920}, {"1.5", MIB(1) + 524288},
		{"1G,slots=2,maxmem=4G", GIB(1)},
		{"size=1G,slots=2", GIB(1)},
		{"slots=2,size=3G", GIB(3)},
		{"8589934592", GIB(8589934592 / 1024)},
		{"", 0}, {"G", 0}, {"0", 0}, {"-1", 0}, {"+1", 0}, {" 1", 0},
		{"1GG", 0}, {"1 G", 0}, {"1x", 0}, {"0x10", 0}, {".5G", 0},
		{"1.G", 0}, {"1.5.5G", 0}, {"1.-5G", 0}, {"1.0000000G", 0},
		{"1.999999999999999999999999G", 0}, {"1.x", 0},
		{"slots=2", 0}, {"9007199254740992", 0},
		{"9007199254740991T", 0},
		{"99999999999999999999999", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_int_equal(vm_memory_bytes(row[i].text), row[i].bytes);
}

static void splits_by_kind(void **state)
{
	(void)state;
	split_check("", "", "");
	split_check("-device virtio-net,netdev=n -netdev user,id=n",
		    "-device virtio-net,netdev=n", "-netdev user,id=n");
	split_check("-S -usb -D log -snapshot", "-usb", "-S -D log -snapshot");
	split_check("--device x --S", "-device x", "-S");
	/* no options of QEMU's: it says so itself */
	split_check("---drive if=pflash ---S --", "---drive if=pflash ---S --",
		    "");
	split_check("disk.img -no-shutdown", "disk.img", "-no-shutdown");
	split_check("-serial stdio -monitor none", "-serial stdio",
		    "-monitor none");
	split_check("-rtc base=utc -cpu max -smbios type=1",
		    "-cpu max -smbios type=1", "-rtc base=utc");
	split_check("-nographic -icount shift=0", "",
		    "-nographic -icount shift=0");
}

static void splits_by_value(void **state)
{
	(void)state;
	split_check("-drive if=none,id=d,file=a", "",
		    "-drive if=none,id=d,file=a");
	split_check("-drive file=a,,if=none,id=d",
		    "-drive file=a,,if=none,id=d", "");
	split_check("-drive file=a", "-drive file=a", "");
	split_check("-drive if=none,if=ide", "-drive if=none,if=ide", "");
	split_check("-object rng-random,id=r -object memory-backend-ram,id=m",
		    "-object memory-backend-ram,id=m",
		    "-object rng-random,id=r");
	split_check("-object {\"qom-type\":\"memory-backend-file\"}",
		    "-object {\"qom-type\":\"memory-backend-file\"}", "");
	split_check("-object {\"qom-type\":\"rng-random\"}", "",
		    "-object {\"qom-type\":\"rng-random\"}");
	split_check("-object qom-type=iothread,id=i", "",
		    "-object qom-type=iothread,id=i");
	split_check("-object acpi-generic-initiator,id=g,pci-dev=d,node=0",
		    "-object acpi-generic-initiator,id=g,pci-dev=d,node=0", "");
	split_check("-jitdump a.img -name {x}", "a.img", "-jitdump -name {x}");
}

/* An option that nobody knows takes a value, unless an option follows. */
static void splits_unknown(void **state)
{
	(void)state;
	split_check("-new -device x", "-new -device x", "");
	split_check("-new value -S", "-new value", "-S");
	split_check("-new", "-new", "");
	split_check("-", "-", "");
}

static void split_refuses(void **state)
{
	static const char *const line[] = {
		"-kernel k", "-initrd i", "-append a", "-dtb d", "-bios b",
		"-M q35", "-machine q35", "--machine q35", "-m 1G", "-smp 2",
		"-accel kvm", "-enable-kvm", "-pflash f", "-incoming defer",
		"-loadvm x", "-readconfig f", "-qtest stdio", "-daemonize",
		"-preconfig", "-drive if=pflash,file=f", "-S -kernel k",
		"-device", "-device x -netdev", "-D",
		"-device {'driver':'d'}", "-object {", "-netdev {} -drive {,}",
	};
	int before = quiet_from();

	(void)state;
	for (size_t i = 0; i < COUNT(line); i++) {
		struct vm vm = {0};

		assert_int_equal(split(&vm, line[i]), -1);
		vm_free(&vm);
	}
	quiet_to(before);
}

static void console_is_added(void **state)
{
	struct vm vm = {0};

	(void)state;
	assert_int_equal(split(&vm, "-S"), 0);
	list_check(&vm.table_args, "-serial chardev:console");
	list_check(&vm.host_args, "-S -chardev "
		   "stdio,id=console,mux=on,signal=off -mon chardev=console");
	vm_free(&vm);
}

static void console_is_the_users(void **state)
{
	static const char *const line[] = {
		"-serial none", "-nographic", "-chardev null,id=console",
		"-S -chardev file,path=x,id=console -device y"};

	(void)state;
	for (size_t i = 0; i < COUNT(line); i++) {
		struct vm vm = {0};

		assert_int_equal(split(&vm, line[i]), 0);
		for (size_t k = 0; k < vm.host_args.count; k++)
			assert_null(strstr(vm.host_args.v[k], "stdio"));
		vm_free(&vm);
	}
}

static void difference_check(const char *have, const char *wanted,
			     const char *text)
{
	struct vm a = {.no_console = true}, b = {.no_console = true};
	char *found;

	assert_int_equal(split(&a, have), 0);
	assert_int_equal(split(&b, wanted), 0);
	found = vm_difference(&a, &b);
	if (text == NULL)
		assert_null(found);
	else
		assert_string_equal(found, text);
	free(found);
	vm_free(&a);
	vm_free(&b);
}

static void difference_of_arguments(void **state)
{
	(void)state;
	difference_check("", "", NULL);
	difference_check("-device a -device b", "-device b", NULL);
	difference_check("-device a", "--device a -S -netdev user,id=n", NULL);
	difference_check("-device a", "-device b",
			 "-device b: it was baked without");
	difference_check("-device a", "-device a -device a",
			 "-device a: it was baked without");
	difference_check("-device a", "-usb", "-usb: it was baked without");
	difference_check("-device a", "a", "a: it was baked without");
	difference_check("-device a", "-global a",
			 "-global a: it was baked without");
}

static void difference_of_members(void **state)
{
	char q35[] = "q35", pc[] = "pc", m512[] = "512", m512m[] = "512M",
	     slots[] = "512M,slots=2", one[] = "1", two[] = "2";
	const struct vm have = {.machine = q35, .memory = m512m, .cpus = one};
	struct vm wanted = {0};
	char *text;

	(void)state;
	assert_null(vm_difference(&have, &wanted));
	wanted = (struct vm){.machine = q35, .memory = m512, .cpus = one};
	assert_null(vm_difference(&have, &wanted));
	wanted.memory = slots;
	text = vm_difference(&have, &wanted);
	assert_string_equal(text, "--memory 512M,slots=2: it was baked with "
				  "512M");
	free(text);
	wanted = (struct vm){.cpus = two};
	text = vm_difference(&have, &wanted);
	assert_string_equal(text, "--cpus 2: it was baked with 1");
	free(text);
	wanted = (struct vm){.machine = pc, .cpus = two};
	text = vm_difference(&have, &wanted);
	assert_string_equal(text, "--machine pc: it was baked with q35");
	free(text);
}

static void replace_check(const char *have, const char *more,
			  const char *wanted)
{
	struct vm a = {.no_console = true}, b = {.no_console = true};

	assert_int_equal(split(&a, have), 0);
	assert_int_equal(split(&b, more), 0);
	vm_host_args_replace(&a, &b.host_args);
	list_check(&a.host_args, wanted);
	vm_free(&a);
	vm_free(&b);
}

static void host_args_are_replaced(void **state)
{
	(void)state;
	replace_check("-D a -S", "", "-D a -S");
	replace_check("-D a -S", "-D b", "-S -D b");
	replace_check("-S", "-S", "-S");
	replace_check("-netdev user,id=n -netdev user,id=m",
		      "-netdev tap,id=n", "-netdev user,id=m -netdev tap,id=n");
	replace_check("-drive if=none,id=a,file=x -drive if=none,id=b,file=y",
		      "-drive file=z,if=none,id=b",
		      "-drive if=none,id=a,file=x -drive file=z,if=none,id=b");
	replace_check("-blockdev driver=file,node-name=n",
		      "-blockdev {\"node-name\":\"n\"}",
		      "-blockdev {\"node-name\":\"n\"}");
	replace_check("-mon chardev=a", "-mon b,mode=control",
		      "-mon chardev=a -mon b,mode=control");
	replace_check("-mon chardev=a", "-mon a,mode=control",
		      "-mon a,mode=control");
	replace_check("-chardev null,id=n", "-netdev user,id=n",
		      "-chardev null,id=n -netdev user,id=n");
}

static void host_has_an_option(void **state)
{
	struct vm vm = {.no_console = true};

	(void)state;
	assert_int_equal(split(&vm, "-name -S -icount shift=0 -usb"), 0);
	assert_true(vm_host_has(&vm, "-icount"));
	assert_true(vm_host_has(&vm, "-name"));
	assert_false(vm_host_has(&vm, "-S"));
	assert_false(vm_host_has(&vm, "-usb"));
	vm_free(&vm);
}

static void values_are_found(void **state)
{
	static const struct {
		const char *text, *implied, *key, *value;
	} row[] = {
		{"a=1,b=2", NULL, "b", "2"},
		{"a=1,,b=2", NULL, "a", "1,b=2"},
		{"a=1,,b=2", NULL, "b", NULL},
		{"x,a=1", "first", "first", "x"},
		{"x,a=1", NULL, "x", NULL},
		{"a=1,x", "first", "first", NULL},
		{"a=", NULL, "a", ""},
		{"a=1,a=2", NULL, "a", "2"},
		{"a=b=c", NULL, "a", "b=c"},
		{",,,a=1", NULL, "a", "1"},
		{",,a=1", NULL, "a", NULL},
		{"", "first", "first", NULL},
		{"{\"a\":\"1\"}", NULL, "a", "1"},
		{"{\"a\":1}", NULL, "a", NULL},
		{"{\"a\":", NULL, "a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		char *value = qemu_value_get(row[i].text, row[i].implied,
					     row[i].key);

		if (row[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, row[i].value);
		free(value);
	}
}

static void command_has_all(void **state)
{
	char qemu[] = "/q", q35[] = "q35", size[] = "1G", one[] = "1",
	     tcg[] = "tcg";
	struct vm vm = {.no_console = true};
	struct strings args = {0};

	(void)state;
	assert_int_equal(split(&vm, "-set drive.d.cache=none -device d -S "
				    "-set device.i.x=y -D -set"), 0);
	vm.qemu = qemu;
	vm.machine = q35;
	vm.memory = size;
	vm.cpus = one;
	vm.accel = tcg;
	vm_command(&args, &vm, NULL);
	list_check(&args, "/q -nodefaults -no-user-config -display none -M q35 "
			  "-accel tcg -m 1G -smp 1 -device d -S -D -set "
			  "-set drive.d.cache=none -set device.i.x=y");
	strings_free(&args);
	vm_command(&args, &vm, "ram");
	assert_string_equal(args.v[6], "q35,memory-backend=ram");
	strings_free(&args);
	strings_free(&vm.table_args);
	strings_free(&vm.host_args);
}

/* What would open, listen or write in a pull does nothing there. */
static void pull_touches_nothing(void **state)
{
	static const struct {
		const char *line, *table, *host;
	} row[] = {
		{"-serial tcp::1,server", "-serial null", ""},
		{"-serial mon:stdio -device d", "-serial null -device d", ""},
		{"-serial chardev:c -serial none",
		 "-serial chardev:c -serial none", ""},
		{"-parallel file:p -debugcon pty",
		 "-parallel null -debugcon null", ""},
		{"-chardev file,id=c,path=p,mux=on", "",
		 "-chardev null,id=c,mux=on"},
		{"-chardev pty,id=c,mux", "", "-chardev null,id=c,mux=on"},
		{"-chardev socket,id=c,path=p", "",
		 "-chardev socket,id=c,path=p"},
		{"-chardev socket,id=c,path=p,server=off", "",
		 "-chardev socket,id=c,path=p,server=off"},
		{"-chardev socket,id=c,path=p,server=on,wait=off", "",
		 "-chardev null,id=c"},
		{"-chardev socket,id=c,path=p,server,nowait", "",
		 "-chardev null,id=c"},
		{"-chardev socket,id=c,path=p,server", "",
		 "-chardev null,id=c"},
		{"-netdev user,id=n -D log -S -monitor stdio", "",
		 "-netdev hubport,hubid=0,id=n"},
		{"-netdev user,id=n,hostfwd=tcp::22-:22 -snapshot -usb "
		 "-netdev {\"type\":\"tap\",\"id\":\"t\"}", "-usb",
		 "-netdev hubport,hubid=0,id=n -snapshot "
		 "-netdev hubport,hubid=0,id=t"},
		{"-object filter-dump,id=f,netdev=n,file=p -object "
		 "rng-random,id=r -object colo-compare,id=c", "",
		 "-object rng-random,id=r"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct vm vm = {.no_console = true}, out;

		assert_int_equal(split(&vm, row[i].line), 0);
		pull_args(&out, &vm);
		list_check(&out.table_args, row[i].table);
		list_check(&out.host_args, row[i].host);
		vm_free(&out);
		vm_free(&vm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(memory_sizes),
		CASE(splits_by_kind),
		CASE(splits_by_value),
		CASE(splits_unknown),
		CASE(split_refuses),
		CASE(console_is_added),
		CASE(console_is_the_users),
		CASE(difference_of_arguments),
		CASE(difference_of_members),
		CASE(host_args_are_replaced),
		CASE(host_has_an_option),
		CASE(values_are_found),
		CASE(command_has_all),
		CASE(pull_touches_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
