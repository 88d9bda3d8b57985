/* embedded.c - finds an embedded file by its name. */
#include "base/embedded.h"

#include <string.h>

const lsa_embedded *lsa_embedded_find(const lsa_embedded *table, const char *name)
{
    for (const lsa_embedded *entry = table; entry->name != NULL; ++entry)
        if (strcmp(entry->name, name) == 0)
            return entry;
    return NULL;
}
