/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcryptoopenssl.h"

#include <string.h>

#include "rtmptestbytes.h"

static const RtmpCrypto *crypto;

static void
assert_bytes (const guint8 * data, gsize size, const gchar * expected)
{
  rtmp_test_assert_bytes (g_bytes_new (data, size), expected);
}

static void
put (const gchar * hex, guint8 * data, gsize size)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, size);
  memcpy (data, g_bytes_get_data (bytes, NULL), size);
}

/* RFC 6229, 128-bit key 0x0102..10. */
static void
test_rc4 (void)
{
  static const struct
  {
    guint at;
    const gchar *bytes;
  } known[] = {
    {0, "9AC7CC9A609D1EF7B2932899CDE41B97"},
    {16, "5248C4959014126A6E8A84F11D1A9E1C"},
    {1536, "FFA0B514647EC04F6306B892AE661181"},
  };
  guint8 key[RTMP_RC4_KEY_SIZE], stream[2048] = { 0 };
  gpointer rc4;
  guint i;

  put ("0102030405060708090A0B0C0D0E0F10", key, sizeof (key));
  rc4 = crypto->rc4_new (key);
  crypto->rc4_run (rc4, stream, stream, 5);
  crypto->rc4_run (rc4, stream + 5, stream + 5, 0);
  crypto->rc4_run (rc4, stream + 5, stream + 5, sizeof (stream) - 5);
  for (i = 0; i < G_N_ELEMENTS (known); i++)
    assert_bytes (stream + known[i].at, 16, known[i].bytes);
  crypto->rc4_free (rc4);
}

/* There and back, from one place to another. */
static void
test_rc4_decrypts (void)
{
  const guint8 key[RTMP_RC4_KEY_SIZE] = { 7 };
  guint8 plain[100], secret[100], back[100];
  gpointer there = crypto->rc4_new (key), here = crypto->rc4_new (key);

  memset (plain, 0x5A, sizeof (plain));
  crypto->rc4_run (there, plain, secret, sizeof (plain));
  crypto->rc4_run (here, secret, back, sizeof (secret));
  g_assert_cmpint (memcmp (plain, secret, sizeof (plain)), !=, 0);
  g_assert_cmpmem (plain, sizeof (plain), back, sizeof (back));
  crypto->rc4_free (there);
  crypto->rc4_free (here);
}

/* The 24-byte key of the vectors with keys of any length that came with the
 * first implementations. */
static void
test_blowfish (void)
{
  guint8 key[RTMP_BLOWFISH_KEY_SIZE], block[RTMP_BLOWFISH_BLOCK_SIZE];

  put ("F0E1D2C3B4A5968778695A4B3C2D1E0F0011223344556677", key, sizeof (key));
  put ("FEDCBA9876543210", block, sizeof (block));
  crypto->blowfish (key, block);
  assert_bytes (block, sizeof (block), "05044B62FA52D080");
}

/* Numbers computed by another program, from the prime's definition by pi. */
#define PRIVATE_A \
    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
#define PRIVATE_B \
    "808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9F"
#define PUBLIC_A \
    "457120764F3A1E6FD58103E41A4093A6C8BC1D97CB8759DE41C21AFDD2D3048A" \
    "5EF3D88CE24AA6BA4FE30BCFB0B0F75ABF1A8AEAFF3723F1BF53740C902005E1" \
    "199FABAD7C538E94A7034FD585339A02F3634893F748929D2A7257643E398130" \
    "541AE64124C17D4507A97F1CBEBEB7B933642B8DF479EB59E36CFEFFBF1671DD"
#define PUBLIC_B \
    "FEFC9E231F4350F77912CD2A28FD097860FFC748A3A9F6C69E1F146322CD0F7A" \
    "59AC7A7BAFA352183A053EDDEFFC028AFB1F1F73A22346046290756C634C332D" \
    "2B9386B246F9C04E044AFDA22F33143A17CED690A1F964B87EFB44D55A96701E" \
    "750FB96273FCADA87BC961E0CCC411DD27304EFF37C116716F53A041DB77F758"
#define SECRET \
    "CCBEB57CA62AD1C220C818B56D9169F4718D2B12A04E194F61C4E82C0F90EC52" \
    "7B28C4D3C0E4BE6D9AAB636B4E95BF28C2F3B38208999A6ED35770DCED22C185" \
    "602373703C3B596104A304A7E07C209F7A8CD2BB289D37E34B660F7B0F87AF1E" \
    "B07776CA938635154C42102BB7A3F0E39358654E2D54D8AE8A3CBA4EE34B05AD"
/* One that begins with eight zeros. */
#define PRIVATE_SHORT "00*30 0401"
#define PUBLIC_SHORT \
    "00000000000000006DE04ABBBD2E7B9676733AE8FE47C65DADFB63EEEB306717" \
    "FBE882B389D8C9BB5D6BEF0CE397F64420D5CC98658B79C99FA9EB241B41D791" \
    "603D9525255C7B7436F495133B43027217677A2CB3902529E801469217F29024" \
    "238F28094AECC0B4A2C1B7DD0769C0336DAF335C263358FC0000000000000002"
#define PRIME \
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74" \
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437" \
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" \
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFF"

static void
check_public (const gchar * private_hex, const gchar * expected)
{
  guint8 private_key[RTMP_DH_PRIVATE_SIZE], public_key[RTMP_DH_SIZE];

  put (private_hex, private_key, sizeof (private_key));
  crypto->dh_public (private_key, public_key);
  assert_bytes (public_key, sizeof (public_key), expected);
}

static void
test_dh_public (void)
{
  check_public (PRIVATE_A, PUBLIC_A);
  check_public (PRIVATE_B, PUBLIC_B);
  check_public (PRIVATE_SHORT, PUBLIC_SHORT);
  check_public ("00*31 02", "00*127 04");
}

static gboolean
secret_of (const gchar * private_hex, const gchar * peer_hex, guint8 * secret)
{
  guint8 private_key[RTMP_DH_PRIVATE_SIZE], peer_key[RTMP_DH_SIZE];

  put (private_hex, private_key, sizeof (private_key));
  put (peer_hex, peer_key, sizeof (peer_key));
  return crypto->dh_secret (private_key, peer_key, secret);
}

static void
check_secret (const gchar * private_hex, const gchar * peer_hex,
    const gchar * expected)
{
  guint8 secret[RTMP_DH_SIZE];

  g_assert_true (secret_of (private_hex, peer_hex, secret));
  assert_bytes (secret, sizeof (secret), expected);
}

static void
test_dh_secret (void)
{
  check_secret (PRIVATE_A, PUBLIC_B, SECRET);
  check_secret (PRIVATE_B, PUBLIC_A, SECRET);
}

/* Zeros in front are part of it: 4^3 is 64; and 2^41 to the 25th. */
static void
test_dh_short_secret (void)
{
  check_secret ("00*31 03", "00*127 04", "00*127 40");
  check_secret ("00*31 19", "00*122 020000000000", PUBLIC_SHORT);
}

static void
test_dh_refused (void)
{
  static const gchar *const refused[] = {
    "00*128",                   /* 0 */
    "00*127 01",
    "00*127 05",                /* no square */
    PRIME "FE",                 /* p-1 */
    PRIME "FF",
    "FF*128",
  };
  guint8 secret[RTMP_DH_SIZE];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_false (secret_of (PRIVATE_A, refused[i], secret));
  /* A square at either end: 2, and p-5. */
  g_assert_true (secret_of (PRIVATE_A, "00*127 02", secret));
  g_assert_true (secret_of (PRIVATE_A, PRIME "FA", secret));
}

static void
test_random (void)
{
  guint8 one[32] = { 0 }, other[32] = { 0 };

  crypto->random (one, sizeof (one));
  crypto->random (other, sizeof (other));
  g_assert_cmpint (memcmp (one, other, sizeof (one)), !=, 0);
}

int
main (int argc, char **argv)
{
  GError *error = NULL;

  g_test_init (&argc, &argv, NULL);
  rtmp_crypto_set_provider (rtmp_crypto_openssl ());
  crypto = rtmp_crypto_get (&error);
  g_assert_no_error (error);
  g_test_add_func ("/openssl/rc4", test_rc4);
  g_test_add_func ("/openssl/rc4-decrypts", test_rc4_decrypts);
  g_test_add_func ("/openssl/blowfish", test_blowfish);
  g_test_add_func ("/openssl/dh-public", test_dh_public);
  g_test_add_func ("/openssl/dh-secret", test_dh_secret);
  g_test_add_func ("/openssl/dh-short-secret", test_dh_short_secret);
  g_test_add_func ("/openssl/dh-refused", test_dh_refused);
  g_test_add_func ("/openssl/random", test_random);
  return g_test_run ();
}
