/**
 * Metrics as Prometheus reads them. Pure.
 *
 * @typedef {{labels: Record<string, string>, value: number}} Sample
 */

/** @param {string} text @returns {Map<string, Sample[]>} by name */
export function parse(text) {
  const all = new Map();
  for (const line of text.split('\n')) {
    const [, name, labels, value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name) {
      const pairs = [...(labels ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, quoted]) => [key, quoted]);
      all.set(name, [...(all.get(name) ?? []), { labels: Object.fromEntries(pairs), value: Number(value) }]);
    }
  }
  return all;
}

/** The sum of all samples of a name; undefined when there is none. */
export function total(metrics, name) {
  const samples = metrics.get(name);
  return samples?.reduce((sum, { value }) => sum + value, 0);
}

/**
 * Hand-overs by cause.
 * @returns {{cause: string, count: number, mean: number, ninety: number}[]} times in seconds; `ninety` is the bound below which
 *   nine of ten are, Infinity when none of the bounds is
 */
export function handOvers(metrics) {
  const counts = metrics.get('baton_handover_seconds_count') ?? [];
  return counts
    .filter(({ value }) => value > 0)
    .map(({ labels: { cause }, value: count }) => {
      const of = (name) => (metrics.get(name) ?? []).filter(({ labels }) => labels.cause === cause);
      const [sum] = of('baton_handover_seconds_sum');
      const bounds = of('baton_handover_seconds_bucket')
        .map(({ labels, value }) => ({ bound: Number(labels.le.replace('+Inf', 'Infinity')), value }))
        .sort((a, b) => a.bound - b.bound);
      const ninety = bounds.find(({ value }) => value >= 0.9 * count)?.bound ?? Infinity;
      return { cause, count, mean: (sum?.value ?? 0) / count, ninety };
    })
    .sort((a, b) => b.count - a.count);
}
