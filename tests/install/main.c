/* The smallest user of the installed library: its version is that of the headers. */
#include <lsaflow/lsaflow.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    printf("lsaflow %s: %s\n", lsa_version(), lsa_status_text(LSA_OK));
    return strcmp(lsa_version(), LSA_VERSION) == 0 ? 0 : 1;
}
