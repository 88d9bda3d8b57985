/* version.h - the version of the library and the program. */
#ifndef LSAFLOW_VERSION_H
#define LSAFLOW_VERSION_H

#define LSA_VERSION "0.1.0"

#endif
