/* text_test.h - what a formula asks of a test. */
#ifndef LSAFLOW_VERIFY_TEXT_TEST_H
#define LSAFLOW_VERIFY_TEXT_TEST_H

#include "verify/text_world.h"

lsa_status text_test_call(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);
lsa_status text_test_name(text_world *w, const formula_node *name, const formula_value **out, lsa_error *err);

#endif
