"""How the functions of `transformer` take the engine's place."""

from undergrad.mine import part, result


@part("undergrad.engine.ops.elementwise.gelu", uses=("gelu", "gelu_backward"))
def gelu(own, borrowed):
    def gelu(x, approximate="none"):
        if approximate != "none":
            return borrowed(x, approximate)
        out, cache = own.gelu(x.data)
        return result(out, (x,), lambda g: (own.gelu_backward(g, cache),))

    return gelu
