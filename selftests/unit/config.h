/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of config_format.c and conf_check.c share. */
#ifndef _CONFIG_H
#define _CONFIG_H

u8 *config_encode(const struct plx_conf *conf, size_t *bytes); /* to be freed with free() */
void config_reseal(u8 *buf, size_t bytes); /* a right checksum for changed bytes */
int config_decode_hostile(const u8 *buf, size_t len);
/* these put @conf */
void config_is_written(struct plx_conf *conf, const char *golden);
void config_is_read(struct plx_conf *conf, const char *golden);
void config_try_values(struct plx_conf *conf); /* evil ones in each field */
void config_try_piles(struct plx_conf *conf); /* several of them at once */

/*
 * A rule: what @make made with one thing changed is refused and says why, or is taken. In the
 * edit, c is the configuration, m its volume @v.
 */
/* clang-format off */
#define RULE_REFUSED(make, v, name, words, ...)                                               \
	TEST(refused_##name)                                                                       \
	{                                                                                          \
		struct plx_conf *c = make();                                                       \
		struct plx_conf_volume *m = c->volume[v];                                          \
		char why[120] = "";                                                                \
												   \
		(void)m;                                                                           \
		CHECK_EQ(plx_conf_check(c, NULL, 0), 0);                                           \
		__VA_ARGS__;                                                                       \
		CHECK_EQ(plx_conf_check(c, why, sizeof(why)), -EINVAL);                            \
		CHECK_STR(why, words);                                                             \
		CHECK_EQ(plx_conf_check(c, NULL, 0), -EINVAL);                                     \
		plx_conf_put(c);                                                                   \
	}
#define RULE_TAKEN(make, v, name, ...)                                                        \
	TEST(taken_##name)                                                                         \
	{                                                                                          \
		struct plx_conf *c = make();                                                       \
		struct plx_conf_volume *m = c->volume[v];                                          \
		char why[120] = "";                                                                \
												   \
		(void)m;                                                                           \
		__VA_ARGS__;                                                                       \
		if (plx_conf_check(c, why, sizeof(why)))                                           \
			test_fail(__FILE__, __LINE__, "%s", why);                                  \
		plx_conf_put(c);                                                                   \
	}
/* clang-format on */

#endif
