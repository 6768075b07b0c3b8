// A page that names a file which is gone sends its reader astray. So each file and folder that the pages about
// the code name is looked for here.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
}).split('\n')

const pages = files.filter((file) =>
  /^(CONTRIBUTING|docs\/architecture|packages\/.*\/README|examples\/.*README)\.md$/.test(file),
)

/** Made by a build. */
const built = ['examples/portal/README.md: dist/']

/** Names of files and folders: between backticks, and anywhere in a drawing. */
function namesIn(text: string): string[] {
  const drawings = [...text.matchAll(/^```mermaid$([\s\S]*?)^```$/gm)].map(([, body = '']) => body)
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '')
  return [
    ...[...prose.matchAll(/`([^`\s]+)`/g)].map(([, name = '']) => name),
    ...drawings.flatMap((body) => body.match(/[\w./-]+\.ts\b/g) ?? []),
  ].filter((name) =>
    /^(?![/]|[.]\w|https?:)[\w.{},*/@-]*(\w\/|[\w*}]\.(ts|mjs|md|json))$/.test(name),
  )
}

/** `a/{b,c}.ts` is two names. */
function spread(name: string): string[] {
  const [, before = '', list, after = ''] = /^(.*?)\{([^}]*)\}(.*)$/.exec(name) ?? []
  if (list === undefined) return [name]
  return list.split(',').flatMap((one) => spread(before + one + after))
}

/** A name begins beside its page, at the root, or in the sources of a package. */
function isThere(page: string, name: string): boolean {
  const folder = /^(packages|examples)\//.test(page) ? posix.dirname(page) : '.'
  const bases = [folder, '.', 'packages/jotgate/src', 'packages/emulator/src']
  const paths = name.includes('/')
    ? bases.map((base) => posix.normalize(`${base}/${name}`))
    : // A file's name alone: somewhere in the folder that the page is about.
      [posix.normalize(`${folder}/${name}`), posix.normalize(`${folder}/**/${name}`)]
  return paths.some((path) => {
    const expression = toExpression(path)
    return files.some((file) => expression.test(file))
  })
}

/** A path with `*` within a name and `**` for any folders; one that ends with a slash is a folder. */
function toExpression(path: string): RegExp {
  const pattern = path
    .replaceAll('.', '\\.')
    .replaceAll(/\*\*?/g, (stars) => (stars === '*' ? '[^/]*' : '.*'))
  return new RegExp(`^${pattern}${path.endsWith('/') ? '' : '$'}`)
}

const missingIn = (page: string, text: string) =>
  namesIn(text)
    .flatMap(spread)
    .filter((name) => !isThere(page, name) && !built.includes(`${page}: ${name}`))

describe('the files that a page names', () => {
  it.each(pages)('%s: are there', (page) => {
    expect(missingIn(page, readFileSync(posix.join(root, page), 'utf8'))).toEqual([])
  })

  it('are missed when they are gone', () => {
    const text =
      '`gone/`, `docs/`, `docs/gone.md`, `*.gone.ts`, `token/{signer,gone}.ts`, `src/{a,b}`\n' +
      '```mermaid\na["queue.ts, gone.ts"]\n```\n```sh\n`ignored.ts`\n```\n'
    const missing = ['gone/', 'docs/gone.md', '*.gone.ts', 'token/gone.ts', 'gone.ts']
    expect(missingIn('docs/architecture.md', text)).toEqual(missing)
  })

  it('are many', () => {
    const count = pages.flatMap((page) =>
      namesIn(readFileSync(posix.join(root, page), 'utf8')),
    ).length
    expect(count).toBeGreaterThan(150)
  })
})
