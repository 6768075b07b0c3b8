function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row[right.length] ?? 0
}

/** The name that is most similar to a mistyped one, for "did you mean"; undefined if none is similar. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const text = typed.toLowerCase().slice(0, 64)
  let best: string | undefined
  // Two swapped letters, or up to a third of them wrong; more would be guessing.
  let bestDistance = Math.max(text.length > 2 ? 2 : 1, Math.ceil(text.length / 3)) + 1
  for (const name of names) {
    const other = name.toLowerCase()
    // The distance is at least the difference in length; a name may be nearly as long as the file.
    if (Math.abs(other.length - text.length) >= bestDistance) continue
    const distance = editDistance(text, other)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** `; did you mean prod?`, or an empty string. */
export function meantName(typed: string, names: readonly string[]): string {
  const near = nearestName(typed, names)
  return near === undefined ? '' : `; did you mean ${near}?`
}
