"""The checks of `continuous`.

Noise is passed in, so nearly everything is compared exactly. The loop draws its own random numbers
in any order it likes: it is watched in worlds where the order does not matter.
"""

from inspect import unwrap

import numpy as np

from undergrad.checker import decided_by, task, within


def networks(code, rng, D=5, K=3, C=3):
    """An actor and C critics whose biases are not 0."""
    actor = code.init_network((D, 4, 6, K), rng)
    critics = code.init_network((D + K, 4, 6, 1), rng, C)
    for params in (actor, critics):
        for bias in params[1::2]:
            bias += 0.3 * rng.normal(size=bias.shape)
    return actor, critics


def batch_of(rng, B=7, D=5, K=3):
    """Transitions, some of which terminated."""
    return {
        "observation": rng.normal(size=(B, D)), "action": rng.uniform(-1, 1, (B, K)),
        "reward": rng.normal(size=B), "next_observation": rng.normal(size=(B, D)),
        "terminated": np.arange(B) % 3 == 1,
    }  # fmt: skip


# --- the gradient of an action


@task(1, "is the gradient of the mean value of the actor's actions", keeps_arguments=True)
def gradient_of_actor(code, rng):
    return code.dpg_grad(*networks(code, rng), batch_of(rng))


@task(1, "follows the first critic alone")
def first_critic(code, rng):
    actor, critics = networks(code, rng, K=1)
    batch, found = batch_of(rng, B=4, K=1), []
    for _ in range(3):
        found.append(code.dpg_grad(actor, critics, batch))
        for each in critics:
            each[1:] *= -3
    return found


@task(1, "works for one critic and one row")
def single(code, rng):
    return code.dpg_grad(*networks(code, rng, D=3, K=4, C=1), batch_of(rng, B=1, D=3, K=4))


@task(2, "keeps a part of the last noise", keeps_arguments=True)
def correlated(code, rng):
    normal = rng.normal(size=(9, 3))
    return [code.ou_noise(normal, *each) for each in ((0.3, 0.7), (1.0, 1.5), (0.05, 0.2))]


@task(2, "has one row after one step")
def one_row(code, rng):
    return code.ou_noise(rng.normal(size=(1, 4)), 0.15, 0.2)


@task(2, "has this standard deviation after many steps")
def many_steps(code, rng):
    return [float(code.ou_std(*each)) for each in ((0.15, 0.2), (0.6, 3.0), (1.0, 0.4))]


# --- critics that overestimate


@task(3, "takes the smallest critic, and nothing after an end", keeps_arguments=True)
def targets(code, rng):
    reward, terminated = rng.normal(size=7), np.arange(7) % 3 == 1
    found = [code.td3_target(reward, rng.normal(size=(C, 7)), terminated, 0.9) for C in (1, 3)]
    return [*found, code.td3_target(reward, rng.normal(size=(4, 7)), ~terminated, 0.5)]


@task(3, "moves every critic towards the target", keeps_arguments=True)
def critics_learn(code, rng):
    _, critics = networks(code, rng)
    batch = batch_of(rng)
    return code.critic_grads(critics, batch["observation"], batch["action"], batch["reward"])


@task(3, "sums the losses of the critics, and not only those of one")
def critics_apart(code, rng):
    found = []
    for C, B in ((1, 4), (4, 3)):
        _, critics = networks(code, rng, K=1, C=C)
        batch = batch_of(rng, B, K=1)
        given = batch["observation"], batch["action"], batch["reward"]
        found.append(code.critic_grads(critics, *given))
    return found


@task(4, "is how far the smallest critic is above the truth", keeps_arguments=True)
def overestimated(code, rng):
    found = []
    for C, curvature in ((1, 1.0), (3, 0.4), (4, 5.0)):
        errors = rng.normal(size=(C, 9))
        errors[0, 2] = 0
        found.append(code.critic_bias(errors, curvature))
    return found


@task(5, "clips the noise, adds it, and stays within the bounds", keeps_arguments=True)
def nearby(code, rng):
    action, noise = rng.uniform(-1, 1, (8, 3)), rng.normal(size=(8, 3))
    noise[0], noise[1], action[2], action[3] = 4, -4, 0.95, -0.95
    return [code.smoothed_action(action, noise, clip) for clip in (0.3, 0.5, 3.0)]


# --- the algorithm


class Step:
    """An optimiser that takes plain steps."""

    def __init__(self, params, lr=0.1):
        self.params, self.lr = params, lr

    def step(self, grads):
        for w, g in zip(self.params, grads, strict=True):
            w -= self.lr * g


def agent_of(code, rng, C=3):
    """An agent whose target networks are others than its networks."""
    names = "actor", "critics", "target_actor", "target_critics"
    nets = *networks(code, rng, C=C), *networks(code, rng, C=C)
    return dict(zip(names, nets, strict=True))


def stepped(code, rng, number, C=3, **settings):
    """All networks and the loss after one update."""
    agent, batch = agent_of(code, rng, C), batch_of(rng)
    optimisers = {name: Step(agent[name]) for name in ("actor", "critics")}
    loss = code.td3_step(agent, optimisers, batch, 2 * rng.normal(size=(7, 3)), number, **settings)
    return {"loss": float(loss), **agent}


@task(6, "trains the critics alone in the first of two updates", needs=[3, 5])
def first_update(code, rng):
    return stepped(code, rng, 1, gamma=0.7, tau=0.2, clip=0.4)


@task(6, "then moves the actor by the new critics, and all targets", needs=[1, 3, 5])
def second_update(code, rng):
    return stepped(code, rng, 4, gamma=0.7, tau=0.2, clip=0.4)


@task(6, "delays the actor as many times as it is told", needs=[1, 3, 5])
def delayed(code, rng):
    given = (1, 1), (3, 3), (4, 3), (6, 2)
    return [stepped(code, rng, number, delay=delay, tau=0.5) for number, delay in given]


@task(6, "has the settings of its signature when none are given", needs=[1, 3, 5])
def step_by_default(code, rng):
    return stepped(code, rng, 3, C=1), stepped(code, rng, 8, C=4)


@task(6, "climbs the gradient that it is given", needs=[3, 5])
def climbs(code, rng):
    seen = []

    def actor_grad(actor, critics, batch):
        seen.append((critics[0].copy(), batch["reward"].copy()))
        return [np.ones(w.shape) for w in actor]

    return stepped(code, rng, 2, actor_grad=actor_grad), seen


@task(6, "leaves the batch as it was", needs=[1, 3, 5])
def batch_is_kept(code, rng):
    agent, batch, noise = agent_of(code, rng), batch_of(rng), rng.normal(size=(7, 3))
    given = batch | {"noise": noise}
    before = {name: column.copy() for name, column in given.items()}
    optimisers = {name: Step(agent[name]) for name in ("actor", "critics")}
    code.td3_step(agent, optimisers, batch, noise, 2)
    return [bool((before[name] == column).all()) for name, column in given.items()]


class Counting:
    """N worlds that count their steps, whatever is done. What is seen says which step it was."""

    shape = 3, 2

    def __init__(self, N=3, ends=5):
        self.N, self.ends, self.count, self.taken = N, ends, 0, []

    def _seen(self, step):
        rows = 10.0 * step + np.arange(self.N)
        return np.stack([rows, rows % 7, np.ones(self.N)], axis=1) / 10

    @property
    def observation(self):
        return self._seen(self.count)

    def step(self, action):
        self.taken.append(np.array(action))
        self.count += 1
        ended = np.full(self.N, self.count % self.ends == 0)
        terminated = ended & (self.count % (2 * self.ends) == 0)
        reward = self.count + np.arange(self.N) / 4
        return -self._seen(self.count), reward, terminated, ended & ~terminated


def trained(code, rng, steps, world=None, **settings):
    """A world after training, the returns, and what reached the actor's updates."""
    world, batches = world or Counting(), []
    agent = code.make_agent(world, rng, 2, 4)

    def actor_grad(actor, critics, batch):
        batches.append({name: np.array(column) for name, column in batch.items()})
        return [np.zeros(w.shape) for w in actor]

    found = code.train(world, agent, rng, steps, actor_grad=actor_grad, delay=1, **settings)
    return world, [float(each) for each in found], batches, agent


@task(7, "learns once for each world and step, after the first steps", needs=[3, 5, 6])
def updates(code, rng):
    found = []
    for N, steps, settings in ((3, 40, {"start": 12}), (4, 23, {"start": 9}), (1, 520, {})):
        world, _, batches, _ = trained(code, rng, steps, Counting(N), **settings)
        found.append((world.count, len(batches), len(batches[0]["reward"])))
    return found


@task(7, "draws a new batch for each update", needs=[3, 5, 6])
def new_batches(code, rng):
    _, _, (first, second, *_), _ = trained(code, rng, 40, start=12)
    same = np.array_equal(first["observation"], second["observation"])
    return "the same rows again" if same else "other rows"


@task(7, "stores what was seen, done, earned and seen next", needs=[3, 5, 6])
def stored(code, rng):
    found = []
    for settings in ({"reward_scale": 2.0}, {}):
        world, _, batches, _ = trained(code, rng, 60, start=30, batch_size=800, **settings)
        rows = {name: np.concatenate([b[name] for b in batches]) for name in batches[0]}
        index = rows["observation"][:, 0]  # in tenths of ten steps
        step, number = index.astype(int), np.rint(10 * (index % 1)).astype(int)
        done = np.array(world.taken)[step, number]
        same = bool(np.allclose(rows["action"], done))
        order = np.unique(index, return_index=True)[1]
        names = "observation", "reward", "next_observation", "terminated"
        found.append((same, {name: rows[name][order] for name in names}))
    return found


@task(7, "forgets the oldest when the buffer is full", needs=[3, 5, 6])
def forgets(code, rng):
    _, _, batches, _ = trained(code, rng, 60, start=45, batch_size=160, capacity=6)
    return [sorted({round(float(x), 6) for x in b["observation"][:, 0]}) for b in batches[-3:]]


@task(7, "returns what the finished episodes earned", needs=[3, 5, 6])
def earned(code, rng):
    return trained(code, rng, 40, start=20)[1], trained(code, rng, 9, Counting(4), start=3)[1]


@task(7, "begins with actions that are uniform between the bounds", judge=within(-1.06, 1.06))
def uniform(code, rng):
    world, *_ = trained(code, rng, 6_000, Counting(30), start=6_000)
    taken = np.concatenate(world.taken)
    return [float(abs(taken).max()), *(20 * taken.mean(axis=0)), *(taken.std(axis=0) * 3**0.5)]


def still_agent(code, rng, world):
    """An agent whose actor outputs 0.5 and -1 in units before the tanh, whatever it sees."""
    agent = code.make_agent(world, rng, 2, 4)
    agent["actor"][-2][:] = 0
    agent["actor"][-1][:] = 0.5, -1
    return agent


def of_noise(code, rng, N, **settings):
    """The actions of an actor that never changes, after the random ones."""
    world = Counting(N)
    agent = still_agent(code, rng, world)
    settings |= {"lr": 0.0, "batch_size": 1, "start": N, "reward_scale": 0.0}
    code.train(world, agent, rng, 3 * N, **settings)
    return np.concatenate(world.taken[1:])


@task(7, "adds normal noise to the actor's action", needs=[1, 3, 5, 6], judge=within(-1.13, 1.13))
def explores(code, rng):
    found = []
    for settings, std in (({"action_noise": 0.05}, 0.05), ({}, 0.1)):
        off = (of_noise(code, rng, 400, **settings) - np.tanh([0.5, -1])) / std
        of_a_step, of_the_next = np.split(off, 2)
        alike = (of_a_step * of_the_next).mean() * 4
        found += [*(off.mean(axis=0) * 2), *off.std(axis=0)[:1], alike]
    return found


@task(7, "keeps noisy actions between the bounds", needs=[1, 3, 5, 6])
def bounded(code, rng):
    taken = of_noise(code, rng, 40, action_noise=30.0)
    return float(taken.min()), float(taken.max())


def handed_on(code, rng, **settings):
    """What `train` hands to `td3_step`: the noise and the number of each update."""
    names, noises, numbers = unwrap(code.train).__globals__, [], []
    honest = names["td3_step"]

    def td3_step(agent, optimisers, batch, noise, number, **settings):
        noises.append(np.array(noise))
        numbers.append(int(number))
        return honest(agent, optimisers, batch, noise, number, **settings)

    names["td3_step"] = td3_step
    try:
        trained(code, rng, 30, start=12, batch_size=100, **settings)
    finally:
        names["td3_step"] = honest
    return np.array(noises), numbers


@task(7, "counts its updates, and draws noise for each row", needs=[3, 5, 6])
def counts(code, rng):
    noises, numbers = handed_on(code, rng)
    return noises.shape, numbers, len(np.unique(noises.round(12))) == noises.size


@task(7, "draws normal noise for the target", needs=[3, 5, 6], judge=within(-1.13, 1.13))
def smooths(code, rng):
    found = []
    for settings, std in (({"target_noise": 1.5}, 1.5), ({}, 0.2)):
        noises, _ = handed_on(code, rng, **settings)
        found += [5 * noises.mean() / std, noises.std() / std]
    return [float(each) for each in found]


class Twins(Counting):
    """The same step again and again."""

    def _seen(self, step):
        return np.tile([0.5, -1.0, 2.0], (self.N, 1))

    def step(self, action):
        super().step(action)
        never = np.zeros(self.N, bool)
        return self._seen(0), np.ones(self.N), never, never


@task(7, "trains all networks with Adam", needs=[1, 3, 5, 6])
def by_adam(code, rng):
    """Every transition is the same one, so no random number matters."""
    found, agents = [], [code.make_agent(Twins, rng, 3, 4) for _ in range(2)]
    given = {}, {"lr": 0.03, "gamma": 0.5, "tau": 0.3, "delay": 3}
    for settings, agent in zip(given, agents, strict=True):
        agent["actor"][-1][:] = agent["target_actor"][-1][:] = 60.0, -60
        settings |= {"start": 0, "action_noise": 0.0, "target_noise": 0.0}
        code.train(Twins(), agent, rng, 15, **settings)
        found.append((agent["critics"], agent["target_critics"], agent["actor"]))
    return found


class Guess:
    """Each step shows a number, and costs its squared distance from the action."""

    shape = 1, 1

    def __init__(self, rng, N=4):
        self.rng, self.N, self.log = rng, N, []
        self.observation = rng.uniform(-1, 1, (N, 1))

    def step(self, action):
        self.log.append(np.array(action))
        before, self.observation = self.observation, self.rng.uniform(-1, 1, (self.N, 1))
        reward = -10 * ((action - before / 2)[:, 0] ** 2)
        ended = np.ones(self.N, bool)
        return before, reward, ended, ~ended


@task(7, "finds the best action of every state", needs=[1, 3, 5, 6], judge=within(0, 0.25))
def finds_out(code, rng):
    world = Guess(rng)
    agent = code.make_agent(world, rng, 2, 16)
    code.train(world, agent, rng, 1_000, start=200, lr=0.01, batch_size=32, tau=0.05)
    seen = np.linspace(-0.9, 0.9, 7)[:, None]
    return float(np.abs(code.act(agent["actor"], seen) - seen / 2).mean())


@task(7, "draws every random number from the generator", needs=[1, 3, 5, 6])
def trains_by_generator(code, rng):
    def run(rng):
        world = Guess(rng)
        agent = code.make_agent(world, rng, 2, 4)
        code.train(world, agent, rng, 60, start=20, batch_size=5)
        return agent["actor"], agent["critics"], world.log, handed_on(code, rng)[0]

    return decided_by(run, rng)


# --- a policy that earns its entropy


@task(8, "is a soft maximum of each row", keeps_arguments=True)
def soft_maximum(code, rng):
    q = rng.normal(size=(5, 3))
    q[1] = q[1, 0]
    return [code.soft_value(q, alpha) for alpha in (0.2, 1.0, 30.0)]


@task(8, "stays finite for values of any size")
def soft_extremes(code, rng):
    q = np.array([[4000.0, 3999, -4000], [-9000, -9000, -9001], [0, 1e5, -1e5]])
    return code.soft_value(q, 0.1), code.soft_value(q + rng.random(), 2.0)


def world_of(rng, S=4, A=3):
    """Random tables of a world."""
    return rng.dirichlet(np.ones(S), size=(S, A)), rng.normal(size=(S, A))


@task(8, "sweeps so many times over a world", keeps_arguments=True)
def sweeps(code, rng):
    P, R = world_of(rng)
    given = (0.9, 0.5, 0), (0.9, 0.5, 1), (0.8, 0.1, 4), (0.7, 3.0, 30)
    return [code.soft_iteration(P, R, *each) for each in given]


def gaussians(rng, B=7, K=3):
    """mu, log_std and noise."""
    mu, log_std, noise = rng.normal(size=(3, B, K))
    return mu, 0.5 * log_std - 0.5, noise


@task(9, "is the tanh of a normal number, with its log-density", keeps_arguments=True)
def squashed(code, rng):
    return code.tanh_gaussian(*gaussians(rng)), code.tanh_gaussian(*gaussians(rng, 4, 1))


@task(9, "stays finite and right far from 0")
def far_from_zero(code, rng):
    mu = np.array([[20.0, -20], [-19.5, 0], [400, -1000], [5, 30]])
    return code.tanh_gaussian(mu, rng.normal(size=(4, 2)) - 1, rng.normal(size=(4, 2)))


@task(9, "goes back through the action and its log-density", keeps_arguments=True)
def back_through_both(code, rng):
    gaction, glogp = rng.normal(size=(7, 3)), rng.normal(size=7)
    back = code.tanh_gaussian_backward
    given = gaussians(rng)
    parts = [(gaction, np.zeros(7)), (np.zeros((7, 3)), glogp), (gaction, glogp)]
    return [back(*part, *given) for part in parts]


@task(9, "goes back where tanh is flat")
def back_from_afar(code, rng):
    mu = np.array([[20.0, -20, 3], [-800, 0, 500]])
    given = mu, np.zeros((2, 3)), rng.normal(size=(2, 3))
    return code.tanh_gaussian_backward(rng.normal(size=(2, 3)), rng.normal(size=2), *given)


@task(10, "adds what the entropy of the next state is worth", keeps_arguments=True)
def soft_targets(code, rng):
    reward, logp, terminated = rng.normal(size=7), rng.normal(size=7), np.arange(7) % 3 == 1
    q = rng.normal(size=(3, 7))
    found = [code.sac_target(reward, q, logp, terminated, *each) for each in ((0.2, 0.9), (2, 0.5))]
    return [*found, code.sac_target(reward, q[:1], logp, ~terminated, 0.3, 0.9)]


@task(10, "is alpha logp minus the smallest critic", keeps_arguments=True)
def actor_losses(code, rng):
    logp, q = rng.normal(size=7), rng.normal(size=(3, 7))
    return code.sac_actor_loss(logp, q, 0.3), code.sac_actor_loss(logp[:5], q[:1, :5], 2.0)


@task(10, "learns from the first critic where several are the smallest")
def ties(code, rng):
    q = np.array([[1.0, 0, 3, 2], [1, 5, 0, 2], [4, 0, 0, 2]]) + rng.normal(size=4)
    return code.sac_actor_loss(rng.normal(size=4), q, 0.7)


@task(11, "is the surplus of entropy, times log_alpha", keeps_arguments=True)
def temperatures(code, rng):
    logp = rng.normal(size=9)
    given = (0.4, logp, -3.0), (-2.5, logp - 4, -1.0), (0.0, logp + 3, 2.0)
    return [tuple(map(float, code.alpha_loss(*each))) for each in given]


# --- learning from a log


@task(12, "weighs value against distance from the log", keeps_arguments=True)
def near_the_log(code, rng):
    q, (pi, action) = 2 + rng.normal(size=7), rng.uniform(-1, 1, (2, 7, 3))
    return [code.td3_bc_loss(*each) for each in ((q, pi, action, 2.5), (-q, pi, action, 0.4))]


@task(12, "is the same when all values are larger")
def scale_free(code, rng):
    # Values of both signs: of one sign only, the size of their mean is the mean of their sizes.
    q, (pi, action) = rng.uniform(0.2, 2, 5) * [1, -1, 1, -1, 1], rng.uniform(-1, 1, (2, 5, 4))
    found = []
    for scale in (1, 10, 300):
        loss, gq, gpi = code.td3_bc_loss(scale * q, pi, action, 1.5)
        found.append((loss, gq * scale, gpi))
    return found


# --- planning with a model


def cart(state, action):
    """A model with two numbers of state and three of an action, in which the order counts."""
    force = action @ np.array([0.5, -0.2, 0.3])
    speed = state @ np.array([0, 0.9]) + force
    after = np.stack([state[:, 0] + 0.3 * speed, speed], axis=1)
    return after, -((state[:, 0] - 1) ** 2) - 0.1 * (action**2).sum(axis=1) - 0.2 * speed**2


@task(13, "adds the rewards of each plan", keeps_arguments=True)
def planned(code, rng):
    state = rng.normal(size=2)
    sizes = (7, 5, 3), (1, 1, 3)
    return [code.plan_returns(cart, state, rng.uniform(-1, 1, size)) for size in sizes]


@task(13, "refines its plans from round to round", keeps_arguments=True)
def refined(code, rng):
    found = []
    for rounds, P, n_elite in ((1, 9, 1), (1, 12, 5), (4, 12, 5)):
        noise = 1.5 * rng.normal(size=(rounds, P, 4, 3))
        found.append(code.cem_plan(cart, rng.normal(size=2), noise, n_elite))
    return found


@task(13, "has an elite of ten when no number is given")
def default_elite(code, rng):
    return code.cem_plan(cart, rng.normal(size=2), rng.normal(size=(3, 25, 4, 3)))
