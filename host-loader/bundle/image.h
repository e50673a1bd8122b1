/* SPDX-License-Identifier: BSD-2-Clause */
/* image.h - guest RAM as one sparse file: only pages that a plan fills take
 * disk. */
#ifndef HOST_LOADER_IMAGE_H
#define HOST_LOADER_IMAGE_H

#include "host-loader/bundle/bundle.h"

/* Writes the plan's extents to where bundle_image_offset() says, into an empty
 * file.  Pages of zeros stay holes.
 *
 * -1 and errno: ERANGE for an extent that is not in RAM or whose bytes are not
 * in the sources; EINTR when a blocked SIGINT, SIGTERM or SIGHUP waits. */
int image_write(int fd, const struct bundle *bundle,
		const struct bl_sources *sources);

/* Over each extent in order: gpa and size as 8 bytes each, lowest first, then
 * its bytes if it has a source.  -1 for extents outside the sources. */
int image_digest(char text[DIGEST_TEXT], const struct bl_plan *plan,
		 const struct bl_sources *sources);

/* The same from a bundle's image.  -1 for extents outside of that. */
int image_digest_read(char text[DIGEST_TEXT], const struct bundle *bundle,
		      struct bl_span image);

/* Has one of the signals come that ask a program to end?  They must be blocked,
 * as they are during bundle_write(). */
bool image_interrupted(void);

#endif
