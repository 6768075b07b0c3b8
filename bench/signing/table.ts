/** The figures of one row, one of each round. */
export interface Row {
  name: string
  perSecond: readonly number[]
  /** Against the limit in the same round. */
  ratios: readonly number[]
  /** None for openssl, which has no event loop. */
  delaysMs: readonly number[]
}

export interface Table {
  title: string
  /** What the ratios are against. */
  limit: string
  rows: readonly Row[]
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export function toMarkdown({ title, limit, rows }: Table): string {
  const lines = [
    `### ${title}`,
    '',
    `| | per second | of ${limit} | event loop p99, ms |`,
    '|---|---|---|---|',
    ...rows.map(({ name, perSecond, ratios, delaysMs }) => {
      const delay = delaysMs.length === 0 ? '–' : span(delaysMs, 1)
      return `| ${name} | ${span(perSecond, 0)} | ${span(ratios, 2)} | ${delay} |`
    }),
  ]
  return `${lines.join('\n')}\n`
}

/** The median, and the range in brackets. */
export function span(numbers: readonly number[], digits: number): string {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const text = (number: number) => number.toFixed(digits)
  return `${text(median(numbers))} (${text(low)}–${text(high)})`
}
