import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
// Inside the project, so that an example resolves the packages as a user's file would.
mkdirSync(join(root, '.cache'), { recursive: true })
const folder = mkdtempSync(join(root, '.cache/examples-'))

const entries: Record<string, string> = {
  jotgate: 'packages/jotgate/src/token/public.ts',
  'jotgate/keys': 'packages/jotgate/src/keys/public.ts',
  'jotgate/qlik': 'packages/jotgate/src/qlik/public.ts',
  'jotgate/gateway': 'packages/jotgate/src/gateway/public.ts',
  'jotgate/provision': 'packages/jotgate/src/provision/public.ts',
  'jotgate/doctor': 'packages/jotgate/src/doctor/public.ts',
  'jotgate/browser': 'packages/jotgate/src/browser/public.ts',
  'jotgate-emulator': 'packages/emulator/src/index.ts',
  'jotgate-emulator/for-tests': 'packages/emulator/src/for-tests/index.ts',
}

interface Example {
  origin: string
  text: string
}

function tracked(...patterns: string[]): string[] {
  return execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
    .split('\n')
    .filter((file) => file && existsSync(join(root, file)))
}

/** What a docstring shows after @example, and what a page shows in a block of TypeScript. */
function readExamples(): Example[] {
  const examples: Example[] = []
  for (const file of tracked('packages/*/src/**/*.ts', 'packages/*/src/*.ts')) {
    if (file.endsWith('.test.ts')) continue
    const source = readFileSync(join(root, file), 'utf8')
    for (const match of source.matchAll(/@example\n((?: *\*(?!\/).*\n)+)/g)) {
      const lines = (match[1] ?? '').split('\n').map((line) => line.replace(/^ *\* ?/, ''))
      const end = lines.findIndex((line) => /^@\w/.test(line))
      const text = (end < 0 ? lines : lines.slice(0, end)).filter((line) => !line.startsWith('```'))
      examples.push({
        origin: `${file}, line ${lineOf(source, match.index)}`,
        text: text.join('\n'),
      })
    }
  }
  for (const file of tracked('*.md')) {
    const source = readFileSync(join(root, file), 'utf8')
    for (const match of source.matchAll(/```ts\n([\s\S]*?)```/g)) {
      examples.push({
        origin: `${file}, line ${lineOf(source, match.index)}`,
        text: match[1] ?? '',
      })
    }
  }
  return examples
}

function lineOf(source: string, index: number): number {
  return source.slice(0, index).split('\n').length
}

/** Names of the public API that an example uses without importing them, so that it can stay short. */
function missingImports(text: string, exported: Map<string, string>): string {
  const byModule = new Map<string, string[]>()
  for (const [name, module] of exported) {
    const used = new RegExp(`(?<![.\\w'/-])${name}\\b(?!['/:]|-)`).test(text)
    const known = new RegExp(
      `(import[^;]*?\\b${name}\\b[^;]*?from|(const|let|function|interface|type) ${name}\\b)`,
    ).test(text)
    if (used && !known) byModule.set(module, [...(byModule.get(module) ?? []), name])
  }
  return [...byModule]
    .map(([module, names]) => `import { ${names.join(', ')} } from '${module}'\n`)
    .join('')
}

function exportedValues(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  return [...source.matchAll(/export \{([^}]*)\}/g)].flatMap((match) =>
    (match[1] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name && !name.startsWith('type ')),
  )
}

let examples: Example[]

beforeAll(() => {
  examples = readExamples()
  const exported = new Map<string, string>()
  for (const [module, file] of Object.entries(entries)) {
    for (const name of exportedValues(file)) if (!exported.has(name)) exported.set(name, module)
  }
  for (const [index, { text }] of examples.entries()) {
    const body = `${missingImports(text, exported)}${text}\nexport {}\n`
    writeFileSync(join(folder, `example-${index}.ts`), body)
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: {
        lib: ['ES2024', 'DOM'],
        types: ['node'],
        noUnusedLocals: false,
        noUnusedParameters: false,
      },
      include: ['*.ts'],
    }),
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('every example of the documentation compiles', () => {
  expect(examples.length).toBeGreaterThan(15)
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '-p', folder, '--pretty', 'false'],
    { cwd: folder, encoding: 'utf8' },
  )
  const problems = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) =>
      line.replace(/^example-(\d+)\.ts\(/, (_, index) => `${examples[Number(index)]?.origin} (`),
    )
  // A compiler that did not run has no problems to tell either.
  expect({ status, stderr, problems }).toEqual({ status: 0, stderr: '', problems: [] })
})
