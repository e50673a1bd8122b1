/* SPDX-License-Identifier: BSD-2-Clause */
/* codec_lzo_none.c - in place of codec_lzo.c, where its library's licence would
 * bind whoever links with libbeeline. */
#include "core/err.h"
#include "host-loader/lib/codec.h"

int bl_codec_lzo(struct codec_job *job)
{
	(void)job;
	return ERR_UNSUPPORTED;
}
