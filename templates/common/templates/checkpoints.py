{% set model = "Parameters" if cookiecutter.framework == "jax" else "nn.Module" %}
def checkpoint(seed: int) -> Path:
    """The file with the trained weights of a seed."""
    return CHECKPOINTS / f"seed-{seed}.safetensors"


def save(model: {{ model }}, seed: int) -> None:
    """Keep the weights of a trained network."""
    CHECKPOINTS.mkdir(exist_ok=True)
{% if cookiecutter.framework == "jax" %}
    save_file({name: np.asarray(weight) for name, weight in model.items()}, checkpoint(seed))
{% elif cookiecutter.framework == "torch" %}
    save_file(model.state_dict(), checkpoint(seed))
{% else %}
    engine.save(checkpoint(seed), model=model)
{% endif %}


def restore(seed: int) -> {{ model }}:
    """The trained network of a seed, as `save` left it."""
{% if cookiecutter.framework == "jax" %}
    return {name: jnp.asarray(weight) for name, weight in load_file(checkpoint(seed)).items()}
{% else %}
    model = network(seed)
{% if cookiecutter.framework == "torch" %}
    model.load_state_dict(load_file(checkpoint(seed)))
{% else %}
    engine.load(checkpoint(seed), model=model)
{% endif %}
    return model
{% endif %}


def saved() -> list[int]:
    """The seeds whose networks are saved."""
    return sorted(int(path.stem.removeprefix("seed-")) for path in CHECKPOINTS.glob("seed-*"))
