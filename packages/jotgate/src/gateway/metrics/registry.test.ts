import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRegistry } from './registry.ts'

/** The grammar of https://prometheus.io/docs/instrumenting/exposition_formats/, as far as it is used here. */
const line =
  /^(?:# HELP [a-z_]+ [^\n]*|# TYPE [a-z_]+ (?:counter|gauge|histogram)|[a-z_]+(?:\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"\})? (?:\+Inf|NaN|-?[\d.]+(?:e[+-]\d+)?))$/

describe('a registry', () => {
  it('writes counters, gauges and histograms as Prometheus reads them', () => {
    const registry = createRegistry()
    const requests = registry.counter({
      name: 'requests_total',
      help: 'Requests.',
      label: 'answer',
      values: ['2xx', '5xx'],
    })
    const times = registry.histogram({ name: 'request_seconds', help: 'Times.', buckets: [0.1, 1] })
    registry.gauge({ name: 'sessions', help: 'Sessions.', read: () => 3 })
    registry.gauge({ name: 'unknown', help: 'Not known now.', read: () => undefined })
    registry.gauges({
      name: 'expiry_seconds',
      help: 'Ends.',
      label: 'file',
      read: () => [['a\\"b\n', 1e9]],
    })
    requests.add('2xx')
    requests.add('2xx', 2)
    requests.add('lost')
    for (const seconds of [0.1, 0.5, 7]) times.observe(seconds)
    expect(registry.text()).toBe(`# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{answer="2xx"} 3
requests_total{answer="5xx"} 0
requests_total{answer="other"} 1
# HELP request_seconds Times.
# TYPE request_seconds histogram
request_seconds_bucket{le="0.1"} 1
request_seconds_bucket{le="1"} 2
request_seconds_bucket{le="+Inf"} 3
request_seconds_sum 7.6
request_seconds_count 3
# HELP sessions Sessions.
# TYPE sessions gauge
sessions 3
# HELP unknown Not known now.
# TYPE unknown gauge
# HELP expiry_seconds Ends.
# TYPE expiry_seconds gauge
expiry_seconds{file="a\\\\\\"b\\n"} 1000000000
`)
  })

  it('G-O3 has no more rows, and no other names, whatever comes from outside', () => {
    const registry = createRegistry()
    const words = { name: 'refusals_total', help: 'Refusals.', label: 'code', values: ['A', 'B'] }
    const refusals = registry.counter(words)
    const rows = registry.text().split('\n').length
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        refusals.add(value)
        const lines = registry.text().split('\n')
        expect(lines).toHaveLength(rows)
        for (const one of lines.filter(Boolean)) expect(one).toMatch(line)
      }),
      { numRuns: 500 },
    )
  })
})
