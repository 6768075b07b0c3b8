import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dependencyRules, emulatorParts, parts } from './dependency-rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sourceFolders = ['packages', 'examples', 'scripts', 'test']

async function cruiseProject(folder: string, folders: string[]): Promise<ICruiseResult> {
  const result = await cruise(folders, {
    ...dependencyRules.options,
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: dependencyRules.forbidden },
  })
  return result.output as ICruiseResult
}

describe('the dependency rules', () => {
  let project: ICruiseResult

  beforeAll(async () => {
    project = await cruiseProject(root, sourceFolders)
  })

  it('hold everywhere', () => {
    const broken = project.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
    )
    expect(broken).toEqual([])
  })

  it('saw the libraries', () => {
    const libraries = new Set(
      project.modules
        .filter(({ source }) => source.startsWith('packages/'))
        .flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved))
        .map((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]),
    )
    for (const name of ['jose', 'hono', 'zod', 'commander', '@peculiar/x509'])
      expect(libraries).toContain(name)
  })

  it('were applied to every source file', () => {
    const tracked = execFileSync(
      'git',
      ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...sourceFolders],
      { cwd: root, encoding: 'utf8' },
    )
      .split('\n')
      .filter((file) => /\.(ts|mjs|js)$/.test(file) && !/\.d\.ts$|\/templates\//.test(file))
    const seen = new Set(project.modules.map((module) => module.source))
    expect(tracked.filter((file) => !seen.has(file))).toEqual([])
    expect(tracked.length).toBeGreaterThan(50)
  })
})

describe('each dependency rule is enforced', () => {
  // A small project in which each rule is broken once, each by a file of its own.
  const breaches = new Map<string, { file: string; text: string }>()
  const breach = (rule: string, folder: string, text: string): void => {
    breaches.set(rule, { file: `${folder}/${rule}.ts`, text })
  }
  breach(
    'emulator-shares-no-code-with-jotgate',
    'packages/emulator/src/cloud',
    "import '../../../jotgate/src/token/index.ts'",
  )
  breach('emulator-imports-only-its-libraries', 'packages/emulator/src/cloud', "import 'jose'")
  breach(
    'emulator-pages-import-only-their-libraries',
    'packages/emulator/pages/console',
    "import 'jose'",
  )
  breach(
    'emulator-pages-run-in-browsers',
    'packages/emulator/pages/console',
    "import '../../src/index.ts'",
  )
  breach(
    'product-does-not-know-its-users',
    'packages/emulator/src/cloud',
    "import '../../../../scripts/index.ts'",
  )
  breach('fixtures-are-for-tests', 'packages/jotgate/src/keys', "import './some.fixture.ts'")
  breach('testing-is-for-tests', 'packages/emulator/src/cloud', "import './testing/tenant.ts'")
  breach(
    'examples-use-the-public-api',
    'examples/portal/server',
    "import '../../../packages/jotgate/src/token/inner.ts'",
  )
  breach(
    'tests-use-the-public-api',
    'test/e2e',
    "import '../../packages/jotgate/src/token/inner.ts'",
  )
  breach('config-takes-types-alone', 'packages/jotgate/src/config', "import '../token/index.ts'")
  breach('no-part-reaches-past-an-index', 'packages/jotgate/src/keys', "import '../token/inner.ts'")
  breach('nothing-imports-the-command', 'packages/jotgate/src/keys', "import '../cli/main.ts'")
  // By types alone, which no program ever loads: a cycle of loading files holds one as well.
  breach(
    'no-cycles',
    'scripts',
    "import type { Back } from './no-cycles-back.ts'\nexport type Forth = Back",
  )
  breach('everything-resolves', 'scripts', "import './nowhere.ts'")
  for (const [part, may] of Object.entries(parts)) {
    const folder = `packages/jotgate/src/${part}`
    breach(`${part}-imports-only-its-parts`, folder, "import '../another-part/index.ts'")
    breach(`${part}-imports-only-its-libraries`, folder, "import 'hono'")
    if (!may.node) breach(`${part}-runs-anywhere`, folder, "import 'node:fs'")
  }

  for (const part of Object.keys(emulatorParts))
    breach(
      `emulator-${part}-imports-only-its-parts`,
      `packages/emulator/src/${part}`,
      "import '../another-part/index.ts'",
    )
  breach(
    'emulator-state-knows-no-endpoint',
    'packages/emulator/src/cloud/state',
    "import '../users.ts'",
  )

  let folder: string
  let project: ICruiseResult

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'jotgate-rules-')))
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    write('package.json', '{"type":"module","dependencies":{"jose":"6","hono":"4"}}')
    for (const library of ['jose', 'hono']) {
      // As most libraries are packed: a rule must not take them for something that we built.
      write(`node_modules/${library}/package.json`, `{"name":"${library}","main":"dist/index.js"}`)
      write(`node_modules/${library}/dist/index.js`, '')
    }
    for (const file of [
      'token/index.ts',
      'token/inner.ts',
      'another-part/index.ts',
      'cli/main.ts',
    ]) {
      write(`packages/jotgate/src/${file}`, 'export {}')
    }
    write('packages/emulator/src/index.ts', 'export {}')
    write('packages/emulator/src/cloud/testing/tenant.ts', 'export {}')
    write('packages/emulator/src/another-part/index.ts', 'export {}')
    write('packages/emulator/src/cloud/users.ts', 'export {}')
    write('scripts/index.ts', 'export {}')
    write('packages/jotgate/src/keys/some.fixture.ts', 'export {}')
    write(
      'scripts/no-cycles-back.ts',
      "import type { Forth } from './no-cycles.ts'\nexport type Back = Forth",
    )
    for (const { file, text } of breaches.values()) write(file, text)
    project = await cruiseProject(folder, sourceFolders)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('and has a violation below', () => {
    const rules = dependencyRules.forbidden.map((rule) => rule.name)
    expect([...breaches.keys()].sort()).toEqual(rules.sort())
  })

  it.each([...breaches])('%s', (name, { file }) => {
    const found = project.summary.violations.filter(({ rule }) => rule.name === name)
    // A cycle is told once, from either of its ends.
    expect(found.flatMap(({ from, to }) => [from, to])).toContain(file)
  })
})
