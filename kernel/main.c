// SPDX-License-Identifier: GPL-2.0
/*
 * Plexus: packs of disks, volumes of one or more plexes.
 *
 * The map: plexus.h lists what each file offers, from the ground up. Here the
 * subsystems come up in that order, and go in the opposite one.
 */
#include <linux/module.h>
#include "plexus.h"

struct workqueue_struct *plx_wq, *plx_long_wq;

static int __init plexus_init(void)
{
	int ret = -ENOMEM;

	plx_wq = alloc_workqueue("plexus", WQ_UNBOUND, 0);
	if (!plx_wq)
		return ret;
	plx_long_wq = alloc_workqueue("plexus_long", WQ_UNBOUND, WQ_MAX_ACTIVE);
	if (!plx_long_wq)
		goto no_long_wq;
	ret = plx_copy_init();
	if (ret)
		goto no_io;
	ret = plx_event_init();
	if (ret)
		goto no_event;
	ret = plx_sysfs_init();
	if (ret)
		goto no_sysfs;
	ret = plx_netlink_init();
	if (ret)
		goto no_netlink;
	return 0;
no_netlink:
	plx_sysfs_exit();
no_sysfs:
	plx_event_exit();
no_event:
	plx_copy_exit();
no_io:
	destroy_workqueue(plx_long_wq);
no_long_wq:
	destroy_workqueue(plx_wq);
	return ret;
}

/* devices in use hold the module: here nobody has a volume open, but packs may be online */
static void __exit plexus_exit(void)
{
	plx_netlink_exit();
	plx_pack_exit();
	flush_workqueue(plx_wq);
	plx_sysfs_exit();
	plx_event_exit();
	plx_task_exit();
	plx_copy_exit();
	destroy_workqueue(plx_long_wq);
	destroy_workqueue(plx_wq);
	rcu_barrier(); /* configurations are freed after a grace period */
}

module_init(plexus_init);
module_exit(plexus_exit);
MODULE_DESCRIPTION("Plexus: packs, volumes, plexes");
MODULE_LICENSE("GPL");
