/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/compat/rules/world.h"
#include "tests/support/check.h"

/* Random worlds, judged by compat/rules and by tests/compat/rules/naive, which tries every subset
 * of a transaction. VDI_TEST_HOLDS says how many; tests/run.sh --full asks for many more. */

enum { NOW = 1794000000, WORLDS = 2000 };

/* Sets are a bit an item, or a bit a rule. */
typedef struct {
    unsigned held, needs[WORLD_RULES_MAX], not_prevented;
} Answer;

/* ---- what is right ---- */

static NaiveTruth truth_after(const World *world, size_t rule, unsigned held)
{
    NaiveMachine after = naive_apply(&world->before, world->items, world->n_items, held);

    return naive_evaluate(world->rules[rule].when, &after, -1);
}

static NaiveTruth truth_before(const World *world, size_t rule)
{
    return naive_evaluate(world->rules[rule].when, &world->before, -1);
}

static unsigned looked_at(const World *world, size_t rule)
{
    unsigned items = 0;

    for (size_t i = 0; i < world->n_items; i++) {
        if (naive_looks_at(world->rules[rule].when, &world->before, &world->items[i])) {
            items |= 1u << i;
        }
    }
    return items;
}

static bool is_in_question(const World *world, size_t rule)
{
    return world->rules[rule].blocks && world->rules[rule].applies && looked_at(world, rule) != 0
        && truth_before(world, rule) != NAIVE_TRUE;
}

/* Those of `rules` that are true after the transaction without `held`. */
static unsigned broken(const World *world, unsigned rules, unsigned held)
{
    unsigned result = 0;

    for (size_t i = 0; i < world->n_rules; i++) {
        if ((rules >> i & 1) != 0 && truth_after(world, i, held) == NAIVE_TRUE) {
            result |= 1u << i;
        }
    }
    return result;
}

static unsigned never_held(const World *world)
{
    unsigned items = 0;

    for (size_t i = 0; i < NAIVE_ITEMS_MAX; i++) {
        items |= world->items[i].is_never_held ? 1u << i : 0;
    }
    return items;
}

/* Size, security updates, packages, then names: the smaller the better. */
static bool is_better(const World *world, unsigned a, unsigned b)
{
    unsigned cost[2][3] = {{0}}, ranks[2] = {0};

    for (int side = 0; side < 2; side++) {
        unsigned set = side == 0 ? a : b;

        for (size_t i = 0; i < world->n_items; i++) {
            bool is_first = (set >> i & 1) != 0;

            if ((set >> i & 1) == 0) {
                continue;
            }
            for (size_t k = 0; k < i; k++) {
                is_first = is_first
                    && !((set >> k & 1) != 0
                        && strcmp(
                               world_item_name(&world->items[k]), world_item_name(&world->items[i]))
                            == 0
                        && strcmp(
                               world_item_type(&world->items[k]), world_item_type(&world->items[i]))
                            == 0);
            }
            cost[side][0]++;
            cost[side][1] += world->items[i].is_security;
            cost[side][2] += is_first;
            ranks[side] |= 1u << world->rank[i];
        }
    }
    for (int i = 0; i < 3; i++) {
        if (cost[0][i] != cost[1][i]) {
            return cost[0][i] < cost[1][i];
        }
    }
    unsigned differs = ranks[0] ^ ranks[1];

    return (ranks[0] & differs & -differs) != 0; /* the first by name that only one of them has */
}

/* The best subset of `items` without which none of `rules` becomes true; false: there is none. */
static bool try_all(const World *world, unsigned items, unsigned rules, unsigned *ret_best)
{
    bool found = false;

    for (unsigned set = 0; set < 1u << world->n_items; set++) {
        if ((set & ~items) == 0 && (set & never_held(world)) == 0
            && (!found || is_better(world, set, *ret_best)) && broken(world, rules, set) == 0) {
            *ret_best = set;
            found = true;
        }
    }
    return found;
}

/* What hangs together with the first of `rules`. */
static void grow_part(const World *world, unsigned rules, unsigned *ret_rules, unsigned *ret_items)
{
    unsigned part = rules & -rules, items = 0, before = 0;

    while (part != before) {
        before = part;
        for (size_t i = 0; i < world->n_rules; i++) {
            if ((part >> i & 1) != 0) {
                items |= looked_at(world, i);
            }
        }
        for (size_t i = 0; i < world->n_rules; i++) {
            if ((rules >> i & 1) != 0 && (looked_at(world, i) & items) != 0) {
                part |= 1u << i;
            }
        }
    }
    *ret_rules = part;
    *ret_items = items;
}

static Answer right_answer(const World *world)
{
    Answer answer = {0};
    unsigned in_question = 0, whole = 0;

    for (size_t i = 0; i < world->n_rules; i++) {
        in_question |= (unsigned) is_in_question(world, i) << i;
    }
    for (unsigned left = in_question; left != 0;) {
        unsigned rules = 0, items = 0, best = 0;

        grow_part(world, left, &rules, &items);
        if (try_all(world, items, rules, &best)) {
            answer.held |= best;
        } else {
            answer.not_prevented |= broken(world, rules, 0);
        }
        left &= ~rules;
    }
    for (size_t i = 0; i < world->n_items; i++) {
        unsigned without = answer.held & ~(1u << i);

        for (size_t rule = 0; rule < world->n_rules && without != answer.held; rule++) {
            /* Of another part a rule may be true all the same. */
            if ((in_question >> rule & 1) != 0
                && truth_after(world, rule, answer.held) != NAIVE_TRUE
                && truth_after(world, rule, without) == NAIVE_TRUE) {
                answer.needs[rule] |= 1u << i;
            }
        }
    }
    /* Part by part is the same as all at once, where everything can be prevented. */
    if (answer.not_prevented == 0) {
        CHECK_ROW(world->name, try_all(world, ~0u, in_question, &whole) && whole == answer.held);
    }
    return answer;
}

/* ---- what compat/rules says ---- */

static void shuffle(GRand *random, size_t *order, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t) g_rand_int_range(random, 0, (int) i), swapped = order[i - 1];

        order[i - 1] = order[k];
        order[k] = swapped;
    }
}

/* The facts of a condition in order, as naive counts them. */
static void note_fact(const VdiCondition *fact, void *user)
{
    g_ptr_array_add(user, (gpointer) fact);
}

/* Each of the ends really is one: if that fact were otherwise, the rule would ask for nothing. */
static void check_ends(const World *world, const VdiHoldSet *set, const VdiHoldReason *reason,
    size_t rule, unsigned without)
{
    VdiHoldEnd ends[VDI_HOLD_ENDS_MAX];
    size_t n_ends = vdi_hold_ends(set, reason, ends);
    g_autoptr(GPtrArray) facts = g_ptr_array_new();
    NaiveMachine after = naive_apply(&world->before, world->items, world->n_items, without);

    vdi_condition_visit_facts(vdi_manifest_rule(world->manifest, rule)->when, note_fact, facts);
    for (size_t i = 0; i < n_ends; i++) {
        guint number = 0;

        CHECK_ROW(world->name, g_ptr_array_find(facts, ends[i].fact, &number));
        CHECK_ROW(world->name,
            naive_evaluate(world->rules[rule].when, &after, (int) number) != NAIVE_TRUE);
    }
}

typedef struct {
    size_t items[NAIVE_ITEMS_MAX], rules[WORLD_RULES_MAX]; /* which stands at each place */
    VdiRuleInForce in_force[WORLD_RULES_MAX];
    bool never[NAIVE_ITEMS_MAX];
    VdiChange *change;
} Order;

static void order_clear(Order *order)
{
    g_clear_pointer(&order->change, vdi_change_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Order, order_clear)

static void put_in_order(const World *world, bool is_shuffled, Order *order)
{
    for (size_t i = 0; i < world->n_items; i++) {
        order->items[i] = i;
    }
    for (size_t i = 0; i < world->n_rules; i++) {
        order->rules[i] = i;
    }
    if (is_shuffled) {
        shuffle(world->random, order->items, world->n_items);
        shuffle(world->random, order->rules, world->n_rules);
    }
    for (size_t i = 0; i < world->n_items; i++) {
        order->never[i] = world->items[order->items[i]].is_never_held;
    }
    for (size_t i = 0; i < world->n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(world->manifest, order->rules[i]);

        order->in_force[i] = (VdiRuleInForce){"corp", rule, rule->effect, NULL};
    }
    order->change = world_change(world, order->items);
}

static Answer ask(const World *world, bool is_shuffled)
{
    g_auto(Order) order = {0};
    g_auto(VdiHoldSet) set = {0};
    Answer answer = {0};

    put_in_order(world, is_shuffled, &order);
    vdi_evaluate_hold(
        order.in_force, world->n_rules, world->facts, order.change, order.never, NOW, &set);
    for (size_t i = 0; i < world->n_items; i++) {
        answer.held |= (unsigned) set.held[i] << order.items[i];
    }
    for (guint i = 0; i < set.not_prevented->len; i++) {
        answer.not_prevented |= 1u << order.rules[g_array_index(set.not_prevented, size_t, i)];
    }
    for (guint i = 0; i < set.reasons->len; i++) {
        const VdiHoldReason *reason = &g_array_index(set.reasons, VdiHoldReason, i);
        size_t rule = order.rules[reason->rule];
        unsigned item = 1u << order.items[reason->item];

        answer.needs[rule] |= item;
        check_ends(world, &set, reason, rule, answer.held & ~item);
    }
    CHECK_ROW(world->name, set.is_smallest && set.is_enough == (answer.not_prevented == 0));
    CHECK_ROW(world->name, set.n_held == (size_t) __builtin_popcount(answer.held));
    return answer;
}

/* ---- verdicts ---- */

static const VdiFinding *finding_of(const VdiVerdict *verdict, const VdiRule *rule)
{
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        if (finding->rule == rule) {
            return finding;
        }
    }
    return NULL;
}

static void check_finding(
    const World *world, const VdiVerdict *verdict, size_t rule, NaiveTruth truth)
{
    const VdiFinding *finding = finding_of(verdict, vdi_manifest_rule(world->manifest, rule));

    CHECK_ROW(world->name, (finding != NULL) == (truth != NAIVE_FALSE));
    if (finding != NULL) {
        bool is_true = truth == NAIVE_TRUE;

        CHECK_ROW(world->name, (finding->truth == VDI_TRUTH_TRUE) == is_true);
        CHECK_ROW(world->name, (finding->reasons != NULL) == is_true);
        CHECK_ROW(world->name, (finding->unknowns != NULL) != is_true);
        CHECK_ROW(world->name,
            finding->effect
                == (!is_true                        ? VDI_EFFECT_NONE
                        : world->rules[rule].blocks ? VDI_EFFECT_BLOCK
                                                    : VDI_EFFECT_ADVISE));
    }
}

static void check_verdicts(const World *world)
{
    g_auto(Order) order = {0};
    bool left_out[NAIVE_ITEMS_MAX] = {false};
    unsigned held = (unsigned) g_rand_int_range(world->random, 0, 1 << world->n_items);

    put_in_order(world, false, &order);
    for (size_t i = 0; i < world->n_items; i++) {
        left_out[i] = (held >> i & 1) != 0;
    }
    g_autoptr(VdiVerdict) now = vdi_evaluate(order.in_force, world->n_rules, world->facts, NOW);
    g_autoptr(VdiVerdict) then = vdi_evaluate_change(
        order.in_force, world->n_rules, world->facts, order.change, left_out, NOW);

    for (size_t i = 0; i < world->n_rules; i++) {
        NaiveTruth before = truth_before(world, i), after = truth_after(world, i, held);
        bool is_caused =
            (looked_at(world, i) & ~held) != 0 && !(before == NAIVE_TRUE && after == NAIVE_TRUE);

        check_finding(world, now, i, world->rules[i].applies ? before : NAIVE_FALSE);
        check_finding(world, then, i, world->rules[i].applies && is_caused ? after : NAIVE_FALSE);
    }
}

/* ---- tests ---- */

static bool is_equal(const Answer *a, const Answer *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* With what is held nothing that can be prevented breaks; with any less of it, something does. */
static void check_smallness(const World *world, const Answer *answer)
{
    unsigned rules = 0;

    for (size_t i = 0; i < world->n_rules; i++) {
        rules |= (unsigned) (is_in_question(world, i)
                     && truth_after(world, i, answer->held) != NAIVE_TRUE)
            << i;
    }
    for (unsigned less = answer->held; less != 0;) {
        less = (less - 1) & answer->held;
        CHECK_ROW(world->name, broken(world, rules, less) != 0);
    }
}

static void agrees_with_an_oracle_that_tries_every_subset(void)
{
    const char *wanted = getenv("VDI_TEST_HOLDS");
    guint64 n_worlds = WORLDS;
    int n_held = 0, n_not_prevented = 0, n_many = 0;

    CHECK(wanted == NULL || g_ascii_string_to_unsigned(wanted, 10, 1, G_MAXINT32, &n_worlds, NULL));
    for (int i = 0; i < (int) n_worlds; i++) {
        World *world = world_new(i);
        Answer right = right_answer(world);
        Answer first = ask(world, false), again = ask(world, false), shuffled = ask(world, true);

        CHECK_ROW(world->name, is_equal(&first, &right));
        CHECK_ROW(world->name, is_equal(&again, &right));
        CHECK_ROW(world->name, is_equal(&shuffled, &right));
        check_smallness(world, &first);
        check_verdicts(world);
        n_held += right.held != 0;
        n_not_prevented += right.not_prevented != 0;
        n_many += __builtin_popcount(right.held) > 2;
        world_free(world);
    }
    /* The worlds are worth the trouble. */
    CHECK(n_held > (int) n_worlds / 10 && n_not_prevented > (int) n_worlds / 100);
    CHECK(n_many > (int) n_worlds / 400);
    printf("%d worlds: %d holds, %d of more than two, %d breaks that nothing prevents\n",
        (int) n_worlds, n_held, n_many, n_not_prevented);
}

const Test tests[] = {
    {"agrees with an oracle that tries every subset",
        agrees_with_an_oracle_that_tries_every_subset},
    TEST_END,
};
