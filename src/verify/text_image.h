/* text_image.h - the parameters of a flow as a symmetry would have them: a claim that holds up to it is judged on the best image. */
#ifndef LSAFLOW_VERIFY_TEXT_IMAGE_H
#define LSAFLOW_VERIFY_TEXT_IMAGE_H

#include "verify/text_world.h"

enum { TEXT_IMAGE_HEADS = 6, TEXT_IMAGE_COORDINATES = 6, TEXT_IMAGE_BLOCKS = 64 };

/* Head h of the image is head[h] of the flow, coordinate i coordinate[i]; then block k is multiplied by factor[k]. */
struct text_image {
    bool permutes_heads, permutes_coordinates;
    int head[TEXT_IMAGE_HEADS], coordinate[TEXT_IMAGE_COORDINATES];
    int n_factors;
    double factor[TEXT_IMAGE_BLOCKS];
};

/* The blocks of a place become those of the image. LSA_ERR_MEMORY. */
lsa_status text_image_apply(text_world *w, const text_image *image, const formula_value **blocks, lsa_error *err);

#endif
