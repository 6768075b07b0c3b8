// A hint that names a command which does not exist costs its reader a second error. So each command that a
// text names is looked for here.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { commands } from '../../packages/jotgate/src/cli/commands.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const texts = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|md)$/.test(file) && !/(\.test|\.fixture)\.ts$|CHANGELOG/.test(file))

const names = commands.map(({ name }) => name)
const groups = new Set(names.flatMap((name) => name.split(' ').slice(0, -1)))

/** Whether a command, or a group of commands, begins with these words. */
function isCommand(words: readonly string[]): boolean {
  const [first = '', second = ''] = words
  if (names.includes(first)) return true
  return groups.has(first) && (second === '' || names.includes(`${first} ${second}`))
}

it('every command that a text names exists', () => {
  const named = texts.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(/(?:`|npx )jotgate ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g)].map(
      ([, first = '', second = '']) => ({ file, words: [first, second] }),
    )
  })
  expect(named.length).toBeGreaterThan(100)
  const wrong = named.filter(({ words }) => !isCommand(words))
  expect(wrong.map(({ file, words }) => `${file}: jotgate ${words.join(' ')}`)).toEqual([])
})
