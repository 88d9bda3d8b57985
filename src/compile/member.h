/* member.h - W as a sum of members, each scalars times a chain of parameters from dimension d to dimension d.
 *
 * u_1 K_1'Q_1 + u_2 K_2'Q_2 + v U, whatever the names and however many. They are found in the squares that the loss has of
 * each; every other product is then read as one of two members, or of one. */
#ifndef LSAFLOW_COMPILE_MEMBER_H
#define LSAFLOW_COMPILE_MEMBER_H

#include "compile/walk.h"

enum { LSA_MEMBER_LENGTH = LSA_WALK_MOST / 2, LSA_MEMBER_POWERS = 4 };

/* u^k ... F1 F2 ... Fn: blocks, or a sum over the heads of such. */
typedef struct lsa_member {
    int n_powers;
    lsa_node_power powers[LSA_MEMBER_POWERS]; /* ascending by node */
    int n;
    lsa_atom factors[LSA_MEMBER_LENGTH];
} lsa_member;

/* The members that a loss has squares of, in the order in which they are met, `most` of them; *all is false where it has more.
 * LSA_ERR_MEMORY. */
lsa_status lsa_members_find(const lsa_sharing *sharing, const lsa_shared_sum *loss, int most, lsa_member **out, int *n,
                            bool *all, lsa_error *err);
/* out = member', read the other way. */
void lsa_member_turn(const lsa_member *member, lsa_member *out);
/* Whether the product is tr(W_g D W_h' E), D and E in gaps 0 and 1, times scalars; with h NULL tr(W_g D). */
bool lsa_members_match(const lsa_sharing *sharing, const lsa_shared_product *product, const lsa_member *g,
                       const lsa_member *h, lsa_gap gaps[2]);
/* Whether the product is diag(W_g)' D diag(W_g) times scalars; D in *gap. */
bool lsa_member_is_on_diagonal(const lsa_sharing *sharing, const lsa_shared_product *product, const lsa_member *g,
                               lsa_gap *gap);

#endif
