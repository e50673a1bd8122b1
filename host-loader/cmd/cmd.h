/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd.h - the commands.  Each takes argv[0] = its name and gives the exit
 * code: 0 done, 1 failed after one line, 2 wrong usage. */
#ifndef HOST_LOADER_CMD_H
#define HOST_LOADER_CMD_H

int cmd_run(int argc, char **argv);
int cmd_bake(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_cache(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
