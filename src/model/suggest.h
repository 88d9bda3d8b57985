/* suggest.h - "did you mean": the nearest of the names offered, where one is near. */
#ifndef LSAFLOW_MODEL_SUGGEST_H
#define LSAFLOW_MODEL_SUGGEST_H

#include "model/yaml.h"

typedef struct lsa_suggestion {
    const char *wrong;
    const char *best; /* NULL: none is near */
    int distance;     /* a candidate must be nearer than this */
} lsa_suggestion;

enum { LSA_SUGGESTION_SIZE = LSA_FOUND_SIZE + 24 };

/* Near: at most a third of the letters wrong; two from four letters on, as neighbours that changed places count two. */
lsa_suggestion lsa_suggestion_for(const char *wrong);
void lsa_suggestion_offer(lsa_suggestion *suggestion, const char *candidate);
/* "; did you mean 'name'?" or "". */
const char *lsa_suggestion_text(const lsa_suggestion *suggestion, char buffer[LSA_SUGGESTION_SIZE]);

#endif
