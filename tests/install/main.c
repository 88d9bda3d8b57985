/* The smallest user of the installed library. */
#include <lsaflow/arena.h>
#include <lsaflow/status.h>
#include <lsaflow/version.h>

#include <stdio.h>

int main(void)
{
    lsa_arena *arena = lsa_arena_create();
    if (arena == NULL)
        return 1;
    puts(lsa_arena_printf(arena, "lsaflow %s: %s", LSA_VERSION, lsa_status_text(LSA_OK)));
    lsa_arena_destroy(arena);
    return 0;
}
