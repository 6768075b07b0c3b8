/** What parsers tend to stumble over. */
const pieces = [
  ...['', '/', '//', '/..', '/.', '\\', '%2f', '%2e%2e', '%00', '%', '?', '#', '&', '=', ';', ','],
  ...[' ', '\t', '\n', '\r\n', '\0', ':', '@', '[', ']', '::', '"', "'", '{', '}', '{}', '\\u002f'],
  ...['\x80', '\xff', '\x7e', '\x7f', '0', '-1', '9007199254740993', 'https://', 'wss:\\/\\/'],
  ...['acme.eu.qlikcloud.com', 'qlik.acme.example', 'evil.example', '__Host-jotgate=', 'jwt'],
]

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Inputs are never longer, so that no run is slow for its length. */
const maxLength = 2048

/** Changes an input at a few places, with parts of another one among them. */
export function mutate(input: string, other: string, random: () => number): string {
  const below = (most: number) => Math.floor(random() * most)
  let made = input
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(made.length + 1)
    const to = at + below(Math.min(8, made.length - at + 1))
    const from = below(other.length + 1)
    const inserted = [
      () => '',
      () => pieces[below(pieces.length)] ?? '',
      () => String.fromCharCode(below(256)),
      () => made.slice(at, to).repeat(2),
      () => made.slice(at, to).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
      () => other.slice(from, from + below(24)),
    ][below(6)]
    made = made.slice(0, at) + inserted?.() + made.slice(to)
  }
  return made.slice(0, maxLength)
}
