/** No line of a gateway is longer; others are skipped. */
const maxLineBytes = 65_536

/** The lines of a log, one by one, however large it is. */
export async function* linesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let before = ''
  let isTooLong = false
  for await (const chunk of source) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    for (const [at, part] of lines.entries()) {
      if (!isTooLong) before += part
      if (before.length > maxLineBytes) isTooLong = true
      if (isTooLong) before = ''
      if (at === lines.length - 1) break
      if (!isTooLong) yield before
      before = ''
      isTooLong = false
    }
  }
  if (before !== '') yield before
}
