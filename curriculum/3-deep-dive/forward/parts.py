"""How the functions of `forward` take the engine's place."""

from undergrad.mine import part, result


@part("undergrad.engine.ops.elementwise.gelu", uses=("gelu", "gelu_slope"))
def gelu(own, borrowed):
    def gelu(x, approximate="none"):
        if approximate != "none":
            return borrowed(x, approximate)
        return result(own.gelu(x.data), (x,), lambda g: (g * own.gelu_slope(x.data),))

    return gelu
