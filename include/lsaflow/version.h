/* version.h - the version of the library and the program. */
#ifndef LSAFLOW_VERSION_H
#define LSAFLOW_VERSION_H

#include "lsaflow/api.h"

LSA_BEGIN_DECLS

/* Of the headers that a program was compiled with. */
#define LSA_VERSION "0.1.0"

/* Of the library that it runs with. */
LSA_API const char *lsa_version(void);

LSA_END_DECLS

#endif
