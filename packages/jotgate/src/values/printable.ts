/**
 * Escapes what could deceive or control a terminal, as `\u001b`: control characters (C0, DEL, C1), the
 * characters that turn the direction of text, line and paragraph separators, and lone surrogates. The
 * result reads the same in a terminal, and inside a JSON string it still means the same.
 *
 * @param text what came from outside
 * @param options.keepLines for text of several lines, such as indented JSON: `\n` and `\t` stay
 * @see Unicode Standard Annex 9 section 2, for the characters that turn the direction
 */
export function escapeForTerminal(text: string, { keepLines = false } = {}): string {
  if ((keepLines ? harmlessLines : harmless).test(text)) return text
  return text.replace(unsafe(), (character) =>
    keepLines && (character === '\n' || character === '\t')
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What nearly every text is. It is tested first, since making the expression below takes long. */
const harmless = /^[ -~]*$/
const harmlessLines = /^[\n\t -~]*$/

/** All of them lie in the Basic Multilingual Plane, so one code unit tells each. */
const unsafe = () => /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/gu
