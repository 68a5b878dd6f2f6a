"""Which imports a capstone may use: tables only. `imports.py` reads the code against them.

A name stands for itself and for everything below it: `keras` also means `keras.layers`. Matching
is by whole dotted parts, so `rl` is not found in `rllib` or in `my.rl`.
"""

_TRAINING = """
    fastai keras tensorflow.keras tf.keras tf_keras keras_core keras_cv keras_nlp keras_hub
    keras_tuner autokeras tflearn tf_slim tensorlayer pytorch_lightning lightning lightning_fabric
    ignite skorch catalyst poutyne torchbearer composer accelerate ludwig autogluon pycaret flaml
    h2o mxnet.gluon.model_zoo mxnet.gluon.contrib.estimator gluoncv gluonnlp gluonts
    tensorflow.estimator tensorflow.compat.v1.keras tensorflow.compat.v2.keras tf.compat.v1.keras
    tensorflow.compat.v1.estimator tensorflow.compat.v1.layers tf.estimator tf.compat.v2.keras
    tf.compat.v1.estimator tf.compat.v1.layers undergrad.supervised undergrad.runs
"""
_MODELS = """
    torchvision.models torchaudio.models torchtext.models timm transformers sentence_transformers
    diffusers peft trl segmentation_models_pytorch ultralytics detectron2 mmdet mmcv mmengine
    effdet monai.networks spacy flair gensim.models tensorflow_hub torch.hub kerasrl
"""
_AGENTS = """
    stable_baselines3 sb3_contrib stable_baselines sbx baselines ray.rllib tianshou torchrl
    tf_agents dopamine acme coax rl_coach garage rl spinup pfrl chainerrl d3rlpy skrl
    sample_factory mushroom_rl elegantrl agilerl pearl rl_games cleanrl cleanrl_utils purejaxrl
    brax.training mctx open_spiel.python.algorithms rlax xuance
    undergrad.rl.agents undergrad.rl.run undergrad.rl.presets undergrad.rl.build undergrad.rl.loops
    undergrad.rl.train undergrad.rl.A2C undergrad.rl.AlphaZero undergrad.rl.DQN undergrad.rl.PPO
    undergrad.rl.Rainbow undergrad.rl.Reinforce undergrad.rl.SAC undergrad.rl.TD3
"""

# forbidden dotted name: why
FORBIDDEN: dict[str, str] = {
    **dict.fromkeys(_TRAINING.split(), "it trains for you"),
    **dict.fromkeys(_MODELS.split(), "it brings ready-made models"),
    **dict.fromkeys(_AGENTS.split(), "it brings ready-made agents or their losses"),
}

# Learners of other kinds may stand in a cell tagged `baseline`, to be beaten, and nowhere else.
BASELINE_ONLY = ("sklearn", "xgboost", "lightgbm", "catboost")
_HARMLESS = """
    base calibration compose datasets decomposition exceptions feature_extraction feature_selection
    impute inspection manifold metrics model_selection pipeline preprocessing random_projection
    utils
"""
SKLEARN_ANYWHERE = tuple(f"sklearn.{name}" for name in _HARMLESS.split())

# Between low and high level: for an agent, once you wrote an optimiser and a layer yourself.
MIDDLE = ("optax", "flax", "haiku", "equinox", "sonnet")

_LOW_LEVEL = """
    numpy scipy undergrad matplotlib pandas PIL imageio torch tensorflow jax jaxlib tinygrad mxnet
    gymnasium ale_py minatar pettingzoo.classic chess sklearn xgboost lightgbm catboost IPython
    pytest torchvision torchaudio cv2 skimage einops h5py safetensors numba joblib psutil networkx
    statsmodels seaborn plotly tqdm rich yaml requests ipywidgets google.colab
"""
ALLOWED = tuple(_LOW_LEVEL.split())

# What took the place of a library that is no longer maintained.
SUCCESSORS = {"gym": "gymnasium", "theano": "jax"}


def below(module: str, name: str) -> bool:
    """True when `module` is `name` or lies below it."""
    return module == name or module.startswith(name + ".")


def forbidden_name(module: str) -> str | None:
    """The entry of FORBIDDEN that `module` falls under, or None."""
    return next((name for name in FORBIDDEN if below(module, name)), None)
