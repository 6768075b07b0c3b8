/** What a metric is called, and what it tells. */
interface MetricWords {
  /** As Prometheus wants it: with its unit, and `_total` for what is counted. */
  readonly name: string
  readonly help: string
}

/** A label with all values that it can ever have: what comes from outside makes no other. */
interface Label {
  readonly label: string
  readonly values: readonly string[]
}

/** Counts what happens. */
export interface Counter {
  /** @param value of the label; one that was not declared counts as `other` */
  add(value?: string, count?: number): void
}

/** Counts how long things take, by buckets. */
export interface Histogram {
  observe(seconds: number): void
}

/** Keeps metrics, and writes them for Prometheus. */
export interface Registry {
  counter(words: MetricWords & Partial<Label>): Counter
  /** @param words.buckets upper bounds in seconds, ascending */
  histogram(words: MetricWords & { readonly buckets: readonly number[] }): Histogram
  /** @param words.read is asked at each look; with a label, for the value of each of its values */
  gauge(
    words: MetricWords & {
      readonly type?: 'gauge' | 'counter'
      read(): number | undefined
    },
  ): void
  /** @param words.read gives the label's values with theirs; they come from the configuration alone */
  gauges(
    words: MetricWords & {
      readonly label: string
      read(): Iterable<readonly [value: string, number]>
    },
  ): void
  /**
   * All of them in the text format of Prometheus.
   *
   * @see https://prometheus.io/docs/instrumenting/exposition_formats/
   */
  text(): string
}

/** What a value of a label counts as that was not declared. */
const other = 'other'

export function createRegistry(): Registry {
  const writers: (() => string)[] = []
  const add = (
    type: 'counter' | 'gauge' | 'histogram',
    { name, help }: MetricWords,
    rows: () => string,
  ) => {
    const head = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`
    writers.push(() => head + rows())
  }
  return {
    counter({ label, values = [], ...words }) {
      const counts = new Map(
        (label === undefined ? [''] : [...values, other]).map((one) => [one, 0]),
      )
      add('counter', words, () =>
        [...counts]
          .map(([value, count]) =>
            row(words.name, label === undefined ? undefined : [label, value], count),
          )
          .join(''),
      )
      return {
        add(value = '', count = 1) {
          const known = counts.has(value) ? value : other
          counts.set(known, (counts.get(known) ?? 0) + count)
        },
      }
    },
    histogram({ buckets, ...words }) {
      const counts = new Float64Array(buckets.length + 1)
      let sum = 0
      add('histogram', words, () => {
        let below = 0
        const rows = [...buckets, Number.POSITIVE_INFINITY].map((bound, at) => {
          below += counts[at] ?? 0
          const name = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound)
          return row(`${words.name}_bucket`, ['le', name], below)
        })
        return `${rows.join('')}${row(`${words.name}_sum`, undefined, sum)}${row(`${words.name}_count`, undefined, below)}`
      })
      return {
        observe(seconds) {
          let at = 0
          while (at < buckets.length && seconds > (buckets[at] ?? 0)) at += 1
          counts[at] = (counts[at] ?? 0) + 1
          sum += seconds
        },
      }
    },
    gauge({ read, type = 'gauge', ...words }) {
      add(type, words, () => {
        const value = read()
        return value === undefined ? '' : row(words.name, undefined, value)
      })
    },
    gauges({ label, read, ...words }) {
      add('gauge', words, () =>
        [...read()].map(([value, number]) => row(words.name, [label, value], number)).join(''),
      )
    },
    text: () => writers.map((write) => write()).join(''),
  }
}

type Pair = readonly [label: string, value: string]

const row = (name: string, pair: Pair | undefined, value: number) =>
  `${name}${pair === undefined ? '' : `{${pair[0]}="${escapeValue(pair[1])}"}`} ${value}\n`

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const escapeValue = (text: string) => escapeHelp(text).replaceAll('"', '\\"')
