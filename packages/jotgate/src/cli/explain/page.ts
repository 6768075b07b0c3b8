import type { Layout } from '../layout.ts'

/** What `jotgate explain` tells of one name, in the terminal and as JSON. */
export interface Page {
  /** `ERR_KEY_SIZE`, `cloud-issuer` or `LOGIN-8`. */
  readonly name: string
  readonly kind: 'error' | 'rule' | 'qlik'
  /** One line; the values of an error stand in ‹ ›. */
  readonly title: string
  /** What is said word for word where it happens, to find the page by. */
  readonly texts: readonly string[]
  /** What else is known, by what it is called: the cause, the exit code, the source. */
  readonly facts: Readonly<Record<string, string>>
  /** What to do. */
  readonly action: string
}

/** A page for people. */
export function pageInWords(page: Page, { paint, wrap }: Layout): string {
  const { name, title, texts, facts, action } = page
  const said = texts.filter((text) => text !== title)
  const rows: [string, string][] = [
    ...said.map((text): [string, string] => ['also said', text]),
    ...Object.entries(facts),
    ['what to do', action],
  ]
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  const lines = rows.map(([label, text]) => {
    const row = wrap(`${label.padEnd(width)}${text}`, ' '.repeat(width))
    return paint('cyan', row.slice(0, width)) + row.slice(width)
  })
  return `${paint('bold', name)}\n${wrap(title)}\n\n${lines.join('\n')}\n`
}

const headings = {
  error: 'Errors of jotgate',
  rule: 'Rules for tokens and keys',
  qlik: 'Errors of Qlik',
} as const satisfies Record<Page['kind'], string>

/** The names of pages with their titles, by kind. */
export function listOfPages(pages: readonly Page[], { paint, wrap }: Layout): string {
  const sections = Object.entries(headings).map(([kind, heading]) => {
    const listed = pages.filter((page) => page.kind === kind)
    const lines = listed.map(({ name, title }) => wrap(`  ${name}: ${title}`, '      '))
    return listed.length === 0 ? '' : `${paint('bold', heading)}\n${lines.join('\n')}\n`
  })
  return sections.filter((section) => section !== '').join('\n')
}
