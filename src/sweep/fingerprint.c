/* fingerprint.c - FNV-1a, 64 bits. */
#include "sweep/fingerprint.h"

#include "base/text.h"
#include "base/try.h"
#include <inttypes.h>
#include <stdio.h>

#define MOST_BYTES ((size_t)1 << 31)

static void add_bytes(fingerprint *f, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (size_t k = 0; k < length; k++)
        f->hash = (f->hash ^ at[k]) * UINT64_C(1099511628211);
}

fingerprint fingerprint_begin(void)
{
    return (fingerprint){UINT64_C(14695981039346656037)};
}

void fingerprint_add(fingerprint *f, const char *bytes, size_t length)
{
    const uint64_t size = length;
    add_bytes(f, bytes, length);
    add_bytes(f, &size, sizeof size);
}

lsa_status fingerprint_add_file(fingerprint *f, const char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY(lsa_text_read_file(&text, path, MOST_BYTES, err));
    fingerprint_add(f, text.data, text.length);
done:
    lsa_text_clear(&text);
    return status;
}

const char *fingerprint_text(const fingerprint *f, char buffer[SWEEP_FINGERPRINT])
{
    snprintf(buffer, SWEEP_FINGERPRINT, "%016" PRIx64, f->hash);
    return buffer;
}
