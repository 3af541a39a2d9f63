// SPDX-License-Identifier: GPL-2.0
/* Operations at random, and disks that go bad, while the load runs. */
#include "torture.h"

struct dice op_dice;
bool operations_on, harm_on;
uint64_t n_operations;
int harmed = -1;

void *operator_thread(void *arg)
{
	return arg;
}
