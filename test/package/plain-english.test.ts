// The word list of CONTRIBUTING.md, as far as a program can look for it: each source, test, page and document is read
// for words that make a reader stop.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const self = 'test/package/plain-english.test.ts'

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|mjs|js|md|html|css|json|svg)$/.test(file))
  .filter((file) => file !== self && !file.endsWith('package-lock.json'))

/** Each stands in the column "not" of the word list. */
const offenders: readonly RegExp[] = [
  /(?<!\bthere\s+)\b(?:is|are)\s+no\s+(?!longer\b|such\b|more\b)[a-z]+/gi,
  /\banew\b/gi,
  /\bof\s+ours\b/gi,
  /\bknows?\b[^.;!?]{0,60}\bno\s+more\b/gi,
  /\bfor\s+ever\b/gi,
  /\bothers\s+than\b/gi,
  /\bother\s+than\s+qs-jwt:/gi,
  /judg(?:e|ing|ment)/gi,
  /\bstr(?:ikes?|iking|uck)\b/gi,
  /\bdoors?\b|Doors?\b/g,
  /\bhouse\b/gi,
  /\brooms\b/gi,
  /\bbells?\b/gi,
  /\bscenes?\b/gi,
  /\bentrance\b/gi,
  /\bpatiently\b/gi,
]

/** Where such a word is right: what it is about, or another system's own name. */
const exceptions: readonly { file: string; text: string }[] = []

/** A line's end and the mark of a comment are blanks here: a phrase may be broken over two lines. */
const onOneLine = (text: string) =>
  text.replace(/\n[ \t]*(?:\/\/|\*|#)?/g, (end) => ' '.repeat(end.length))

function findOffenders(text: string): { line: number; found: string }[] {
  const flat = onOneLine(text)
  return offenders.flatMap((pattern) =>
    [...flat.matchAll(pattern)].map(({ 0: found, index }) => ({
      line: text.slice(0, index).split('\n').length,
      found: found.replace(/\s+/g, ' '),
    })),
  )
}

const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
const [wordList = ''] = /^## Words$[\s\S]*?(?=^## )/m.exec(contributing) ?? []

function textOf(file: string): string {
  const text = readFileSync(join(root, file), 'utf8')
  // As many lines as there were, so that the numbers of the others stay right.
  return file === 'CONTRIBUTING.md' ? text.replace(wordList, wordList.replace(/./g, '')) : text
}

it('every text is free of the words of the list', () => {
  const found = files.flatMap((file) =>
    findOffenders(textOf(file))
      .filter(({ found }) => !exceptions.some((one) => one.file === file && one.text === found))
      .map(({ line, found }) => `${file}:${line}: ${found}`),
  )
  expect(found).toEqual([])
})

it('every exception is needed', () => {
  for (const { file, text } of exceptions)
    expect(findOffenders(textOf(file)).map(({ found }) => found)).toContain(text)
})

it('every pattern finds its words, and they are in the list of CONTRIBUTING.md', () => {
  const not = wordList
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|')[2] ?? '')
  for (const pattern of offenders) {
    const word = not.find((cell) => cell.search(pattern) !== -1)
    expect(word, String(pattern)).toBeDefined()
  }
})

it('a phrase is found in a sentence that is broken over two lines, and right words are not', () => {
  expect(findOffenders('one\n  // Qlik knows the session\n  // no more\n')).toEqual([
    { line: 2, found: 'knows the session no more' },
  ])
  expect(findOffenders(' * is\n * no text')).toEqual([{ line: 1, found: 'is no text' }])
  expect(findOffenders('There is no file. It is no longer there. There are no keys.')).toEqual([])
})
