/** What can be found: by its name, or by what is said word for word where it happens. */
export interface Findable {
  readonly name: string
  readonly title?: string
  readonly texts: readonly string[]
}

/** Fewer letters would be found in many texts that have nothing to do with them. */
const shortestText = 4

/**
 * Finds what somebody means: by the name, by a part of a text, or by a whole answer that was
 * pasted, with a name or a text in it. The likeliest is the first.
 */
export function findByWords<Found extends Findable>(
  all: readonly Found[],
  asked: string,
): readonly Found[] {
  const words = normal(asked)
  const named = all.filter(({ name }) => name.toLowerCase() === words)
  if (named.length > 0 || words.length < shortestText) return named
  const mentioned = all.filter(({ name }) => hasWord(words, name.toLowerCase()))
  const said = all.filter(({ title, texts }) =>
    [...(title === undefined ? [] : [title]), ...texts]
      .map(normal)
      .some((text) => shares(text, words)),
  )
  return [...new Set([...mentioned, ...said])]
}

/** Whether one text is a part of the other. */
const shares = (text: string, words: string) =>
  text.includes(words) || (text.length >= shortestText * 3 && words.includes(text))

/** Case, line breaks, quotes, what follows a status and the full stop differ from copy to copy. */
const normal = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/["'’‘“”`]/g, '')
    .replaceAll(/(?<=\b[1-5]\d\d):+ */g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '')

/** Whether a name stands in a text as a word of its own: `LOGIN-1` is not in `LOGIN-12`. */
function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + name.length] ?? ' '}`
    if (!/[a-z0-9_-]/.test(around)) return true
  }
  return false
}
