/* api.h - what every public header starts with: C linkage, and the mark of a function that the library shows.
 *
 * The library is compiled with hidden visibility, so that LSA_API alone decides what a program can link; the list of all
 * of it is tests/install/exported.txt. */
#ifndef LSAFLOW_API_H
#define LSAFLOW_API_H

#ifdef __cplusplus
#define LSA_BEGIN_DECLS extern "C" {
#define LSA_END_DECLS   }
#else
#define LSA_BEGIN_DECLS
#define LSA_END_DECLS
#endif

#ifdef __GNUC__
#define LSA_API __attribute__((visibility("default")))
#else
#define LSA_API
#endif

#endif
