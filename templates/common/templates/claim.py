seeds = evaluate.scores()
low, high = interval(list(seeds.values()))
claim = {
    "metric": "{{ cookiecutter.metric }}",
    "value": float(np.mean(list(seeds.values()))),
    "seeds": {str(seed): score for seed, score in seeds.items()},
    "baseline": baseline,
    "versions": {
        "undergrad": __version__,
        "numpy": np.__version__,
{% if cookiecutter.framework != "engine" %}
        "{{ cookiecutter.framework }}": {{ cookiecutter.framework }}.__version__,
{% endif %}
        "python": platform.python_version(),
    },
}
with open("results.json", "w", encoding="utf-8") as file:
    json.dump(claim, file, indent=2)
for seed, score in seeds.items():
    print(f"seed {seed}: {score:.3f}")
print(f"| {{ cookiecutter.contender }} | {claim['value']:.3f} | {low:.3f} to {high:.3f} |")
print(f"| {{ cookiecutter.baseline }} | {baseline:.3f} | |")
