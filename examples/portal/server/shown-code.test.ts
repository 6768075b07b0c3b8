import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readShownCode } from './shown-code.ts'

const files: Readonly<Record<string, string>> = {
  'one.ts': [
    "import whole, { named, type Kind, unused } from 'some-package'",
    "import data from 'other/data.json' with { type: 'json' }",
    "import type { Only } from 'types-package'",
    "import { mine } from './mine.ts'",
    'function f() {',
    '  // #region ask',
    "  const html = named('<b>', data) && mine(whole)",
    '',
    '    deeper()',
    '  // #endregion',
    '  // #region tell',
    '  tell(html)',
    '  // #endregion',
    '}',
  ].join('\n'),
  'two.ts':
    "import { named } from 'some-package'\n// #region rest\nlast('named', it.named)\n// #endregion",
  'open.ts': '// #region open\nnever closed',
}
const read = (name: string) => files[name] ?? ''

describe('the code that a page shows', () => {
  it('begins with what it needs of packages, and says where each part is from', () => {
    expect(readShownCode(['one.ts#ask', 'one.ts#tell', 'two.ts#rest'], read)).toBe(
      [
        "import whole, { named } from 'some-package'",
        "import data from 'other/data.json' with { type: 'json' }",
        "import { named } from 'some-package'",
        '',
        '// page/one.ts',
        "const html = named('<b>', data) && mine(whole)",
        '',
        '  deeper()',
        '',
        'tell(html)',
        '',
        '// page/two.ts',
        "last('named', it.named)",
      ].join('\n'),
    )
  })

  it('needs no import for a name in a text or of an object', () => {
    expect(readShownCode(['two.ts#rest'], read)).toBe("// page/two.ts\nlast('named', it.named)")
  })

  it.each(['one.ts#other', 'open.ts#open'])(
    'is refused when a source has no region %s',
    (place) => {
      expect(() => readShownCode([place], read)).toThrow(/has no region/)
    },
  )

  const folder = fileURLToPath(new URL('../page', import.meta.url))
  const source = (name: string) => readFileSync(`${folder}/${name}`, 'utf8')
  const shown = readdirSync(folder)
    .filter((name) => name.endsWith('.html'))
    .flatMap((page) => {
      const [, places] = /<!-- code: ([\w./#\- ]+) -->/.exec(source(page)) ?? []
      return places === undefined ? [] : [{ page, code: readShownCode(places.split(' '), source) }]
    })

  it('is shown by every view', () => {
    expect(shown.length).toBe(6)
  })

  // The first part of each is `const qlik = await connect(…)`: what follows is pasted below it.
  it.each(shown)('asks the connection for nothing that it does not have: $page', ({ code }) => {
    expect(code).toContain("import { connect } from 'jotgate/browser'")
    const asked = [...code.matchAll(/(?<![\w.])qlik\.(\w+)/g)].map(([, member]) => member)
    const members = ['user', 'fetch', 'webSocketUrl', 'createSocket', 'singleUrl', 'logout']
    expect(members).toEqual(expect.arrayContaining(asked))
  })
})
