/* layer.h - the weights of a layer, shared by its literal and its fast form. */
#ifndef LSAFLOW_EMPIRICAL_LAYER_H
#define LSAFLOW_EMPIRICAL_LAYER_H

#include "lsaflow/empirical.h"

struct lsa_layer {
    ptrdiff_t d, heads;
    bool masked;
    double *weights; /* for each head W^PV (D x D), then W^KQ (D x D) */
};

/* W^PV and W^KQ of head h, to be read. */
const double *lsa_layer_read_pv(const lsa_layer *layer, ptrdiff_t h);
const double *lsa_layer_read_kq(const lsa_layer *layer, ptrdiff_t h);

#endif
