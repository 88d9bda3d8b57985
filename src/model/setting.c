/* setting.c - what follows from a setting's data alone. */
#include "lsaflow/setting.h"

double lsa_setting_rho(const lsa_setting *setting)
{
    return setting->context + (setting->normalise_plus_one ? 1.0 : 0.0);
}
