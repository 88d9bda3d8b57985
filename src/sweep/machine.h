/* machine.h - where rows were computed: the last bits of a number may differ from one kind of processor to another. */
#ifndef LSAFLOW_SWEEP_MACHINE_H
#define LSAFLOW_SWEEP_MACHINE_H

enum { SWEEP_MACHINE = 160 };

/* The name of this host; "unknown". */
const char *sweep_machine_host(char buffer[SWEEP_MACHINE]);
/* The processor's model as the system tells it; "unknown". */
const char *sweep_machine_processor(char buffer[SWEEP_MACHINE]);

#endif
