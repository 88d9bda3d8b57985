/* clock.h - seconds since some fixed moment, never set back. */
#ifndef LSAFLOW_BASE_CLOCK_H
#define LSAFLOW_BASE_CLOCK_H

double lsa_clock_seconds(void);

#endif
