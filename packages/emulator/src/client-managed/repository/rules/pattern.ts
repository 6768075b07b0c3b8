/** What matches one character, or where the matching goes on. */
type Step =
  | { readonly kind: 'one'; matches(character: string): boolean }
  | { readonly kind: 'split'; readonly to: readonly number[] }

/** Steps of a compiled pattern, and parts visited for them: repetitions are written out. */
const limits = { steps: 2000, visits: 20_000 } as const

const classes: Readonly<Record<string, RegExp>> = { d: /\d/, w: /\w/, s: /\s/ }

const escaped = (letter: string): ((character: string) => boolean) => {
  const known = classes[letter.toLowerCase()]
  if (known === undefined) return (character) => character === letter
  const isNegated = letter !== letter.toLowerCase()
  return (character) => known.test(character) !== isNegated
}

type Node =
  | { readonly kind: 'one'; matches(character: string): boolean }
  | { readonly kind: 'all'; readonly parts: readonly Node[] }
  | { readonly kind: 'any'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number }

function parse(pattern: string): Node | undefined {
  let at = 0
  let depth = 0
  const fail = (): never => {
    throw new SyntaxError('not a pattern')
  }
  const set = (): Node => {
    const isNegated = pattern[at] === '^'
    if (isNegated) at += 1
    const tests: ((character: string) => boolean)[] = []
    while (pattern[at] !== ']') {
      const from = pattern[at] ?? fail()
      at += 1
      if (from === '\\') {
        tests.push(escaped(pattern[at] ?? fail()))
        at += 1
      } else if (pattern[at] === '-' && pattern[at + 1] !== ']') {
        const to = pattern[at + 1] ?? fail()
        at += 2
        tests.push((character) => character >= from && character <= to)
      } else tests.push((character) => character === from)
    }
    at += 1
    return {
      kind: 'one',
      matches: (character) => tests.some((test) => test(character)) !== isNegated,
    }
  }
  const atom = (): Node => {
    const character = pattern[at] ?? fail()
    at += 1
    if (character === '.') return { kind: 'one', matches: () => true }
    if (character === '[') return set()
    if (character === '(') {
      if (pattern.startsWith('?:', at)) at += 2
      depth += 1
      if (depth > 50) fail()
      const inner = any()
      depth -= 1
      if (pattern[at] !== ')') fail()
      at += 1
      return inner
    }
    if ('*+?{})^$|'.includes(character)) fail()
    if (character !== '\\') return { kind: 'one', matches: (other) => other === character }
    const matches = escaped(pattern[at] ?? fail())
    at += 1
    return { kind: 'one', matches }
  }
  const repeated = (): Node => {
    const part = atom()
    const [mark, least, comma, most] =
      /^(?:[*+?]|\{(\d{1,3})(,)?(\d{1,3})?\})/.exec(pattern.slice(at, at + 9)) ?? []
    if (mark === undefined) return part
    at += mark.length
    const unbounded = Number.POSITIVE_INFINITY
    if (mark === '*') return { kind: 'repeat', part, min: 0, max: unbounded }
    if (mark === '+') return { kind: 'repeat', part, min: 1, max: unbounded }
    if (mark === '?') return { kind: 'repeat', part, min: 0, max: 1 }
    const min = Number(least)
    const max = comma === undefined ? min : most === undefined ? unbounded : Number(most)
    return max < min ? fail() : { kind: 'repeat', part, min, max }
  }
  const all = (): Node => {
    const parts: Node[] = []
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') parts.push(repeated())
    return { kind: 'all', parts }
  }
  const any = (): Node => {
    const parts = [all()]
    while (pattern[at] === '|') {
      at += 1
      parts.push(all())
    }
    return { kind: 'any', parts }
  }
  try {
    const whole = any()
    return at === pattern.length ? whole : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Writes the steps of a pattern; undefined when there are too many. */
function compile(root: Node): readonly Step[] | undefined {
  const steps: Step[] = []
  let visits = 0
  const add = (step: Step): number => {
    if (steps.length >= limits.steps) throw new RangeError('too many steps')
    steps.push(step)
    return steps.length - 1
  }
  const write = (node: Node): void => {
    visits += 1
    if (visits > limits.visits) throw new RangeError('too many parts')
    if (node.kind === 'one') add(node)
    else if (node.kind === 'all') for (const part of node.parts) write(part)
    else if (node.kind === 'any') writeAny(node.parts)
    else writeRepeat(node.part, node.min, node.max)
  }
  const writeAny = (parts: readonly Node[]): void => {
    const starts: number[] = []
    add({ kind: 'split', to: starts })
    const ends: number[][] = []
    for (const part of parts) {
      starts.push(steps.length)
      write(part)
      const to: number[] = []
      add({ kind: 'split', to })
      ends.push(to)
    }
    for (const to of ends) to.push(steps.length)
  }
  const writeRepeat = (part: Node, min: number, max: number): void => {
    for (let time = 0; time < min; time += 1) write(part)
    if (max === Number.POSITIVE_INFINITY) {
      const to: number[] = [steps.length + 1]
      const start = add({ kind: 'split', to })
      write(part)
      add({ kind: 'split', to: [start] })
      to.push(steps.length)
      return
    }
    const skips: number[][] = []
    for (let time = min; time < max; time += 1) {
      const to: number[] = [steps.length + 1]
      add({ kind: 'split', to })
      skips.push(to)
      write(part)
    }
    for (const to of skips) to.push(steps.length)
  }
  try {
    write(root)
    return steps
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A compiled pattern. */
export interface Pattern {
  /** What each character of a text costs at most. */
  readonly steps: number
  matches(text: string): boolean
}

/**
 * Reads a regular expression as `matches` takes it: anchored at both ends, in any case. It is run in steps
 * that grow with pattern × text and no faster, whatever a hostile pattern says: without look-around and
 * back-references.
 *
 * @returns undefined for a text that is no such pattern
 */
export function compilePattern(pattern: string): Pattern | undefined {
  const root = parse(pattern.toLowerCase())
  const steps = root === undefined ? undefined : compile(root)
  if (steps === undefined) return undefined
  const reach = (from: number, into: Set<number>): void => {
    const waiting = [from]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (into.has(at)) continue
      into.add(at)
      const step = steps[at]
      if (step?.kind === 'split') waiting.push(...step.to)
    }
  }
  const matches = (text: string) => {
    let current = new Set<number>()
    reach(0, current)
    for (const character of text.toLowerCase()) {
      const following = new Set<number>()
      for (const at of current) {
        const step = steps[at]
        if (step?.kind === 'one' && step.matches(character)) reach(at + 1, following)
      }
      current = following
      if (current.size === 0) return false
    }
    return current.has(steps.length)
  }
  return { steps: steps.length, matches }
}
