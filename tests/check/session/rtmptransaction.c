/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmperror.h"
#include "rtmptransaction.h"

#include <math.h>

/* Adds a call that must work. */
static guint
add (RtmpTransactions * self, const gchar * call, gint64 deadline)
{
  GError *error = NULL;
  guint id = rtmp_transactions_add (self, call, deadline, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (id, >, 0);
  return id;
}

static void
check_take (RtmpTransactions * self, gdouble id, const gchar * call)
{
  RtmpTransaction out = {.call = "untouched" };
  gboolean found = rtmp_transactions_take (self, id, &out);

  g_assert_cmpint (found, ==, call != NULL);
  g_assert_cmpstr (out.call, ==, call ? call : "untouched");
  if (found)
    g_assert_cmpfloat (out.id, ==, id);
}

static void
test_ids (void)
{
  g_autoptr (RtmpTransactions) self = rtmp_transactions_new (8);

  g_assert_cmpuint (add (self, "connect", 1), ==, 1);
  g_assert_cmpuint (add (self, "releaseStream", 1), ==, 2);
  g_assert_cmpuint (add (self, "createStream", 1), ==, 3);
  check_take (self, 3, "createStream");
  check_take (self, 3, NULL);
  check_take (self, 1, "connect");
  check_take (self, 1, NULL);
  g_assert_cmpuint (add (self, "play", 1), ==, 4);
  check_take (self, 2, "releaseStream");
  check_take (self, 4, "play");
}

static void
test_wrong_ids (void)
{
  static const gdouble ids[] = { 0, -1, 2, 0.5, 1.5, 1.0000001, 1e300, -1e300,
    4294967297.0, 4294967296.0
  };
  g_autoptr (RtmpTransactions) self = rtmp_transactions_new (8);
  guint i;

  check_take (self, 1, NULL);
  add (self, "connect", 1);
  for (i = 0; i < G_N_ELEMENTS (ids); i++)
    check_take (self, ids[i], NULL);
  check_take (self, NAN, NULL);
  check_take (self, INFINITY, NULL);
  check_take (self, -INFINITY, NULL);
  check_take (self, 1, "connect");
}

static void
check_expired (RtmpTransactions * self, gint64 now, const gchar * call)
{
  RtmpTransaction out = {.call = "untouched" };

  g_assert_cmpint (rtmp_transactions_take_expired (self, now, &out), ==,
      call != NULL);
  g_assert_cmpstr (out.call, ==, call ? call : "untouched");
}

static void
test_deadlines (void)
{
  g_autoptr (RtmpTransactions) self = rtmp_transactions_new (8);

  g_assert_cmpint (rtmp_transactions_next_deadline (self), ==,
      RTMP_DEADLINE_NONE);
  check_expired (self, G_MAXINT64 - 1, NULL);
  add (self, "FCPublish", RTMP_DEADLINE_NONE);
  g_assert_cmpint (rtmp_transactions_next_deadline (self), ==,
      RTMP_DEADLINE_NONE);
  add (self, "late", 300);
  add (self, "early", 100);
  add (self, "middle", 200);
  add (self, "past", -5);
  g_assert_cmpint (rtmp_transactions_next_deadline (self), ==, -5);
  check_expired (self, -6, NULL);
  check_expired (self, 99, "past");
  g_assert_cmpint (rtmp_transactions_next_deadline (self), ==, 100);
  check_expired (self, 99, NULL);
  check_expired (self, 100, "early");
  check_expired (self, 100, NULL);
  check_take (self, 4, "middle");
  g_assert_cmpint (rtmp_transactions_next_deadline (self), ==, 300);
  check_expired (self, G_MAXINT64 - 1, "late");
  check_expired (self, G_MAXINT64 - 1, NULL);
  check_take (self, 1, "FCPublish");
}

/* What may stay unanswered makes room, the oldest first; the rest does not. */
static void
test_limit (void)
{
  g_autoptr (RtmpTransactions) self = rtmp_transactions_new (3);
  GError *error = NULL;

  add (self, "connect", 50);
  add (self, "releaseStream", RTMP_DEADLINE_NONE);
  add (self, "FCPublish", RTMP_DEADLINE_NONE);
  g_assert_cmpuint (add (self, "createStream", 50), ==, 4);
  check_take (self, 2, NULL);
  g_assert_cmpuint (add (self, "third", 50), ==, 5);
  check_take (self, 3, NULL);
  g_assert_cmpuint (rtmp_transactions_add (self, "fourth", 50, &error), ==, 0);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_TRANSACTIONS);
  g_assert_cmpstr (error->message, ==,
      "3 calls wait for an answer; fourth would be one too many");
  g_clear_error (&error);
  check_take (self, 4, "createStream");
  /* The one refused has not used up an id. */
  g_assert_cmpuint (add (self, "fifth", 50), ==, 6);
  check_take (self, 1, "connect");
  check_take (self, 5, "third");
}

static void
test_many (void)
{
  g_autoptr (RtmpTransactions) self = rtmp_transactions_new (64);
  guint i;

  for (i = 1; i <= 10000; i++)
    g_assert_cmpuint (add (self, "_checkbw", RTMP_DEADLINE_NONE), ==, i);
  check_take (self, 10000 - 64, NULL);
  check_take (self, 10000 - 63, "_checkbw");
  check_take (self, 10000, "_checkbw");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transaction/E-110-ids", test_ids);
  g_test_add_func ("/transaction/E-127-wrong-ids", test_wrong_ids);
  g_test_add_func ("/transaction/deadlines", test_deadlines);
  g_test_add_func ("/transaction/limit", test_limit);
  g_test_add_func ("/transaction/many", test_many);
  return g_test_run ();
}
