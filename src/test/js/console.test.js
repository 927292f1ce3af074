import assert from 'node:assert/strict';
import test from 'node:test';
import { handOvers, parse, total } from './console/metrics.js';

const SCRAPED = `# HELP baton_sockets open sockets
# TYPE baton_sockets gauge
baton_sockets 3.0
baton_closed_total{code="1001"} 2.0
baton_closed_total{code="4000"} 1.5E1
baton_handover_seconds_bucket{cause="closed",le="0.25"} 1
baton_handover_seconds_bucket{cause="closed",le="4.0"} 9
baton_handover_seconds_bucket{cause="closed",le="+Inf"} 10
baton_handover_seconds_count{cause="closed"} 10
baton_handover_seconds_sum{cause="closed"} 30.0
baton_handover_seconds_count{cause="timeout"} 0
baton_handover_seconds_sum{cause="timeout"} 0.0
`;

test('metrics are read by name and label', () => {
  const metrics = parse(SCRAPED);
  assert.equal(total(metrics, 'baton_sockets'), 3);
  assert.equal(total(metrics, 'baton_closed_total'), 17);
  assert.equal(total(metrics, 'baton_nothing'), undefined);
});

test('hand-overs are told by cause, with their mean and the bound of nine in ten; what never happened is not', () => {
  assert.deepEqual(handOvers(parse(SCRAPED)), [{ cause: 'closed', count: 10, mean: 3, ninety: 4 }]);
});

test('a bound that no bucket has is told as no bound', () => {
  const [{ ninety }] = handOvers(parse(SCRAPED.replace('le="4.0"} 9', 'le="4.0"} 8')));
  assert.equal(ninety, Infinity);
});
