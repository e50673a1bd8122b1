/* SPDX-License-Identifier: BSD-2-Clause */
/* file.c - files as bytes. */
#include "host-loader/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-loader/say.h"

/* Reads what cannot be mapped, as files of sysfs: their size is a promise
 * at most. */
static int fd_read(struct bl_span *out, int fd, size_t size, const char *path)
{
	char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t done = 0;

	if (bytes == MAP_FAILED)
		return say_errno(path, "cannot read");
	while (done < size) {
		ssize_t got = read(fd, bytes + done, size - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			say_errno(path, "cannot read");
			munmap(bytes, size);
			return -1;
		}
		if (got == 0)
			break;
		done += (size_t)got;
	}
	if (done == 0) {
		munmap(bytes, size);
		return 0;
	}
	*out = (struct bl_span){bytes, done};
	return 0;
}

static int fd_map(struct bl_span *out, int fd, const char *path)
{
	struct stat st;
	void *bytes;

	if (fstat(fd, &st) < 0)
		return say_errno(path, "cannot read");
	if (!S_ISREG(st.st_mode))
		return say("%s: cannot read: not a regular file", path);
	*out = (struct bl_span){NULL, 0};
	if (st.st_size == 0)
		return 0;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED && errno == ENODEV)
		return fd_read(out, fd, (size_t)st.st_size, path);
	if (bytes == MAP_FAILED)
		return say_errno(path, "cannot map");
	*out = (struct bl_span){bytes, (uint64_t)st.st_size};
	return 0;
}

int file_map(struct bl_span *out, const char *path)
{
	/* O_NONBLOCK: a FIFO must not make us wait for a writer */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int result;

	if (fd < 0)
		return say_errno(path, "cannot open");
	result = fd_map(out, fd, path);
	close(fd);
	return result;
}

void file_unmap(struct bl_span *span)
{
	/* the mapping was ours to write a pointer to, and read-only */
	if (span->size != 0)
		munmap((void *)(uintptr_t)span->bytes, (size_t)span->size);
	*span = (struct bl_span){NULL, 0};
}

bool file_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

int file_write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size > 0) {
		ssize_t done = write(fd, at, size);

		if (done < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		at += done;
		size -= (size_t)done;
	}
	return 0;
}
