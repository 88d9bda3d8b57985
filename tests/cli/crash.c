/* crash.c - loaded before the program: a flow of eight unknowns ends its process by a signal. For sweeps, whose workers may die. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sundials/sundials_nvector.h>

int CVodeInit(void *memory, int (*f)(realtype, N_Vector, N_Vector, void *), realtype t0, N_Vector y);

int CVodeInit(void *memory, int (*f)(realtype, N_Vector, N_Vector, void *), realtype t0, N_Vector y)
{
    int (*init)(void *, int (*)(realtype, N_Vector, N_Vector, void *), realtype, N_Vector);
    void *found = dlsym(RTLD_NEXT, "CVodeInit");
    memcpy(&init, &found, sizeof init); /* a pointer to data as one to a function, as POSIX allows and ISO C does not */
    if (y->ops->nvgetlength(y) == 8)
        raise(SIGSEGV);
    return init(memory, f, t0, y);
}
