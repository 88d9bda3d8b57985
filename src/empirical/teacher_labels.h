/* teacher_labels.h - nonlinear labels g(<direction, x>). */
#ifndef LSAFLOW_EMPIRICAL_TEACHER_LABELS_H
#define LSAFLOW_EMPIRICAL_TEACHER_LABELS_H

#include "lsaflow/model.h"

double lsa_teacher_label(const lsa_teacher *teacher, double z);

#endif
