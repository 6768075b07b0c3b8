// A page that leads nowhere is found by a reader, who goes away. So each link within the project is followed here.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const pages = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

/** A page's text without its blocks of code, in which brackets do not make links. */
const proseOf = (file: string) =>
  readFileSync(join(root, file), 'utf8').replace(/^```[\s\S]*?^```/gm, '')

/** What `#…` may name in a page: its headings, as GitHub and npm turn them into anchors. */
function anchorsOf(file: string): Set<string> {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const [, heading = ''] of proseOf(file).matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const slug = text
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    anchors.add(count === 0 ? slug : `${slug}-${count}`)
  }
  return anchors
}

function linksOf(file: string): string[] {
  return [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
}

/** Why a link of a page leads nowhere, or undefined. */
function faultOf(file: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? file : relative(root, resolve(root, dirname(file), path))
  if (!existsSync(join(root, target))) return `${file}: ${link}: there is no such file`
  if (anchor === undefined || !target.endsWith('.md')) return undefined
  return anchorsOf(target).has(anchor) ? undefined : `${file}: ${link}: there is no such heading`
}

it('every link within the documentation leads to a file, and to a heading of it', () => {
  const links = pages.flatMap((file) =>
    linksOf(file)
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => ({ file, link })),
  )
  expect(links.length).toBeGreaterThan(150)
  expect(links.map(({ file, link }) => faultOf(file, link)).filter(Boolean)).toEqual([])
})

it('a link that leads nowhere is seen', () => {
  expect(faultOf('README.md', 'docs/nowhere.md')).toContain('no such file')
  expect(faultOf('README.md', 'docs/security.md#nothing')).toContain('no such heading')
  expect(faultOf('docs/security.md', '../README.md#i-want-to-')).toBeUndefined()
})

it('every guide is in the table of the README', () => {
  const listed = new Set(linksOf('README.md').map((link) => link.split('#')[0]))
  const guides = pages.filter((file) => file.startsWith('docs/guides/'))
  expect(guides.filter((file) => !listed.has(file))).toEqual([])
})

it('what a package contains points at no page that it does not contain', () => {
  const published = execFileSync('git', ['ls-files', 'packages'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => /^packages\/\w+\/(README\.md|(src|bin|pages)\/.*\.(ts|js|html))$/.test(file))
    .filter((file) => !/\.(test|fixture)\.ts$|\/testing\//.test(file))
  const leaving = published
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => linksOf(file).filter((link) => link.startsWith('../')))
  expect(leaving).toEqual([])
  // Comments apart, whoever reads such a text has the package alone, unless it says where the page is.
  const named = published.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
    const found =
      text.match(/docs\/(?:guides|reference|decisions)\/[\w-]+\.\w+\b(?!`? of the project)/g) ?? []
    return file.endsWith('.md') ? [] : found.map((page) => `${file}: ${page}`)
  })
  expect(published.length).toBeGreaterThan(400)
  expect(named).toEqual([])
})
