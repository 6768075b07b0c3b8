/** More of a page is not looked at: its words stand near its beginning, behind its styles. */
const maxLength = 262_144

/**
 * The words of an answer: of an HTML page what a person would read, of any other text all of it. Each
 * character is looked at once, whatever the page is.
 */
export function visibleText(text: string): string {
  const page = text.slice(0, maxLength)
  if (!/^\s*(<!--|<!doctype|<html|<\?xml|<head|<body)/i.test(page)) return page
  const lower = page.toLowerCase()
  const words: string[] = []
  for (let at = 0; at < page.length; ) {
    const open = page.indexOf('<', at)
    words.push(page.slice(at, open === -1 ? undefined : open))
    if (open === -1) break
    at = endOfTag(lower, open)
  }
  return words
    .join(' ')
    .replaceAll(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => entities[name] ?? ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
}

/** What stands in these elements is not read by people. */
const hidden = /^<(style|script|head|svg|noscript)\b/

function endOfTag(page: string, open: number): number {
  if (page.startsWith('<!--', open)) return after(page, '-->', open)
  const [, element] = hidden.exec(page.slice(open, open + 10)) ?? []
  if (element === undefined) return after(page, '>', open)
  const close = page.indexOf(`</${element}`, open)
  return close === -1 ? page.length : after(page, '>', close)
}

function after(page: string, text: string, from: number): number {
  const at = page.indexOf(text, from)
  return at === -1 ? page.length : at + text.length
}
