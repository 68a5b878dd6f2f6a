"""Typical wrong solutions of `probability`, each with the sentence it deserves."""

import math

import numpy as np

from undergrad.checker import mistake


@mistake("bayes", "These are the chances of cause and sign together; they do not add up to 1. "
         "Divide by their sum: the sign has been seen, so only these cases are "
         "left.")  # fmt: skip
def not_shared_out(prior, likelihood):
    return prior * likelihood


@mistake("bayes", "The prior is left out. How rare a cause is counts as much as how well it fits: "
         "multiply the two.")  # fmt: skip
def prior_ignored(prior, likelihood):
    return likelihood / likelihood.sum()


@mistake("bayes", "You divide by the sum of the likelihoods. Divide by the sum of the products, "
         "which is how probable the sign was in all.")  # fmt: skip
def other_total(prior, likelihood):
    return prior * likelihood / likelihood.sum()


@mistake("bayes", "The sum is 0 here, and 0 over 0 is nan. No cause could have made this, so "
         "raise a ValueError before you divide.")  # fmt: skip
def nan_when_impossible(prior, likelihood):
    both = prior * likelihood
    return both / both.sum()


@mistake("bayes", "The caller's prior is changed: prior *= works inside the array itself. Write "
         "prior * likelihood, which makes a new one.")  # fmt: skip
def prior_changed(prior, likelihood):
    prior *= likelihood
    return prior / prior.sum()


def _cov(centred, p):
    return (centred * p[:, None]).T @ centred


@mistake("mean_cov", "Every row counts the same, as if p were not there. Weigh each row with its "
         "probability, in both averages.")  # fmt: skip
def unweighted(values, p):
    even = np.full(len(p), 1 / len(p))
    mean = even @ values
    return mean, _cov(values - mean, even)


@mistake("mean_cov", "The mean is weighted and the covariance is not. It is an average as well: "
         "weigh its rows with p.")  # fmt: skip
def cov_unweighted(values, p):
    mean = p @ values
    return mean, _cov(values - mean, np.full(len(p), 1 / len(p)))


@mistake("mean_cov", "The products are those of the values themselves. Subtract the mean first: a "
         "spread does not care where the middle lies.")  # fmt: skip
def not_centred(values, p):
    return p @ values, _cov(values, p)


@mistake("mean_cov", "Only the diagonal is filled: these are the variances. The other entries say "
         "how two columns move together.")  # fmt: skip
def variances_only(values, p):
    mean = p @ values
    return mean, np.diag(p @ (values - mean) ** 2)


@mistake("mean_cov", "The covariance has a row for each result, (K, K). It compares columns: (D, "
         "K) @ (K, D), so the transpose goes to the left.")  # fmt: skip
def rows_compared(values, p):
    mean = p @ values
    centred = values - mean
    return mean, (centred * p[:, None]) @ centred.T


@mistake("inverse_sample", "The shares come from a bell, so many lie outside 0..1. Every share "
         "between 0 and 1 is equally likely: rng.random.")  # fmt: skip
def shares_from_a_bell(cdf_inv, n, rng):
    return cdf_inv(rng.normal(size=n))


@mistake("inverse_sample", "These are the even shares themselves. Send them through cdf_inv.")
def shares_only(cdf_inv, n, rng):
    return rng.random(n)


@mistake("inverse_sample", "One share was drawn and used n times. Ask the generator for n of them.")
def one_share(cdf_inv, n, rng):
    return cdf_inv(np.full(n, rng.random()))


@mistake("inverse_sample", "The same numbers come each time, since a generator with a fixed seed "
         "is made inside. Use the rng you are given; it goes on where it stopped.")  # fmt: skip
def own_generator(cdf_inv, n, rng):
    return cdf_inv(np.random.default_rng(0).random(n))


@mistake("inverse_sample", "This is an even grid: rightly spread, but nothing in it is random. "
         "Draw the shares with rng.")  # fmt: skip
def a_grid(cdf_inv, n, rng):
    return cdf_inv((np.arange(n) + 0.5) / n)


@mistake("monte_carlo", "The second number is the spread of single values. Their average is "
         "steadier: divide by the root of n.")  # fmt: skip
def spread_of_one(f, sampler, n, rng):
    values = f(sampler(n, rng))
    return values.mean(), values.std(ddof=1)


@mistake("monte_carlo", "The standard deviation is divided by n. Variances of independent values "
         "add, so it is the variance that falls with n, and its root with the root of "
         "n.")  # fmt: skip
def over_n(f, sampler, n, rng):
    values = f(sampler(n, rng))
    return values.mean(), values.std(ddof=1) / n


@mistake("monte_carlo", "The root is missing: this is the variance of the average. Its root has "
         "the unit of the values.")  # fmt: skip
def variance_of_mean(f, sampler, n, rng):
    values = f(sampler(n, rng))
    return values.mean(), values.var(ddof=1) / n


@mistake("monte_carlo", "The spread divides by n, which comes out too small: the mean was taken "
         "from the same values. Say ddof=1.")  # fmt: skip
def too_sure(f, sampler, n, rng):
    values = f(sampler(n, rng))
    return values.mean(), values.std() / math.sqrt(n)


@mistake("monte_carlo", "This is f of the average draw. The average of f is another number unless "
         "f is a straight line: apply f first.")  # fmt: skip
def f_of_the_mean(f, sampler, n, rng):
    draws = sampler(n, rng)
    middle = draws.mean(axis=0, keepdims=True)
    return float(f(middle)[0]), f(draws).std(ddof=1) / math.sqrt(n)


@mistake("draws_needed", "Half of the error takes four times the draws, not twice: square the "
         "quotient.")  # fmt: skip
def twice_for_half(stderr, n, target):
    return math.ceil(n * stderr / target)


@mistake("draws_needed", "The quotient is upside down: a smaller target needs more draws, not "
         "fewer.")  # fmt: skip
def upside_down(stderr, n, target):
    return math.ceil(n * (target / stderr) ** 2)


@mistake("draws_needed", "This is how many times more draws it takes. Multiply by n, the size of "
         "the first run.")  # fmt: skip
def times_more(stderr, n, target):
    return math.ceil((stderr / target) ** 2)


@mistake("draws_needed", "The number is rounded down, and one draw is missing to the target. Use "
         "math.ceil.")  # fmt: skip
def one_too_few(stderr, n, target):
    return int(n * (stderr / target) ** 2)


def _run(stream, squares_of, last=1):
    """One pass, with what each x adds to the squares and what the end divides by as switches."""
    count, mean, squares = 0, 0.0, 0.0
    for x in stream:
        count += 1
        old = mean
        mean += (x - mean) / count
        squares += squares_of(x, old, mean)
    if count < 2:
        raise ValueError("a variance needs two numbers")
    return mean, squares / (count - last)


@mistake("running_mean_var", "The variance divides by the count. One less is asked for: the mean "
         "came from the same numbers, so they lie a little too close to it.")  # fmt: skip
def divided_by_count(stream):
    return _run(stream, lambda x, old, new: (x - old) * (x - new), last=0)


@mistake("running_mean_var", "Both distances are taken to the old mean, so the squares come out "
         "too large. One goes to the old mean and one to the new.")  # fmt: skip
def old_mean_twice(stream):
    return _run(stream, lambda x, old, new: (x - old) ** 2)


@mistake("running_mean_var", "Both distances are taken to the new mean, so the squares come out "
         "too small. One goes to the old mean and one to the new.")  # fmt: skip
def new_mean_twice(stream):
    return _run(stream, lambda x, old, new: (x - new) ** 2)


@mistake("running_mean_var", "Near 1e9 the squares need 18 digits and a float has 16, so the "
         "small difference of two large sums is noise. Add up distances from the "
         "mean.")  # fmt: skip
def difference_of_sums(stream):
    count, total, squares = 0, 0.0, 0.0
    for x in stream:
        count, total, squares = count + 1, total + x, squares + x * x
    if count < 2:
        raise ValueError("a variance needs two numbers")
    return total / count, (squares - total * total / count) / (count - 1)


@mistake("running_mean_var", "Each new number pulls the mean half of the way. After count numbers "
         "it has one part in count: divide by count.")  # fmt: skip
def half_of_the_way(stream):
    count, mean, squares = 0, 0.0, 0.0
    for x in stream:
        count += 1
        old, mean = mean, (mean + x) / 2 if count > 1 else x
        squares += (x - old) * (x - mean)
    if count < 2:
        raise ValueError("a variance needs two numbers")
    return mean, squares / (count - 1)


@mistake("running_mean_var", "With fewer than two numbers you divide by 0 or answer all the same. "
         "Raise a ValueError: there is no spread of one number.")  # fmt: skip
def no_refusal(stream):
    count, mean, squares = 0, 0.0, 0.0
    for x in stream:
        count += 1
        old = mean
        mean += (x - mean) / count
        squares += (x - old) * (x - mean)
    return mean, squares / (count - 1)


def _parts(x, mu, S):
    """D log 2 pi, log det S, and the distances, shape (N,)."""
    away = x - mu
    distance = np.sum(away * np.linalg.solve(S, away.T).T, axis=1)
    return len(mu) * math.log(2 * math.pi), np.linalg.slogdet(S)[1], distance


@mistake("gaussian_logpdf", "This is the density. Its logarithm is asked for: leave out the exp.")
def density(x, mu, S):
    return np.exp(-0.5 * sum(_parts(x, mu, S)))


@mistake("gaussian_logpdf", "The determinant of so large a matrix rounds to 0, and its logarithm "
         "is minus infinity. np.linalg.slogdet gives the logarithm without it.")  # fmt: skip
def log_of_det(x, mu, S):
    constant, _, distance = _parts(x, mu, S)
    return -0.5 * (constant + np.log(np.linalg.det(S)) + distance)


@mistake("gaussian_logpdf", "log det S stands there whole. The density has the root of the "
         "determinant, so half of its logarithm.")  # fmt: skip
def whole_logdet(x, mu, S):
    constant, logdet, distance = _parts(x, mu, S)
    return -0.5 * constant - logdet - 0.5 * distance


@mistake("gaussian_logpdf", "The half before the distance is missing.")
def whole_distance(x, mu, S):
    constant, logdet, distance = _parts(x, mu, S)
    return -0.5 * constant - 0.5 * logdet - distance


@mistake("gaussian_logpdf", "log 2 pi comes once for each dimension: multiply it by D.")
def one_dimension(x, mu, S):
    constant, logdet, distance = _parts(x, mu, S)
    return -0.5 * (constant / len(mu) + logdet + distance)


@mistake("gaussian_logpdf", "log det S is missing. A wide bell is also a low one, for its area is "
         "1.")  # fmt: skip
def no_determinant(x, mu, S):
    constant, _, distance = _parts(x, mu, S)
    return -0.5 * (constant + distance)


@mistake("gaussian_logpdf", "The distance is multiplied by S. A wide direction makes the same "
         "step count less: it is the inverse of S, so solve with S.")  # fmt: skip
def multiplied_by_s(x, mu, S):
    constant, logdet, _ = _parts(x, mu, S)
    return -0.5 * (constant + logdet + np.sum((x - mu) @ S * (x - mu), axis=1))


@mistake("gaussian_logpdf", "1 / S turns around each entry by itself. The inverse of a matrix is "
         "something else: solve with S.")  # fmt: skip
def entries_inverted(x, mu, S):
    constant, logdet, _ = _parts(x, mu, S)
    return -0.5 * (constant + logdet + np.sum((x - mu) @ (1 / S) * (x - mu), axis=1))
