/* suggest.c - the nearest name by Levenshtein distance. */
#include "model/suggest.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

lsa_suggestion lsa_suggestion_for(const char *wrong)
{
    const size_t length = strlen(wrong);
    const int allowed = length < 4 ? 1 : length < 9 ? 2 : length > 30 ? 10 : (int)length / 3;
    return (lsa_suggestion){.wrong = wrong, .best = NULL, .distance = allowed + 1};
}

void lsa_suggestion_offer(lsa_suggestion *suggestion, const char *candidate)
{
    const size_t n = strlen(suggestion->wrong), m = strlen(candidate);
    /* one letter is near every other; long texts are no misspelt names, and comparing costs n m */
    if ((n < 2 && m < 2) || n > 256 || m > 256)
        return;
    const int distance = lsa_text_distance(suggestion->wrong, candidate, suggestion->distance);
    if (distance < suggestion->distance) {
        suggestion->best = candidate;
        suggestion->distance = distance;
    }
}

const char *lsa_suggestion_text(const lsa_suggestion *suggestion, char buffer[LSA_SUGGESTION_SIZE])
{
    char shown[LSA_FOUND_SIZE];
    if (suggestion->best == NULL)
        return "";
    snprintf(buffer, LSA_SUGGESTION_SIZE, "; did you mean '%.63s'?", lsa_text_shown(suggestion->best, shown));
    return buffer;
}
