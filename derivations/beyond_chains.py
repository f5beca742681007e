"""Finite Markov chains: what reversible kernels make when they are put together (beyond the paper).

A chain has any number M of states r, s, t, …, a law pi_r > 0, and a kernel P(s|r), the probability
to go from r to s. What goes from r to s in a step is the *flow* pi_r P(s|r). Detailed balance
(C.29) says that it equals the flow from s to r, so that a reversible chain is a symmetric table S
of flows and P(s|r) = S_rs / pi_r; many of the flows may be zero. The states of a collective are
its 2^N configurations.

The *adjoint* of a kernel, P'(s|r) = pi_s P(r|s) / pi_r, is the chain run backwards in time; a
reversible kernel is its own adjoint.
"""

from collections.abc import Callable

import sympy as sp
from sympy import Expr

from derivations.display import Named
from derivations.families import Family, Index, Size, total
from derivations.step import Derivation, Slip, Step, definition, equation

M = Size("M")  # states
r, s, t, u, v = (Index(name, M) for name in "rstuv")
law = Family("pi", positive=True)
symmetric_flow = Family("S", symmetric=True)

POSITIVE = (
    "every action has a positive probability and every agent acts again and again: all "
    "configurations are reached, and a law in detailed balance is positive"
)

Kernel = Callable[[Index, Index], Expr]
NamedKernel = Callable[[Index, Index], Named]


def kernel_of(name: str, flows: Kernel) -> NamedKernel:
    """``kernel(r, s)``: the probability to go from r to s where ``flows(r, s)`` flows."""
    return lambda start, end: Named(f"{name}({end}|{start})", flows(start, end) / law[start])


def adjoint(name: str, kernel: Kernel) -> NamedKernel:
    """P'(s|r), the kernel of the chain that runs backwards."""
    return lambda start, end: Named(
        f"{name}′({end}|{start})", law[end] * kernel(end, start) / law[start]
    )


def any_kernel(name: str) -> Kernel:
    """A kernel of which nothing is known."""
    entries = Family(name)
    return lambda start, end: entries[start, end]


def detailed_balance_implies_stationarity() -> Derivation:
    """(C.29) is sufficient: a law with which a kernel is in detailed balance is stationary.

    Detailed balance makes the table of flows symmetric. Rows of a kernel sum to one, so that pi_r
    is all that leaves r (or stays there); by symmetry it is also all that arrives.
    """

    def leaving(state: Index) -> Named:
        return Named(f"π({state})", total(symmetric_flow[state, t], t))

    def kernel(start: Index, end: Index) -> Named:
        return Named(f"P({end}|{start})", symmetric_flow[start, end] / leaving(start))

    arriving = total(leaving(r) * kernel(r, s), r)
    return Derivation(
        name="detailed_balance_implies_stationarity",
        equations=("C.29",),
        form="beyond",
        statement=equation(arriving, leaving(s)),
        assumes=(
            "any number M of states, each with a law pi_r > 0",
            "the flows are symmetric: S_rs = S_sr",
        ),
        lines=(
            definition(leaving(r), "the rows of P sum to one, so this is all that leaves r"),
            definition(kernel(r, s), "the flow from r to s is S_rs"),
            Step(
                leaving(r) * kernel(r, s),
                leaving(s) * kernel(s, r),
                "detailed balance: as much flows from r to s as from s to r",
                slip=Slip("each kernel with the other state's law", leaving(r) * kernel(s, r)),
            ),
            Step(
                arriving,
                total(leaving(s) * kernel(s, r), r),
                "so what arrives at s is what leaves it",
                slip=Slip(
                    "the law is not weighted by the kernel", total(leaving(r) * kernel(s, r), r)
                ),
            ),
        ),
        slip=Slip("pi_r is taken out of the sum over r", leaving(s) * total(kernel(r, s), r)),
    )


def product_of_kernels_keeps_what_each_keeps() -> Derivation:
    """Kernels that keep a law, applied one after the other in any order, keep it.

    For any number of factors by induction: P is the product of all factors so far, which keeps the
    law, and Q is the next one. (One factor keeps it by assumption.) A kernel that keeps pi is
    written with any flows off its diagonal; what stays makes each column sum up to pi.
    """

    def keeping(name: str, flows: str) -> NamedKernel:
        off_diagonal = Family(flows, hollow=True)

        def all_flows(start: Index, end: Index) -> Expr:
            staying = law[end] - total(off_diagonal[v, end], v)
            return off_diagonal[start, end] + sp.KroneckerDelta(start, end) * staying

        return kernel_of(name, all_flows)

    first, second = keeping("P", "F"), keeping("Q", "G")
    return Derivation(
        name="product_of_kernels_keeps_what_each_keeps",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(total(law[r] * first(r, t) * second(t, s), r, t), law[s]),
        assumes=("any number M of states", "both kernels keep the law pi"),
        lines=(
            definition(first(r, t), "flows F that arrive at t as pi_t, whatever they are"),
            definition(second(t, s), "flows G that arrive at s as pi_s"),
            Step(
                total(law[r] * first(r, t), r),
                law[t],
                "the first kernel keeps the law",
                slip=Slip("what stays is left out", total(Family("F", hollow=True)[r, t], r)),
            ),
            Step(
                total(law[r] * first(r, t) * second(t, s), r, t),
                total(law[t] * second(t, s), t),
                "so the second starts from the same law",
                slip=Slip("the first kernel's law is lost", total(second(t, s), t)),
            ),
        ),
        slip=Slip("the columns are taken to sum to one", sp.Integer(1)),
    )


def mixture_of_reversible_kernels_is_reversible() -> Derivation:
    """Drawing one of any number of reversible kernels, with any weights, is reversible.

    Each kernel has a symmetric table of flows, written R + R^T, and sums of such are symmetric.
    Random scan draws each of N agents' kernels with the weight 1/N.
    """
    n_kernels = Size("N")
    k = Index("k", n_kernels)
    weight, half = Family("omega"), Family("R")

    def one(start: Index, end: Index) -> Named:
        return Named(f"Pₖ({end}|{start})", (half[k, start, end] + half[k, end, start]) / law[start])

    def mixed(start: Index, end: Index) -> Named:
        return Named(f"P({end}|{start})", total(weight[k] * one(start, end), k))

    return Derivation(
        name="mixture_of_reversible_kernels_is_reversible",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(law[r] * mixed(r, s), law[s] * mixed(s, r)),
        assumes=(
            "any number M of states, any number N of kernels",
            "each kernel is in detailed balance with the same law pi",
            "the weights do not depend on the state",
        ),
        lines=(
            definition(one(r, s), "kernel k, with the symmetric flows R_krs + R_ksr"),
            definition(mixed(r, s), "one of them is drawn, kernel k with the weight omega_k"),
            Step(
                law[r] * one(r, s),
                law[s] * one(s, r),
                "each kernel is in detailed balance",
                slip=Slip("the law of r on both sides", law[r] * one(s, r)),
            ),
        ),
        slip=Slip("the weight is counted twice", law[s] * total(weight[k] ** 2 * one(s, r), k)),
    )


def adjoint_of_a_product_is_the_reversed_product() -> Derivation:
    """Run backwards, the last factor comes first: (P1 … Pn)' = Pn' … P1'.

    By induction over the number of factors. No factor: the product is the identity, which is its
    own adjoint. Step: A is the product of the first n, whose adjoint is Pn' … P1' by assumption,
    and Q is the factor n + 1. For reversible factors, each its own adjoint, the adjoint is the same
    factors in reverse order.
    """
    product, following = any_kernel("A"), any_kernel("Q")
    product_back, following_back = adjoint("A", product), adjoint("Q", following)
    symmetric = kernel_of("P", lambda start, end: symmetric_flow[start, end])
    resting_back, function = adjoint("1", sp.KroneckerDelta), Family("f")

    def both(start: Index, end: Index) -> Named:
        steps = product(start, t) * following(t, end)
        return Named(f"AQ({end}|{start})", total(steps, t))

    both_back = adjoint("(AQ)", both)
    one_path = law[s] * product(s, t) * following(t, r) / law[r]
    return Derivation(
        name="adjoint_of_a_product_is_the_reversed_product",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(both_back(r, s), total(following_back(r, t) * product_back(t, s), t)),
        assumes=(
            "any number M of states; A_rs is the probability to go from r to s",
            "any number of factors, by induction",
        ),
        lines=(
            definition(resting_back(r, s), "the adjoint of the identity, which stays where it is"),
            Step(
                total(resting_back(r, s) * function[s], s),
                function[r],
                "no factor: it leaves any function f as it is, and so is the identity again",
                slip=Slip("the laws do not cancel", law[r] * function[r]),
            ),
            definition(both(s, r), "A, the product of the first n factors, and then Q"),
            definition(both_back(r, s), "its adjoint"),
            definition(product_back(t, s), "the adjoint of A"),
            definition(following_back(r, t), "and that of Q"),
            Step(
                one_path,
                following_back(r, t) * product_back(t, s),
                "the law of the state between cancels: pi_s / pi_r = (pi_t / pi_r)(pi_s / pi_t)",
                slip=Slip("the order is kept", product_back(r, t) * following_back(t, s)),
            ),
            Step(
                both_back(r, s),
                total(one_path, t),
                "the adjoint is a sum over the state between: step from n to n + 1 factors",
                slip=Slip("the law upside down", total(one_path, t) * law[r] ** 2 / law[s] ** 2),
            ),
            definition(symmetric(r, s), "a reversible kernel: symmetric flows S_rs = S_sr"),
            definition(adjoint("P", symmetric)(r, s), "its adjoint"),
            Step(
                adjoint("P", symmetric)(r, s),
                symmetric(r, s),
                "it is its own adjoint",
                slip=Slip("its transpose is", symmetric(s, r)),
            ),
        ),
        slip=Slip(
            "the factors are transposed, without the law",
            total(following(t, r) * product(s, t), t),
        ),
    )


def kernel_with_its_adjoint_around_is_reversible() -> Derivation:
    """A R A' is reversible for any kernel A and any reversible R: palindromes are.

    With A = P1 … Pn of reversible factors, A' is Pn … P1. R may be the identity, whose flows
    pi_r delta_rs are symmetric too, and the last factor then acts twice; or a factor of its own,
    about which the palindrome turns.
    """
    outer = any_kernel("A")
    inner = kernel_of("R", lambda start, end: symmetric_flow[start, end])

    def palindrome(start: Index, end: Index) -> Named:
        steps = outer(start, t) * inner(t, u) * adjoint("A", outer)(u, end)
        return Named(f"P({end}|{start})", total(steps, t, u))

    return Derivation(
        name="kernel_with_its_adjoint_around_is_reversible",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(law[r] * palindrome(r, s), law[s] * palindrome(s, r)),
        assumes=("any number M of states", "R is in detailed balance with pi"),
        lines=(
            definition(inner(t, u), "a reversible kernel: symmetric flows S_tu = S_ut"),
            definition(adjoint("A", outer)(u, s), "the adjoint of A, a kernel with any A_rs"),
            definition(palindrome(r, s), "A, then R, then the adjoint of A"),
            Step(
                law[r] * palindrome(r, s),
                law[r]
                * law[s]
                * total(outer(r, t) * outer(s, u) * symmetric_flow[t, u] / (law[t] * law[u]), t, u),
                "written out it does not change when r and s change places, if t and u do too",
                uses=("adjoint_of_a_product_is_the_reversed_product",),
                slip=Slip(
                    "the law at the turning point is left out",
                    law[r]
                    * law[s]
                    * total(outer(r, t) * outer(s, u) * symmetric_flow[t, u] / law[t], t, u),
                ),
            ),
        ),
        slip=Slip(
            "A comes back in its own order",
            law[s] * total(outer(s, t) * inner(t, u) * outer(u, r), t, u),
        ),
    )


def average_of_kernels_and_their_adjoints_is_reversible() -> Derivation:
    """Drawing a kernel or its adjoint with the same probability is reversible.

    So is a sweep in a random order: to every order there belongs the reversed one, which is as
    likely and has the adjoint kernel. L counts the pairs of an order and its reverse; one pair may
    be likelier than another.
    """
    n_pairs = Size("L")
    k = Index("k", n_pairs)
    weight, entries = Family("omega"), Family("R")

    def one(start: Index, end: Index) -> Expr:
        return entries[k, start, end]

    def average(start: Index, end: Index) -> Named:
        both = one(start, end) + adjoint("Rₖ", one)(start, end)
        return Named(f"P({end}|{start})", total(weight[k] * both / 2, k))

    def flows(start: Index, end: Index) -> Expr:
        both = law[start] * one(start, end) + law[end] * one(end, start)
        return total(weight[k] * both / 2, k)

    return Derivation(
        name="average_of_kernels_and_their_adjoints_is_reversible",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(law[r] * average(r, s), law[s] * average(s, r)),
        assumes=(
            "any number M of states, any number L of pairs",
            "a kernel and its adjoint are drawn with the same probability, omega_k / 2",
        ),
        lines=(
            definition(adjoint("Rₖ", one)(r, s), "the adjoint of kernel R_k"),
            definition(average(r, s), "pair k is drawn with any weight, then R_k or its adjoint"),
            Step(
                law[r] * average(r, s),
                flows(r, s),
                "the flow of R_k from r to s, and by its adjoint the one from s to r",
                uses=("adjoint_of_a_product_is_the_reversed_product",),
                slip=Slip(
                    "the adjoint is forgotten",
                    total(weight[k] * law[r] * one(r, s), k),
                ),
            ),
        ),
        slip=Slip(
            "the adjoint is taken to be the transpose",
            law[s] * total(weight[k] * (one(s, r) + one(r, s)) / 2, k),
        ),
    )


DERIVATIONS = (
    detailed_balance_implies_stationarity,
    product_of_kernels_keeps_what_each_keeps,
    mixture_of_reversible_kernels_is_reversible,
    adjoint_of_a_product_is_the_reversed_product,
    kernel_with_its_adjoint_around_is_reversible,
    average_of_kernels_and_their_adjoints_is_reversible,
)
